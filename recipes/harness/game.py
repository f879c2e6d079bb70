"""The parts of the game that the flags choose."""

from absl import flags

import zoo

FLAGS = flags.FLAGS


def loss():
    """The loss that --loss names."""
    return {
        "minimax": zoo.MinimaxLoss,
        "non_saturating": zoo.NonSaturatingLoss,
        "least_squares": zoo.LeastSquaresLoss,
        "wasserstein": zoo.WassersteinLoss,
        "hinge": zoo.HingeLoss,
        "relativistic": zoo.RelativisticLoss,
    }[FLAGS.loss]()


def augmentation():
    """The augmentation that --augmentation names; None for none."""
    if FLAGS.augmentation == "none":
        return None
    if FLAGS.augmentation == "differentiable":
        return zoo.DiffAugment()
    # The defaults are for trainings of tens of millions of images and a discriminator that is surer of itself.
    return zoo.AdaptiveAugmentation(target=0.25, images_to_adapt=20_000)
