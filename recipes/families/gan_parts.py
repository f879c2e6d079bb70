"""The parts of the game that the flags choose."""

from absl import flags

import zoo

FLAGS = flags.FLAGS


def loss():
    """The loss that --loss names."""
    return {
        "minimax": zoo.losses.Minimax,
        "non_saturating": zoo.losses.NonSaturating,
        "least_squares": zoo.losses.LeastSquares,
        "wasserstein": zoo.losses.Wasserstein,
        "hinge": zoo.losses.Hinge,
        "relativistic": zoo.losses.Relativistic,
    }[FLAGS.loss]()


def augmentation():
    """The augmentation that --augmentation names; None for none."""
    if FLAGS.augmentation == "none":
        return None
    if FLAGS.augmentation == "differentiable":
        return zoo.augmentation.DiffAugment()
    # The defaults are for trainings of tens of millions of images and a discriminator that is surer of itself.
    return zoo.augmentation.AdaptiveAugmentation(target=0.25, images_to_adapt=20_000)
