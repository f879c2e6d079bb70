"""A variational autoencoder that learns to draw handwritten digits, is measured, and is exported.

    python -m recipes.vae_mnist
    python -m recipes.vae_mnist --dataset=fashion_mnist --out_dir=runs/fashion
    python -m recipes.vae_mnist --image_dir=my_pictures --image_size=32 --out_dir=runs/mine

Makes in --out_dir: samples.png, reconstructions.png, interpolations.png, learning_curve.png, metrics.json, card.md,
model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT). What it reaches and
what it costs is in README.md.

The model is that of Kingma and Welling 2014 with a learned prior (RealNVPPrior; arXiv 1905.13452) and a decoder that goes
from dense layers to convolutions.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="mnist")
flags.define_binarization_flags()
flags.define_training_flags(epochs=36, batch_size=128, learning_rate=3e-3)
flags.define_run_flags(out_dir="runs/vae_mnist")
flags.define_vae_flags(latent_dim=32)
flags.define_quality_flags()
flags.define_likelihood_flags(samples=1000)


def build_model(image_shape, binary):
    """The VAE for images of one shape [h, w, c]; `binary` says whether its pixels are 0 or 1."""
    import zoo
    from recipes.harness import training

    policy = training.policy()
    likelihood = zoo.likelihoods.Bernoulli() if binary else zoo.likelihoods.DiscretizedLogistic()
    parameters = [*image_shape[:2], image_shape[2] * likelihood.parameters_per_channel]
    encoder = {"dense": zoo.networks.dense_encoder, "conv": zoo.networks.conv_encoder}[FLAGS.encoder]
    decoder = {"dense": zoo.networks.dense_decoder, "conv": zoo.networks.conv_decoder}[FLAGS.decoder]
    prior = {"normal": zoo.priors.StandardNormalPrior, "flow": zoo.priors.RealNVPPrior}[FLAGS.prior]
    return zoo.VAE(
        encoder(image_shape, num_outputs=2 * FLAGS.latent_dim, dtype=policy),
        decoder(parameters, FLAGS.latent_dim, dtype=policy),
        prior=prior(FLAGS.latent_dim),
        likelihood=likelihood,
        objective=zoo.objectives.ELBO(FLAGS.beta),
        seed=FLAGS.seed,
    )


def main(run):
    import keras

    from recipes.harness import data, distribution, quality, training, vae_report

    strategy = distribution.strategy()
    keras.utils.set_random_seed(FLAGS.seed)
    images = data.load_images()
    extractor = quality.extractor_for(images)
    binarization = data.binarization_for(images)
    with strategy.scope():
        vae = build_model(images.image_shape, binary=binarization != "none")
        vae.compile(optimizer=training.optimizer_for(images), steps_per_execution=training.steps_per_execution(images))
    vae = training.train(vae, images, binarization, run, draw=lambda vae: vae.sample([0, FLAGS.seed], range(64)))
    vae_report.finish(vae, images, binarization, run, extractor)


if __name__ == "__main__":
    app.run(main)
