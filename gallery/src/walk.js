/** A walk between two pictures: through the points that lie between theirs. */

import { between, wayOf } from "./between.js";
import { latest } from "./latest.js";
import { show } from "./picture.js";

const SECONDS = 3; // from one end to the other
const CALM = { every: 600, step: 0.125 }; // for those who want no motion: milliseconds, part of the way

export class Walk {
  #view = {};
  #playing = false;
  #ends = null;

  /** @param {function(Error)} trouble Told what goes wrong. */
  constructor(trouble) {
    for (const id of ["from", "now", "to", "play", "position", "rate"]) {
      this.#view[id] = document.getElementById(`walk-${id}`);
    }
    this.draw = latest(async () => {
      try {
        await this.#drawNow();
      } catch (error) {
        this.stop();
        trouble(error);
      }
    });
    this.#view.position.addEventListener("input", () => this.draw());
    this.#view.play.addEventListener("click", () => (this.#playing ? this.stop() : this.#play()));
  }

  /** Walks between two points of a model, in one of its classes if it has them. */
  async between(model, from, to, label) {
    this.#ends = { model, from, to, label, how: wayOf(model) };
    show(this.#view.from, await model.generate(from, label));
    show(this.#view.to, await model.generate(to, label));
    await this.draw();
  }

  stop() {
    this.#playing = false;
    this.#show("Play");
  }

  async #drawNow() {
    if (!this.#ends) return;
    const { model, from, to, label, how } = this.#ends;
    const t = Number(this.#view.position.value) / 100;
    show(this.#view.now, await model.generate(between(from, to, t, how), label));
    this.#view.position.setAttribute("aria-valuetext", `${Math.round(100 * t)} % of the way`);
  }

  async #play() {
    this.#playing = true;
    this.#show("Pause");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let begin = performance.now() - 1000 * SECONDS * (this.#view.position.value / 100);
    let counted = { since: performance.now(), pictures: 0 };
    while (this.#playing) {
      const now = calm ? await after(CALM.every) : await nextFrame();
      if (calm) begin = now - 1000 * SECONDS * (this.#view.position.value / 100 + CALM.step);
      const way = ((now - begin) / (1000 * SECONDS)) % 2;
      this.#view.position.value = 100 * (calm ? way % 1.0001 : way < 1 ? way : 2 - way);
      await this.draw();
      counted.pictures += 1;
      if (now - counted.since > 1000 && !calm) {
        const rate = counted.pictures / ((now - counted.since) / 1000);
        this.#view.rate.textContent = `${Math.round(rate)} pictures per second`;
        counted = { since: now, pictures: 0 };
      }
    }
  }

  #show(text) {
    this.#view.play.textContent = text;
    this.#view.play.setAttribute("aria-pressed", String(this.#playing));
  }
}

function nextFrame() {
  return new Promise((done) => requestAnimationFrame(() => done(performance.now())));
}

function after(milliseconds) {
  return new Promise((done) => setTimeout(() => done(performance.now()), milliseconds));
}
