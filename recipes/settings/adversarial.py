"""What a generative adversarial network is made of."""

from recipes.settings.field import group, setting


@group
class PlayersSettings:
    """The optimizers of a GAN's players, and what is kept of them."""

    beta_1: float = setting(help="Adam's decay of the mean gradient, for both players.", at_least=0.0, at_most=0.999)
    beta_2: float = setting(help="Adam's decay of the mean squared gradient, for both.", at_least=0.0, at_most=0.9999)
    ema_halflife: float = setting(
        50_000.0,
        "Items after which a weight of the generator counts half in the average that is used for sampling; at most a "
        "tenth of those seen so far.",
        at_least=1.0,
    )
    clip_norm: float | None = setting(
        None,
        "Largest norm of the generator's gradient; a larger one is scaled down to it. Default: any.",
        at_least=1e-3,
    )
    ship_discriminator: bool = setting(
        False, "Have the folder that --ship_to makes hold the discriminator, too: to score, and to go on.", kept=False
    )


@group
class GANSettings(PlayersSettings):
    """The networks of a GAN of images, and their optimizers."""

    latent_dim: int = setting(help="Length of the latent vector.", at_least=1)
    width: int = setting(help="Channels of the generator at the largest resolution.", at_least=1)


@group
class HarmonySettings(PlayersSettings):
    """A GAN that harmonizes."""

    units: int = setting(192, "Of the generator's recurrent unit.", at_least=1)
    width: int = setting(128, "Of the other layers of both players.", at_least=1)
    temperature: float = setting(
        help="Divides the generator's logits, in training as in sampling. Less: fewer mistakes, and harmonies that "
        "are more alike.",
        at_least=0.01,
    )
    imitation: float = setting(
        help="Weight, in the generator's loss, of how unlikely it makes each note of the data after those before; 0 "
        "learns of the discriminator alone.",
        at_least=0.0,
    )


@group
class GameSettings:
    """What the two players of a GAN play."""

    loss: str = setting(
        help="What the two players minimize.",
        choices=("minimax", "non_saturating", "least_squares", "wasserstein", "hinge", "relativistic"),
    )
    augmentation: str = setting(
        help="How images are changed before the discriminator sees them, so that it can't learn a small data set by "
        "heart. differentiable: all of them (DiffAugment); adaptive: as many as it takes (ADA).",
        choices=("none", "differentiable", "adaptive"),
    )
