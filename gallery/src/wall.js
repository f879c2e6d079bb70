/** The wall: all models in small, one of which is chosen. */

import { addChoice, choose, onChoice } from "./choices.js";

const [LEAST, MOST] = [8, 10]; // columns

/**
 * @param {HTMLFieldSetElement} fieldset
 * @param {Model[]} models
 * @param {State} state
 * @param {function(Model): Node[]} small What stands for a model.
 */
export function hangWall(fieldset, models, state, small) {
  const rows = Math.ceil(models.length / MOST);
  fieldset.style.setProperty("--columns", Math.max(LEAST, Math.ceil(models.length / rows)));
  for (const model of models) {
    const { about } = model;
    const picture = document.createElement("span");
    picture.className = "small";
    picture.append(...small(model));
    const title = document.createElement("span");
    title.className = "name";
    title.textContent = about.title;
    addChoice(fieldset, about.name, about.title, picture, title);
  }
  onChoice(fieldset, (model) => state.set({ model, digit: null }));
  const update = () => choose(fieldset, state.model);
  state.addEventListener("change", update);
  update();
}
