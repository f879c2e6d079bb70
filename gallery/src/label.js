/** The label beside the pictures: what a model is, how good, how large, how fast. */

const DISTANCE = "fid";
const SCALE = [0.02, 2]; // of the ruler, by the logarithm

/** @param {{one: string, real: string}} words What a model's data are called, of its own and of real ones. */
export function writeLabel(model, models, words) {
  const { about } = model;
  const write = (id, text) => (document.getElementById(id).textContent = text);
  write("number", `No. ${models.indexOf(model) + 1} · ${about.family}`);
  write("title", about.title);
  write("sentence", about.sentence);
  const rows = about.figures.map((figure) => {
    const row = fact(figure.label, number(figure.value), note(figure, words));
    if (figure.kind === DISTANCE) row.append(...ruler(figure, model, models, words));
    return row;
  });
  const size = `${(about.bytes / 1e6).toFixed(1)} MB`;
  rows.push(fact("File", size, `${about.latents.toLocaleString("en")} numbers make a ${words.one}`));
  rows.push(fact("Here and now", "…", `per ${words.one}, in your browser`));
  document.getElementById("facts").replaceChildren(...rows);
  writePace(model);
}

export function writePace(model) {
  if (model.pace === undefined) return;
  const shown = model.pace < 10 ? model.pace.toFixed(1) : model.pace.toFixed(0);
  document.querySelector("#facts div:last-child .value").textContent = `${shown} ms`;
}

function fact(name, value, remark) {
  const row = document.createElement("div");
  row.append(element("dt", name), element("dd", value, "value"), element("dd", remark, "remark"));
  return row;
}

/**
 * All models' distances on one line, this one's marked, with the floor, which is what real data have. They are of
 * models that are measured alike; where there is no other, there is no line.
 */
function ruler(figure, model, models, words) {
  const alike = ({ kind, of, by }) => kind === DISTANCE && of === figure.of && by === figure.by;
  const others = models
    .filter((other) => other !== model)
    .flatMap((other) => other.about.figures.filter(alike))
    .map(({ value }) => value);
  if (!others.length) return [];
  const marks = others.map((value) => mark(value, "other"));
  if (figure.floor !== null) marks.push(mark(figure.floor, "floor", words.real));
  const line = element("dd", "", "ruler");
  line.append(...marks, mark(figure.value, "mine"));
  line.setAttribute("role", "img");
  line.setAttribute("aria-label", rank(figure.value, others, words));
  return [line];
}

function rank(value, others, words) {
  const better = others.filter((other) => other < value).length;
  return `${better} of ${others.length} others are nearer to ${words.real}.`;
}

function mark(value, kind, text = "") {
  const at = Math.log(value / SCALE[0]) / Math.log(SCALE[1] / SCALE[0]);
  const made = element("span", text, kind);
  made.style.setProperty("--at", Math.min(1, Math.max(0, at)));
  return made;
}

function note({ floor, of }, { real }) {
  return floor === null ? `of ${of}` : `of ${of}; ${real} have ${number(floor)}`;
}

function number(value) {
  return value < 10 ? value.toFixed(3) : value.toFixed(2);
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
