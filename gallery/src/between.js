/** Points between two points of a model's latents. */

/**
 * The point of the way from `a` to `b` at `t` in [0, 1].
 *
 * Where latents are normal, as a GAN's, on the arc between the two: a straight line would lead through the middle,
 * where hardly any latents lie. A VAE's prior may be learned, and its points are joined by a straight line, and so are
 * the codes of an InfoGAN, which are the last numbers.
 */
export function between(a, b, t, { arc, codes }) {
  const turned = arc ? a.length - codes : 0;
  const [first, second] = weights(a.subarray(0, turned), b.subarray(0, turned), t);
  return a.map((value, at) => (at < turned ? first * value + second * b[at] : (1 - t) * value + t * b[at]));
}

/** How to go between points of a model: what `between` takes. */
export function wayOf({ about }) {
  return { arc: about.family === "GAN", codes: about.codes ? about.codes.categories + about.codes.continuous : 0 };
}

function weights(a, b, t) {
  const product = (x, y) => x.reduce((sum, value, at) => sum + value * y[at], 0);
  const cosine = product(a, b) / Math.sqrt(product(a, a) * product(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!(angle > 1e-4)) return [1 - t, t]; // also where both are zeros
  return [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)];
}
