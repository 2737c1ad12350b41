// (d) The ledger of steps, and why the climb stopped. (e) The search along one step.

const WHY = {
  converged: "the Newton decrement and the largest change of a log-odds are below their tolerances",
  max_iter: "50 steps are enough; look at why it takes so long",
  stalled: "no step raises the log-likelihood, yet the criteria are not met",
  undecided: "some log-odds still grow although the log-likelihood hardly rises: separation is suspected",
};

panels.push({
  id: "ledger", letter: "d", title: "The ledger of steps", table: true,
  help: "Decrement: how much there is to climb, free of units. Digits: decimals of every log-odds that are right; near the top they double.",
  html() {
    const { steps, model } = look();
    const rows = steps.map((step, i) => {
      const cond = conditions(model, step.information);
      const g = Math.hypot(...step.gradient);
      return `<tr${i === state.step ? ' aria-current="step"' : ""} data-step="${i}"><th scope="row"><button class="plain" data-step="${i}" aria-label="Go to step ${i}">${i}</button></th>
        <td>${minus(step.loglik.toFixed(8))}</td><td>${show(step.decrement, 3)}</td><td>${show(g, 3)}</td>
        <td>${show(cond.raw, 3)}</td><td>${show(cond.scaled, 3)}</td><td>${step.length === 0 ? "–" : show(step.length, 3)}</td>
        <td>${step.trials.length > 1 ? step.trials.length - 1 : "0"}</td><td>${step.change > 0 ? step.digits.toFixed(1) : "16"} <i class="meter" style="--share:${(step.digits / 16).toFixed(3)}"></i></td></tr>`;
    });
    return `<table><thead><tr><th scope="col">step</th><th scope="col">log-likelihood</th><th scope="col">decrement</th><th scope="col">|gradient|</th><th scope="col">condition, raw</th><th scope="col">condition, scaled</th><th scope="col">length</th><th scope="col">halvings</th><th scope="col">digits</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  },
  say() {
    const { steps } = look(), last = steps[steps.length - 1];
    return `Stopped because ${WHY[last.status]}.`;
  },
});

panels.push({
  id: "search", letter: "e", title: "Along the step: overshoot and halving",
  help: "The log-likelihood along the Newton direction, and the parabola that Newton's method takes it for. A trial below the starting height is refused, and the step is halved.",
  key: [["newton", "log-likelihood"], ["ellipse", "the parabola here"], ["refused-key", "refused"], ["now-key", "taken"]],
  draw(box) {
    const { model } = look(), at = here();
    const gain = (at.decrement ** 2 * model.n) / 2;
    const height = (t) => loglik(model.std, along(at.beta, t, at.direction));
    const values = [0, 0.25, 0.5, 0.75, 1, 1.25].map((t) => height(t));
    const hi = Math.max(at.loglik + gain, ...values), low = Math.min(at.loglik, ...values);
    const span = Math.max(hi - low, Math.abs(at.loglik) * 1e-13, 1e-13);
    const zero = at.loglik; // heights are shown as gains, or a small step would be a flat line
    const plot = makePlot({
      ...box, x: [-0.1, 1.3], y: [low - zero - 0.12 * span, hi - zero + 0.15 * span], left: 66,
      xLabel: "share of the full step", yLabel: "gain of log-likelihood",
    });
    plot.horizontal(0, "rule");
    plot.curve((t) => gain * (2 * t - t * t), "ellipse");
    plot.curve((t) => height(t) - zero, "newton");
    at.trials.forEach((trial, i) => {
      const taken = i === at.trials.length - 1;
      plot.vertical(trial.length, taken ? "taken" : "refused");
      if (taken) plot.dot(trial.length, trial.loglik - zero, "now-dot", 5);
      else plot.cross(trial.length, trial.loglik - zero, "refused-mark", 5);
    });
    return plot.html();
  },
  say() {
    const at = here();
    if (!at.trials.length) return "The climb is over: the step that is left is below the tolerance, and is taken unseen.";
    const taken = at.trials[at.trials.length - 1], gain = taken.loglik - at.loglik;
    const promised = (at.decrement ** 2 * look().model.n) / 2;
    const halved = at.trials.length - 1;
    return `The parabola promises +${show(promised, 3)} for the full step. ${halved ? `It overshoots: halved ${halved === 1 ? "once" : `${halved} times`}, a share of ${show(taken.length, 3)} is taken.` : "The full step is taken."} The log-likelihood gains ${show(gain, 3)}.`;
  },
});
