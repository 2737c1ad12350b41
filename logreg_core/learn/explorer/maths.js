// The log-likelihood of two coefficients, its derivatives, and Newton's method: the arithmetic of
// logreg_core, in the same order and with the same criteria. Everything is a function of eta.
//
// A frame is {u, v, y, n}: the two columns (u is all ones where there is an intercept) and outcomes.

const TOL = 1e-10;                 // root of the Newton decrement per row
const ETA_TOLERANCE = 1e-7;        // most a row's log-odds may still move
const SUSPICIOUS_DECREMENT = 1e-5; // hardly any climb left ...
const SUSPICIOUS_CHANGE = 0.25;    // ... yet some log-odds still move: separation?
const MOST_HALVINGS = 60;
const ROUNDING = 1e-13;
const FARTHEST = 1e6;

function sigmoid(eta) {
  const z = Math.exp(-Math.abs(eta));
  return (eta >= 0 ? 1 : z) / (1 + z);
}

// log sigmoid(eta), right for every eta
function logSigmoid(eta) {
  return Math.min(eta, 0) - Math.log1p(Math.exp(-Math.abs(eta)));
}

function loglik(frame, b) {
  const { u, v, y, n } = frame;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const eta = b[0] * u[i] + b[1] * v[i];
    sum += logSigmoid(y[i] ? eta : -eta);
  }
  return sum;
}

// log-likelihood, gradient [g0, g1] and information [I00, I01, I11] at b
function termsAt(frame, b) {
  const { u, v, y, n } = frame;
  let l = 0, g0 = 0, g1 = 0, a = 0, c = 0, d = 0;
  for (let i = 0; i < n; i++) {
    const eta = b[0] * u[i] + b[1] * v[i];
    const z = Math.exp(-Math.abs(eta));
    const big = 1 / (1 + z), small = z / (1 + z);
    // y - mu by its own formula: 1 - mu would be 0 from eta = 37 on
    const r = y[i] ? (eta >= 0 ? small : big) : -(eta >= 0 ? big : small);
    const w = big * small;
    l += Math.min(y[i] ? eta : -eta, 0) - Math.log1p(z);
    g0 += r * u[i];
    g1 += r * v[i];
    a += w * u[i] * u[i];
    c += w * u[i] * v[i];
    d += w * v[i] * v[i];
  }
  return { loglik: l, gradient: [g0, g1], information: [a, c, d] };
}

// Solve [a c; c d] x = g by Cholesky on a unit diagonal; null where it is singular
function solve2([a, c, d], g, raise = 0) {
  const p = Math.sqrt(a), q = Math.sqrt(d);
  if (!(p > 0) || !(q > 0)) return null;
  const one = 1 + raise, r = c / (p * q) / one;
  const pivot = one - r * r * one;
  if (!(pivot > 0)) return null;
  const h0 = g[0] / p, h1 = g[1] / q;
  const x1 = (h1 - r * h0) / pivot;
  const x0 = h0 / one - r * x1;
  return [x0 / p, x1 / q];
}

// The Newton direction; where the curvature has vanished, with the diagonal raised
function directionAt(terms) {
  for (let raise = 0; raise < 1e12; raise = Math.max(1e-12, raise * 100)) {
    const vector = solve2(terms.information, terms.gradient, raise);
    if (vector) {
      const decrement = dot(terms.gradient, vector);
      if (Number.isFinite(decrement)) return { vector, decrement, damped: raise > 0 };
    }
  }
  return { vector: [0, 0], decrement: NaN, damped: true };
}

const dot = (a, b) => a[0] * b[0] + a[1] * b[1];
const along = (b, t, d) => [b[0] + t * d[0], b[1] + t * d[1]];

function maxChange(frame, d) {
  let most = 0;
  for (let i = 0; i < frame.n; i++) {
    most = Math.max(most, Math.abs(d[0] * frame.u[i] + d[1] * frame.v[i]));
  }
  return most;
}

