/** The wall: all models in small, one of which is chosen. */

import { addChoice, choose, onChoice } from "./choices.js";
import { canvas, fetchPicture } from "./picture.js";

const SMALL = 4; // of each model's first pictures

/**
 * @param {HTMLFieldSetElement} fieldset
 * @param {Model[]} models
 * @param {State} state
 */
export function hangWall(fieldset, models, state) {
  for (const { about, folder } of models) {
    const small = Array.from({ length: SMALL }, canvas);
    const picture = document.createElement("span");
    picture.className = "small";
    picture.append(...small);
    const title = document.createElement("span");
    title.className = "name";
    title.textContent = about.title;
    addChoice(fieldset, about.name, about.title, picture, title);
    fetchPicture(`${folder}/poster.webp`).then(
      (poster) => {
        small.forEach((one, row) => one.getContext("2d").drawImage(poster, 0, 28 * row, 28, 28, 0, 0, 28, 28));
      },
      () => {},
    ); // the model itself will say what is missing
  }
  onChoice(fieldset, (model) => state.set({ model, digit: null }));
  const update = () => choose(fieldset, state.model);
  state.addEventListener("change", update);
  update();
}
