"""A conditional GAN: ask for a digit, get that digit.

    python -m recipes.cgan_mnist
    python -m recipes.cgan_mnist --dataset=fashion_mnist --out_dir=runs/cgan_fashion

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

The class acts on the generator through its normalization, and on the discriminator through a projection (Miyato and
Koyama 2018, "cGANs with projection discriminator"); otherwise the model is that of recipes.dcgan_mnist.

Reaches, on the full MNIST: Frechet distances of 0.060, 0.058 and 0.077 (seeds 0, 1, 2), where training digits have
0.036, and 99.1 to 99.2 % of digits as asked. Costs 3.2 minutes on two cores (seed 0) or 6 on one, without measuring.
"""

import typing

from recipes.harness import app
from recipes.settings import Budget, GANSettings, ImageData, Machine, Quality, Run, Training, group

if typing.TYPE_CHECKING:
    import zoo
    from zoo.domains import Domain


@group
class Settings:
    data: ImageData = ImageData(dataset="mnist")
    training: Training = Training(epochs=8, batch_size=32, learning_rate=2e-3)
    machine: Machine = Machine()
    run: Run = Run(out_dir="runs/cgan_mnist")
    gan: GANSettings = GANSettings(latent_dim=64, width=16, beta_1=0.0, beta_2=0.99)
    quality: Quality = Quality()
    budget: Budget = Budget()


def build_model(domain: "Domain", settings: Settings = Settings()) -> "zoo.GAN":
    """A conditional GAN for images.

    Raises:
        ValueError: the domain has no classes.
    """
    import zoo

    num_classes, gan, policy = domain.num_classes, settings.gan, settings.training.policy
    if not num_classes:
        raise ValueError("domain: expected one with classes, of which the model is asked for one; got none.")
    return zoo.GAN(
        zoo.networks.dcgan.generator(domain.shape, gan.latent_dim, gan.width, num_classes, dtype=policy),
        zoo.networks.dcgan.discriminator(domain.shape, 2 * gan.width, num_classes, dtype=policy),
        loss=zoo.losses.Relativistic(),
        penalties=[zoo.penalties.R1(weight=0.1, every=16)],
        num_classes=num_classes,
        ema_halflife=gan.ema_halflife,
        domain=domain,
        seed=settings.training.seed,
    )


def main(settings: Settings = Settings()) -> None:
    """Trains, measures and exports it: a whole run."""
    with app.opened(__file__, settings) as run:
        from recipes.data import images
        from recipes.families import gan

        gan.train_and_report(build_model, lambda: images.load(settings.data), settings, run, conditional=True)


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
