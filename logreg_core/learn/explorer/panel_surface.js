// (b) The log-likelihood over the two coefficients, and the ways to its top.

const DROPS = [0.1, 0.5, 1.5, 2.996, 6, 12, 25, 50, 100, 200, 400, 800, 1600, 3200, 6400];
const JOINT = 2.996; // half the 95 % quantile of chi-squared with two degrees of freedom
const GRADIENT_STEPS = 400;

// Coefficients as shown: those of the columns as given, or of centred and scaled columns
const shownOf = (inside, frame = state.frame) => (frame === "raw" ? look().model.toRaw(inside) : inside);
const shownFrame = () => (state.frame === "raw" ? look().model.raw : look().model.std);

function surfaceWindow(which = state.frame) {
  const { steps, top } = look();
  const spots = steps.slice(0, 7).map((step) => shownOf(step.beta, which));
  spots.push(shownOf(steps[Math.min(steps.length, 7) - 1].next, which));
  if (top) {
    const cov = covariance(top.information);
    const sd = which === "raw" ? top.stdError : [Math.sqrt(cov[0]), Math.sqrt(cov[2])];
    const at = shownOf(top.inside, which);
    spots.push([at[0] - 3.5 * sd[0], at[1] - 3.5 * sd[1]], [at[0] + 3.5 * sd[0], at[1] + 3.5 * sd[1]]);
  } else {
    spots.push(shownOf([-1, -1], which), shownOf([1, 1], which));
  }
  return [0, 1].map((j) => {
    const values = spots.map((b) => b[j]), lo = Math.min(...values), hi = Math.max(...values);
    const pad = (hi - lo || 1) * 0.06;
    return [lo - pad, hi + pad];
  });
}

// Heights over the window: sum y eta - log(1 + exp(eta)). exp(b0 u + b1 v) is a product, so a grid
// costs one exp for each row and grid line, not for each row and grid point; and the product of
// all 1 + exp(eta) is logged once, before it overflows.
function heights(frame, [xs, ys], size) {
  const { u, v, y, n } = frame, out = new Float64Array(size * size), line = (ends, i) => ends[0] + ((ends[1] - ends[0]) * i) / (size - 1);
  const most = maxAbs(xs) * maxAbs(u) + maxAbs(ys) * maxAbs(v);
  if (most > 230) return heightsFarOut(frame, [xs, ys], size);
  let su = 0, sv = 0;
  for (let i = 0; i < n; i++) if (y[i]) { su += u[i]; sv += v[i]; }
  const across = Array.from({ length: size }, (_, c) => u.map((value) => Math.exp(line(xs, c) * value)));
  for (let r = 0; r < size; r++) {
    const b1 = line(ys, r), up = v.map((value) => Math.exp(b1 * value));
    for (let c = 0; c < size; c++) {
      const side = across[c];
      let sum = 0, product = 1;
      for (let i = 0; i < n; i++) {
        product *= 1 + side[i] * up[i];
        if (product > 1e200) { sum += Math.log(product); product = 1; }
      }
      out[r * size + c] = line(xs, c) * su + b1 * sv - sum - Math.log(product);
    }
  }
  return out;
}

// The same where exp would overflow
function heightsFarOut(frame, [xs, ys], size) {
  const out = new Float64Array(size * size), line = (ends, i) => ends[0] + ((ends[1] - ends[0]) * i) / (size - 1);
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < size; c++) out[r * size + c] = loglik(frame, [line(xs, c), line(ys, r)]);
  }
  return out;
}

