/** How a model learned: what it drew after each epoch, from points that stayed the same. */

import { fetchPicture } from "./picture.js";

const SIDE = 224;

export class Learning {
  #section = document.getElementById("learning");
  #slider = document.getElementById("epoch");
  #now = document.getElementById("epoch-now");
  #canvas = document.getElementById("epoch-picture");
  #epochs = [];
  #strip = null;

  constructor() {
    this.#slider.addEventListener("input", () => this.#draw());
  }

  async show({ about, folder }) {
    this.#epochs = about.epochs;
    this.#section.hidden = !about.epochs.length;
    if (!about.epochs.length) return;
    this.#strip = null;
    this.#slider.max = this.#slider.value = about.epochs.length;
    this.#draw();
    const strip = await fetchPicture(`${folder}/progress.webp`);
    if (this.#epochs !== about.epochs) return; // another model was chosen meanwhile
    this.#strip = strip;
    this.#draw();
  }

  #draw() {
    const at = Number(this.#slider.value) - 1; // of the pictures; there may be one for some epochs only
    const epoch = this.#epochs[at];
    this.#now.textContent = `${epoch} of ${this.#epochs.at(-1)}`;
    this.#slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
    this.#canvas.setAttribute("aria-label", `64 digits drawn after epoch ${epoch}`);
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, SIDE, SIDE);
    if (this.#strip) context.drawImage(this.#strip, 0, SIDE * at, SIDE, SIDE, 0, 0, SIDE, SIDE);
  }
}
