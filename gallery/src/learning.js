/** How a model learned: what it drew after each epoch, from points that stayed the same. */

import { fetchPicture } from "./picture.js";

const SIDE = 224;

export class Learning {
  #section = document.getElementById("learning");
  #slider = document.getElementById("epoch");
  #now = document.getElementById("epoch-now");
  #canvas = document.getElementById("epoch-picture");
  #strip = null;

  constructor() {
    this.#slider.addEventListener("input", () => this.#draw());
  }

  async show({ about, folder }) {
    this.#section.hidden = !about.epochs;
    if (!about.epochs) return;
    this.#strip = null;
    this.#slider.max = this.#slider.value = about.epochs;
    this.#draw();
    const strip = await fetchPicture(`${folder}/progress.webp`);
    if (this.#slider.max !== String(about.epochs)) return; // another model was chosen meanwhile
    this.#strip = strip;
    this.#draw();
  }

  #draw() {
    const epoch = Number(this.#slider.value);
    this.#now.textContent = `${epoch} of ${this.#slider.max}`;
    this.#canvas.setAttribute("aria-label", `64 digits drawn after epoch ${epoch}`);
    const context = this.#canvas.getContext("2d");
    context.clearRect(0, 0, SIDE, SIDE);
    if (this.#strip) context.drawImage(this.#strip, 0, SIDE * (epoch - 1), SIDE, SIDE, 0, 0, SIDE, SIDE);
  }
}
