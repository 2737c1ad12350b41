// (f) What happens without a maximum: coefficients and standard errors grow for ever.

panels.push({
  id: "separation", letter: "f", title: "Is there a maximum? Separation",
  help: "30 Newton steps, whatever the criteria say. Where a maximum exists, everything settles; where the outcomes can be separated, nothing does.",
  controls: () => `<span class="group" role="group" aria-label="Penalty">
    ${[["none", "No penalty"], ["ridge", "Ridge"], ["firth", "Firth"]].map(([k, w]) => `<button data-set="penalty:${k}" aria-pressed="${state.penalty === k}">${w}</button>`).join("")}</span>`,
  key: [["newton", "size of the coefficients"], ["gradient", "standard error of the slope"], ["lbfgs", "climb left (decrement)"]],
  draw(box) {
    const { endless, model } = look();
    const over = (f) => Array.from({ length: 31 }, (_, i) => [i, f(endless[Math.min(i, endless.length - 1)])]);
    const size = over((s) => Math.hypot(...s.beta)), left = over((s) => s.decrement);
    const error = over((s) => Math.sqrt(covariance(s.information)[2]));
    const good = (list) => list.filter(([, v]) => v > 1e-12 && v < 1e9);
    const all = [...good(size), ...good(error), ...good(left)].map(([, v]) => v);
    const y = [Math.max(1e-10, Math.min(...all) / 2), Math.max(10, Math.max(...all) * 2)];
    const plot = makePlot({ ...box, x: [0, 30], y, log: true, xLabel: "Newton step", yLabel: "scaled units", left: 56 });
    plot.path(good(left), "lbfgs");
    plot.path(good(error), "gradient");
    plot.path(good(size), "newton");
    if (state.penalty !== "none") {
      const fit = penalisedFit(model, state.penalty);
      plot.horizontal(Math.hypot(...fit.inside), "penalised-line");
      plot.text(30, Math.hypot(...fit.inside), state.penalty === "firth" ? "Firth" : "ridge", "note", "end");
    }
    return plot.html();
  },
  after() {
    const { model, separation, top, names } = look();
    const rows = [["maximum likelihood", null, "none"], ["ridge, l2 = 1", "ridge", "ridge"], ["Firth", "firth", "firth"]].map(([words, kind, name]) => {
      const fit = kind ? penalisedFit(model, kind) : top;
      const cells = fit
        ? fit.beta.map((b, j) => `<td>${show(b, 5)} <small>± ${show(fit.stdError[j], 3)}</small></td>`)
        : infinities(model, separation).map((word) => `<td>${word}</td>`);
      return `<tr${state.penalty === name ? ' aria-current="true"' : ""}><th scope="row">${words}</th>${cells.join("")}</tr>`;
    });
    return `<table class="small"><thead><tr><th scope="col">estimate ± standard error</th>${names.map((n) => `<th scope="col">${n}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
  },
  say() {
    const { separation, endless } = look(), last = endless[endless.length - 1];
    if (separation.kind === "none") return "Verdict: no separation. A finite maximum exists, and the climb settles there.";
    const z = Math.hypot(...last.beta) / Math.sqrt(covariance(last.information)[2]);
    return `Verdict: ${separation.kind} separation. The likelihood rises for ever along a direction in which no row gets worse. After 30 steps the coefficients have grown to ${show(Math.hypot(...last.beta), 3)}, the standard error faster still: Wald's z is ${show(z, 2)}. A program that stops when the log-likelihood hardly changes would report some number here, and call it an estimate.`;
  },
});

// The limit of each coefficient, from the ends of the cone of directions that separate
function infinities(model, { direction, rays }) {
  if (!direction) return ["–", "–"];
  const raw = rays.map((ray) => model.toRaw(ray)), size = maxAbs(raw.map((d) => Math.hypot(...d)));
  return [0, 1].map((j) => {
    const least = Math.min(...raw.map((d) => d[j])), most = Math.max(...raw.map((d) => d[j]));
    const tiny = 1e-12 * size;
    if (least < -tiny && most > tiny) return "not determined";
    return most > tiny ? "+∞" : least < -tiny ? "−∞" : "finite";
  });
}
