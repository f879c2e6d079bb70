"""A small classifier in whose features the samples of generative models are measured.

    python -m recipes.classifier
    python -m recipes.classifier --dataset=fashion_mnist --name=fashion --out_dir=runs/fashion_classifier

Makes in --out_dir: extractor/<name>-<hash>.keras, a model of images -> [features, probabilities of the classes], and
metrics.json with its accuracy on the held-out images, which it is never trained on. The zoo ships the one for digits.
"""

from absl import flags

from recipes.harness import app
from recipes.harness.flags import define_data_flags, define_run_flags, define_training_flags

FLAGS = flags.FLAGS
define_data_flags(dataset="mnist")
define_training_flags(epochs=12, batch_size=128, learning_rate=3e-3)
define_run_flags(out_dir="runs/classifier")
flags.DEFINE_string("name", "digits", "What the classifier is called.")


def build_model(image_shape, classes):
    """A `zoo.Classifier` of convolutions: 128 features, the mean over the places of the last ones."""
    import keras
    from keras import layers

    import zoo
    from recipes.harness import training

    policy = training.policy()

    def convolution(x, filters):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False, dtype=policy)(x)
        return layers.ReLU(dtype=policy)(zoo.BatchNormalization(momentum=0.9, dtype=policy)(x))

    x = images = keras.Input(image_shape, name="images")
    for filters in (24, 48):
        x = convolution(convolution(x, filters), filters)
        x = layers.MaxPooling2D(dtype=policy)(x)  # h and w halved
    x = convolution(x, 128)
    features = layers.GlobalAveragePooling2D(dtype="float32", name="features")(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")(features)
    network = keras.Model(images, [features, outputs], name="classifier")
    # Handwriting leans and wanders; mirrored it would be other letters.
    leaning = zoo.DiffAugment(0, 0, 0, translation=0.06, cutout=0, rotation=7, scaling=0.08)
    return zoo.Classifier(network, leaning, seed=FLAGS.seed)


def main(run):
    import keras

    from recipes.harness import classifier_report, data, distribution, training

    strategy = distribution.strategy()
    keras.utils.set_random_seed(FLAGS.seed)
    images = data.load_images()
    labels = data.labels_for(images)
    with strategy.scope():
        classifier = build_model(images.image_shape, labels.classes)
        steps = training.steps_per_execution(images)
        classifier.compile(training.optimizer_for(images), steps_per_execution=steps)
    classifier = training.train(classifier, images, "none", run, labels=labels.train)
    if run.writes:
        classifier_report.finish(classifier, images, labels, run, FLAGS.name)
    distribution.meet(strategy)


if __name__ == "__main__":
    app.run(main)
