/** The visitor's turn: a drawing, as the models see it, redrawn by one and judged by others. */

import { addChoice, choose, onChoice } from "./choices.js";
import { latest } from "./latest.js";
import { PIXELS } from "./model.js";
import { Pad } from "./pad.js";
import { canvas, show } from "./picture.js";
import { asDigit } from "./sketch.js";

export class Yours {
  #pad = new Pad(document.getElementById("pad"));
  #examples = document.getElementById("examples");
  #models;
  #fromExample = false;

  /** @param {Model[]} models @param {string} about Which real digits the scores are compared with. */
  constructor(models, about, trouble, speak) {
    this.#models = models;
    this.draw = latest((digit, name) => this.#draw(digit, name, about).then(speak, trouble));
    this.#pad.addEventListener("begin", () => {
      if (this.#fromExample) this.#pad.clear();
      this.#fromExample = false;
      choose(this.#examples, "none");
    });
    this.#pad.addEventListener("ink", () => {
      const digit = asDigit(this.#pad.ink(), this.#pad.width, this.#pad.width);
      if (digit) this.draw(digit, "Your drawing");
    });
    document.getElementById("clear").addEventListener("click", () => this.#clear());
    document.getElementById("redrawing").hidden = !models.some(({ about: { redraws } }) => redraws);
  }

  /** Lays out digits that people wrote, for those who can't draw. */
  async layExamples() {
    const answer = await fetch("digits.bin");
    if (!answer.ok) return;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const digits = Array.from({ length: bytes.length / PIXELS }, (_, at) =>
      Float32Array.from(bytes.subarray(at * PIXELS, (at + 1) * PIXELS), (level) => level / 255),
    );
    digits.forEach((digit, at) => {
      const small = canvas();
      show(small, digit);
      addChoice(this.#examples, at, `A ${at} that somebody wrote`, small);
    });
    onChoice(this.#examples, (at) => {
      this.#fromExample = true;
      const digit = digits[at];
      const one = canvas();
      show(one, digit);
      this.#pad.put(one);
      this.draw(digit, `A ${at} that somebody wrote`);
    });
  }

  async #draw(digit, name, about) {
    document.getElementById("pad").setAttribute("aria-label", name);
    const seen = document.getElementById("seen");
    show(seen, digit);
    seen.setAttribute("aria-label", `${name}, in 28 by 28 pixels`);
    const said = [];
    const artist = this.#models.find((model) => model.about.redraws);
    if (artist) {
      const redrawn = document.getElementById("redrawn");
      show(redrawn, await artist.redraw(digit));
      redrawn.setAttribute("aria-label", `${name}, redrawn`);
      said.push(`${name} redrawn.`);
    }
    const judges = this.#models.filter((model) => model.about.judge);
    const verdicts = [];
    for (const judge of judges) {
      const shares = await sharesOf(judge, digit);
      verdicts.push(verdict(judge, shares, about));
      said.push(spoken(judge, shares));
    }
    document.getElementById("judges").replaceChildren(...verdicts);
    return said.join(" ");
  }

  #clear() {
    this.#pad.clear();
    this.#fromExample = false;
    choose(this.#examples, "none");
    document.getElementById("pad").setAttribute("aria-label", "Your drawing: empty");
    for (const id of ["seen", "redrawn"]) {
      const one = document.getElementById(id);
      show(one, new Float32Array(PIXELS));
      one.setAttribute("aria-label", "Nothing yet");
    }
    document.getElementById("judges").replaceChildren();
  }
}

/** For each class, or once: the share of real digits that the discriminator finds less real. */
async function sharesOf(judge, digit) {
  const shares = [];
  for (const [label, quantiles] of judge.about.judge.quantiles.entries()) {
    shares.push(shareBelow(quantiles, await judge.score(digit, label)));
  }
  return shares;
}

/** The share that is below a value, of numbers of which the quantiles from 0 to 1 are known. */
export function shareBelow(quantiles, value) {
  const above = quantiles.findIndex((quantile) => quantile > value);
  if (above < 1) return above === 0 ? 0 : 1;
  const [low, high] = [quantiles[above - 1], quantiles[above]];
  return (above - 1 + (value - low) / (high - low)) / (quantiles.length - 1);
}

function verdict(judge, shares, about) {
  const made = document.createElement("section");
  const heading = document.createElement("h3");
  heading.textContent = `How real it looks to the critic of the ${judge.about.title}`;
  const list = document.createElement("ul");
  const best = shares.indexOf(Math.max(...shares));
  shares.forEach((share, label) => {
    const row = document.createElement("li");
    row.style.setProperty("--share", share);
    if (label === best) row.className = "best";
    const asked = judge.about.judge.classes ? `as a ${label}` : "as a digit";
    row.append(part("asked", asked), part("bar", ""), part("share", `${Math.round(100 * share)} %`));
    list.append(row);
  });
  const note = document.createElement("p");
  note.className = "hint";
  const real = judge.about.judge.classes ? "real digits of that class" : "real digits";
  note.textContent = `The share of ${real} that it finds less real; compared with ${about}.`;
  made.append(heading, list, note);
  return made;
}

function spoken(judge, shares) {
  const best = shares.indexOf(Math.max(...shares));
  const asked = judge.about.judge.classes ? `as a ${best}, more than ${percent(shares[best])} of real ones` : "";
  return judge.about.judge.classes
    ? `To the ${judge.about.title} it looks most real ${asked}.`
    : `To the ${judge.about.title} it looks more real than ${percent(shares[0])} of real digits.`;
}

function percent(share) {
  return `${Math.round(100 * share)} per cent`;
}

function part(kind, text) {
  const made = document.createElement("span");
  made.className = kind;
  made.textContent = text;
  return made;
}
