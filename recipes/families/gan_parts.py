"""The parts of a GAN that settings choose."""

import zoo
from recipes.settings import GameSettings


def loss(game: GameSettings) -> zoo.losses.AdversarialLoss:
    """The loss that the settings name."""
    return {
        "minimax": zoo.losses.Minimax,
        "non_saturating": zoo.losses.NonSaturating,
        "least_squares": zoo.losses.LeastSquares,
        "wasserstein": zoo.losses.Wasserstein,
        "hinge": zoo.losses.Hinge,
        "relativistic": zoo.losses.Relativistic,
    }[game.loss]()


def augmentation(game: GameSettings) -> zoo.augmentation.DiffAugment | None:
    """The augmentation that the settings name; None for none."""
    if game.augmentation == "none":
        return None
    if game.augmentation == "differentiable":
        return zoo.augmentation.DiffAugment()
    # The defaults are for trainings of tens of millions of images and a discriminator that is surer of itself.
    return zoo.augmentation.AdaptiveAugmentation(target=0.25, images_to_adapt=20_000)
