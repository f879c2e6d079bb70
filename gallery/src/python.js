/** The line of Python that draws what is shown. */

/** @param {string[]} told What the model is asked with beside them, as arguments. */
export function python({ name }, { seed, temperature }, told) {
  const given = [`16`, `seed=${seed}`];
  if (temperature !== 1) given.push(`temperature=${temperature}`);
  return `zoo.load("${name}").sample(${[...given, ...told].join(", ")})`;
}
