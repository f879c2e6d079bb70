"""A GAN that learns to draw any pictures, of a data set or in a folder, at 32 x 32 in colour unless told otherwise.

    python -m recipes.gan_images --image_dir=my_pictures
    python -m recipes.gan_images --image_dir=my_pictures --image_size=64 --out_dir=runs/mine_64
    python -m recipes.gan_images --dataset=cifar10 --augmentation=none --out_dir=runs/cifar10

Makes in --out_dir: samples.png, interpolations.png, learning_curve.png, quality.png where samples are measured,
metrics.json, card.md, model.keras, saved_model/ (TensorFlow), model.tflite and model_int8.tflite (LiteRT).

The model of recipes.dcgan_mnist, wider, with the adaptive augmentation of Karras et al. 2020, "Training generative
adversarial networks with limited data", as few people have 60,000 pictures of a kind.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_data_flags(dataset="cifar10", image_size="32", channels="3")
flags.define_training_flags(epochs=100, batch_size=32, learning_rate=1e-3)
flags.define_run_flags(out_dir="runs/gan_images")
flags.define_gan_flags(latent_dim=128, width=32, beta_1=0.0, beta_2=0.99)
flags.define_game_flags(loss="relativistic", augmentation="adaptive")
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
