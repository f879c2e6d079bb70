/** A model of the zoo: what its files compute. */

export const SHOWN = 16; // samples that a call of `sample_chunk` draws
const KEPT = 9; // times, of which the median counts

export class Model {
  #runtime;
  #times = [];
  #warm = new Set();

  /** @param about Its entry of models.json. */
  constructor(about, runtime) {
    this.about = about;
    this.folder = `models/${about.name}`;
    this.#runtime = runtime;
  }

  load() {
    return this.#runtime.load(`${this.folder}/model.tflite`);
  }

  /**
   * The first 16 samples of a seed: an array each, of float32 or int32 as the model's data are.
   *
   * @param {(number | ArrayLike<number>)[]} told The condition of each; only of a model that has one, as below.
   */
  async sample(seed, temperature, told) {
    const inputs = { seed: seedOf(seed), start: [Int32Array.of(0), [1]], temperature: scalar(temperature) };
    const data = await this.#timed(SHOWN, "sample_chunk", this.#asked(inputs, told));
    const size = data.length / SHOWN;
    return Array.from({ length: SHOWN }, (_, row) => data.subarray(row * size, (row + 1) * size));
  }

  /** The latents of a sample of a seed. */
  async latents(seed, index, temperature, told) {
    const inputs = { seed: seedOf(seed), index: [Int32Array.of(index), [1]], temperature: scalar(temperature) };
    const asked = this.about.condition?.in_prior ? this.#asked(inputs, [told]) : inputs;
    return (await (await this.load()).run("latents", asked)).latents;
  }

  /** What the model makes of latents. */
  generate(latents, told) {
    const inputs = { latents: [latents, [1, latents.length]] };
    return this.#timed(1, this.about.generate, this.#asked(inputs, [told]));
  }

  /** A digit as an autoencoder draws it after having looked at it. */
  async redraw(image) {
    const seen = this.about.binary ? image.map((value) => (value > 0.5 ? 1 : 0)) : image;
    return (await (await this.load()).run("reconstruct", { images: [seen, [1, 28, 28, 1]] })).images;
  }

  /** How real the discriminator finds a digit, as one of a class if it knows classes: its logit. */
  async score(image, label) {
    const judge = await this.#runtime.load(`${this.folder}/discriminator.tflite`);
    const inputs = { images: [image, [1, 28, 28, 1]] };
    if (this.about.judge.classes) inputs.labels = [Int32Array.of(label), [1]];
    return (await judge.run("score", inputs)).logit[0];
  }

  /** Milliseconds per sample, of the calls lately; undefined before the first. */
  get pace() {
    return this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1];
  }

  #asked(inputs, told) {
    const { condition } = this.about;
    if (!condition) return inputs;
    const rows = told.flatMap((row) => (typeof row === "number" ? row : Array.from(row)));
    return { ...inputs, [condition.name]: [Int32Array.from(rows), [told.length, ...condition.shape]] };
  }

  async #timed(count, signature, inputs) {
    const file = await this.load();
    const begin = performance.now();
    const { [this.about.datum.name]: data } = await file.run(signature, inputs);
    const time = (performance.now() - begin) / count;
    // The first run of a signature also prepares it.
    if (this.#warm.has(signature)) this.#times = [...this.#times, time].slice(-KEPT);
    this.#warm.add(signature);
    return data;
  }
}

/** A whole number as Python takes it: the second half of a seed. */
function seedOf(seed) {
  return [Int32Array.of(0, seed), [2]];
}

function scalar(value) {
  return [Float32Array.of(value), []];
}
