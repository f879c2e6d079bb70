/** The label beside the pictures: what a model is, how good, how large, how fast. */

const SCALE = [0.02, 2]; // of the ruler, by the logarithm

export function writeLabel(model, models) {
  const { about } = model;
  const write = (id, text) => (document.getElementById(id).textContent = text);
  write("number", `No. ${models.indexOf(model) + 1} · ${about.family}`);
  write("title", about.title);
  write("sentence", about.sentence);
  const facts = about.figures.map((figure) => [figure.label, number(figure.value), note(figure)]);
  facts.push(["File", `${(about.bytes / 1e6).toFixed(1)} MB`, `${about.latents} numbers make a picture`]);
  facts.push(["Here and now", "…", "per picture, in your browser"]);
  const rows = facts.map(([name, value, remark]) => {
    const row = document.createElement("div");
    row.append(element("dt", name), element("dd", value, "value"), element("dd", remark, "remark"));
    return row;
  });
  document.getElementById("facts").replaceChildren(...rows);
  writeRuler(document.getElementById("ruler"), model, models);
  writePace(model);
}

export function writePace(model) {
  if (model.pace === undefined) return;
  const shown = model.pace < 10 ? model.pace.toFixed(1) : model.pace.toFixed(0);
  document.querySelector("#facts div:last-child .value").textContent = `${shown} ms`;
}

/** All models' distances on one line, this one's marked, with the floor, which is what real digits have. */
function writeRuler(ruler, model, models) {
  const mine = distance(model);
  ruler.hidden = !mine;
  if (!mine) return;
  const comparable = (other) => other !== model && distance(other)?.of === mine.of;
  const others = models.filter(comparable).map((other) => distance(other).value);
  const marks = others.map((value) => mark(value, "other"));
  if (mine.floor) marks.push(mark(mine.floor, "floor", "real digits"));
  ruler.replaceChildren(...marks, mark(mine.value, "mine"));
  ruler.setAttribute("role", "img");
  ruler.setAttribute("aria-label", rank(mine.value, others));
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

function distance(model) {
  return model.about.figures.find((figure) => figure.kind === "fid");
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
