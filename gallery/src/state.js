/** What is shown, and its address: the part after the # can be shared. */

export const MOST = 2 ** 31 - 1; // a seed is an int32
const START = { model: "", seed: 0, temperature: 1, digit: null };

export class State extends EventTarget {
  /** @param {string[]} models Names; the first is shown where the address names none. */
  constructor(models) {
    super();
    this.models = models;
    this.read();
    addEventListener("hashchange", () => {
      this.read();
      this.dispatchEvent(new Event("change"));
    });
  }

  /** Takes what the address says, and what it doesn't say as at the start. */
  read() {
    const given = new URLSearchParams(location.hash.slice(1));
    const number = (name, low, high) => {
      const value = Number(given.get(name) ?? NaN);
      return value >= low && value <= high ? value : START[name];
    };
    this.model = this.models.includes(given.get("model")) ? given.get("model") : this.models[0];
    this.seed = Math.trunc(number("seed", 0, MOST));
    this.temperature = number("temperature", 0, 1.5);
    this.digit = number("digit", 0, 9);
  }

  /** Changes some of it, and the address. */
  set(changes) {
    Object.assign(this, changes);
    const { model, seed, temperature, digit } = this;
    const given = { model, seed, temperature, ...(digit === null ? {} : { digit }) };
    history.replaceState(null, "", `#${new URLSearchParams(given)}`);
    this.dispatchEvent(new Event("change"));
  }
}
