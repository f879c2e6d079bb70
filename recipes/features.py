"""Features in which the samples of generative models are measured, learned from images that need no labels.

    python -m recipes.features --image_dir=my_pictures --image_size=32 --name=mine --out_dir=runs/my_features
    python -m recipes.gan_images --image_dir=my_pictures --extractor=$(ls runs/my_features/extractor/*.keras)

Makes in --out_dir: extractor/<name>-<hash>.keras, a model of images -> features, and metrics.json with the share of
held-out images that it tells apart. Where images have labels, recipes.classifier makes one that also knows classes.

The network of recipes.classifier, trained as Chen et al. 2020, "A simple framework for contrastive learning of visual
representations": of two changed copies of an image it learns that they are of one. Use it for images of the same kind
and size, prepared by the same flags, and compare its distances only with each other: its hash is in their names.
"""

from absl import flags

from recipes.harness import app
from recipes.harness.flags import define_data_flags, define_run_flags, define_training_flags

FLAGS = flags.FLAGS
define_data_flags(dataset="cifar10", image_size="32", channels="3")
define_training_flags(epochs=60, batch_size=128, learning_rate=2e-3)
define_run_flags(out_dir="runs/features")
flags.DEFINE_string("name", "features", "What the network is called.")


def build_model(image_shape):
    """A `zoo.ContrastiveModel` of convolutions, with 128 features."""
    import keras
    from keras import layers

    import zoo
    from recipes.harness import feature_network, training

    images, features = feature_network.images_and_features(image_shape)
    x = layers.Dense(128, activation="relu", dtype=training.policy())(features)
    network = keras.Model(images, [features, layers.Dense(64, dtype="float32")(x)], name="contrastive")
    # Colours matter in a sample, so that they are changed less than in the paper.
    change = zoo.augmentation.DiffAugment(0.1, 0.3, 0.3, translation=0.15, cutout=0.3, rotation=10, scaling=0.3)
    return zoo.ContrastiveModel(network, change, seed=FLAGS.seed)


def main(run):
    import keras

    from recipes.harness import data, distribution, extractor_report, training

    strategy = distribution.strategy()
    keras.utils.set_random_seed(FLAGS.seed)
    images = data.load_images()
    with strategy.scope():
        model = build_model(images.image_shape)
        steps = training.steps_per_execution(images)
        model.compile(training.optimizer_for(images), steps_per_execution=steps)
    model = training.train(model, images, "none", run)
    if run.writes:
        extractor_report.finish_features(model, images, run, FLAGS.name)
    distribution.meet(strategy)


if __name__ == "__main__":
    app.run(main)
