/** The label beside the pictures: what a model is, how good, how large, how fast. */

const DISTANCE = "fid";
const SCALE = [0.02, 2]; // of the ruler, by the logarithm

export function writeLabel(model, models) {
  const { about } = model;
  const write = (id, text) => (document.getElementById(id).textContent = text);
  write("number", `No. ${models.indexOf(model) + 1} · ${about.family}`);
  write("title", about.title);
  write("sentence", about.sentence);
  const rows = about.figures.map((figure) => {
    const row = fact(figure.label, number(figure.value), note(figure));
    if (figure.kind === DISTANCE) row.append(ruler(figure, model, models));
    return row;
  });
  rows.push(fact("File", `${(about.bytes / 1e6).toFixed(1)} MB`, `${about.latents.toLocaleString("en")} numbers make a picture`));
  rows.push(fact("Here and now", "…", "per picture, in your browser"));
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

/** All models' distances on one line, this one's marked, with the floor, which is what real digits have. */
function ruler(figure, model, models) {
  const others = models
    .filter((other) => other !== model)
    .flatMap((other) => other.about.figures.filter(({ kind, of }) => kind === DISTANCE && of === figure.of))
    .map(({ value }) => value);
  const marks = others.map((value) => mark(value, "other"));
  if (figure.floor !== null) marks.push(mark(figure.floor, "floor", "real digits"));
  const line = element("dd", "", "ruler");
  line.append(...marks, mark(figure.value, "mine"));
  line.setAttribute("role", "img");
  line.setAttribute("aria-label", rank(figure.value, others));
  return line;
}

function rank(value, others) {
  const better = others.filter((other) => other < value).length;
  return `${better} of ${others.length} others are nearer to real digits.`;
}

function mark(value, kind, text = "") {
  const at = Math.log(value / SCALE[0]) / Math.log(SCALE[1] / SCALE[0]);
  const made = element("span", text, kind);
  made.style.setProperty("--at", Math.min(1, Math.max(0, at)));
  return made;
}

function note({ floor, of }) {
  return floor === null ? `of ${of}` : `of ${of}; real digits have ${number(floor)}`;
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
