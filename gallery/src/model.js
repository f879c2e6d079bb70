/** A model of the zoo: what its files compute. */

export const SHOWN = 16; // samples that a call of `sample_chunk` draws
export const PIXELS = 28 * 28;
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

  /** The first 16 samples of a seed: a Float32Array each. */
  async sample(seed, temperature, labels) {
    const inputs = { seed: seedOf(seed), start: [Int32Array.of(0), [1]], temperature: scalar(temperature) };
    const images = await this.#timed(SHOWN, "sample_chunk", this.#asked(inputs, labels));
    return Array.from({ length: SHOWN }, (_, row) => images.subarray(row * PIXELS, (row + 1) * PIXELS));
  }

  /** The latents of a sample of a seed. */
  async latents(seed, index, temperature) {
    const inputs = { seed: seedOf(seed), index: [Int32Array.of(index), [1]], temperature: scalar(temperature) };
    return (await (await this.load()).run("latents", inputs)).latents;
  }

  /** The picture of latents; the label only of a model that has classes. */
  generate(latents, label) {
    const inputs = { latents: [latents, [1, latents.length]] };
    return this.#timed(1, this.about.generate, this.#asked(inputs, [label]));
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

  /** Milliseconds per picture, of the calls lately; undefined before the first. */
  get pace() {
    return this.#times.toSorted((a, b) => a - b)[this.#times.length >> 1];
  }

  #asked(inputs, labels) {
    return this.about.classes ? { ...inputs, labels: [Int32Array.from(labels), [labels.length]] } : inputs;
  }

  async #timed(count, signature, inputs) {
    const file = await this.load();
    const begin = performance.now();
    const { images } = await file.run(signature, inputs);
    const time = (performance.now() - begin) / count;
    // The first run of a signature also prepares it.
    if (this.#warm.has(signature)) this.#times = [...this.#times, time].slice(-KEPT);
    this.#warm.add(signature);
    return images;
  }
}

/** A whole number as Python takes it: the second half of a seed. */
function seedOf(seed) {
  return [Int32Array.of(0, seed), [2]];
}

function scalar(value) {
  return [Float32Array.of(value), []];
}
