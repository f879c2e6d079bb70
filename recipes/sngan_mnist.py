"""A residual, spectrally normalized GAN that learns to draw handwritten digits.

    python -m recipes.sngan_mnist
    python -m recipes.sngan_mnist --dataset=cifar10 --width=64 --out_dir=runs/sngan_cifar10

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

Miyato et al. 2018, "Spectral normalization for generative adversarial networks": residual networks and the hinge loss.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_training_flags(epochs=8, batch_size=32, learning_rate=1e-3)
flags.define_run_flags(out_dir="runs/sngan_mnist")
flags.define_gan_flags(latent_dim=64, width=16, beta_1=0.0, beta_2=0.9)
flags.define_quality_flags()


def build_model(image_shape, classes):
    """The GAN for images of one shape [h, w, c]; without classes."""
    import zoo
    from recipes.harness import training

    policy = training.policy()
    return zoo.GAN(
        zoo.networks.sngan.generator(image_shape, FLAGS.latent_dim, FLAGS.width, dtype=policy),
        zoo.networks.sngan.discriminator(image_shape, FLAGS.width, dtype=policy),
        loss=zoo.losses.Hinge(),
        ema_halflife=FLAGS.ema_halflife,
        seed=FLAGS.seed,
    )


def main(run):
    from recipes.harness import gan_run

    gan_run.train_and_report(build_model, run)


if __name__ == "__main__":
    app.run(main)