panels.push({
  id: "surface", letter: "b", title: "The hill: log-likelihood over the two coefficients", tall: 1,
  help: "Click for another start. Newton climbs to the top of the parabola whose contour through the present point is drawn as an ellipse.",
  controls: () => `<span class="group" role="group" aria-label="Units of the coefficients">
    <button data-set="frame:std" aria-pressed="${state.frame === "std"}">Standardised</button><button data-set="frame:raw" aria-pressed="${state.frame === "raw"}">Raw units</button></span>
    <label>Learning rate <input type="range" id="rate" min="-2" max="0.6" step="0.02" value="${Math.log10(state.rate)}" aria-valuetext="${show(state.rate, 3)} times the safe rate"> <output>${show(state.rate, 3)}×</output></label>`,
  key: [["newton", "Newton"], ["gradient", "gradient descent"], ["lbfgs", "L-BFGS, recorded"], ["ellipse", "the parabola here"]],
  draw(box) {
    const { model, steps, preset, top } = look(), frame = shownFrame(), win = surfaceWindow();
    const names = state.frame === "raw" ? look().names : model.intercept ? ["intercept (centred)", "slope (scaled)"] : ["x1 (scaled)", "x2 (scaled)"];
    const plot = makePlot({ ...box, x: win[0], y: win[1], xLabel: names[0], yLabel: names[1] });
    this.plot = plot;
    // a knife edge would fall between the points of a grid: it is drawn from the scaled frame
    const edge = state.frame === "raw" && conditions(model, steps[0].information).raw > 1e4;
    const over = edge ? surfaceWindow("std").map(([lo, hi]) => [1.5 * lo - 0.5 * hi, 1.5 * hi - 0.5 * lo]) : win;
    const size = dragging ? 33 : 71;
    const grid = heights(edge ? model.std : frame, over, size);
    const peak = Math.max(top ? top.loglik : -Infinity, grid.reduce((m, h) => Math.max(m, h), -Infinity));
    const place = (c, r) => {
      const b = [0, 1].map((j) => over[j][0] + ((over[j][1] - over[j][0]) * (j ? r : c)) / (size - 1));
      const [b0, b1] = edge ? model.toRaw(b) : b;
      return `${plot.sx(b0).toFixed(1)} ${plot.sy(b1).toFixed(1)}`;
    };
    for (const drop of DROPS) {
      const d = contourPath(grid, size, size, peak - drop, place);
      if (d) plot.raw(`<path class="contour${top && drop === JOINT ? " joint" : ""}" d="${d}"/>`);
    }
    this.gradientPath(plot, frame);
    if (!state.points && !state.start && preset.lbfgs) {
      const path = preset.lbfgs.map((b) => shownOf(model.toStd(b)));
      plot.path(path, "lbfgs");
      path.slice(0, 40).forEach((b) => plot.dot(b[0], b[1], "lbfgs-dot", 2));
    }
    const at = here();
    if (!at.end && !at.damped) plot.path(this.ellipse(at), "ellipse", true);
    const walked = steps.slice(0, state.step + 1).map((step) => shownOf(step.beta));
    if (at.end) walked.push(shownOf(at.beta));
    plot.path(walked, "newton");
    walked.forEach((b) => plot.dot(b[0], b[1], "newton-dot", 4));
    if (top) plot.cross(...shownOf(top.inside), "top-mark", 6);
    for (const kind of ["ridge", "firth"]) {
      if (state.penalty !== kind) continue;
      const b = shownOf(penalisedFit(model, kind).inside);
      plot.dot(b[0], b[1], "penalised", 5);
      plot.text(b[0], b[1], kind === "firth" ? "Firth" : "ridge", "note");
    }
    const b = walked[walked.length - 1];
    plot.dot(b[0], b[1], "now-dot", 6);
    return plot.html();
  },
  gradientPath(plot, frame) {
    const key = `${state.frame}|${state.rate}`;
    if (look().gradientKey !== key) {
      const path = gradientPath(frame, shownOf(look().steps[0].beta), state.rate * safeRate(frame), dragging ? 60 : GRADIENT_STEPS);
      Object.assign(look(), { gradientKey: dragging ? "" : key, gradient: path });
    }
    plot.path(look().gradient, "gradient");
    const end = look().gradient[look().gradient.length - 1];
    plot.dot(end[0], end[1], "gradient-dot", 3.5);
  },
  // the contour of the local parabola through the present point, centred on the full step's end
  ellipse(at) {
    const [a, c, d] = at.information, p = Math.sqrt(a), r = c / p, q = Math.sqrt(Math.max(0, d - r * r));
    const goal = along(at.beta, 1, at.direction), size = at.decrement * Math.sqrt(look().model.n), points = [];
    for (let k = 0; k < 72; k++) {
      const s = Math.cos((k * Math.PI) / 36) * size, t = (Math.sin((k * Math.PI) / 36) * size) / q;
      points.push(shownOf([goal[0] + (s - r * t) / p, goal[1] + t]));
    }
    return points;
  },
  say() {
    const at = here(), { top, model } = look();
    const gradient = look().gradient || [], end = gradient[gradient.length - 1];
    const l = end ? loglik(shownFrame(), end) : NaN;
    const below = top ? top.loglik - l : NaN, after = gradient.length - 1;
    const short = !top || !end ? "" : below < 1e-9 ? ` Gradient descent gets there within ${after} steps.`
      : after < GRADIENT_STEPS ? " Gradient descent runs away: the rate is too large." : ` Gradient descent is ${show(below, 3)} below the top after ${after} steps.`;
    const bare = top ? `The top is ${show(Math.max(0, top.loglik - at.loglik), 3)} above.` : "There is no top: the hill rises for ever.";
    const recorded = state.points || state.start ? " The recorded L-BFGS path belongs to the preset and its own start, and is hidden." : "";
    return `Newton stands at log-likelihood ${show(at.loglik, 7)}. ${bare}${short}${recorded} The thick contour is the joint 95 % region.`;
  },
  bind(svg) {
    svg.addEventListener("click", (event) => {
      const r = svg.getBoundingClientRect(), { model } = look();
      const b = [this.plot.toX(event.clientX - r.left), this.plot.toY(event.clientY - r.top)];
      if (event.clientX - r.left < this.plot.left || event.clientY - r.top > this.plot.height - this.plot.bottom) return;
      update({ start: state.frame === "raw" ? b : model.toRaw(b), step: 0 });
      announce("new start");
    });
    svg.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!move || !event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const b = shownOf(look().steps[0].beta), { model } = look();
      const moved = [0, 1].map((j) => b[j] + (move[j] * (j ? this.plot.y[1] - this.plot.y[0] : this.plot.x[1] - this.plot.x[0])) / 25);
      update({ start: state.frame === "raw" ? moved : model.toRaw(moved), step: 0 });
      announce(`start at ${moved.map((v) => show(v)).join(", ")}`);
    });
  },
});
