/** A passage from one tune to another, heard at once wherever its slider is. */

import { between, wayOf } from "./between.js";
import { latest } from "./latest.js";
import { showRoll } from "./roll.js";
import { addTransport } from "./transport.js";

export class Passage {
  #view = {};
  #ends = null;
  #now = null;

  /** @param {Player} player @param {function(Error)} trouble Told what goes wrong. */
  constructor(player, trouble) {
    for (const id of ["from", "now", "to", "play", "save", "position"]) {
      this.#view[id] = document.getElementById(`passage-${id}`);
    }
    this.draw = latest(() => this.#drawNow().catch(trouble));
    this.#view.position.addEventListener("input", () => this.draw());
    const source = () => ({ window: this.#now, music: this.#ends.model.about.music, name: this.#name() });
    addTransport({ ...this.#view, roll: this.#view.now }, player, source);
  }

  /** Leads from one point of a model's latents to another, both for the same condition if it has one. */
  async between(model, from, to, told) {
    this.#ends = { model, from, to, told };
    showRoll(this.#view.from, await model.generate(from, told));
    showRoll(this.#view.to, await model.generate(to, told));
    await this.draw();
  }

  async #drawNow() {
    if (!this.#ends) return;
    const { model, from, to, told } = this.#ends;
    const share = Number(this.#view.position.value) / 100;
    this.#now = await model.generate(between(from, to, share, wayOf(model)), told);
    showRoll(this.#view.now, this.#now);
    this.#view.play.disabled = this.#view.save.disabled = false;
    this.#view.position.setAttribute("aria-valuetext", `${Math.round(100 * share)} % of the way`);
  }

  #name() {
    return `${this.#ends.model.about.name}_between_${this.#view.position.value}`;
  }
}
