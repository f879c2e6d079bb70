/** The codes of an InfoGAN: a category, and numbers from -2 to 2, in place of those of a picture. */

import { addChoice, choose, onChoice } from "./choices.js";
import { latest } from "./latest.js";
import { canvas, show } from "./picture.js";

export class Codes {
  #section = document.getElementById("codes");
  #categories = document.getElementById("categories");
  #sliders = document.getElementById("code-sliders");
  #now = document.getElementById("code-now");
  #canvases = [];
  #subject = null;
  #category = 0;

  /** @param {function(Error)} trouble Told what goes wrong. @param {function(string)} speak Told what was drawn. */
  constructor(trouble, speak) {
    this.draw = latest(() => this.#drawNow().catch(trouble));
    onChoice(this.#categories, async (category) => {
      this.#category = Number(category);
      await this.draw();
      speak(`Category ${this.#category + 1} drawn.`);
    });
    this.#sliders.addEventListener("input", () => this.draw());
  }

  /** Shows the codes of a model, all else as in a point of its latents; of a model without codes, nothing. */
  async show(model, latents) {
    const { codes } = model.about;
    this.#section.hidden = !codes;
    if (!codes) return;
    const first = latents.length - codes.categories - codes.continuous;
    if (this.#subject?.model !== model) this.#lay(codes);
    this.#subject = { model, latents, first, codes };
    this.#category = latents.subarray(first, first + codes.categories).findIndex((value) => value > 0);
    choose(this.#categories, this.#category);
    for (const [at, input] of this.#inputs().entries()) {
      input.value = Math.min(2, Math.max(-2, latents[first + codes.categories + at]));
    }
    await this.draw();
  }

  #lay({ categories, continuous }) {
    this.#canvases = Array.from({ length: categories }, canvas);
    for (const label of this.#categories.querySelectorAll("label")) label.remove();
    this.#canvases.forEach((one, at) => addChoice(this.#categories, at, `Category ${at + 1}`, one));
    const sliders = Array.from({ length: continuous }, (_, at) => {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "range", min: -2, max: 2, step: 0.05, id: `code-${at}` });
      label.htmlFor = input.id; // else it is the label of the output, which comes first
      label.append(`Code ${at + 1}`, document.createElement("output"), input);
      return label;
    });
    this.#sliders.replaceChildren(...sliders);
  }

  async #drawNow() {
    const { model, latents, first, codes } = this.#subject;
    const values = this.#inputs().map((input) => Number(input.value));
    for (const [category, one] of this.#canvases.entries()) {
      const changed = latents.slice();
      changed.fill(0, first, first + codes.categories);
      changed[first + category] = codes.scale;
      changed.set(values, first + codes.categories);
      const image = await model.generate(changed);
      show(one, image);
      if (category === this.#category) show(this.#now, image);
    }
    this.#sliders.querySelectorAll("output").forEach((one, at) => (one.textContent = values[at].toFixed(2)));
    const said = values.map((value) => value.toFixed(1)).join(" and ");
    this.#now.setAttribute("aria-label", `Category ${this.#category + 1}, codes at ${said}`);
  }

  #inputs() {
    return [...this.#sliders.querySelectorAll("input")];
  }
}
