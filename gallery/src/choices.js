/** Choices as radio buttons: the browser gives them arrow keys, focus and names. */

/**
 * Adds a choice to a fieldset.
 *
 * @param {HTMLFieldSetElement} fieldset
 * @param {string} value
 * @param {string} name What a screen reader says.
 * @param {...(Node | string)} content What is seen.
 */
export function addChoice(fieldset, value, name, ...content) {
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: fieldset.id, value });
  input.setAttribute("aria-label", name);
  const label = document.createElement("label");
  label.append(input, ...content);
  fieldset.append(label);
  return input;
}

/** Marks the choice of a value, or none. */
export function choose(fieldset, value) {
  for (const input of fieldset.querySelectorAll("input")) input.checked = input.value === String(value);
}

/** Calls back with the value whenever another is chosen. */
export function onChoice(fieldset, callback) {
  fieldset.addEventListener("change", (event) => callback(event.target.value));
}
