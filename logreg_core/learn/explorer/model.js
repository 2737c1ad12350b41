// From points to frames: the columns as given, the same columns centred and scaled, and the way
// between the coefficients of both. Then what is fitted beside the plain maximum.

function makeModel(points, intercept) {
  const n = points.length;
  const y = Uint8Array.from(points, (p) => p.y);
  const first = Float64Array.from(points, (p) => (intercept ? 1 : p.x));
  const second = Float64Array.from(points, (p) => (intercept ? p.x : p.x2));
  const raw = { u: first, v: second, y, n };
  const c = intercept ? [null, unitsOf(second, true)] : [unitsOf(first, false), unitsOf(second, false)];
  const scale = [intercept ? 1 : c[0].scale, c[1].scale], center = intercept ? c[1].center : 0;
  const std = {
    u: first.map((value) => value * scale[0]),
    v: second.map((value) => (value - center) * scale[1]),
    y, n,
  };
  const positives = y.reduce((sum, value) => sum + value, 0);
  return {
    raw, std, n, intercept, largest: [maxAbs(first) || 1, maxAbs(second) || 1], positives, center, scale,
    usable: positives > 0 && positives < n && c[1].spread > 0 && (intercept || c[0].spread > 0),
    // coefficients of the scaled frame -> of the columns as given, and back
    toRaw(b) {
      const slope = b[1] * scale[1];
      return intercept ? [b[0] - slope * center, slope] : [b[0] * scale[0], slope];
    },
    toStd(b) {
      return intercept ? [b[0] + b[1] * center, b[1] / scale[1]] : [b[0] / scale[0], b[1] / scale[1]];
    },
    // where a fit begins: the log-odds of the outcome, or zero without an intercept
    nullStart: () => (intercept ? [Math.log(positives / (n - positives)), 0] : [0, 0]),
  };
}

// Centre and scale as logreg_core chooses them: the scale a power of two, the centre a multiple
function unitsOf(column, centred) {
  const n = column.length;
  const mean = centred ? column.reduce((s, x) => s + x, 0) / n : 0;
  const spread = Math.sqrt(column.reduce((s, x) => s + (x - mean) * (x - mean), 0) / n);
  if (!(spread > 0)) return { center: 0, scale: 1, spread };
  const unit = 2 ** (Math.floor(Math.log2(spread)) + 1);
  return { center: Math.round(mean / unit) * unit, scale: 1 / unit, spread };
}

// Information of the scaled frame -> of the columns as given (congruence, so it keeps its digits)
function rawInformation(model, [a, c, d]) {
  const s0 = model.scale[0], s1 = model.scale[1], m = model.center;
  return [a / (s0 * s0), a * m / s0 + c / (s0 * s1), a * m * m + 2 * m * c / s1 + d / (s1 * s1)];
}

function rawCovariance(model, [a, c, d]) {
  const s0 = model.scale[0], s1 = model.scale[1], m = model.center * s1;
  return [s0 * s0 * a - 2 * m * c + m * m * d, s0 * s1 * c - m * s1 * d, s1 * s1 * d];
}

// Condition numbers of the information: of the scaled frame, and of the columns as given
function conditions(model, information) {
  const [top, low] = eigenvalues(information);
  const rawTop = eigenvalues(rawInformation(model, information))[0];
  // the determinant of the raw matrix, from the one that can be computed
  const rawLow = (top * low) / (model.scale[0] * model.scale[1]) ** 2 / rawTop;
  return { scaled: top / low, raw: rawTop / rawLow };
}

// Is there a direction along which no row's log-odds get worse? Signed rows in a half-plane.
function separationOf(model) {
  const { u, v, y, n } = model.std;
  const s = Array.from({ length: n }, (_, i) => (y[i] ? [u[i], v[i]] : [-u[i], -v[i]]));
  let best = null;
  for (let i = 0; i < n; i++) {
    for (const sign of [1, -1]) {
      const d = [-sign * s[i][1], sign * s[i][0]];
      let zero = 0, wrong = false;
      for (let j = 0; j < n && !wrong; j++) {
        const margin = d[0] * s[j][0] + d[1] * s[j][1];
        if (margin < 0) wrong = true;
        else if (margin === 0) zero++;
      }
      if (!wrong && zero < n && (!best || zero < best.zero)) best = { zero, d };
    }
  }
  if (!best) return { kind: "none", direction: null };
  // each candidate runs along one row; complete if the half-plane can be turned off that row
  const bounds = [];
  for (let i = 0; i < n; i++) {
    for (const sign of [1, -1]) {
      const d = [-sign * s[i][1], sign * s[i][0]];
      if (s.every((r) => d[0] * r[0] + d[1] * r[1] >= 0)) bounds.push(d);
    }
  }
  const length = (d) => Math.hypot(d[0], d[1]);
  const middle = bounds.reduce((m, d) => [m[0] + d[0] / length(d), m[1] + d[1] / length(d)], [0, 0]);
  const complete = s.every((r) => middle[0] * r[0] + middle[1] * r[1] > 0);
  const rays = bounds.map((d) => d.map((value) => value / length(d)));
  return { kind: complete ? "complete" : "quasi-complete", direction: complete ? middle : best.d, rays };
}

// Ridge (l2 / 2 times the squared slopes, in the columns' own units) and Firth, by Newton
function penalisedFit(model, kind, l2 = 1) {
  const frame = model.std, free = model.intercept ? 0 : 1;
  const ridge = kind === "ridge" ? [free * l2 * model.scale[0] ** 2, l2 * model.scale[1] ** 2] : [0, 0];
  const height = (b, t) => {
    const penalty = (ridge[0] * b[0] * b[0] + ridge[1] * b[1] * b[1]) / 2;
    const [a, c, d] = t.information;
    return t.loglik - penalty + (kind === "firth" ? Math.log(a * d - c * c) / 2 : 0);
  };
  let b = model.nullStart(), t = termsAt(frame, b), h = height(b, t), covered = [NaN, NaN, NaN];
  for (let i = 0; i < 200; i++) {
    const information = [t.information[0] + ridge[0], t.information[1], t.information[2] + ridge[1]];
    covered = covariance(information);
    const lean = kind === "firth" ? firthGradient(frame, b, t.information) : [0, 0];
    const g = [0, 1].map((j) => t.gradient[j] - ridge[j] * b[j] + lean[j]);
    const step = solve2(information, g);
    if (!step || maxChange(frame, step) < 1e-12) break;
    let length = 1, next = null;
    for (; length > 1e-15; length /= 2) {
      const point = along(b, length, step), there = termsAt(frame, point), reached = height(point, there);
      if (reached >= h - ROUNDING * Math.abs(h)) { next = { point, there, reached }; break; }
    }
    if (!next) break;
    b = next.point; t = next.there; h = next.reached;
  }
  const cov = rawCovariance(model, covered);
  return { beta: model.toRaw(b), inside: b, stdError: [Math.sqrt(cov[0]), Math.sqrt(cov[2])] };
}

// sum h (1/2 - mu) x, with h the leverages (Firth 1993)
function firthGradient(frame, b, information) {
  const [p, q, r] = covariance(information), g = [0, 0];
  for (let i = 0; i < frame.n; i++) {
    const u = frame.u[i], v = frame.v[i], eta = b[0] * u + b[1] * v;
    const mu = sigmoid(eta), w = mu * sigmoid(-eta);
    const lean = w * (p * u * u + 2 * q * u * v + r * v * v) * (0.5 - mu);
    g[0] += lean * u;
    g[1] += lean * v;
  }
  return g;
}
