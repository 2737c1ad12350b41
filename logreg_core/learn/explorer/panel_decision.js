// (h) From probabilities to decisions: threshold, the two kinds of error, and prevalence.

// The course's own figures: a test set made half and half by upsampling, threshold 0.5
const COURSE = { tn: 2044, fp: 2415, fn: 725, tp: 3758 };
const COURSE_PREVALENCE = 1200 / 19084;

panels.push({
  id: "decision", letter: "h", title: "Decide: threshold and prevalence",
  help: "The threshold moves along the curves. Prevalence changes what the same two error rates mean: recall stays, precision does not.",
  controls() {
    const course = state.source === "course", own = this.ownPrevalence(), now = state.prevalence === null ? own : state.prevalence;
    return `<span class="group" role="group" aria-label="Whose figures"><button data-set="source:points" aria-pressed="${!course}">These points</button><button data-set="source:course" aria-pressed="${course}">Course figures</button></span>
      <label>Threshold <input type="range" id="threshold" min="0" max="1" step="0.005" value="${course ? 0.5 : state.threshold}" ${course ? "disabled" : ""}> <output>${course ? "0.5 (as published)" : show(state.threshold, 3)}</output></label>
      <label>Prevalence <input type="range" id="prevalence" min="-3" max="-0.004" step="0.001" value="${Math.log10(now)}" aria-valuetext="${percent(now, 2)}"> <output>${percent(now, 2)}</output></label>
      <span class="group"><button data-prevalence="own" aria-pressed="${state.prevalence === null}">as in these data</button>${course ? '<button data-prevalence="course">6.29 %, the true share</button>' : ""}</span>`;
  },
  ownPrevalence: () => (state.source === "course" ? (COURSE.tp + COURSE.fn) / 8942 : look().model.positives / look().model.n),
  draw(box) {
    const { model, points } = look(), course = state.source === "course";
    // the fit itself; without one, a point far along the way to infinity
    const { top, endless } = look(), fit = top ? top.inside : endless[Math.min(8, endless.length - 1)].beta;
    const scores = points.map((_, i) => sigmoid(fit[0] * model.std.u[i] + fit[1] * model.std.v[i]));
    const path = course
      ? [{ threshold: Infinity, tp: 0, fp: 0, fn: 4483, tn: 4459 }, { threshold: 0.5, ...COURSE }, { threshold: 0, tp: 4483, fp: 4459, fn: 0, tn: 0 }]
      : sweep(scores, Array.from(model.raw.y));
    this.counts = course ? COURSE : confusion(scores, model.raw.y, state.threshold);
    this.prevalence = state.prevalence === null ? this.ownPrevalence() : state.prevalence;
    this.rates = atPrevalence(this.counts, this.prevalence);
    const roc = path.map((c) => [c.fp / (c.fp + c.tn), c.tp / (c.tp + c.fn)]);
    this.area = 0;
    for (let i = 1; i < roc.length; i++) this.area += ((roc[i][0] - roc[i - 1][0]) * (roc[i][1] + roc[i - 1][1])) / 2;
    const side = box.width < 480 ? box.width : box.width / 2, height = box.width < 480 ? box.height / 2 : box.height;
    const left = makePlot({ ...box, width: side, height, x: [0, 1], y: [0, 1.04], xLabel: "false positive rate", yLabel: "recall" });
    left.line([0, 0], [1, 1], "rule");
    left.path(roc, "newton");
    left.dot(this.rates.falseRate, this.rates.recall, "now-dot", 6);
    left.text(0.98, 0.06, course ? "ROC: one published point" : `ROC, area ${this.area.toFixed(3)}`, "note", "end", 0, 0);
    const right = makePlot({ ...box, width: side, height, x: [0, 1], y: [0, 1.04], xLabel: "recall", yLabel: "precision" });
    right.horizontal(this.prevalence, "rule");
    right.path(path.slice(1).map((c) => { const r = atPrevalence(c, this.prevalence); return [r.recall, r.precision]; }), "newton");
    right.dot(this.rates.recall, this.rates.precision, "now-dot", 6);
    right.text(0.98, this.rates.precision < 0.4 ? 0.96 : 0.06, `precision at ${percent(this.prevalence)}`, "note", "end", 0, 0);
    const shift = box.width < 480 ? `0 ${height}` : `${side} 0`;
    return `<g>${left.html()}</g><g transform="translate(${shift})">${right.html()}</g>`;
  },
  after() {
    const { tp, fp, fn, tn } = this.counts, r = this.rates;
    return `<table class="matrix"><thead><tr><td></td><th scope="col">called 0</th><th scope="col">called 1</th></tr></thead><tbody>
      <tr><th scope="row">is 0</th><td class="right">${tn.toLocaleString("en")}</td><td class="wrong">${fp.toLocaleString("en")} <small>false alarm</small></td></tr>
      <tr><th scope="row">is 1</th><td class="wrong">${fn.toLocaleString("en")} <small>missed</small></td><td class="right">${tp.toLocaleString("en")}</td></tr></tbody></table>
      <dl class="rates"><div><dt>recall</dt><dd>${r.recall.toFixed(3)}</dd></div><div><dt>precision</dt><dd id="precision">${Number.isFinite(r.precision) ? r.precision.toFixed(3) : "–"}</dd></div><div><dt>accuracy</dt><dd>${r.accuracy.toFixed(3)}</dd></div><div><dt>always guessing the commoner</dt><dd>${r.guess.toFixed(3)}</dd></div></dl>`;
  },
  say() {
    const r = this.rates, of = Math.round(1000 * this.prevalence);
    return `Of 1,000 cases about ${of} are positive; the rule flags ${Math.round(1000 * r.flagged)} and catches ${Math.round(1000 * r.recall * this.prevalence)} of them. Counts are of the data shown; the rates below them hold at a prevalence of ${percent(this.prevalence, 2)}.`;
  },
});
