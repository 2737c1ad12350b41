// (a) The points and the curve; points can be dragged, flipped, added and deleted, by hand or keys.

const panels = [];
let dragging = null;

function dataPlot(box) {
  const { model, points } = look(), pair = !model.intercept;
  const xs = points.map((p) => p.x), pad = (Math.max(...xs) - Math.min(...xs) || 1) * 0.08;
  const x = dragging ? dragging.x : [Math.min(...xs) - pad, Math.max(...xs) + pad];
  let y = [-0.12, 1.12];
  if (pair) {
    const second = points.map((p) => p.x2), more = (Math.max(...second) - Math.min(...second) || 1) * 0.08;
    y = dragging ? dragging.y : [Math.min(...second) - more, Math.max(...second) + more];
  }
  return makePlot({
    ...box, x, y, xLabel: pair ? "x1" : "x", yLabel: pair ? "x2" : "outcome, probability",
  });
}

panels.push({
  id: "data", letter: "a", title: "Data and the curve", tall: 1,
  help: "Drag a point sideways, or across the middle to flip its outcome. Keys, with the plot focused: ← → choose a point, Shift with ← → moves it, Space flips it, Delete removes it, A adds one.",
  controls: () => `<span class="group" role="group" aria-label="What a click does">
    ${["move", "add", "delete"].map((m) => `<button data-mode="${m}" aria-pressed="${state.mode === m}">${{ move: "Move or flip", add: "Add", delete: "Delete" }[m]}</button>`).join("")}</span>`,
  draw(box) {
    const { model, points, top } = look(), at = here(), plot = dataPlot(box);
    this.plot = plot;
    const seen = new Map();
    const lift = (p) => {
      const key = `${p.x}|${p.x2}|${p.y}`, count = seen.get(key) || 0;
      seen.set(key, count + 1);
      return count;
    };
    if (at) {
      const probability = (x) => sigmoid(at.raw[0] + at.raw[1] * x);
      if (model.intercept) {
        if (points.length <= 80) {
          plot.segments(points.map((p) => [[p.x, p.y], [p.x, probability(p.x)]]), "residual");
        }
        if (top) plot.curve((x) => sigmoid(top.beta[0] + top.beta[1] * x), "curve top");
        plot.curve(probability, "curve now", 160);
      } else {
        for (const share of [0.1, 0.5, 0.9]) {
          const eta = Math.log(share / (1 - share));
          const other = (x) => (eta - at.raw[0] * x) / at.raw[1];
          plot.path([[plot.x[0], other(plot.x[0])], [plot.x[1], other(plot.x[1])]], share === 0.5 ? "curve now" : "curve top");
        }
      }
    }
    const marks = points.map((p, i) => {
      const copies = lift(p), height = p.y ? p.y + 0.025 * copies : -0.025 * copies;
      return [p.x, model.intercept ? height : p.x2, p.y, 5, i === state.selected ? "selected" : ""];
    });
    plot.points(marks);
    this.spots = marks.map(([x, y]) => [plot.sx(x), plot.sy(y)]);
    return plot.html();
  },
  say() {
    const { model, points } = look(), at = here();
    const counts = `${points.length} points, ${model.positives} of outcome 1 (discs), ${points.length - model.positives} of outcome 0 (squares).`;
    if (!at) return `${counts} There is nothing to fit: both outcomes are needed, and columns that vary.`;
    const names = look().names;
    return `${counts} Step ${state.step}: ${names[0]} ${show(at.raw[0])}, ${names[1]} ${show(at.raw[1])}. ${look().preset.words}`;
  },
  bind(svg) {
    const change = (points) => update({ points, step: 0 });
    const place = (event) => {
      const r = svg.getBoundingClientRect();
      return [this.plot.toX(event.clientX - r.left), this.plot.toY(event.clientY - r.top)];
    };
    const nearest = (event) => {
      const r = svg.getBoundingClientRect(), px = event.clientX - r.left, py = event.clientY - r.top;
      let best = -1, least = event.pointerType === "touch" ? 24 : 14;
      this.spots.forEach(([x, y], i) => {
        const far = Math.hypot(x - px, y - py);
        if (far < least) { least = far; best = i; }
      });
      return best;
    };
    svg.addEventListener("pointerdown", (event) => {
      const points = current(), i = nearest(event), { model } = look();
      if (state.mode === "delete") {
        if (i >= 0 && points.length > 3) change(points.filter((_, k) => k !== i));
        return;
      }
      if (state.mode === "add" && i < 0) {
        const [x, y] = place(event);
        if (points.length < 400) change([...points, { x, x2: model.intercept ? 0 : y, y: model.intercept ? (y > 0.5 ? 1 : 0) : 1 }]);
        return;
      }
      if (i < 0) return;
      svg.setPointerCapture(event.pointerId);
      dragging = { i, moved: false, x: this.plot.x, y: this.plot.y, from: [event.clientX, event.clientY] };
      update({ selected: i });
    });
    svg.addEventListener("pointermove", (event) => {
      if (!dragging) return;
      if (!dragging.moved && Math.hypot(event.clientX - dragging.from[0], event.clientY - dragging.from[1]) < 4) return;
      dragging.moved = true;
      const [x, y] = place(event), points = current().slice(), held = Math.max(this.plot.x[0], Math.min(this.plot.x[1], x));
      points[dragging.i] = look().model.intercept
        ? { x: held, x2: 0, y: y > 0.5 ? 1 : 0 }
        : { ...points[dragging.i], x: held, x2: Math.max(this.plot.y[0], Math.min(this.plot.y[1], y)) };
      update({ points });
    });
    const drop = () => {
      if (!dragging) return;
      const { i, moved } = dragging;
      dragging = null;
      if (moved) update({});
      else flip(i);
    };
    svg.addEventListener("pointerup", drop);
    svg.addEventListener("pointercancel", () => { dragging = null; update({}); });
    const flip = (i) => change(current().map((p, k) => (k === i ? { ...p, y: 1 - p.y } : p)));
    svg.addEventListener("keydown", (event) => {
      const points = current(), n = points.length, i = state.selected, p = points[i];
      const unit = ((this.plot.x[1] - this.plot.x[0]) / 50) * (event.key === "ArrowLeft" ? -1 : 1);
      if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && !(event.shiftKey && p)) {
        const order = points.map((_, k) => k).sort((a, b) => points[a].x - points[b].x || a - b);
        const next = (order.indexOf(i) + (event.key === "ArrowRight" ? 1 : -1) + n) % n;
        update({ selected: order[i < 0 ? 0 : next] });
      } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        change(points.map((q, k) => (k === i ? { ...q, x: q.x + unit } : q)));
      } else if (event.key === " " && p) flip(i);
      else if ((event.key === "Delete" || event.key === "Backspace") && p && n > 3) {
        update({ points: points.filter((_, k) => k !== i), step: 0, selected: -1 });
      } else if (event.key === "a" || event.key === "A") {
        const middle = (this.plot.x[0] + this.plot.x[1]) / 2;
        update({ points: [...points, { x: middle, x2: look().model.intercept ? 0 : middle, y: 1 }], step: 0, selected: n });
      } else return;
      event.preventDefault();
      event.stopPropagation();
      const now = current()[state.selected];
      announce(now ? `point at ${show(now.x)}, outcome ${now.y}` : "point deleted");
    });
  },
});
