/** A drawing, brought into the form of MNIST's digits: grey, 20 pixels at most, centred by its mass in 28 x 28. */

const SIDE = 28;
const INSIDE = 20;

/**
 * @param {Uint8ClampedArray} ink Grey levels of a drawing, row by row; 0 is paper.
 * @param {number} width
 * @param {number} height
 * @returns {Float32Array | null} 784 intensities in [0, 1]; null for a drawing without ink.
 */
export function asDigit(ink, width, height) {
  const found = extent(ink, width, height);
  if (!found) return null;
  const { left, right, top, bottom, x, y } = found;
  const scale = INSIDE / Math.max(right - left, bottom - top); // pixels of the digit per pixel of the drawing
  const shiftX = placed(scale * (x - left), scale * (right - left)) - scale * left;
  const shiftY = placed(scale * (y - top), scale * (bottom - top)) - scale * top;
  const sums = summed(ink, width, height);
  const digit = new Float32Array(SIDE * SIDE);
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const [x0, y0] = [(column - shiftX) / scale, (row - shiftY) / scale];
      const [x1, y1] = [x0 + 1 / scale, y0 + 1 / scale];
      const total = sums(x1, y1) - sums(x0, y1) - sums(x1, y0) + sums(x0, y0);
      digit[SIDE * row + column] = Math.min(1, Math.max(0, (total * scale * scale) / 255));
    }
  }
  return digit;
}

/** The box around the ink, and the centre of its mass. */
function extent(ink, width, height) {
  let [left, right, top, bottom, mass, x, y] = [width, 0, height, 0, 0, 0, 0];
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const level = ink[width * row + column];
      if (!level) continue;
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
      mass += level;
      x += level * (column + 0.5);
      y += level * (row + 0.5);
    }
  }
  return mass ? { left, right, top, bottom, x: x / mass, y: y / mass } : null;
}

/**
 * At which pixel a digit begins: its box lies on whole pixels, and the centre of its mass in pixel 14, the middle one.
 * Measured on MNIST: all its centres lie between 14 and 15.
 */
function placed(centre, size) {
  const start = SIDE / 2 - Math.floor(centre);
  return Math.max(0, Math.min(SIDE - Math.ceil(size - 1e-6), start)); // nothing is cut off
}

/** The ink left of and above a point, of which four give the ink of any rectangle: what a large pixel averages. */
function summed(ink, width, height) {
  const table = new Float64Array((width + 1) * (height + 1));
  for (let row = 0; row < height; row += 1) {
    let line = 0;
    for (let column = 0; column < width; column += 1) {
      line += ink[width * row + column];
      table[(width + 1) * (row + 1) + column + 1] = table[(width + 1) * row + column + 1] + line;
    }
  }
  return (x, y) => {
    const [inX, inY] = [Math.min(width, Math.max(0, x)), Math.min(height, Math.max(0, y))];
    const [column, row] = [Math.min(width - 1, Math.floor(inX)), Math.min(height - 1, Math.floor(inY))];
    const at = (width + 1) * row + column;
    const [partX, partY] = [inX - column, inY - row];
    const above = table[at] * (1 - partX) + table[at + 1] * partX;
    const below = table[at + width + 1] * (1 - partX) + table[at + width + 2] * partX;
    return above * (1 - partY) + below * partY;
  };
}
