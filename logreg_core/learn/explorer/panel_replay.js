// (i) Two climbs on 19,084 rows of the course data, replayed from their record.

panels.push({
  id: "replay", letter: "i", title: "The course data: six steps, or an early stop", standalone: true,
  help: "One coefficient along the recorded L-BFGS run (raw columns, as most programs run it), with Newton's steps beside it. At either end the accuracy is 93.7 %: it shows nothing.",
  controls() {
    const { names, lbfgs } = DATA.replay, last = lbfgs.beta.length - 1;
    return `<label>Coefficient <select id="column">${names.map((n, j) => `<option value="${j}"${j === state.column ? " selected" : ""}>${escapeText(n.replaceAll("_", " "))}</option>`).join("")}</select></label>
      <label>Stop after <input type="range" id="iteration" min="0" max="${last}" value="${Math.min(state.iteration, last)}" aria-valuetext="${state.iteration} iterations"> <output>${Math.min(state.iteration, last)} iterations</output></label>`;
  },
  key: [["newton", "Newton"], ["lbfgs", "L-BFGS"], ["rule", "the maximum ± 2 standard errors"]],
  draw(box) {
    const { newton, lbfgs, top, names } = DATA.replay, j = state.column;
    const far = lbfgs.beta.map((b, i) => [i, b[j]]), near = newton.beta.map((b, i) => [i, b[j]]);
    const band = [top.beta[j] - 2 * top.std_error[j], top.beta[j] + 2 * top.std_error[j]];
    const all = [...far, ...near].map(([, v]) => v).concat(band);
    const pad = (Math.max(...all) - Math.min(...all)) * 0.06;
    const plot = makePlot({ ...box, x: [0, far.length - 1], y: [Math.min(...all) - pad, Math.max(...all) + pad], left: 66, xLabel: "iteration", yLabel: names[j].replaceAll("_", " ") });
    plot.raw(`<rect class="band" x="${plot.left}" y="${plot.sy(band[1]).toFixed(1)}" width="${plot.width - plot.left - plot.right}" height="${(plot.sy(band[0]) - plot.sy(band[1])).toFixed(1)}"/>`);
    plot.horizontal(top.beta[j], "rule");
    if (plot.y[0] < 0 && plot.y[1] > 0) plot.horizontal(0, "residual");
    plot.path(far, "lbfgs");
    plot.path([...near, [far.length - 1, top.beta[j]]], "newton");
    near.forEach(([i, v]) => plot.dot(i, v, "newton-dot", 3.5));
    const i = Math.min(state.iteration, far.length - 1);
    plot.vertical(i, "refused");
    plot.dot(i, far[i][1], "lbfgs-now", 6);
    return plot.html();
  },
  say() {
    const { newton, lbfgs, top, names } = DATA.replay, last = lbfgs.beta.length - 1;
    const i = Math.min(state.iteration, last), j = state.column, b = lbfgs.beta[i][j];
    const off = (b - top.beta[j]) / top.std_error[j], short = top.loglik - lbfgs.loglik[i];
    const sign = b * top.beta[j] < 0 ? " Its sign is wrong." : "";
    const end = i === last ? " Here the program stops by itself, without a warning." : i === 100 ? " This is scikit-learn's default limit." : "";
    return `Stopped after ${i} iterations, ${names[j].replaceAll("_", " ")} would be reported as ${show(b, 4)}; the maximum is at ${show(top.beta[j], 4)}, ${show(Math.abs(off), 2)} standard errors away.${sign} The log-likelihood is ${show(short, 3)} short. Newton is there after ${newton.beta.length - 1} steps.${end}`;
  },
});
