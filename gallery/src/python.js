/** The line of Python that draws what is shown. */

export function python({ name, classes }, { seed, temperature, digit }) {
  const given = [`16`, `seed=${seed}`];
  if (temperature !== 1) given.push(`temperature=${temperature}`);
  if (classes) given.push(digit === null ? `labels=[i % ${classes} for i in range(16)]` : `labels=[${digit}] * 16`);
  return `zoo.load("${name}").sample(${given.join(", ")})`;
}
