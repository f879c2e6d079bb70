/** The zoo's classifier of digits: which digit an image shows. */

export class Reader {
  #runtime;

  constructor(runtime) {
    this.#runtime = runtime;
  }

  /** The probability of each digit, of an image of 28 x 28 intensities. */
  async read(image) {
    const file = await this.#runtime.load("models/classifier.tflite");
    return (await file.run("read", { images: [image, [1, 28, 28, 1]] })).probabilities;
  }
}
