"""What a variational autoencoder is made of, and how its likelihood is measured."""

from recipes import UserError
from recipes.settings.field import group, setting


@group
class VAESettings:
    """A VAE of images."""

    binarization: str = setting(
        "auto",
        "dynamic: each pixel is drawn anew as 0 or 1, with its grey level as the probability, whenever the image is "
        "trained on (evaluation uses one fixed draw); static: one fixed draw for training too; none: 256 levels; "
        "auto: dynamic for grey images, none for coloured ones.",
        choices=("auto", "dynamic", "static", "none"),
    )
    latent_dim: int = setting(help="Length of the latent vector; even for --prior=flow.", at_least=1)
    beta: float = setting(1.0, "Weight of the KL term in the loss; 1 is the ELBO.", at_least=0.0)
    encoder: str = setting("conv", "Network from images to latents.", choices=("dense", "conv"))
    decoder: str = setting("conv", "Network from latents to images.", choices=("dense", "conv"))
    prior: str = setting("flow", "normal: N(0, I); flow: learned, a RealNVP over N(0, I).", choices=("normal", "flow"))

    def check(self) -> None:
        if self.prior == "flow" and self.latent_dim % 2:
            raise UserError(f"latent_dim: --prior=flow needs an even --latent_dim; got {self.latent_dim}.")


@group
class LikelihoodSettings:
    """The importance-weighted likelihood."""

    iw_samples: int = setting(
        1000, "k of the metric nll_iw<k>: at most this many latents for each item.", at_least=1, may_change=True
    )
    iw_images: int = setting(10_000, "Measure on at most this many held-out items.", at_least=2, may_change=True)
