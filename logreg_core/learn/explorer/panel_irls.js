// (c) Newton's step as a regression: the working response, sized by weight, and its line.

panels.push({
  id: "irls", letter: "c", title: "The same step as a weighted regression (IRLS)",
  help: "Each point is pulled to its working response: log-odds plus (y − mu) / weight. Its size is its weight. The least-squares line through them is the next iterate.",
  key: [["curve top", "the line now"], ["newton", "weighted regression: the next line"]],
  draw(box) {
    const { model, points } = look(), at = here(), { raw } = model;
    const spots = points.map((p, i) => {
      const eta = at.raw[0] * raw.u[i] + at.raw[1] * raw.v[i];
      const mu = sigmoid(eta), w = mu * sigmoid(-eta);
      const response = p.y ? eta + 1 + Math.exp(-eta) : eta - 1 - Math.exp(eta);
      return { x: model.intercept ? p.x : eta, eta, w, response, y: p.y };
    });
    const xs = spots.map((s) => s.x), pad = (Math.max(...xs) - Math.min(...xs) || 1) * 0.06;
    const reach = Math.min(12, 3 + Math.max(...spots.map((s) => Math.abs(s.eta))));
    const plot = makePlot({
      ...box, x: [Math.min(...xs) - pad, Math.max(...xs) + pad], y: [-reach, reach],
      xLabel: model.intercept ? "x" : "log-odds now", yLabel: "log-odds",
    });
    const next = model.toRaw(along(at.beta, 1, at.direction));
    plot.segments(spots.map((s) => [[s.x, s.eta], [s.x, Math.max(-reach, Math.min(reach, s.response))]]), "residual");
    if (model.intercept) {
      plot.curve((x) => at.raw[0] + at.raw[1] * x, "curve top", 2);
      plot.curve((x) => next[0] + next[1] * x, "newton", 2);
    } else {
      plot.curve((x) => x, "curve top", 2);
      const fitted = points.map((p, i) => [spots[i].x, next[0] * raw.u[i] + next[1] * raw.v[i]]);
      plot.points(fitted.map(([x, y]) => [x, y, 1, 2.5, "fitted"]));
    }
    plot.points(spots.map((s) => {
      const held = Math.max(-reach, Math.min(reach, s.response));
      return [s.x, held, s.y, 2 + 9 * Math.sqrt(4 * s.w), held === s.response ? "bubble" : "bubble beyond"];
    }));
    this.most = spots.reduce((m, s) => Math.max(m, Math.abs(s.response)), 0);
    this.least = spots.reduce((m, s) => Math.min(m, s.w), 1);
    this.next = next;
    return plot.html();
  },
  say() {
    const names = look().names;
    return `Weights run from ${show(this.least, 3)} to at most 0.25; the largest response is ${show(this.most, 3)} log-odds (those beyond the plot lie on its edge). The regression gives ${names[0]} ${show(this.next[0], 6)}, ${names[1]} ${show(this.next[1], 6)}: the full Newton step.`;
  },
});
