// The page: panels are made once and drawn again when the state changes, those in sight first.

const byId = (id) => document.getElementById(id);
const announce = (words) => { byId("live").textContent = words; };
const narrow = () => window.innerWidth < 700;

for (const panel of panels) {
  const key = (panel.key || []).map(([kind, words]) => `<li><svg width="26" height="12" aria-hidden="true"><path class="${kind}" d="M1 6H25"/></svg>${words}</li>`).join("");
  const section = document.createElement("section");
  section.className = `panel ${panel.table ? "is-table" : ""}`;
  section.id = `panel-${panel.id}`;
  section.setAttribute("aria-labelledby", `title-${panel.id}`);
  section.innerHTML = `<h2 id="title-${panel.id}"><span class="letter">${panel.letter}</span> ${panel.title}</h2>
    <div class="controls"></div>${panel.draw ? `<svg role="${panel.bind ? "application" : "img"}" ${panel.bind ? 'tabindex="0"' : ""} aria-labelledby="title-${panel.id}" aria-describedby="say-${panel.id}"></svg>` : '<div class="scroll" tabindex="0" role="region"></div>'}
    ${key ? `<ul class="key">${key}</ul>` : ""}<div class="after"></div>
    <p class="say" id="say-${panel.id}"></p><p class="soft">${panel.help}</p>`;
  byId("panels").append(section);
  Object.assign(panel, {
    section, svg: section.querySelector("svg[role]"), body: section.querySelector(".scroll"),
    said: section.querySelector(".say"), rest: section.querySelector(".after"), bar: section.querySelector(".controls"),
  });
  if (panel.body) panel.body.setAttribute("aria-labelledby", `title-${panel.id}`);
  if (panel.bind) panel.bind(panel.svg);
}

function drawPanel(panel) {
  panel.stale = false;
  const usable = look().model.usable;
  if (panel.controls) keepFocus(panel.bar, usable || panel.standalone ? panel.controls() : "");
  if (!usable && !panel.standalone && panel.id !== "data") {
    if (panel.svg) panel.svg.innerHTML = "";
    if (panel.body) panel.body.innerHTML = panel.body.text = "";
    panel.rest.innerHTML = panel.restText = "";
    panel.said.textContent = "Nothing to fit: both outcomes are needed, and columns that vary.";
    return;
  }
  if (panel.svg) {
    if (!panel.box) panel.box = measure(panel);
    panel.svg.innerHTML = panel.draw({ ...panel.box });
  } else keepFocus(panel.body, panel.html());
  const rest = panel.after ? panel.after() : "";
  if (rest !== panel.restText) panel.rest.innerHTML = panel.restText = rest;
  panel.said.textContent = panel.say();
}

// The size of a plot; asked for once a layout, as every question to the browser costs a layout
function measure(panel) {
  const width = Math.max(260, panel.section.clientWidth - (narrow() ? 24 : 36));
  const height = panel.id === "decision" && width < 480 ? 2 * 230 : Math.round(Math.max(230, Math.min(360, width * 0.62)));
  panel.svg.setAttribute("width", width);
  panel.svg.setAttribute("height", height);
  panel.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { width, height };
}

// New controls, with the focus and a slider's grip left where they were
function keepFocus(box, html) {
  if (box.text === html) return;
  box.text = html;
  const held = document.activeElement;
  if (box.contains(held) && held.type === "range") {
    const fresh = document.createElement("div");
    fresh.innerHTML = html;
    const outputs = fresh.querySelectorAll("output");
    box.querySelectorAll("output").forEach((output, i) => { output.textContent = outputs[i].textContent; });
    const now = fresh.querySelector(`#${held.id}`);
    if (now) held.setAttribute("aria-valuetext", now.getAttribute("aria-valuetext") || now.value);
    return;
  }
  const mark = box.contains(held) ? [...box.querySelectorAll("button, select, input")].indexOf(held) : -1;
  box.innerHTML = html;
  if (mark >= 0) box.querySelectorAll("button, select, input")[mark]?.focus();
}

const inSight = (panel) => {
  const r = panel.section.getBoundingClientRect();
  return r.bottom > -50 && r.top < window.innerHeight + 50;
};

// A table under a pressed pointer waits: a button drawn anew between press and release loses the click
let pressed = null;
const due = (panel) => panel.stale && !(panel.body && panel.section === pressed);
window.addEventListener("pointerdown", (event) => { pressed = event.target.closest(".panel"); }, true);
for (const end of ["pointerup", "pointercancel"]) {
  window.addEventListener(end, () => {
    pressed = null;
    if (!frame && panels.some((p) => p.stale)) frame = requestAnimationFrame(render);
  }, true);
}

