"""A Wasserstein GAN with gradient penalty that learns to draw handwritten digits.

    python -m recipes.wgan_gp_mnist
    python -m recipes.wgan_gp_mnist --dataset=fashion_mnist --out_dir=runs/wgan_gp_fashion

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

Gulrajani et al. 2017, "Improved training of Wasserstein GANs": the discriminator is a critic without normalization that
learns five times for each time that the generator does, each time from a fifth of the batch.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_training_flags(epochs=16, batch_size=5 * 32, learning_rate=2e-3)
flags.define_run_flags(out_dir="runs/wgan_gp_mnist")
flags.define_gan_flags(latent_dim=64, width=16, beta_1=0.0, beta_2=0.9)
flags.define_quality_flags()


def build_model(image_shape, classes):
    """The GAN for images of one shape [h, w, c]; without classes."""
    import zoo
    from recipes.harness import training

    policy = training.policy()
    return zoo.GAN(
        zoo.networks.dcgan.generator(image_shape, FLAGS.latent_dim, FLAGS.width, dtype=policy),
        zoo.networks.dcgan.discriminator(image_shape, 2 * FLAGS.width, dtype=policy),
        loss=zoo.losses.Wasserstein(),
        penalties=[zoo.penalties.GradientPenalty(10.0)],
        discriminator_steps=5,
        ema_halflife=FLAGS.ema_halflife,
        seed=FLAGS.seed,
    )


def main(run):
    from recipes.harness import gan_run

    gan_run.train_and_report(build_model, run)


if __name__ == "__main__":
    app.run(main)
