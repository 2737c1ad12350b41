// Twelve stops. Each sets a moment, points at a panel, and says what to see there.

const TOUR = [
  { panel: "data", title: "Odds on a line", set: { preset: "overlap", step: 99 },
    text: "Discs happened, squares did not. The curve gives every x a probability; on the scale of log-odds it is a straight line with two coefficients. Which line makes what happened most probable?" },
  { panel: "surface", title: "A hill with one top", set: { preset: "overlap", step: 0 },
    text: "Every place here is a pair of coefficients, its height the log-likelihood. The hill is concave: one top, no false ones. The fit is a climb. It starts at the log-odds of the outcome, with slope 0." },
  { panel: "surface", title: "Newton: jump to the top of a parabola", set: { preset: "overlap", step: 1 },
    text: "The ellipse is a contour of the parabola that fits the hill where we stand. Newton's step goes to its centre. Gradient descent (dashed) only knows which way is up. Press → and see how soon the centre is the top." },
  { panel: "irls", title: "The same step is a regression", set: { preset: "overlap", step: 0 },
    text: "Pull each point to its working response, size it by its weight, draw the least-squares line: its two coefficients are Newton's next point exactly. That is iteratively reweighted least squares." },
  { panel: "ledger", title: "The digits double", set: { preset: "overlap", step: 4 },
    text: "Near the top each step squares the error: 1, 2, 4, 8 right decimals. Stopping one step too early costs half the digits; one step more is free. The rule that stops the climb has no units." },
  { panel: "search", title: "Overshoot, and halve", set: { preset: "overlap", start: [-1.5, -2.2], step: 0 },
    text: "From a bad start the hill is flat and the parabola far too wide: a full step lands lower than it began, and undamped Newton can run away for ever. Halve the step until it climbs; some part of it always does." },
  { panel: "surface", title: "Units matter to some", set: { preset: "unscaled", frame: "raw", step: 3 },
    text: "In raw units this hill is a knife edge and gradient descent does not get along it. Newton's path is the same in all units; only its rounding is not, so columns are centred and scaled inside. Switch to Standardised, and compare the two condition numbers in the ledger." },
  { panel: "separation", title: "No top at all", set: { preset: "complete", step: 99 },
    text: "A gap between the outcomes: the steeper the better. Coefficients grow by the same amount each step, standard errors exponentially, so Wald's z goes to zero: a perfect predictor looks insignificant. Some programs call this converged. Try Firth's penalty." },
  { panel: "inference", title: "Three tests, one curve", set: { preset: "near", step: 99, coefficient: 1 },
    text: "The profile is the best height with the slope held. Wald trusts the parabola at the top, the score test the one at zero, the likelihood ratio the curve itself. Far from a parabola they disagree, and Wald is the one to leave." },
  { panel: "inference", title: "Rows counted four times", set: { preset: "duplicated", step: 99, coefficient: 1 },
    text: "Each row four times: the estimate is the same, the standard error half as large, the p-value far smaller, and nothing new is known. Upsampling before a fit does exactly this." },
  { panel: "decision", title: "Precision is not a property of the model", set: { preset: "overlap", step: 99, source: "course", prevalence: 0.06288 },
    text: "A course solution reports precision 0.61, on a test set made half and half. Among the true 6.29 % the same two error rates mean a precision of 0.094. Move the prevalence and watch recall stay." },
  { panel: "replay", title: "An early stop looks like a result", set: { preset: "overlap", column: 2, iteration: 100 },
    text: "19,084 videos, columns as they came. After its default 100 iterations the usual solver reports opinion with the wrong sign; where it stops by itself, without a warning, ‘banned’ is off by more than a standard error. Newton took 6 steps. Accuracy shows none of it." },
];

function showTour() {
  const card = document.getElementById("card");
  document.querySelectorAll(".panel.lit").forEach((panel) => panel.classList.remove("lit"));
  card.hidden = state.tour === null;
  document.body.classList.toggle("touring", state.tour !== null);
  if (state.tour === null) return;
  const stop = TOUR[state.tour];
  document.getElementById("card-count").textContent = `Stop ${state.tour + 1} of ${TOUR.length}`;
  document.getElementById("card-title").textContent = stop.title;
  document.getElementById("card-text").textContent = stop.text;
  document.getElementById("card-back").disabled = state.tour === 0;
  document.getElementById("card-next").textContent = state.tour === TOUR.length - 1 ? "Done" : "Next";
  document.getElementById(`panel-${stop.panel}`).classList.add("lit");
}

// Scroll a panel to just below the bar
function bringUp(id) {
  drawRest(); // a panel not drawn yet would push the others down later
  const bar = document.querySelector(".bar").offsetHeight, panel = panels.find((one) => one.id === id);
  const goal = narrow() && panel.svg ? panel.svg : panel.section; // a small screen has room for the plot alone
  window.scrollTo({ top: goal.getBoundingClientRect().top + window.scrollY - bar - 12 });
}

// Go to a stop: its moment, its panel in sight, its words read out
function visit(number) {
  if (number === null || number < 0 || number >= TOUR.length) {
    update({ tour: null });
    document.getElementById("tour").focus();
    return;
  }
  const stop = TOUR[number];
  update({ ...START, ...stop.set, tour: number });
  bringUp(stop.panel);
  document.getElementById("card-title").focus({ preventScroll: true });
}

document.getElementById("tour").addEventListener("click", () => visit(0));
document.getElementById("card-next").addEventListener("click", () => visit(state.tour + 1));
document.getElementById("card-back").addEventListener("click", () => visit(state.tour - 1));
document.getElementById("card-end").addEventListener("click", () => visit(null));