let frame = 0, settle = 0;
function render() {
  frame = 0;
  for (const panel of panels.filter((one) => due(one) && inSight(one))) drawPanel(panel);
  drawBar();
  clearTimeout(settle);
  settle = setTimeout(() => { if (!dragging) drawRest(); }, 120);
}

function drawRest() {
  for (const panel of panels.filter(due)) drawPanel(panel);
  const address = toAddress();
  if (location.hash !== address) history.replaceState(null, "", address);
}

function drawBar() {
  const { steps, preset } = look(), last = steps.length;
  byId("preset").value = preset.name;
  byId("back").disabled = byId("first").disabled = state.step === 0;
  byId("step").disabled = byId("last").disabled = state.step >= last;
  const ends = last && state.step >= last - 1 ? `: ${{ converged: "converged", undecided: "separation suspected", max_iter: "gave up", stalled: "stalled" }[steps[last - 1].status]}` : "";
  byId("where").textContent = last ? `step ${state.step} of ${last}${ends}` : "nothing to fit";
  showTour();
}

listeners.push(() => {
  for (const panel of panels) panel.stale = true;
  if (!frame) frame = requestAnimationFrame(render);
});
window.addEventListener("scroll", () => { if (!frame && panels.some((p) => p.stale)) frame = requestAnimationFrame(render); }, { passive: true });
window.addEventListener("resize", () => {
  for (const panel of panels) panel.box = null;
  update({});
});
window.addEventListener("beforeprint", drawRest);
window.addEventListener("hashchange", () => { if (location.hash !== toAddress()) fromAddress(location.hash); });

function go(step) {
  update({ step });
  const at = here();
  if (at) announce(`step ${state.step}, log-likelihood ${show(at.loglik, 6)}`);
}

byId("preset").innerHTML = DATA.presets.map((p) => `<option value="${p.name}">${p.title}</option>`).join("");
byId("preset").addEventListener("change", (event) => update({ preset: event.target.value }));
byId("step").addEventListener("click", () => go(state.step + 1));
byId("back").addEventListener("click", () => go(state.step - 1));
byId("first").addEventListener("click", () => go(0));
byId("last").addEventListener("click", () => go(99));
byId("reset").addEventListener("click", () => update({ ...START, preset: state.preset }));
byId("link").addEventListener("click", async () => {
  drawRest();
  try {
    await navigator.clipboard.writeText(location.href);
    announce("link copied");
    byId("link").textContent = "Copied";
  } catch {
    announce("the address bar holds the link");
    byId("link").textContent = "See address";
  }
  setTimeout(() => { byId("link").textContent = "Link"; }, 1500);
});
byId("skip").addEventListener("click", (event) => { event.preventDefault(); byId("panels").focus(); });

byId("panels").addEventListener("click", (event) => {
  const button = event.target.closest("[data-set], [data-mode], [data-prevalence], [data-step]");
  if (!button) return;
  const { set, mode, prevalence, step } = button.dataset;
  if (set) {
    const [name, value] = set.split(":");
    update({ [name]: name === "coefficient" ? Number(value) : value, ...(name === "source" ? { prevalence: null } : {}) });
  } else if (mode) update({ mode });
  else if (prevalence) update({ prevalence: prevalence === "own" ? null : COURSE_PREVALENCE });
  else go(Number(step));
});
byId("panels").addEventListener("input", (event) => {
  const value = Number(event.target.value);
  const patch = { rate: { rate: 10 ** value }, threshold: { threshold: value }, prevalence: { prevalence: 10 ** value }, iteration: { iteration: value }, column: { column: value } }[event.target.id];
  if (patch) update(patch);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) return;
  const move = { ArrowRight: state.step + 1, ArrowLeft: state.step - 1, Home: 0, End: 99 }[event.key];
  if (move !== undefined) {
    event.preventDefault();
    go(move);
  } else if (event.key === "Escape" && state.tour !== null) visit(null);
});

window.explorer = { state, update, look, here, visit, panels, TOUR, newtonSteps, makeModel, penalisedFit, profileAt, threeTests, profileEnd, erfc, separationOf, atPrevalence, sweep, toAddress, fromAddress, drawRest };
fromAddress(location.hash);
if (state.tour !== null) requestAnimationFrame(() => bringUp(TOUR[state.tour].panel));
