/** Paper to draw on, with a mouse, a pen or a finger. */

const PEN = 1 / 13; // of the paper's width: about as thick as MNIST's digits are

export class Pad extends EventTarget {
  #canvas;
  #context;

  constructor(canvas) {
    super();
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true });
    this.clear();
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener(
      "pointermove",
      (event) => event.buttons && this.#go(event.getCoalescedEvents?.() ?? [event]),
    );
  }

  get width() {
    return this.#canvas.width;
  }

  /** Grey levels, row by row. */
  ink() {
    const { data } = this.#context.getImageData(0, 0, this.width, this.width);
    return new Uint8ClampedArray(data.length / 4).map((_, at) => data[4 * at]);
  }

  clear() {
    this.#context.fillStyle = "black";
    this.#context.fillRect(0, 0, this.width, this.width);
  }

  /** Shows a digit in place of a drawing. */
  put(canvas) {
    this.#context.imageSmoothingQuality = "high";
    this.#context.drawImage(canvas, 0, 0, this.width, this.width);
  }

  #begin(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    Object.assign(this.#context, {
      strokeStyle: "white",
      lineWidth: PEN * this.width,
      lineCap: "round",
      lineJoin: "round",
    });
    this.#context.beginPath();
    this.dispatchEvent(new Event("begin"));
    this.#go([event, event]); // a line of no length is a dot
  }

  #go(events) {
    const box = this.#canvas.getBoundingClientRect();
    const scale = this.width / box.width;
    for (const { clientX, clientY } of events) {
      this.#context.lineTo((clientX - box.left) * scale, (clientY - box.top) * scale);
    }
    this.#context.stroke();
    this.dispatchEvent(new Event("ink"));
  }
}
