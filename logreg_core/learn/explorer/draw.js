// SVG plots as text: a plot collects marks in data coordinates and turns into the inside of an <svg>.

const HTML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escapeText = (text) => String(text).replace(/[&<>"]/g, (c) => HTML[c]);

// A number as people write it: 3 to 4 figures, no exponent where none is needed
function show(value, figures = 4) {
  if (value === Infinity) return "+∞";
  if (value === -Infinity) return "−∞";
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [digits, power] = value.toExponential(figures - 1).split("e");
    return minus(`${digits}e${Number(power)}`);
  }
  return minus(String(Number(value.toPrecision(figures))));
}
const minus = (text) => text.replace(/-/g, "−");
const percent = (share, digits = 1) => (Number.isFinite(share) ? `${(100 * share).toFixed(digits)} %` : "–");

function showP(p) {
  if (!Number.isFinite(p)) return "–";
  return p < 0.0001 ? minus(p.toExponential(1)) : p.toFixed(4);
}

// About `count` round numbers from lo to hi
function roundTicks(lo, hi, count) {
  const rough = (hi - lo) / count, power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 2.5, 5, 10].map((m) => m * power).find((step) => step >= rough) || rough;
  const ticks = [];
  for (let k = Math.ceil(lo / unit - 1e-9); k * unit <= hi + unit * 1e-9; k++) ticks.push(k * unit);
  return ticks;
}

function tickText(value, span) {
  const clean = Math.abs(value) < span * 1e-9 ? 0 : value;
  if (clean !== 0 && (Math.abs(clean) >= 1e5 || Math.abs(clean) < 1e-3)) {
    return minus(String(Number(clean.toPrecision(3)).toExponential()).replace("e+", "e"));
  }
  return minus(String(Number(clean.toPrecision(6))));
}

let clipCount = 0;

