"""A GAN of any pictures, with adaptive augmentation for where they are few.

    python -m recipes.gan_images --image_dir=my_pictures
    python -m recipes.gan_images --image_dir=my_pictures --image_size=64 --out_dir=runs/mine_64
    python -m recipes.gan_images --dataset=cifar10 --augmentation=none --out_dir=runs/cifar10

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

The model of recipes.dcgan_mnist, wider, with the adaptive augmentation of Karras et al. 2020, "Training generative
adversarial networks with limited data", as few people have 60,000 pictures of a kind.
"""

import typing

from recipes.harness import app
from recipes.settings import Budget, GameSettings, GANSettings, ImageData, Machine, Quality, Run, Training, group

if typing.TYPE_CHECKING:
    import zoo
    from zoo.domains import Domain


@group
class Settings:
    data: ImageData = ImageData(dataset="cifar10", image_size="32", channels="3")
    training: Training = Training(epochs=100, batch_size=32, learning_rate=1e-3)
    machine: Machine = Machine()
    run: Run = Run(out_dir="runs/gan_images")
    gan: GANSettings = GANSettings(latent_dim=128, width=32, beta_1=0.0, beta_2=0.99)
    game: GameSettings = GameSettings(loss="relativistic", augmentation="adaptive")
    quality: Quality = Quality()
    budget: Budget = Budget()


def build_model(domain: "Domain", settings: Settings = Settings()) -> "zoo.GAN":
    """A GAN for images; classes are not looked at."""
    import zoo
    from recipes.families import gan_parts

    gan, policy = settings.gan, settings.training.policy
    return zoo.GAN(
        zoo.networks.dcgan.generator(domain.shape, gan.latent_dim, gan.width, dtype=policy),
        zoo.networks.dcgan.discriminator(domain.shape, 2 * gan.width, dtype=policy),
        loss=gan_parts.loss(settings.game),
        penalties=[zoo.penalties.R1(weight=0.1, every=16)],
        augmentation=gan_parts.augmentation(settings.game),
        ema_halflife=gan.ema_halflife,
        domain=domain,
        seed=settings.training.seed,
    )


def main(settings: Settings = Settings()) -> None:
    """Trains, measures and exports it: a whole run."""
    with app.opened(__file__, settings) as run:
        from recipes.data import images
        from recipes.families import gan

        gan.train_and_report(build_model, lambda: images.load(settings.data), settings, run)


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
