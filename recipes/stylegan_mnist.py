"""A GAN with a style-based generator that learns to draw handwritten digits.

    python -m recipes.stylegan_mnist
    python -m recipes.stylegan_mnist --dataset=cifar10 --out_dir=runs/stylegan_cifar10

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN": its generator as `zoo.networks.stylegan` has it,
with the non-saturating loss and a lazy R1 penalty. --latent_dim is the length of the style; a latent also holds the
noise, a number for each pixel of each resolution.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_training_flags(epochs=10, batch_size=32, learning_rate=1e-3)
flags.define_run_flags(out_dir="runs/stylegan_mnist")
flags.define_gan_flags(latent_dim=64, width=16, beta_1=0.0, beta_2=0.99)
flags.define_quality_flags()


def build_model(image_shape, classes):
    """The GAN for images of one shape [h, w, c]; without classes."""
    import zoo
    from recipes.harness import training

    policy = training.policy()
    return zoo.GAN(
        zoo.networks.stylegan.generator(image_shape, FLAGS.latent_dim, FLAGS.width, dtype=policy),
        zoo.networks.dcgan.discriminator(image_shape, 2 * FLAGS.width, dtype=policy),
        loss=zoo.losses.NonSaturating(),
        penalties=[zoo.penalties.R1(weight=0.1, every=16)],
        ema_halflife=FLAGS.ema_halflife,
        seed=FLAGS.seed,
    )


def main(run):
    from recipes.harness import gan_run

    gan_run.train_and_report(build_model, run)


if __name__ == "__main__":
    app.run(main)
