"""How real a discriminator finds real digits, so that the page can say how a drawing compares with them.

Logits of a relativistic GAN are no probabilities, so the page says which share of real digits scores lower.
"""

import numpy as np

LEVELS = 101  # a quantile for each per cent


def quantiles(model, digits):
    """The quantiles of the logits of real digits of each class, floats [10][101], each asked as what it is.

    A discriminator without classes is asked about all at once: [1][101].
    """
    shares = np.linspace(0, 1, LEVELS)
    if knows_classes(model):
        logits = [_logits(model, digits.of(label), label) for label in range(model.num_classes)]
    else:
        logits = [_logits(model, digits.images)]
    return [np.quantile(one, shares).astype(np.float64).round(4).tolist() for one in logits]


def judges(model):
    """Whether there is a discriminator, as a GAN has that ships with one."""
    return getattr(model, "discriminator", None) is not None


def knows_classes(model):
    """Whether the discriminator is asked with a class."""
    return len(model.discriminator.inputs) == 2


def _logits(model, images, label=None):
    parts = np.array_split(images, max(1, len(images) // 500))
    asked = [{} if label is None else {"labels": np.full(len(part), label, np.int32)} for part in parts]
    return np.concatenate([model.score(part, **labels)[0].numpy() for part, labels in zip(parts, asked)])
