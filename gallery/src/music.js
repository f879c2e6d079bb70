/** The room of a model of music: sixteen tunes, one of them to be heard, a passage, and a voice of the visitor's. */

import { Passage } from "./passage.js";
import { Player } from "./player.js";
import { SHOWN } from "./model.js";
import { emptyRoll, light, showRoll } from "./roll.js";
import { Soprano } from "./soprano.js";
import { addTransport } from "./transport.js";
import { Tunes } from "./tunes.js";

const SMALL = 4; // of each model's first tunes
const of = (id) => document.getElementById(id);

/** See `main.js` for what a room is. */
export class MusicRoom {
  promise =
    "The random numbers are part of each model, so one seed gives the same tunes on every machine, note by note; in " +
    "one of ten thousand or fewer, where two notes were equally likely, it is the other one.";
  ready = () => {};
  #player = new Player();
  #tunes = new Tunes(of("tunes"));
  #passage;
  #soprano;
  #model = null;
  #said = ""; // of what was written since the last harmonies
  #state;

  constructor({ state, trouble, speak, again, update }) {
    this.#state = state;
    this.#passage = new Passage(this.#player, trouble);
    this.#soprano = new Soprano(this.#player, speak);
    this.#soprano.addEventListener("change", ({ detail }) => {
      this.#said = `${detail.said}; `;
      update();
    });
    this.#tunes.addEventListener("choice", () => {
      this.#showChosen();
      again();
    });
    addTransport({ play: of("play"), save: of("save"), roll: of("score") }, this.#player, () => ({
      window: this.#tunes.window,
      music: this.#model.about.music,
      name: `${this.#model.about.name}_${this.#state.seed}_${this.#tunes.chosen + 1}`,
    }));
    of("another").addEventListener("click", () => {
      const next = (this.#tunes.chosen + 1) % SHOWN;
      this.#tunes.choose(next);
      if (next === 0) this.#state.set({ seed: this.#state.seed + 1 });
      speak(`${this.#kind()} ${next + 1} of seed ${this.#state.seed}.`);
    });
  }

  words({ condition }) {
    return { one: condition ? "harmony" : "tune", real: "music by people" };
  }

  small({ folder }) {
    const small = Array.from({ length: SMALL }, emptyRoll);
    poster(folder).then((windows) => small.forEach((one, row) => windows && showRoll(one, windows[row])));
    return small;
  }

  enter(model, still) {
    this.#player.stop();
    this.#model = model;
    const { tunes, music } = model.about;
    of("writing").hidden = !tunes.length;
    if (tunes.length) this.#soprano.begin(tunes);
    of("another").textContent = `Another ${this.#kind().toLowerCase()}`;
    of("voices").replaceChildren(...(music.voices.length > 1 ? music.voices.map(voiceName) : []));
    of("tunes").dataset.drawn = "";
    poster(model.folder).then((windows) => {
      if (!windows || !still() || of("tunes").dataset.drawn) return;
      this.#tunes.show(windows, "");
      this.#showChosen();
    });
  }

  leave() {
    this.#player.stop();
  }

  python({ condition }) {
    return condition ? [`${condition.name}=[[${this.#soprano.voice.join(", ")}]] * 16`] : [];
  }

  async draw(model, { seed, temperature }, still) {
    const windows = await model.sample(seed, temperature, Array(SHOWN).fill(this.#soprano.voice));
    if (!still()) return "";
    const told = model.about.condition ? this.#soprano.voice : "";
    this.#tunes.show(windows, `${model.about.name} ${seed} ${temperature} ${told}`);
    this.#showChosen();
    const said = this.#said;
    this.#said = "";
    return `${said}sixteen ${this.#kind() === "Tune" ? "tunes" : "harmonies"} of seed ${seed}`;
  }

  async drawParts(model, { seed, temperature }) {
    const { voice } = this.#soprano;
    const begin = await model.latents(seed, this.#tunes.before, temperature, voice);
    const end = await model.latents(seed, this.#tunes.chosen, temperature, voice);
    await this.#passage.between(model, begin, end, voice);
  }

  #showChosen() {
    showRoll(of("score"), this.#tunes.window);
    light(of("score"), null);
    of("score").setAttribute("aria-label", `${this.#kind()} ${this.#tunes.chosen + 1} as a piano roll`);
    of("play").disabled = of("save").disabled = false;
  }

  #kind() {
    return this.#model.about.condition ? "Harmony" : "Tune";
  }
}

/** The tunes of the first seed as they were when the gallery was built; null where they can't be loaded. */
async function poster(folder) {
  const answer = await fetch(`${folder}/poster.json`).catch(() => null);
  return answer?.ok ? (await answer.json()).map((window) => window.flat()) : null;
}

function voiceName(name, at) {
  const made = document.createElement("li");
  made.className = `voice-${at + 1}`;
  made.textContent = name;
  return made;
}
