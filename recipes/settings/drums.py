"""Which drums, and what a variational autoencoder of beats is made of."""

from recipes import UserError
from recipes.settings.field import group, setting


@group
class DrumData:
    """The Groove MIDI Dataset, in beats of two bars."""

    data_dir: str | None = setting(
        None,
        "Folder in which TFDS has prepared groove/2bar-midionly before; default: TFDS's own folder.",
        path=True,
        kept=False,
    )


@group
class DrumSettings:
    """A VAE of beats."""

    task: str = setting(
        "humanize",
        "humanize: the encoder sees the hits alone, so that the model plays a score as a drummer would; groove: it "
        "sees velocities and timing, too.",
        choices=("humanize", "groove"),
    )
    latent_dim: int = setting(64, "Length of the latent vector; even for --prior=flow.", at_least=1)
    beta: float = setting(0.2, "Weight of the KL term in the loss; 1 is the ELBO.", at_least=0.0)
    width: int = setting(500, "Units of each of the two hidden layers of the encoder and of the decoder.", at_least=1)
    prior: str = setting("flow", "normal: N(0, I); flow: learned, a RealNVP over N(0, I).", choices=("normal", "flow"))

    def check(self) -> None:
        if self.prior == "flow" and self.latent_dim % 2:
            raise UserError(f"latent_dim: --prior=flow needs an even --latent_dim; got {self.latent_dim}.")
