/** The sixteen tunes of a seed, of which one is chosen. */

import { addChoice, choose, onChoice } from "./choices.js";
import { SHOWN } from "./model.js";
import { emptyRoll, showRoll } from "./roll.js";

export class Tunes extends EventTarget {
  #fieldset;
  #rolls = Array.from({ length: SHOWN }, emptyRoll);
  #windows = [];
  before = 1;
  chosen = 0;

  constructor(fieldset) {
    super();
    this.#fieldset = fieldset;
    this.#rolls.forEach((one, row) => addChoice(fieldset, row, `Tune ${row + 1}`, one));
    choose(fieldset, this.chosen);
    onChoice(fieldset, (row) => this.choose(Number(row)));
  }

  /** The window that is chosen; undefined before there are any. */
  get window() {
    return this.#windows[this.chosen];
  }

  choose(row) {
    if (row !== this.chosen) this.before = this.chosen;
    this.chosen = row;
    choose(this.#fieldset, row);
    this.dispatchEvent(new Event("choice"));
  }

  /** @param {ArrayLike<number>[]} windows @param {string} drawn Of which model and seed: so that tests know. */
  show(windows, drawn) {
    this.#windows = windows;
    windows.forEach((window, row) => showRoll(this.#rolls[row], window));
    this.#fieldset.dataset.drawn = drawn;
  }
}
