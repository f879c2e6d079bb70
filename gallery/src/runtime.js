/** LiteRT in the page: files of models, their signatures, and their tensors. */

import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

export class Runtime {
  #wasm;
  #started;
  #files = new Map();

  /** @param {string} wasm Where LiteRT's WebAssembly lies. It is fetched and compiled once, on the first `load`. */
  constructor(wasm) {
    this.#wasm = wasm;
  }

  /** A compiled file; the same one however often it is asked for. Rejects with a line for people. */
  load(url) {
    if (!this.#files.has(url)) {
      const file = this.#compile(url);
      file.catch(() => this.#files.delete(url)); // so that it can be tried again
      this.#files.set(url, file);
    }
    return this.#files.get(url);
  }

  async #compile(url) {
    this.#started ??= start(this.#wasm);
    const [content] = await Promise.all([fetched(url), this.#start()]);
    try {
      return new File(await loadAndCompile(content, { accelerator: "wasm" }));
    } catch (error) {
      throw new Error(`${url} is not a model that this browser can run.`, { cause: error });
    }
  }

  async #start() {
    try {
      await this.#started;
    } catch (error) {
      this.#started = undefined;
      throw new Error("The models need WebAssembly with SIMD, and this browser could not load it.", { cause: error });
    }
  }
}

function start(wasm) {
  // LiteRT would wake a graphics card that these models have no use for, and it reports its start as errors.
  Object.defineProperty(navigator, "gpu", { value: undefined, configurable: true });
  self.Module = { printErr: (line) => /^(INFO|WARNING)\b/.test(line) || console.error(line) };
  return loadLiteRt(wasm);
}

async function fetched(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new Error(`${url} can't be loaded. Reload the page, or build the gallery again.`);
  return new Uint8Array(await answer.arrayBuffer());
}

class File {
  #compiled;

  constructor(compiled) {
    this.#compiled = compiled;
  }

  /**
   * Runs a signature.
   *
   * @param {string} signature
   * @param {Object<string, [Float32Array | Int32Array, number[]]>} inputs Values and shape of each argument.
   * @returns {Promise<Object<string, Float32Array | Int32Array>>} Copies of its outputs, as tensors are freed by hand.
   */
  async run(signature, inputs) {
    const tensors = {};
    let outputs = {};
    try {
      for (const [name, [values, shape]] of Object.entries(inputs)) tensors[name] = new Tensor(values, shape);
      outputs = await this.#compiled.run(signature, tensors);
      return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.toTypedArray().slice()]));
    } finally {
      for (const tensor of [...Object.values(tensors), ...Object.values(outputs)]) tensor.delete();
    }
  }
}
