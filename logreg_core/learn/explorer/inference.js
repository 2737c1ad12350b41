// Profile likelihood and the three tests; scores of a decision rule.

// erfc by its series near 0 and its continued fraction further out: tails keep their digits
function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x, sum = x;
    for (let k = 1; k < 100; k++) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
      if (term < 1e-17 * sum) break;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let t = x;
  for (let k = 200; k >= 1; k--) t = x + k / 2 / t;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * t);
}

// P(chi-squared with one degree of freedom > x)
const chiTail = (x) => erfc(Math.sqrt(Math.max(0, x) / 2));

// The best log-likelihood with coefficient j held at value: Newton in the other one
function profileAt(model, j, value, guess) {
  const { u, v, y, n } = model.raw, held = j ? v : u, other = j ? u : v;
  const size = model.largest[1 - j];
  const at = (b) => {
    let l = 0, g = 0, h = 0;
    for (let k = 0; k < n; k++) {
      const x = other[k], eta = held[k] * value + x * b, z = Math.exp(-Math.abs(eta));
      const big = 1 / (1 + z), small = z * big;
      l += (y[k] ? Math.min(eta, 0) : Math.min(-eta, 0)) - Math.log1p(z);
      g += (y[k] ? (eta >= 0 ? small : big) : eta >= 0 ? -big : -small) * x;
      h += big * small * x * x;
    }
    return { b, l, g, h };
  };
  let now = at(guess);
  for (let i = 0; i < 60; i++) {
    let step = now.g / now.h;
    if (!Number.isFinite(step)) step = (Math.sign(now.g) * 2) / size;
    step = Math.max(-20 / size, Math.min(20 / size, step));
    let next = at(now.b + step);
    for (let halved = 0; next.l < now.l - 1e-13 * Math.abs(now.l) && halved < 60; halved++) {
      step /= 2;
      next = at(now.b + step);
    }
    now = next;
    if (Math.abs(step) * size < 1e-6) break; // the next step would be the square of this
  }
  return { loglik: now.l, other: now.b };
}

// Wald, likelihood-ratio and score statistics of "coefficient j is value"
function threeTests(model, fit, j, value) {
  const held = profileAt(model, j, value, fit.beta[1 - j]);
  const at = j ? [held.other, value] : [value, held.other];
  // the gradient of the held coefficient, against its variance given the other: in the scaled frame
  const inside = model.toStd(at), t = termsAt(model.std, inside);
  const back = solve2(t.information, t.gradient);
  return {
    held: at,
    wald: ((fit.beta[j] - value) / fit.stdError[j]) ** 2,
    lr: Math.max(0, 2 * (fit.loglik - held.loglik)),
    score: back ? dot(t.gradient, back) : NaN,
  };
}

// Where the profile falls by `drop` below the top, on the side of sign; null where it never does
function profileEnd(model, fit, j, sign, drop) {
  const goal = fit.loglik - drop, unit = fit.stdError[j];
  let near = 0, far = 1, guess = fit.beta[1 - j], found;
  for (; far < 300; far *= 2) {
    found = profileAt(model, j, fit.beta[j] + sign * far * unit, guess);
    guess = found.other;
    if (found.loglik < goal) break;
    near = far;
  }
  if (far >= 300) return null;
  for (let i = 0; i < 60 && far - near > 1e-10 * far; i++) {
    const middle = (near + far) / 2;
    found = profileAt(model, j, fit.beta[j] + sign * middle * unit, guess);
    if (found.loglik < goal) far = middle;
    else near = middle;
  }
  return fit.beta[j] + (sign * (near + far) / 2) * unit;
}

// Counts of a rule "positive from this probability on"
function confusion(scores, y, threshold) {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  scores.forEach((score, i) => {
    counts[score >= threshold ? (y[i] ? "tp" : "fp") : y[i] ? "fn" : "tn"]++;
  });
  return counts;
}

// What the rule's two rates mean where a share `prevalence` of all is positive
function atPrevalence({ tp, fp, fn, tn }, prevalence) {
  const recall = tp / (tp + fn), falseRate = fp / (fp + tn);
  const hits = recall * prevalence, alarms = falseRate * (1 - prevalence);
  return {
    recall, falseRate,
    precision: hits / (hits + alarms),
    accuracy: hits + (1 - falseRate) * (1 - prevalence),
    flagged: hits + alarms,
    guess: Math.max(prevalence, 1 - prevalence),
  };
}

// Every threshold that changes a count, highest first, as counts
function sweep(scores, y) {
  const order = scores.map((score, i) => [score, y[i]]).sort((a, b) => b[0] - a[0]);
  const positives = y.reduce((s, v) => s + v, 0), negatives = y.length - positives;
  const points = [{ threshold: Infinity, tp: 0, fp: 0, fn: positives, tn: negatives }];
  let tp = 0, fp = 0;
  order.forEach(([score, outcome], i) => {
    if (outcome) tp++; else fp++;
    if (i + 1 < order.length && order[i + 1][0] === score) return;
    points.push({ threshold: score, tp, fp, fn: positives - tp, tn: negatives - fp });
  });
  return points;
}