// x, y: [lo, hi] in data; log: a logarithmic y axis
function makePlot({ width, height, x, y, xLabel = "", yLabel = "", log = false, left = 52, top = 10 }) {
  const right = 10, bottom = 40;
  const value = log ? Math.log10 : (v) => v;
  const [y0, y1] = y.map(value);
  const sx = (v) => left + ((v - x[0]) / (x[1] - x[0])) * (width - left - right);
  const sy = (v) => height - bottom - ((value(v) - y0) / (y1 - y0)) * (height - bottom - top);
  const marks = [], clip = `clip${clipCount++}`;
  const fix = (v) => Math.max(-1e4, Math.min(1e4, v)).toFixed(1);
  const plot = {
    width, height, x, y, sx, sy, left, right, top, bottom,
    toX: (px) => x[0] + ((px - left) / (width - left - right)) * (x[1] - x[0]),
    toY: (py) => y0 + ((height - bottom - py) / (height - bottom - top)) * (y1 - y0),
    raw: (text) => marks.push(text),
    path(points, kind, close = false) {
      let d = "", pen = "M";
      for (const [px, py] of points) {
        if (!Number.isFinite(px) || !Number.isFinite(py)) { pen = "M"; continue; }
        d += `${pen}${fix(sx(px))} ${fix(sy(py))}`;
        pen = "L";
      }
      if (d) marks.push(`<path class="${kind}" d="${d}${close ? "Z" : ""}"/>`);
    },
    // many straight pieces as one element
    segments(pairs, kind) {
      const spot = ([px, py]) => `${fix(sx(px))} ${fix(sy(py))}`;
      marks.push(`<path class="${kind}" d="${pairs.map(([a, b]) => `M${spot(a)}L${spot(b)}`).join("")}"/>`);
    },
    line: (a, b, kind) => plot.path([a, b], kind),
    vertical: (v, kind) => plot.path([[v, y[0]], [v, y[1]]], kind),
    horizontal: (v, kind) => plot.path([[x[0], v], [x[1], v]], kind),
    curve(f, kind, count = 120) {
      const points = [];
      for (let i = 0; i <= count; i++) {
        const at = x[0] + ((x[1] - x[0]) * i) / count;
        points.push([at, f(at)]);
      }
      plot.path(points, kind);
    },
    // points [x, y, outcome, size, kind]: the outcomes differ in shape and fill, not in colour alone.
    // All of a kind are one element: four hundred would not be drawn sixty times a second.
    points(list) {
      const paths = new Map();
      for (const [px, py, outcome, size = 5, kind = ""] of list) {
        const cx = Number(fix(sx(px))), cy = Number(fix(sy(py))), key = `${outcome ? "one" : "zero"} ${kind}`;
        const half = outcome ? size : 0.85 * size, d = (2 * half).toFixed(1), from = `M${(cx - half).toFixed(1)} `;
        const shape = outcome
          ? `${from}${cy}a${half.toFixed(1)} ${half.toFixed(1)} 0 1 0 ${d} 0a${half.toFixed(1)} ${half.toFixed(1)} 0 1 0 -${d} 0Z`
          : `${from}${(cy - half).toFixed(1)}h${d}v${d}h-${d}Z`;
        paths.set(key, (paths.get(key) || "") + shape);
      }
      for (const [key, d] of paths) marks.push(`<path class="${key}" d="${d}"/>`);
    },
    dot: (px, py, kind, size = 4) => Number.isFinite(px + py) &&
      marks.push(`<circle class="${kind}" cx="${fix(sx(px))}" cy="${fix(sy(py))}" r="${size}"/>`),
    cross(px, py, kind, size = 6) {
      const cx = Number(fix(sx(px))), cy = Number(fix(sy(py)));
      marks.push(`<path class="${kind}" d="M${cx - size} ${cy - size}L${cx + size} ${cy + size}M${cx - size} ${cy + size}L${cx + size} ${cy - size}"/>`);
    },
    text: (px, py, words, kind = "", anchor = "start", dx = 6, dy = -6) => {
      // a label that would leave the plot turns to the other side of its mark
      let at = sx(px), where = anchor;
      if (anchor === "start" && at + dx + words.length * 6.5 > width) { where = "end"; at -= 2 * dx; }
      if (anchor === "end" && at + dx - words.length * 6.5 < 0) { where = "start"; at -= 2 * dx; }
      const down = Math.max(top + 11, Math.min(height - bottom - 4, sy(py) + dy));
      marks.push(`<text class="${kind}" x="${fix(at + dx)}" y="${fix(down)}" text-anchor="${where}">${escapeText(words)}</text>`);
    },
    html() {
      const axes = [`<rect class="ground" x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/>`];
      for (const t of roundTicks(x[0], x[1], Math.max(2, Math.floor((width - left) / 85)))) {
        const px = fix(sx(t));
        axes.push(`<path class="grid" d="M${px} ${top}V${height - bottom}"/><text class="tick" x="${px}" y="${height - bottom + 15}" text-anchor="middle">${tickText(t, x[1] - x[0])}</text>`);
      }
      const wanted = Math.max(2, Math.floor((height - bottom) / 50));
      const yTicks = log
        ? roundTicks(y0, y1, wanted).filter(Number.isInteger).map((p) => [10 ** p, minus(`1e${p}`)])
        : roundTicks(y0, y1, wanted).map((t) => [t, tickText(t, y1 - y0)]);
      for (const [t, words] of yTicks) {
        const py = sy(t);
        axes.push(`<path class="grid" d="M${left} ${fix(py)}H${width - right}"/><text class="tick" x="${left - 6}" y="${fix(py + 4)}" text-anchor="end">${words}</text>`);
      }
      axes.push(`<text class="axis" x="${(left + width - right) / 2}" y="${height - 5}" text-anchor="middle">${escapeText(xLabel)}</text>`);
      axes.push(`<text class="axis" transform="rotate(-90)" x="${-(height - bottom + top) / 2}" y="12" text-anchor="middle">${escapeText(yLabel)}</text>`);
      return `<clipPath id="${clip}"><rect x="${left}" y="${top}" width="${width - left - right}" height="${height - top - bottom}"/></clipPath>${axes.join("")}<g clip-path="url(#${clip})">${marks.join("")}</g>`;
    },
  };
  return plot;
}

// Lines of equal height of a grid of values: marching squares, one path for each level
function contourPath(grid, columns, rows, level, place) {
  let d = "";
  const cut = (a, b) => (level - a) / (b - a);
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c + 1 < columns; c++) {
      const at = r * columns + c;
      const p = grid[at], q = grid[at + 1], s = grid[at + columns + 1], t = grid[at + columns];
      const above = (p > level) + (q > level) + (s > level) + (t > level);
      if (above === 0 || above === 4) continue;
      const ends = [];
      if (p > level !== q > level) ends.push([c + cut(p, q), r]);
      if (q > level !== s > level) ends.push([c + 1, r + cut(q, s)]);
      if (t > level !== s > level) ends.push([c + cut(t, s), r + 1]);
      if (p > level !== t > level) ends.push([c, r + cut(p, t)]);
      for (let i = 0; i + 1 < ends.length; i += 2) {
        d += `M${place(...ends[i])}L${place(...ends[i + 1])}`;
      }
    }
  }
  return d;
}
