/** A voice that a visitor writes, on a small piano roll, with a mouse, a finger, or the keyboard. */

import { addChoice, choose, onChoice } from "./choices.js";
import { element, showRoll } from "./roll.js";
import { nameOf, noteAt, silence, STEPS, withNote, withoutNote } from "./score.js";

const RANGE = { low: 60, high: 81 }; // where sopranos of chorales lie
const UNIT = 10; // as of a roll
const LENGTHS = { 2: "Eighth", 4: "Quarter", 8: "Half", 1: "Sixteenth" };
const WHITE = [0, 2, 4, 5, 7, 9, 11];
const of = (id) => document.getElementById(id);

export class Soprano extends EventTarget {
  #roll = of("soprano");
  #length = 4; // of the notes that are written, in steps
  #cursor = { step: 0, pitch: 72 };
  #drawn = null; // where the pointer was
  #erases = null; // a note that goes if the pointer leaves it there
  #player;
  #speak;
  #tunes = [];
  voice = silence();

  /** @param {Player} player Sounds what is written. @param {function(string)} speak Told where the cursor is. */
  constructor(player, speak) {
    super();
    [this.#player, this.#speak] = [player, speak];
    for (const [steps, name] of [1, 2, 4, 8].map((steps) => [steps, LENGTHS[steps]])) {
      addChoice(of("lengths"), steps, `${name} notes`, name);
    }
    choose(of("lengths"), this.#length);
    onChoice(of("lengths"), (steps) => (this.#length = Number(steps)));
    onChoice(of("beginnings"), (at) => {
      const { notes, title } = this.#tunes[at];
      this.#write(Int32Array.from(notes), title);
    });
    of("clear-soprano").addEventListener("click", () => {
      choose(of("beginnings"), null);
      this.#write(silence(), "there is no note now");
    });
    this.#roll.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#roll.addEventListener("pointermove", (event) => this.#drawn && this.#go(event));
    for (const end of ["pointerup", "pointercancel"]) this.#roll.addEventListener(end, () => this.#end());
    this.#roll.addEventListener("keydown", (event) => this.#key(event));
    of("keyboard").replaceChildren(...keys());
  }

  /** Lays out tunes to begin with, and the first of them on the roll if nothing was written yet. */
  begin(tunes) {
    if (this.#tunes === tunes) return;
    for (const label of of("beginnings").querySelectorAll("label")) label.remove();
    tunes.forEach(({ title }, at) => addChoice(of("beginnings"), at, title, title));
    const isFirst = !this.#tunes.length;
    this.#tunes = tunes;
    if (!isFirst) return;
    choose(of("beginnings"), 0);
    this.voice = Int32Array.from(tunes[0].notes);
    this.#show();
  }

  #begin(event) {
    this.#roll.setPointerCapture(event.pointerId);
    this.#roll.focus({ preventScroll: true });
    const place = this.#place(event);
    const note = noteAt(this.voice, place.step);
    this.#drawn = place;
    if (note?.pitch === place.pitch) this.#erases = note;
    else this.#put(place);
    event.preventDefault();
  }

  #go(event) {
    const place = this.#place(event);
    if (place.step === this.#drawn.step && place.pitch === this.#drawn.pitch) return;
    [this.#drawn, this.#erases] = [place, null];
    this.#put(place);
  }

  #end() {
    if (this.#erases) this.#remove(this.#erases);
    this.#drawn = this.#erases = null;
  }

  /** Where a pointer is; the step is that at which a note would begin. */
  #place({ clientX, clientY }) {
    const box = this.#roll.getBoundingClientRect();
    const step = Math.min(STEPS - 1, Math.max(0, Math.floor((STEPS * (clientX - box.left)) / box.width)));
    const rows = RANGE.high - RANGE.low + 1;
    const row = Math.min(rows - 1, Math.max(0, Math.floor((rows * (clientY - box.top)) / box.height)));
    return { step: this.#snapped(step), pitch: RANGE.high - row };
  }

  #snapped(step) {
    return step - (step % this.#length);
  }

  #key(event) {
    const moves = { ArrowLeft: [-this.#length, 0], ArrowRight: [this.#length, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const { step, pitch } = this.#cursor;
    const note = noteAt(this.voice, step);
    if (moves[event.key]) {
      const [later, higher] = moves[event.key];
      this.#cursor = {
        step: Math.min(STEPS - this.#length, Math.max(0, this.#snapped(step + later))),
        pitch: Math.min(RANGE.high, Math.max(RANGE.low, pitch + higher)),
      };
      this.#show();
      const there = noteAt(this.voice, this.#cursor.step);
      const sounds = there ? `; ${nameOf(there.pitch)} sounds` : "";
      this.#speak(`${nameOf(this.#cursor.pitch)}, ${when(this.#cursor.step)}${sounds}.`);
    } else if (event.key === "Enter" || event.key === " ") {
      if (note?.pitch === pitch) this.#remove(note);
      else this.#put(this.#cursor);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (note) this.#remove(note);
    } else {
      return;
    }
    event.preventDefault();
  }

  #put({ step, pitch }) {
    this.#cursor = { step, pitch };
    this.#player.touch(pitch);
    choose(of("beginnings"), null);
    this.#write(withNote(this.voice, { onset: step, length: this.#length, pitch }), `${nameOf(pitch)}, ${when(step)}`);
  }

  #remove(note) {
    choose(of("beginnings"), null);
    this.#write(withoutNote(this.voice, note), `${nameOf(note.pitch)} is gone`);
  }

  #write(voice, said) {
    this.voice = voice;
    this.#show();
    this.dispatchEvent(new CustomEvent("change", { detail: { said } }));
  }

  #show() {
    showRoll(this.#roll, this.voice, RANGE);
    const rows = Array.from({ length: RANGE.high - RANGE.low + 1 }, (_, row) => RANGE.high - row);
    const dark = rows.flatMap((pitch, row) =>
      isWhite(pitch) ? [] : element("rect", { class: "dark", x: 0, y: row * UNIT, width: STEPS * UNIT, height: UNIT }),
    );
    const lines = rows.flatMap((pitch, row) =>
      [0, 5].includes(pitch % 12)
        ? element("line", { class: "guide", x1: 0, x2: STEPS * UNIT, y1: (row + 1) * UNIT, y2: (row + 1) * UNIT })
        : [],
    );
    const { step, pitch } = this.#cursor;
    const cursor = element("rect", {
      class: "cursor",
      x: step * UNIT,
      y: (RANGE.high - pitch) * UNIT,
      width: this.#length * UNIT,
      height: UNIT,
    });
    this.#roll.prepend(...dark, ...lines);
    this.#roll.append(cursor);
  }
}

/** The names of the white keys, beside their rows. */
function keys() {
  return Array.from({ length: RANGE.high - RANGE.low + 1 }, (_, row) => {
    const pitch = RANGE.high - row;
    const key = document.createElement("span");
    key.textContent = isWhite(pitch) ? nameOf(pitch)[0] : "";
    return key;
  });
}

function isWhite(pitch) {
  return WHITE.includes(pitch % 12);
}

function when(step) {
  const within = step % 16;
  const part = ["", " and a sixteenth", " and a half", " and three sixteenths"][within % 4];
  return `bar ${Math.floor(step / 16) + 1}, beat ${Math.floor(within / 4) + 1}${part}`;
}
