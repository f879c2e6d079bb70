/** The page: what is asked for on it, and which part answers. */

import { addChoice, choose, onChoice } from "./choices.js";
import { Codes } from "./codes.js";
import { writeLabel, writePace } from "./label.js";
import { latest } from "./latest.js";
import { Learning } from "./learning.js";
import { Model } from "./model.js";
import { labelsOf, Pictures } from "./pictures.js";
import { python } from "./python.js";
import { Reader } from "./reader.js";
import { Runtime } from "./runtime.js";
import { MOST, State } from "./state.js";
import { Walk } from "./walk.js";
import { hangWall } from "./wall.js";
import { Yours } from "./yours.js";

const of = (id) => document.getElementById(id);

function trouble(error) {
  of("trouble").textContent = error.message;
  of("trouble").hidden = false;
  throw error; // for the console: the browser says where
}

function speak(text) {
  of("spoken").textContent = text;
}

async function open() {
  const answer = await fetch("models.json").catch(() => null);
  if (!answer?.ok) throw new Error("models.json can't be loaded. Build the gallery again: make gallery");
  const manifest = await answer.json();
  const runtime = new Runtime("litert/wasm");
  const models = manifest.models.map((about) => new Model(about, runtime));
  const state = new State(models.map(({ about }) => about.name));
  const modelNow = () => models.find(({ about }) => about.name === state.model);

  const pictures = new Pictures(of("pictures"));
  const walk = new Walk(trouble);
  const codes = new Codes(trouble, speak);
  const learning = new Learning();
  const yours = new Yours(models, new Reader(runtime), trouble, speak);
  hangWall(of("wall"), models, state);
  layControls(state);

  let shown = null; // the model on show
  let from = 0; // where the walk begins

  const showParts = latest(async () => {
    const model = modelNow();
    const { seed, temperature } = state;
    const begin = await model.latents(seed, from, temperature);
    const end = await model.latents(seed, pictures.chosen, temperature);
    const label = labelsOf(state.digit, model.about.classes)[pictures.chosen];
    await walk.between(model, begin, end, label);
    await codes.show(model, end);
    writePace(model);
  });

  const draw = latest(async () => {
    const model = modelNow();
    const { seed, temperature, digit } = state;
    if (model !== shown) {
      shown = model;
      walk.stop();
      writeLabel(model, models);
      learning.show(model).catch(trouble);
      pictures.showPoster(model.folder, () => shown === model && !of("pictures").dataset.drawn);
    }
    of("classes").hidden = !model.about.classes;
    of("python").textContent = python(model.about, state);
    const begin = performance.now();
    const images = await model.sample(seed, temperature, labelsOf(digit, model.about.classes));
    if (model !== modelNow()) return;
    pictures.show(images, `${state.model} ${seed} ${temperature} ${digit}`);
    of("trouble").hidden = true; // whatever it was, it is over
    document.documentElement.dataset.firstDigit ??= Math.round(performance.now());
    const asked = digit === null ? "" : `, each a ${digit}`;
    const took = Math.round(performance.now() - begin);
    speak(`${model.about.title}: sixteen pictures of seed ${seed}${asked} drawn in ${took} milliseconds.`);
    await showParts();
  });

  const update = () => draw().catch(trouble);
  state.addEventListener("change", update);
  pictures.addEventListener("choice", ({ detail }) => {
    from = detail.before;
    showParts().catch(trouble);
  });
  of("open-card").addEventListener("click", () => openCard(modelNow()).catch(trouble));
  of("made-of").textContent =
    "Run by LiteRT.js (Apache License 2.0) in WebAssembly. The random numbers are part of each model, so one seed draws " +
    "the same pictures on every machine; now and then a pixel is rounded to the next of its 256 greys.";
  of("compared").textContent = `Scores are compared with ${manifest.digits}.`;
  await draw();
  await yours.layExamples();
}

function layControls(state) {
  addChoice(of("classes"), "all", "All digits in turn", "all");
  for (let digit = 0; digit < 10; digit += 1) addChoice(of("classes"), digit, `Only ${digit}`, String(digit));
  onChoice(of("classes"), (value) => state.set({ digit: value === "all" ? null : Number(value) }));
  of("classes").addEventListener("keydown", ({ key }) => {
    if (!/^[0-9]$/.test(key)) return;
    const input = of("classes").querySelector(`[value="${key}"]`);
    input.focus();
    input.click();
  });
  of("seed").addEventListener("change", () => {
    const seed = Math.trunc(Number(of("seed").value));
    state.set({ seed: Math.min(MOST, Math.max(0, seed || 0)) });
  });
  of("new-seed").addEventListener("click", () => state.set({ seed: Math.floor(Math.random() * 10_000) }));
  of("temperature").addEventListener("input", () => state.set({ temperature: Number(of("temperature").value) }));
  const update = () => {
    of("seed").value = state.seed;
    of("temperature").value = state.temperature;
    of("temperature-now").textContent = state.temperature.toFixed(2);
    choose(of("classes"), state.digit ?? "all");
  };
  state.addEventListener("change", update);
  update();
}

async function openCard({ about, folder }) {
  const answer = await fetch(`${folder}/card.html`);
  if (!answer.ok) throw new Error(`${folder}/card.html can't be loaded.`);
  of("card-text").innerHTML = await answer.text(); // written by the build, of our own cards
  of("card").setAttribute("aria-label", `Card of the ${about.title}`);
  of("card").showModal();
}

open().catch(trouble);
