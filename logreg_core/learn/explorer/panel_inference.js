// (g) The profile likelihood of one coefficient, and the three tests of "it is zero".

const ONE = 1.9207294103470624; // half the 95 % quantile of chi-squared with one degree of freedom

panels.push({
  id: "inference", letter: "g", title: "How sure? Profile likelihood and three tests",
  help: "The profile is the best log-likelihood with the coefficient held; Wald's interval comes from the parabola at its top, the likelihood-ratio interval from the curve itself.",
  controls: () => `<span class="group" role="group" aria-label="Coefficient">
    ${look().names.map((name, j) => `<button data-set="coefficient:${j}" aria-pressed="${state.coefficient === j}">${name}</button>`).join("")}</span>`,
  key: [["newton", "profile likelihood"], ["ellipse", "Wald's parabola"], ["rule", "95 % level"]],
  draw(box) {
    const { model, top, endless, names } = look(), j = state.coefficient;
    this.tests = null;
    if (!top) return this.withoutTop(box, endless[12].raw || model.toRaw(endless[12].beta));
    const b = top.beta[j], sd = top.stdError[j];
    this.tests = threeTests(model, top, j, 0);
    this.ends = [-1, 1].map((sign) => profileEnd(model, top, j, sign, ONE));
    const spots = [b - 2.6 * sd, b + 2.6 * sd, ...this.ends.filter((e) => e !== null && Math.abs(e - b) < 9 * sd)];
    if (Math.abs(b) < 7 * sd) spots.push(0, -Math.sign(b) * 0.5 * sd);
    const x = [Math.min(...spots) - 0.3 * sd, Math.max(...spots) + 0.3 * sd];
    const { wald, lr, score } = this.tests, shown = x[0] < 0 && x[1] > 0;
    const deep = shown ? Math.max(6, Math.min(30, 0.56 * Math.max(wald, lr, score))) : 6;
    const plot = makePlot({ ...box, x, y: [-deep, deep / 12], xLabel: names[j], yLabel: "log-likelihood below the top" });
    plot.curve((v) => -((v - b) ** 2) / (2 * sd * sd), "ellipse");
    plot.path(this.profile(model, top, j, x), "newton");
    plot.horizontal(-ONE, "rule");
    for (const sign of [-1, 1]) plot.vertical(b + sign * 1.959963984540054 * sd, "ellipse");
    for (const end of this.ends) if (end !== null) plot.vertical(end, "newton thin");
    plot.cross(b, 0, "top-mark", 6);
    if (shown) {
      plot.vertical(0, "refused");
      plot.dot(0, -lr / 2, "now-dot", 5);
      plot.dot(0, -wald / 2, "penalised", 5);
      plot.cross(0, -score / 2, "refused-mark", 5);
      // labels in the order of their heights, so that they do not lie on each other
      const labels = [["LR", lr], ["Wald", wald], ["score", score]].sort((p, q) => p[1] - q[1]);
      let low = -Infinity;
      for (const [words, value] of labels) {
        const at = Math.max(plot.sy(-value / 2) + 4, low + 14);
        low = at;
        plot.raw(`<text class="note" x="${(plot.sx(0) + (b > 0 ? -10 : 10)).toFixed(1)}" y="${at.toFixed(1)}" text-anchor="${b > 0 ? "end" : "start"}">${words}</text>`);
      }
    }
    return plot.html();
  },
  profile(model, fit, j, x) {
    const points = [], count = dragging ? 24 : 110, unit = fit.stdError[j];
    let guess = fit.beta[1 - j];
    for (let i = 0; i <= count; i++) {
      const v = x[0] + ((x[1] - x[0]) * i) / count, found = profileAt(model, j, v, guess);
      if (Number.isFinite(unit)) guess = found.other;
      points.push([v, found.loglik - fit.loglik]);
    }
    return points;
  },
  withoutTop(box, far) {
    const { model, names, endless } = look(), j = state.coefficient, size = Math.abs(far[j]) || 1;
    const fit = { beta: far, loglik: endless[endless.length - 1].loglik, stdError: [NaN, NaN] };
    const x = [-1.2 * size, 1.2 * size];
    const plot = makePlot({ ...box, x, y: [-6, 0.5], xLabel: names[j], yLabel: "log-likelihood below its limit" });
    plot.path(this.profile(model, fit, j, x), "newton");
    plot.horizontal(-ONE, "rule");
    return plot.html();
  },
  after() {
    const { top } = look();
    if (!top) return "";
    const j = state.coefficient, b = top.beta[j], sd = top.stdError[j];
    const half = 1.959963984540054 * sd;
    const wald = `${show(b - half)} to ${show(b + half)}`;
    const lr = this.ends.map((e, k) => (e === null ? (k ? "+∞" : "−∞") : show(e))).join(" to ");
    const row = (name, words, value, interval) => `<tr><th scope="row">${name} <small>${words}</small></th><td>${show(value, 5)}</td><td>${showP(chiTail(value))}</td><td>${interval}</td></tr>`;
    return `<table class="small"><thead><tr><th scope="col">test that it is zero</th><th scope="col">statistic</th><th scope="col">p</th><th scope="col">95 % interval</th></tr></thead><tbody>
      ${row("Wald", "parabola at the top", this.tests.wald, wald)}${row("Likelihood ratio", "the real drop", this.tests.lr, lr)}${row("Score", "parabola at zero", this.tests.score, "")}</tbody></table>`;
  },
  say() {
    const { top, names } = look(), j = state.coefficient;
    if (!top) return "Without a maximum there is no Wald interval; but the profile likelihood still falls on one side, and its interval has one finite end.";
    const { wald, lr } = this.tests, apart = Math.abs(Math.sqrt(wald) - Math.sqrt(lr)) > 0.25;
    return `${names[j]} is ${show(top.beta[j], 5)}, standard error ${show(top.stdError[j], 3)}. ${apart ? "Wald and likelihood ratio differ: the profile is no parabola." : "The profile is nearly a parabola, so the three tests agree."}`;
  },
});
