/**
 * The page: what is asked for on it, and which room answers.
 *
 * There is a room for each domain that a model may be of, an object with
 *   words(about)                  what the data of a model are called: one that it makes, and real ones;
 *   promise                       what the page says of their randomness;
 *   small(model)                  elements that stand for a model on the wall;
 *   enter(model, still), leave()  another model is on show; `still()` says whether it still is;
 *   python(about, state)          arguments of the line of Python beside seed and temperature;
 *   draw(model, state, still)     shows the samples of a seed; a promise of what to say of them;
 *   drawParts(model, state)       shows what depends on the sample that is chosen; asked for by `again()`, too;
 *   ready()                       what can wait until the first samples are there.
 * What of the page is a room's has its domain as `data-of`, and is seen while a model of that domain is on show.
 */

import { ImageRoom } from "./images.js";
import { writeLabel, writePace } from "./label.js";
import { latest } from "./latest.js";
import { Model } from "./model.js";
import { MusicRoom } from "./music.js";
import { python } from "./python.js";
import { Runtime } from "./runtime.js";
import { MOST, State } from "./state.js";
import { hangWall } from "./wall.js";

const ROOMS = { images: ImageRoom, music: MusicRoom };
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

  const drawParts = latest(async () => {
    const model = modelNow();
    await roomOf(model).drawParts(model, state);
    writePace(model);
  });
  const again = () => drawParts().catch(trouble);

  let shown = null; // the model on show
  const draw = latest(async () => {
    const model = modelNow();
    const room = roomOf(model);
    const still = () => model === modelNow();
    if (model !== shown) {
      if (shown && roomOf(shown) !== room) roomOf(shown).leave();
      shown = model;
      of("main").dataset.domain = model.about.domain;
      writeLabel(model, models, room.words(model.about));
      of("made-of").textContent = `Run by LiteRT.js (Apache License 2.0) in WebAssembly. ${room.promise}`;
      room.enter(model, still);
    }
    of("python").textContent = python(model.about, state, room.python(model.about, state));
    const begin = performance.now();
    const drawn = await room.draw(model, state, still);
    if (!still()) return;
    of("trouble").hidden = true; // whatever it was, it is over
    document.documentElement.dataset.firstDigit ??= Math.round(performance.now());
    speak(`${model.about.title}: ${drawn} drawn in ${Math.round(performance.now() - begin)} milliseconds.`);
    await drawParts();
  });

  const update = () => draw().catch(trouble);
  const given = { models, digits: manifest.digits, runtime, state, trouble, speak, again, update };
  const rooms = Object.fromEntries(Object.entries(ROOMS).map(([domain, Room]) => [domain, new Room(given)]));
  const roomOf = ({ about }) => rooms[about.domain];
  hangWall(of("wall"), models, state, (model) => roomOf(model).small(model));
  layControls(state);
  state.addEventListener("change", update);
  of("open-card").addEventListener("click", () => openCard(modelNow()).catch(trouble));
  await draw();
  for (const room of Object.values(rooms)) await room.ready();
}

function layControls(state) {
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
