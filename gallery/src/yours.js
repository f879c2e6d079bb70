/** The visitor's turn: a drawing, as the models see it, redrawn by one, read by another, and judged by others. */

import { addChoice, choose, onChoice } from "./choices.js";
import { gauge, inWords, opinion } from "./critic.js";
import { latest } from "./latest.js";
import { Pad } from "./pad.js";
import { canvas, PIXELS, show } from "./picture.js";
import { asDigit } from "./sketch.js";

const of = (id) => document.getElementById(id);

export class Yours {
  #pad = new Pad(of("pad"));
  #reader;
  #artist;
  #judges;
  #digit = null; // what the models see
  #name = ""; // of that

  /** @param {Model[]} models @param {Reader} reader */
  constructor(models, reader, trouble, speak) {
    this.#reader = reader;
    this.#artist = models.find(({ about }) => about.redraws);
    this.#judges = models.filter(({ about }) => about.judge);
    of("redrawing").hidden = !this.#artist;
    for (let digit = 0; digit < 10; digit += 1) {
      const bar = document.createElement("span");
      bar.className = "bar";
      addChoice(of("meant"), digit, `It is a ${digit}`, bar, String(digit));
    }
    const look = latest(() => this.#look().then(speak, trouble));
    const judge = latest((label) => this.#judge(label).then(speak, trouble));
    onChoice(of("meant"), (label) => this.#digit && judge(Number(label)));
    this.#pad.addEventListener("begin", () => {
      if (of("examples").querySelector(":checked")) this.#pad.clear(); // nobody draws over another's digit
      choose(of("examples"), null);
    });
    this.#pad.addEventListener("ink", () => {
      this.#take(asDigit(this.#pad.ink(), this.#pad.width, this.#pad.width), "Your drawing");
      look();
    });
    of("clear").addEventListener("click", () => {
      choose(of("examples"), null);
      this.#pad.clear();
      this.#take(null, "");
      look();
    });
    onChoice(of("examples"), (at) => {
      this.#pad.put(of("examples").querySelector(`[value="${at}"] ~ canvas`));
      this.#take(this.examples[at], `A ${at} that somebody wrote`);
      look();
    });
  }

  /** Lays out digits that people wrote, for those who can't draw. */
  async layExamples() {
    const answer = await fetch("digits.bin");
    if (!answer.ok) throw new Error("digits.bin can't be loaded. Reload the page, or build the gallery again.");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    this.examples = Array.from({ length: bytes.length / PIXELS }, (_, at) =>
      Float32Array.from(bytes.subarray(at * PIXELS, (at + 1) * PIXELS), (level) => level / 255),
    );
    this.examples.forEach((digit, at) => {
      const small = canvas();
      show(small, digit);
      addChoice(of("examples"), at, `A ${at} that somebody wrote`, small);
    });
  }

  #take(digit, name) {
    [this.#digit, this.#name] = [digit, name];
  }

  /** Shows what the models make of the digit; returns what to say. */
  async #look() {
    const [digit, name] = [this.#digit, this.#name];
    for (const id of ["seen", "redrawn"]) show(of(id), digit ?? new Float32Array(PIXELS));
    describe("pad", digit ? name : "Your drawing: empty");
    describe("seen", digit ? `${name}, in 28 by 28 pixels` : "Nothing yet");
    describe("redrawn", digit ? `${name}, redrawn` : "Nothing yet");
    of("verdict").hidden = !digit;
    if (!digit) return "The paper is empty.";
    if (this.#artist) show(of("redrawn"), await this.#artist.redraw(digit));
    const read = await this.#reader.read(digit);
    const meant = read.indexOf(Math.max(...read));
    for (const [at, bar] of of("meant").querySelectorAll(".bar").entries()) bar.style.setProperty("--share", read[at]);
    choose(of("meant"), meant);
    return `${name} reads as a ${meant}. ${await this.#judge(meant)}`;
  }

  /** Has the critics judge the digit as one of a class; returns what to say. */
  async #judge(meant) {
    const opinions = [];
    for (const judge of this.#judges) opinions.push([judge, await opinion(judge, this.#digit, meant), meant]);
    of("judges").replaceChildren(...opinions.map((one) => gauge(...one)));
    return opinions.map((one) => `${inWords(...one)}.`).join(" ");
  }
}

function describe(id, text) {
  of(id).setAttribute("aria-label", text);
}
