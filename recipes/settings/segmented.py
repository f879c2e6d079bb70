"""What variational autoencoders of melodies and of chorales are made of."""

from recipes import UserError
from recipes.settings.field import group, setting

BEATS = 8  # of two bars


@group
class SegmentedSettings:
    """A VAE of two bars, each beat of which has latents of its own."""

    latent_dim: int = setting(
        help=f"Length of the latent vector; each of the {BEATS} beats has an equal part of it.", at_least=BEATS
    )
    beta: float = setting(
        help="Weight of the KL term in the loss. 1 is the ELBO; less of it gives music back more exactly, and makes "
        "samples and the likelihood worse.",
        at_least=0.0,
    )
    width: int = setting(help="Of the layers that look at a beat and at its neighbours.", at_least=1)
    units: int = setting(help="Of each recurrent unit.", at_least=1)
    components: int = setting(10, "Of each of the mixtures that the prior is made of.", at_least=1)

    def check(self) -> None:
        if self.latent_dim % BEATS:
            raise UserError(
                f"latent_dim: expected a multiple of {BEATS}, the beats of two bars; got {self.latent_dim}."
            )


@group
class MelodySettings(SegmentedSettings):
    """A VAE of melodies, or what it is compared with."""

    decoder: str = setting(
        "segmented",
        "segmented: all steps at once, each beat from its own latents; gru: one step after another, each from those "
        "before it, by recurrent networks, the encoder among them; to compare with.",
        choices=("segmented", "gru"),
    )
