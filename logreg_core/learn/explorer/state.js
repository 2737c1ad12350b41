// One state, read by all panels. `update` is the only way to change it; the address of the page
// holds it, so that a moment can be linked.

const DATA = JSON.parse(document.getElementById("data").textContent);
const START = {
  preset: "overlap", points: null, start: null, step: 0, rate: 1, frame: "std", threshold: 0.5,
  prevalence: null, source: "points", penalty: "none", coefficient: 1, tour: null, selected: -1,
  mode: "move", column: 2, iteration: 100,
};
const state = { ...START };
const listeners = [];
let view = null;

const presetOf = (name) => DATA.presets.find((preset) => preset.name === name);
const pointsOf = (preset) => preset.x.map((x, i) => ({ x, x2: preset.x2 ? preset.x2[i] : 0, y: preset.y[i] }));
const current = () => state.points || pointsOf(presetOf(state.preset));

function update(patch) {
  const fresh = "preset" in patch || "points" in patch || "start" in patch;
  if ("preset" in patch && !("points" in patch)) {
    Object.assign(state, { points: null, start: null, step: 0, selected: -1, coefficient: 1 });
  }
  Object.assign(state, patch);
  if (fresh) view = null;
  const last = look().steps.length;
  state.step = Math.max(0, Math.min(state.step, last));
  for (const listen of listeners) listen();
}

// Everything that follows from points and start, worked out when first asked for
function look() {
  if (view) return view;
  const preset = presetOf(state.preset), points = current();
  const model = makeModel(points, preset.intercept);
  view = { preset, points, model, steps: [], names: preset.intercept ? ["intercept", "x"] : ["x1", "x2"] };
  if (!model.usable) return view;
  view.origin = state.start || model.toRaw(model.nullStart());
  view.steps = newtonSteps(model.std, state.start ? model.toStd(state.start) : model.nullStart());
  view.steps.forEach((step) => { step.raw = model.toRaw(step.beta); });
  view.separation = separationOf(model);
  const once = (name, work) => Object.defineProperty(view, name, {
    configurable: true,
    get() {
      const value = work();
      Object.defineProperty(view, name, { value });
      return value;
    },
  });
  once("top", () => maximumOf(model, view.separation));
  once("endless", () => newtonSteps(model.std, model.nullStart(), { maxIter: 30, endless: true }));
  return view;
}

// The maximum, wherever the start was; null where separation leaves none
function maximumOf(model, separation) {
  if (separation.kind !== "none") return null;
  const steps = newtonSteps(model.std, model.nullStart()), last = steps[steps.length - 1];
  if (last.status !== "converged") return null;
  const end = termsAt(model.std, last.next), cov = rawCovariance(model, covariance(end.information));
  return {
    inside: last.next, beta: model.toRaw(last.next), loglik: end.loglik, information: end.information,
    covariance: cov, stdError: [Math.sqrt(cov[0]), Math.sqrt(cov[2])],
  };
}

// The step that is looked at; past the last one, the point the climb ended at
function here() {
  const { steps, model } = look();
  if (!steps.length) return null;
  if (state.step < steps.length) return steps[state.step];
  const last = steps[steps.length - 1], t = termsAt(model.std, last.next);
  const toward = directionAt(t), change = maxChange(model.std, toward.vector);
  return {
    number: state.step, beta: last.next, raw: model.toRaw(last.next), ...t, direction: toward.vector,
    decrement: Math.sqrt(Math.max(0, toward.decrement) / model.n), change, trials: [], length: 0,
    next: last.next, status: last.status, end: true, digits: 16,
  };
}

// -- the address ------------------------------------------------------------------------------
const short = (v) => String(Number(v.toPrecision(7)));
const full = (v) => String(Number(v.toPrecision(15)));

function toAddress() {
  const parts = [`p=${state.preset}`];
  if (state.points) parts.push("d=" + state.points.map((p) => `${short(p.x)}:${short(p.x2)}:${p.y}`).join(";"));
  if (state.start) parts.push(`b=${state.start.map(full).join(",")}`);
  const keys = { s: "step", r: "rate", f: "frame", t: "threshold", q: "prevalence", o: "source", n: "penalty", j: "coefficient", tour: "tour", c: "column", i: "iteration" };
  for (const [key, name] of Object.entries(keys)) {
    if (state[name] !== START[name]) parts.push(`${key}=${typeof state[name] === "number" ? short(state[name]) : state[name]}`);
  }
  return "#" + parts.join("&");
}

// Only known names and finite numbers are taken from an address: it may come from anywhere
function fromAddress(hash) {
  const given = new Map(hash.replace(/^#/, "").split("&").map((part) => part.split("=")).filter((p) => p.length === 2));
  const number = (key, lo, hi) => {
    const value = Number(given.get(key));
    return given.has(key) && given.get(key) !== "" && value >= lo && value <= hi ? value : undefined;
  };
  const choice = (key, options) => (options.includes(given.get(key)) ? given.get(key) : undefined);
  const patch = { ...START, preset: choice("p", DATA.presets.map((p) => p.name)) || START.preset };
  const take = (name, value) => { if (value !== undefined) patch[name] = value; };
  if (given.has("d")) {
    const points = decodeURIComponent(given.get("d")).split(";").map((text) => text.split(":").map(Number));
    if (points.length <= 500 && points.every((p) => p.length === 3 && p.every(Number.isFinite))) {
      patch.points = points.map(([x, x2, y]) => ({ x, x2, y: y ? 1 : 0 }));
    }
  }
  if (given.has("b")) {
    const start = decodeURIComponent(given.get("b")).split(",").map(Number);
    if (start.length === 2 && start.every(Number.isFinite)) patch.start = start;
  }
  const whole = (value) => (value === undefined ? undefined : Math.round(value));
  take("step", whole(number("s", 0, 60)));
  take("rate", number("r", 0.01, 4));
  take("frame", choice("f", ["std", "raw"]));
  take("threshold", number("t", 0, 1));
  take("prevalence", number("q", 0.0001, 0.9999));
  take("source", choice("o", ["points", "course"]));
  take("penalty", choice("n", ["none", "ridge", "firth"]));
  take("coefficient", whole(number("j", 0, 1)));
  take("tour", whole(number("tour", 0, 11)));
  take("column", whole(number("c", 0, 8)));
  take("iteration", whole(number("i", 0, 5000)));
  update(patch);
}
