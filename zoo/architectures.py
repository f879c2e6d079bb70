"""Whole models in one call, compiled: the networks of a paper, with the parts that they play with in the recipes.

Each is put together as by hand; to change a part, copy its lines. Adam's learning rate is that of the recipe for MNIST,
which lets it fall to 0 along a cosine; here it stays as it is.

Example:

>>> gan = zoo.dcgan([28, 28, 1], width=4)
>>> history = gan.fit(digits, batch_size=32, verbose=0)  # float32 [n, 28, 28, 1] in [0, 1]
>>> gan.sample(16, seed=0).shape
TensorShape([16, 28, 28, 1])
"""

from collections.abc import Sequence

from zoo import networks
from zoo.gan.gan import GAN
from zoo.gan.losses import Hinge, NonSaturating, Relativistic
from zoo.gan.penalties import R1
from zoo.numerics.fused_adam import FusedAdam
from zoo.priors import RealNVPPrior
from zoo.vae.likelihoods import Bernoulli, DiscretizedLogistic
from zoo.vae.vae import VAE


def conv_vae(
    image_shape: Sequence[int], latent_dim: int = 32, binary: bool = True, num_classes: int | None = None, dtype=None
) -> VAE:
    """Convolutional networks with a learned prior, as in recipes.vae_mnist.

    Args:
        image_shape: (h, w, c).
        latent_dim: length of the latent vector; even.
        binary: whether images are of 0 and 1; else of 256 levels, in [0, 1].
        num_classes: how many labels there are, for a model that is conditional on them.
        dtype: policy of the layers, e.g. `zoo.fastest_policy()`.
    """
    likelihood = Bernoulli() if binary else DiscretizedLogistic()
    parameters = likelihood.parameters_shape(tuple(image_shape))
    vae = VAE(
        networks.conv_encoder(image_shape, 2 * latent_dim, num_classes=num_classes, dtype=dtype),
        networks.conv_decoder(parameters, latent_dim, num_classes=num_classes, dtype=dtype),
        prior=RealNVPPrior(latent_dim),
        likelihood=likelihood,
        num_classes=num_classes,
    )
    vae.compile(FusedAdam(3e-3))
    return vae


def dcgan(
    image_shape: Sequence[int], latent_dim: int = 64, width: int = 16, num_classes: int | None = None, dtype=None
) -> GAN:
    """The convolutional networks of `zoo.networks.dcgan` in the relativistic game with R1, as in recipes.dcgan_mnist.

    Args:
        image_shape: (h, w, c); sides of at least 8.
        latent_dim: length of the latent vector.
        width: channels of the generator at the full resolution; the discriminator has twice as many.
        num_classes: how many labels there are, for a model that is conditional on them, as in recipes.cgan_mnist.
        dtype: policy of the layers, e.g. `zoo.fastest_policy()`.
    """
    gan = GAN(
        networks.dcgan.generator(image_shape, latent_dim, width, num_classes, dtype),
        networks.dcgan.discriminator(image_shape, 2 * width, num_classes, dtype=dtype),
        loss=Relativistic(),
        penalties=[R1(weight=0.1, every=16)],
        num_classes=num_classes,
    )
    gan.compile(*(FusedAdam(2e-3, beta_1=0.0, beta_2=0.99) for _ in range(2)))
    return gan


def sngan(
    image_shape: Sequence[int], latent_dim: int = 64, width: int = 16, num_classes: int | None = None, dtype=None
) -> GAN:
    """The residual networks of `zoo.networks.sngan`, spectrally normalized, with the hinge loss: recipes.sngan_mnist.

    Args: as for `dcgan`; both networks have the same width.
    """
    gan = GAN(
        networks.sngan.generator(image_shape, latent_dim, width, num_classes, dtype),
        networks.sngan.discriminator(image_shape, width, num_classes, dtype=dtype),
        loss=Hinge(),
        num_classes=num_classes,
    )
    gan.compile(*(FusedAdam(1e-3, beta_1=0.0, beta_2=0.9) for _ in range(2)))
    return gan


def stylegan(
    image_shape: Sequence[int], style_dim: int = 64, width: int = 16, num_classes: int | None = None, dtype=None
) -> GAN:
    """The style-based generator of `zoo.networks.stylegan` with the non-saturating loss and R1: recipes.stylegan_mnist.

    Args: as for `dcgan`; `style_dim` is the length of a style, to which a latent vector adds the noise.
    """
    gan = GAN(
        networks.stylegan.generator(image_shape, style_dim, width, num_classes, dtype),
        networks.dcgan.discriminator(image_shape, 2 * width, num_classes, dtype=dtype),
        loss=NonSaturating(),
        penalties=[R1(weight=0.1, every=16)],
        num_classes=num_classes,
    )
    gan.compile(*(FusedAdam(1e-3, beta_1=0.0, beta_2=0.99) for _ in range(2)))
    return gan
