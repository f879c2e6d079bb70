"""A conditional GAN: ask for a digit, get that digit.

    python -m recipes.cgan_mnist
    python -m recipes.cgan_mnist --dataset=fashion_mnist --out_dir=runs/cgan_fashion

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

The class acts on the generator through its normalization, and on the discriminator through a projection (Miyato and
Koyama 2018, "cGANs with projection discriminator"); otherwise the model is that of recipes.dcgan_mnist.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_training_flags(epochs=8, batch_size=32, learning_rate=2e-3)
flags.define_run_flags(out_dir="runs/cgan_mnist")
flags.define_gan_flags(latent_dim=64, width=16, beta_1=0.0, beta_2=0.99)
flags.define_quality_flags()


def build_model(image_shape, classes):
    """The GAN for images of one shape [h, w, c] and their number of classes."""
    import zoo
    from recipes.harness import training

    policy = training.policy()
    return zoo.GAN(
        zoo.networks.dcgan.generator(image_shape, FLAGS.latent_dim, FLAGS.width, classes, dtype=policy),
        zoo.networks.dcgan.discriminator(image_shape, 2 * FLAGS.width, classes, dtype=policy),
        loss=zoo.losses.Relativistic(),
        penalties=[zoo.penalties.R1(weight=0.1, every=16)],
        num_classes=classes,
        ema_halflife=FLAGS.ema_halflife,
        seed=FLAGS.seed,
    )


def main(run):
    from recipes.harness import gan_run

    gan_run.train_and_report(build_model, run, conditional=True)


if __name__ == "__main__":
    app.run(main)
