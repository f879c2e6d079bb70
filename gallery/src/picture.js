/** Pictures: intensities of a model as grey pixels of a canvas. */

export const PIXELS = 28 * 28;

/** Intensities in [0, 1] -> grey levels, as Python rounds them: in float32, halves to even. */
export function levels(intensities) {
  return Uint8ClampedArray.from(intensities, (value) => Math.fround(255 * value)); // which rounds in just that way
}

/** Shows intensities of 28 x 28 pixels on a canvas of that size. */
export function show(canvas, intensities) {
  const grey = levels(intensities);
  const pixels = new ImageData(canvas.width, canvas.height);
  grey.forEach((level, at) => pixels.data.set([level, level, level, 255], 4 * at));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/** A canvas for a digit; hidden from screen readers where what surrounds it has a name. */
export function canvas() {
  const made = document.createElement("canvas");
  made.width = made.height = 28;
  made.setAttribute("aria-hidden", "true");
  return made;
}

/** Loads a picture that ships with the page. */
export async function fetchPicture(url) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}
