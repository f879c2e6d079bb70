"""Measuring the samples of an artefact against held-out images."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf
from absl import flags

import zoo
from recipes.harness import data, distribution
from recipes.harness.errors import UserError
from zoo import measures

FEWEST_IMAGES = 6  # each has 5 neighbours in `zoo.measures`
FLAGS = flags.FLAGS


class Reference(NamedTuple):
    """The held-out images as an extractor sees them: what samples are compared with. Made once for many artefacts."""

    extractor: zoo.FeatureExtractor
    images: data.ImageSet
    features: np.ndarray  # float32 [n, d], of the first n held-out images
    labels: np.ndarray | None  # int32 [n], their classes

    @property
    def count(self):
        """n, and how many samples are drawn."""
        return len(self.features)


def extractor_for(images, labels=None):
    """The network to measure with, a `zoo.FeatureExtractor`, or None where the zoo has none for such images.

    Args:
        images: a `data.ImageSet`.
        labels: its `data.Labels`, for a conditional model.

    Raises:
        UserError: the file of --extractor is not there, not whole, for images of another size or for fewer classes; or
            there are too few images to measure with.
    """
    try:
        if FLAGS.extractor:
            extractor = zoo.FeatureExtractor(FLAGS.extractor)
        elif images.name.startswith("mnist") and images.image_shape == (28, 28, 1):
            extractor = zoo.digit_classifier()
        else:
            return None
    except (OSError, ValueError) as error:
        raise UserError(f"extractor: {str(error).removeprefix('extractor: ')}") from error
    if extractor.image_shape != images.image_shape:
        raise UserError(f"extractor: {extractor.name} wants images {extractor.image_shape}; got {images.image_shape}.")
    if labels and extractor.num_classes and labels.num_classes > extractor.num_classes:
        raise UserError(
            f"extractor: {extractor.name} knows {extractor.num_classes} classes; got labels of {labels.num_classes}."
        )
    fewest = min(images.train_size, len(images.test))
    if fewest < FEWEST_IMAGES:
        raise UserError(
            f"{images.name}: expected at least {FEWEST_IMAGES} training and as many held-out images, to measure "
            f"samples with; got {fewest}."
        )
    return extractor


def reference(extractor, images, labels=None, count=10_000):
    """The `Reference` of at most `count` held-out images, nor more than there are training images for the floor.

    Args:
        extractor: a `zoo.FeatureExtractor`.
        images: a `data.ImageSet`, its images in the extractor's size.
        labels: its `data.Labels`, needed for conditional artefacts.
        count: see above.
    """
    test = data.evaluation_images(images, "none")[: min(count, images.train_size)]
    return Reference(extractor, images, extractor(test)[0], labels.test[: len(test)] if labels else None)


def measure(artefact, reference, categories=None, strategy=None, progress=iter):
    """How the samples of an artefact compare with the held-out images, in the features of an extractor.

    What takes probabilities of classes is left out where the extractor was made without labels.

    Args:
        artefact: an `artefacts.Artefact`; a conditional one is asked for the classes of the held-out images.
        reference: a `Reference`; as many samples are drawn as it has images.
        categories: int [n], of which category of latents each of these samples is, for a model that has such.
        strategy: a `tf.distribute` strategy whose replicas share the work; all of its workers call this function.
        progress: wraps the list of batches, e.g. `tqdm`.

    Returns:
        {metric: value}, the protocol in the names of the metrics.
    """
    count, name = reference.count, reference.extractor.name
    asked = reference.labels if artefact.conditional else None

    def seen(index):
        """Features and probabilities of these samples, side by side."""
        samples = artefact.sample(index, None if asked is None else asked[index], progress)
        return np.concatenate(reference.extractor(samples), axis=1)

    rows = distribution.share(strategy or tf.distribute.get_strategy(), count, seen)
    generated, probabilities = np.split(rows, [reference.features.shape[1]], axis=1)
    figures = _distances(reference, generated)
    if not reference.extractor.num_classes:
        return figures
    figures[f"classifier_score{count}@{name}"] = measures.classifier_score(probabilities)
    figures["class_shares"] = measures.class_shares(probabilities).tolist()
    if asked is not None:
        figures[f"recognized_as_asked@{name}"] = measures.accuracy(probabilities, asked)
    if categories is not None:
        figures[f"category_purity{count}@{name}"] = measures.purity(probabilities, categories)
    return figures


def floor(reference):
    """What `measure` would give for a model as good as the data: training images in place of samples."""
    chosen = some_training_images(reference.images, reference.count)
    return _distances(reference, training_features(reference.extractor, reference.images, chosen))


def some_training_images(images, count):
    """Which training images to compare with, bool [train_size], `count` of them, the same in every run.

    Not the first, as some sets are sorted by class, nor by a shuffle of tf.data, which the seed of a run would change.
    """
    chosen = np.zeros(images.train_size, bool)
    chosen[np.random.default_rng(0).permutation(images.train_size)[:count]] = True
    return chosen


def training_features(extractor, images, chosen):
    """The features, float32 [n, d], of the training images that `chosen`, bool [train_size], marks."""
    train = images.train.enumerate().filter(lambda i, _: tf.gather(chosen, i)).map(lambda _, image: image)
    train = np.concatenate(list(train.batch(1000).as_numpy_iterator())).astype(np.float32) / 255.0
    return extractor(train)[0]


def _distances(reference, generated):
    real, count, name = reference.features, reference.count, reference.extractor.name
    subset = min(1000, count // 2)  # subsets of all the images would all be the same
    kernel = measures.kernel_distance(real, generated, subset_size=subset)
    shares = measures.precision_recall_density_coverage(real, generated)
    return {
        f"fid{count}_test@{name}": measures.frechet_distance(real, generated),
        f"kid{count}_test@{name}": kernel.mean,
        f"kid{count}_test@{name}_standard_deviation": kernel.standard_deviation,
        **{f"{key}{count}_test@{name}": value for key, value in shares._asdict().items()},
    }


def table(figures, floor):
    """The figures with their floor beside them, as text for a person."""
    lines = [f"{'metric':52} {'samples':>10} {'floor':>10}   (floor: training images instead of samples)"]
    for name, value in figures.items():
        if name == "class_shares":
            shares = " ".join(f"{100 * share:.1f}" for share in value)
            lines.append(f"share of each class, %: {shares}")
        else:
            lines.append(f"{name:52} {value:10.4f} " + (f"{floor[name]:10.4f}" if name in floor else ""))
    return "\n".join(lines)
