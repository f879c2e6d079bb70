/** The sixteen pictures of a seed, of which one is chosen. */

import { addChoice, choose, onChoice } from "./choices.js";
import { SHOWN } from "./model.js";
import { canvas, fetchPicture, show } from "./picture.js";

/** The classes of the sixteen pictures: the one that was asked for, or all in turn. */
export function labelsOf(digit, classes) {
  return Array.from({ length: SHOWN }, (_, row) => digit ?? row % Math.max(1, classes));
}

export class Pictures extends EventTarget {
  #fieldset;
  #canvases = Array.from({ length: SHOWN }, canvas);
  chosen = 2;

  constructor(fieldset) {
    super();
    this.#fieldset = fieldset;
    this.#canvases.forEach((one, row) => addChoice(fieldset, row, `Picture ${row + 1}`, one));
    choose(fieldset, this.chosen);
    onChoice(fieldset, (row) => {
      const before = this.chosen;
      this.chosen = Number(row);
      this.dispatchEvent(new CustomEvent("choice", { detail: { before } }));
    });
  }

  /** Shows what a model drew of the first seed when the gallery was built, until it has drawn. */
  async showPoster(folder, stillWanted) {
    this.#fieldset.dataset.drawn = "";
    const poster = await fetchPicture(`${folder}/poster.webp`).catch(() => null);
    if (!poster || !stillWanted()) return;
    this.#canvases.forEach((one, row) => one.getContext("2d").drawImage(poster, 0, 28 * row, 28, 28, 0, 0, 28, 28));
  }

  /** @param {Float32Array[]} images @param {string} drawn Of which model and seed: so that tests know. */
  show(images, drawn) {
    images.forEach((image, row) => show(this.#canvases[row], image));
    this.#fieldset.dataset.drawn = drawn;
  }
}
