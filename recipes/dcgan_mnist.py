"""A generative adversarial network that learns to draw handwritten digits, is measured, and is exported.

    python -m recipes.dcgan_mnist
    python -m recipes.dcgan_mnist --dataset=cifar10 --out_dir=runs/dcgan_cifar10

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

The networks are those of Radford et al. 2016 as `zoo.networks.dcgan` has them, in the relativistic game of Jolicoeur-Martineau
2019 with a lazy R1 penalty. What it reaches is in README.md; --loss has it play others.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_training_flags(epochs=10, batch_size=32, learning_rate=2e-3)
flags.define_run_flags(out_dir="runs/dcgan_mnist")
flags.define_gan_flags(latent_dim=64, width=16, beta_1=0.0, beta_2=0.99)
flags.define_game_flags(loss="relativistic", augmentation="none")
flags.define_quality_flags()


def build_model(image_shape, classes):
    """The GAN for images of one shape [h, w, c]; without classes."""
    import zoo
    from recipes.harness import game, training

    policy = training.policy()
    return zoo.GAN(
        zoo.networks.dcgan.generator(image_shape, FLAGS.latent_dim, FLAGS.width, dtype=policy),
        zoo.networks.dcgan.discriminator(image_shape, 2 * FLAGS.width, dtype=policy),
        loss=game.loss(),
        penalties=[zoo.penalties.R1(weight=0.1, every=16)],
        augmentation=game.augmentation(),
        ema_halflife=FLAGS.ema_halflife,
        seed=FLAGS.seed,
    )


def main(run):
    from recipes.harness import gan_run

    gan_run.train_and_report(build_model, run)


if __name__ == "__main__":
    app.run(main)
