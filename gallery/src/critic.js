/** A discriminator's opinion of a digit, as the share of real digits that it finds less real. */

/**
 * Its logits are no probabilities where a GAN's loss is relativistic, so they are only compared. One that knows classes
 * is asked about the class that the digit is meant to be and no other: it never saw a digit beside another's label.
 */
export async function opinion(model, digit, label) {
  const { quantiles } = model.about.judge;
  const logit = await model.score(digit, label);
  return shareBelow(quantiles[quantiles.length > 1 ? label : 0], logit);
}

/** The share that is below a value, of numbers of which the quantiles from 0 to 1 are known. */
export function shareBelow(quantiles, value) {
  const above = quantiles.findIndex((quantile) => quantile > value);
  if (above < 1) return above === 0 ? 0 : 1;
  const [low, high] = [quantiles[above - 1], quantiles[above]];
  return (above - 1 + (value - low) / (high - low)) / (quantiles.length - 1);
}

/** What to say of it. */
export function inWords(model, share, label) {
  const real = model.about.judge.classes ? `real ${label}s` : "real digits";
  return `More real than ${Math.round(100 * share)} % of ${real}`;
}

/** A line from the least to the most real of real digits, and where this one is. */
export function gauge(model, share, label) {
  const made = document.createElement("section");
  const heading = document.createElement("h3");
  heading.textContent = inWords(model, share, label);
  const line = document.createElement("div");
  line.className = "gauge";
  line.style.setProperty("--share", share);
  const by = document.createElement("p");
  by.className = "hint";
  by.textContent = `to the critic of the ${model.about.title}, which learned to tell real digits from drawn ones`;
  made.append(heading, line, by);
  return made;
}
