"""What variational autoencoders of melodies and of chorales are made of."""

from recipes import UserError
from recipes.settings.field import group, setting


@group
class MelodySettings:
    """A VAE of windows of melody."""

    latent_dim: int = setting(64, "Length of the latent vector: 8 beats have a part of it each.", at_least=8)
    beta: float = setting(
        help="Weight of the KL term in the loss. 1 is the ELBO; less of it gives tunes back more exactly, and makes "
        "samples and the likelihood worse.",
        at_least=0.0,
    )
    width: int = setting(128, "Of the layers that look at a beat and at its neighbours.", at_least=1)
    decoder: str = setting(
        "segmented",
        "segmented: all steps at once, each beat of its own latents; gru: step after step, each from those before it, "
        "of a recurrent unit, and an encoder alike; to compare with.",
        choices=("segmented", "gru"),
    )
    units: int = setting(320, "Of the recurrent units, of the prior or of --decoder=gru.", at_least=1)
    components: int = setting(10, "Of each of the mixtures that the prior is made of.", at_least=1)

    def check(self) -> None:
        check_beats(self.latent_dim)


def check_beats(latent_dim: int) -> None:
    """Raises a UserError, one line, unless each beat of two bars can have as many latents."""
    if latent_dim % 8:
        raise UserError(f"latent_dim: expected a multiple of 8, for the beats of two bars; got {latent_dim}.")


@group
class ChoraleSettings:
    """A VAE of windows of chorales."""

    latent_dim: int = setting(help="Length of the latent vector: 8 beats have a part of it each.", at_least=8)
    beta: float = setting(help="Weight of the KL term in the loss; 1 is the ELBO.", at_least=0.0)
    width: int = setting(160, "Of the layers that look at a beat and at its neighbours.", at_least=1)
    units: int = setting(256, "Of the prior's recurrent unit.", at_least=1)
    components: int = setting(10, "Of each of the mixtures that the prior is made of.", at_least=1)

    def check(self) -> None:
        check_beats(self.latent_dim)
