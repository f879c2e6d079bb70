/** A walk between two pictures: through the points that lie between theirs. */

import { latest } from "./latest.js";
import { show } from "./picture.js";

const SECONDS = 3; // from one end to the other
const CALM = { every: 600, step: 0.125 }; // for those who want no motion: milliseconds, part of the way

/**
 * The point of the way from `a` to `b` at `t` in [0, 1].
 *
 * Where latents are normal, as a GAN's, on the arc between the two: a straight line would lead through the middle,
 * where hardly any latents lie. A VAE's prior may be learned, and its points are joined by a straight line, and so are
 * the codes of an InfoGAN, which are the last numbers.
 */
export function between(a, b, t, { arc, codes }) {
  const turned = arc ? a.length - codes : 0;
  const [first, second] = weights(a.subarray(0, turned), b.subarray(0, turned), t);
  return a.map((value, at) => (at < turned ? first * value + second * b[at] : (1 - t) * value + t * b[at]));
}

function weights(a, b, t) {
  const product = (x, y) => x.reduce((sum, value, at) => sum + value * y[at], 0);
  const cosine = product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!(angle > 1e-4)) return [1 - t, t]; // also where both are zeros
  return [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
}

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
    const codes = model.about.codes ? model.about.codes.categories + model.about.codes.continuous : 0;
    this.#ends = { model, from, to, label, how: { arc: model.about.family === "GAN", codes } };
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
