"""A GAN some of whose latents, the codes, can be read off its images: a step to latents that mean something.

    python -m recipes.infogan_mnist
    python -m recipes.infogan_mnist --categories=12 --continuous=3 --out_dir=runs/infogan_12_3

Makes in --out_dir: samples.png, codes.png, interpolations.png, learning_curve.png, quality.png where a classifier
fits, metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

Chen et al. 2016, "InfoGAN": the discriminator also says which codes a generated image was made from. In codes.png each
row is one category; below, each row walks along one continuous code from -2 to 2. With the default settings most
categories became one digit each, though nothing tells the model of digits; recipes/results says how pure they are.
"""

from absl import flags as absl_flags

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_training_flags(epochs=5, batch_size=32, learning_rate=2e-3)
flags.define_run_flags(out_dir="runs/infogan_mnist")
flags.define_gan_flags(latent_dim=28, width=16, beta_1=0.0, beta_2=0.99)
flags.define_quality_flags()
absl_flags.DEFINE_integer("categories", 10, "Length of the one-hot code.", lower_bound=2)
absl_flags.DEFINE_integer("continuous", 2, "How many continuous codes.", lower_bound=0)


def build_model(image_shape, classes):
    """The GAN for images of one shape [h, w, c]; without classes."""
    import zoo
    from recipes.harness import training

    policy = training.policy()
    task = zoo.auxiliary.CodePrediction(FLAGS.categories, FLAGS.continuous)
    return zoo.GAN(
        zoo.networks.dcgan.generator(image_shape, FLAGS.latent_dim, FLAGS.width, dtype=policy),
        zoo.networks.dcgan.discriminator(image_shape, 2 * FLAGS.width, num_auxiliary=task.outputs, dtype=policy),
        prior=zoo.priors.LatentCodePrior(FLAGS.latent_dim, FLAGS.categories, FLAGS.continuous, scale=4.0),
        loss=zoo.losses.Relativistic(),
        penalties=[zoo.penalties.R1(weight=0.1, every=16)],
        auxiliary=task,
        ema_halflife=FLAGS.ema_halflife,
        seed=FLAGS.seed,
    )


def main(run):
    from recipes.harness import gan_run

    gan_run.train_and_report(build_model, run)


if __name__ == "__main__":
    app.run(main)
