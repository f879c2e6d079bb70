/** Piano rolls: time to the right, pitch upwards, a colour for each voice. */

import { STEPS, voicesOf } from "./score.js";

const SVG = "http://www.w3.org/2000/svg";
const UNIT = 10; // of a step, and of a semitone
const LEAST = 16; // rows, so that a tune of few pitches does not look like one of many
const BEAT = 4;

export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** A roll without anything in it; hidden from screen readers where what surrounds it has a name. */
export function emptyRoll() {
  const roll = element("svg", { class: "roll", "aria-hidden": "true" });
  showRoll(roll, new Int32Array(0));
  return roll;
}

/**
 * Shows a window of music.
 *
 * @param {SVGElement} roll
 * @param {ArrayLike<number>} window [steps] or [steps, voices], row by row.
 * @param {{low: number, high: number}} range Pitches to show; those that there are unless given.
 */
export function showRoll(roll, window, range = rangeOf(window)) {
  const rows = range.high - range.low + 1;
  const size = [STEPS * UNIT, rows * UNIT];
  roll.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
  roll.setAttribute("preserveAspectRatio", "none");
  roll.dataset.notes = Array.from(window).join(" ");
  const lines = Array.from({ length: STEPS / BEAT - 1 }, (_, at) => {
    const x = (at + 1) * BEAT * UNIT;
    return element("line", { x1: x, x2: x, y1: 0, y2: size[1], class: (at + 1) % BEAT ? "beat" : "bar" });
  });
  const notes = voicesOf(window).flatMap((voice, at) => voice.map((note) => noteShape(note, at, range.high)));
  roll.replaceChildren(...lines, ...notes);
}

/** Lights the notes that sound at a step, and no others; at null, none. */
export function light(roll, step) {
  for (const note of roll.querySelectorAll(".note")) {
    const lit = step !== null && Number(note.dataset.onset) <= step && step < Number(note.dataset.end);
    note.classList.toggle("lit", lit);
  }
}

/** A note; lower voices are drawn thinner, so that one sees both where two meet. */
function noteShape({ onset, length, pitch }, voice, high) {
  const thin = Math.min(voice, 2);
  const made = element("rect", {
    class: `note voice-${voice + 1}`,
    x: onset * UNIT + 0.5,
    y: (high - pitch) * UNIT + thin,
    width: length * UNIT - 1.5,
    height: UNIT - 2 * thin,
    rx: 1.5,
  });
  Object.assign(made.dataset, { onset, end: onset + length });
  return made;
}

function rangeOf(window) {
  const pitches = voicesOf(window).flatMap((voice) => voice.map(({ pitch }) => pitch));
  if (!pitches.length) return { low: 60, high: 60 + LEAST };
  const [low, high] = [Math.min(...pitches) - 1, Math.max(...pitches) + 1];
  const more = Math.max(0, LEAST - (high - low + 1));
  return { low: low - Math.floor(more / 2), high: high + Math.ceil(more / 2) };
}