// Halve the step until the log-likelihood does not fall
function ascend(frame, b, here, toward) {
  const slack = ROUNDING * Math.abs(here.loglik), trials = [];
  let length = 1;
  for (let halvings = 0; halvings < MOST_HALVINGS; halvings++) {
    const point = along(b, length, toward.vector), there = termsAt(frame, point);
    trials.push({ length, loglik: there.loglik });
    const gain = there.loglik - here.loglik;
    if (gain > slack) return { point, there, length, trials };
    if (gain >= -slack) {
      const left = solve2(here.information, there.gradient);
      if (left && dot(there.gradient, left) < toward.decrement) return { point, there, length, trials };
    }
    length /= 2;
  }
  return { point: null, trials };
}

// Newton's method, every step kept. endless: go on whatever the criteria say.
function newtonSteps(frame, start, { maxIter = 50, endless = false } = {}) {
  const steps = [];
  let b = start.slice(), here = termsAt(frame, b);
  for (let number = 0; ; number++) {
    const toward = directionAt(here);
    const decrement = Math.sqrt(Math.max(toward.decrement, 0) / frame.n);
    const change = maxChange(frame, toward.vector);
    const step = {
      number, beta: b, ...here, direction: toward.vector, decrement, change, damped: toward.damped,
      digits: change === 0 ? 16 : Math.min(16, Math.max(0, -Math.log10(change))),
      trials: [], length: 0, next: b, status: null,
    };
    steps.push(step);
    const met = decrement <= TOL && change <= ETA_TOLERANCE && !toward.damped;
    if (met && !endless) {
      Object.assign(step, { length: 1, next: along(b, 1, toward.vector), status: "converged" });
      return steps;
    }
    if (number === maxIter) {
      step.status = "max_iter";
      return steps;
    }
    const length = Math.abs(toward.vector[0]) + Math.abs(toward.vector[1]);
    const longest = FARTHEST * (1 + Math.abs(b[0]) + Math.abs(b[1]));
    const share = length > longest ? longest / length : 1;
    const tried = { ...toward, vector: [toward.vector[0] * share, toward.vector[1] * share] };
    const taken = ascend(frame, b, here, tried);
    step.trials = taken.trials.map((t) => ({ length: t.length * share, loglik: t.loglik }));
    const close = decrement <= Math.sqrt(TOL) * 1e-2 && change <= Math.sqrt(ETA_TOLERANCE);
    if (!taken.point) {
      const zero = termsAt(frame, [0, 0]);
      if (!close && zero.loglik > here.loglik) {
        Object.assign(step, { next: [0, 0], retreat: true });
        b = [0, 0]; here = zero;
        continue;
      }
      step.status = close && !toward.damped ? "converged" : "stalled";
      return steps;
    }
    Object.assign(step, { length: taken.length * share, next: taken.point });
    const moved = maxChange(frame, [taken.point[0] - b[0], taken.point[1] - b[1]]);
    if (!endless && decrement <= SUSPICIOUS_DECREMENT && moved >= SUSPICIOUS_CHANGE) {
      step.status = "undecided";
      return steps;
    }
    b = taken.point; here = taken.there;
  }
}

const maxAbs = (values) => values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

// Gradient descent: b <- b + rate * gradient / n
function gradientPath(frame, start, rate, most) {
  const path = [start.slice()];
  let b = start;
  for (let i = 0; i < most; i++) {
    const { gradient } = termsAt(frame, b);
    b = along(b, rate / frame.n, gradient);
    if (!Number.isFinite(b[0]) || Math.abs(b[0]) + Math.abs(b[1]) > 1e12) break;
    path.push(b);
  }
  return path;
}

// The largest rate that cannot overshoot: 4 n over the largest eigenvalue of X'X
function safeRate(frame) {
  const { information } = termsAt({ ...frame }, [0, 0]);
  return frame.n / eigenvalues(information)[0];
}

function eigenvalues([a, c, d]) {
  const middle = (a + d) / 2, spread = Math.hypot((a - d) / 2, c), top = middle + spread;
  return [top, top > 0 ? (a * d - c * c) / top : 0];
}

function covariance([a, c, d]) {
  const e0 = solve2([a, c, d], [1, 0]), e1 = solve2([a, c, d], [0, 1]);
  return e0 && e1 ? [e0[0], (e0[1] + e1[0]) / 2, e1[1]] : [NaN, NaN, NaN];
}
