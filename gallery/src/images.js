/** The room of a model of digits: sixteen pictures, a walk, codes, how it learned, and the visitor's own digits. */

import { addChoice, choose, onChoice } from "./choices.js";
import { Codes } from "./codes.js";
import { Learning } from "./learning.js";
import { canvas, fetchPicture } from "./picture.js";
import { labelsOf, Pictures } from "./pictures.js";
import { Reader } from "./reader.js";
import { Walk } from "./walk.js";
import { Yours } from "./yours.js";

const SMALL = 4; // of each model's first pictures
const of = (id) => document.getElementById(id);

/** See `main.js` for what a room is. */
export class ImageRoom {
  promise =
    "The random numbers are part of each model, so one seed draws the same pictures on every machine; now and then a " +
    "pixel is rounded to the next of its 256 greys.";
  #pictures = new Pictures(of("pictures"));
  #walk;
  #codes;
  #learning = new Learning();
  #trouble;
  #from = 0; // where the walk begins

  constructor({ models, digits, runtime, state, trouble, speak, again }) {
    this.#trouble = trouble;
    this.#walk = new Walk(trouble);
    this.#codes = new Codes(trouble, speak);
    this.#pictures.addEventListener("choice", ({ detail }) => {
      this.#from = detail.before;
      again();
    });
    layDigits(state);
    of("compared").textContent = `Scores are compared with ${digits}.`;
    const yours = new Yours(models, new Reader(runtime), trouble, speak);
    this.ready = () => yours.layExamples();
  }

  words() {
    return { one: "picture", real: "real digits" };
  }

  small({ folder }) {
    const small = Array.from({ length: SMALL }, canvas);
    fetchPicture(`${folder}/poster.webp`).then(
      (poster) => {
        small.forEach((one, row) => one.getContext("2d").drawImage(poster, 0, 28 * row, 28, 28, 0, 0, 28, 28));
      },
      () => {},
    ); // the model itself will say what is missing
    return small;
  }

  enter(model, still) {
    this.#walk.stop();
    of("classes").hidden = !model.about.classes;
    this.#learning.show(model).catch(this.#trouble);
    this.#pictures.showPoster(model.folder, () => still() && !of("pictures").dataset.drawn);
  }

  leave() {
    this.#walk.stop();
  }

  python({ classes }, { digit }) {
    if (!classes) return [];
    return [digit === null ? `labels=[i % ${classes} for i in range(16)]` : `labels=[${digit}] * 16`];
  }

  async draw(model, { seed, temperature, digit }, still) {
    const images = await model.sample(seed, temperature, labelsOf(digit, model.about.classes));
    if (!still()) return "";
    this.#pictures.show(images, `${model.about.name} ${seed} ${temperature} ${digit}`);
    return `sixteen pictures of seed ${seed}${digit === null ? "" : `, each a ${digit}`}`;
  }

  async drawParts(model, { seed, temperature, digit }) {
    const begin = await model.latents(seed, this.#from, temperature);
    const end = await model.latents(seed, this.#pictures.chosen, temperature);
    const label = labelsOf(digit, model.about.classes)[this.#pictures.chosen];
    await this.#walk.between(model, begin, end, label);
    await this.#codes.show(model, end);
  }
}

function layDigits(state) {
  addChoice(of("classes"), "all", "All digits in turn", "all");
  for (let digit = 0; digit < 10; digit += 1) addChoice(of("classes"), digit, `Only ${digit}`, String(digit));
  onChoice(of("classes"), (value) => state.set({ digit: value === "all" ? null : Number(value) }));
  of("classes").addEventListener("keydown", ({ key }) => {
    if (!/^[0-9]$/.test(key)) return;
    const input = of("classes").querySelector(`[value="${key}"]`);
    input.focus();
    input.click();
  });
  const update = () => choose(of("classes"), state.digit ?? "all");
  state.addEventListener("change", update);
  update();
}
