"""A small classifier in whose features the samples of generative models are measured.

    python -m recipes.classifier
    python -m recipes.classifier --dataset=fashion_mnist --name=fashion --out_dir=runs/fashion_classifier
    python -m recipes.classifier --image_dir=my_pictures --image_size=32 --name=mine --out_dir=runs/my_classifier

Makes in --out_dir: extractor/<name>-<hash>.keras, a model of images -> [features, probabilities of the classes], and
metrics.json with its accuracy on the held-out images, which it is never trained on. The zoo ships the one for digits.
Pictures of your own need a sub-folder for each class; without classes, recipes.features makes one.
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
    """A `zoo.Classifier` of convolutions, with 128 features."""
    import keras
    from keras import layers

    import zoo
    from recipes.harness import feature_network

    images, features = feature_network.images_and_features(image_shape)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")(features)
    network = keras.Model(images, [features, outputs], name="classifier")
    # Handwriting leans and wanders; mirrored it would be other letters.
    leaning = zoo.augmentation.DiffAugment(0, 0, 0, translation=0.06, cutout=0, rotation=7, scaling=0.08)
    return zoo.Classifier(network, leaning, seed=FLAGS.seed)


def main(run):
    import keras

    from recipes.harness import data, distribution, extractor_report, training

    strategy = distribution.strategy()
    keras.utils.set_random_seed(FLAGS.seed)
    images = data.load_images()
    labels = data.labels_for(images)
    with strategy.scope():
        classifier = build_model(images.image_shape, labels.num_classes)
        steps = training.steps_per_execution(images)
        classifier.compile(training.optimizer_for(images), steps_per_execution=steps)
    classifier = training.train(classifier, images, "none", run, labels=labels.train)
    if run.writes:
        extractor_report.finish_classifier(classifier, images, labels, run, FLAGS.name)
    distribution.meet(strategy)


if __name__ == "__main__":
    app.run(main)
