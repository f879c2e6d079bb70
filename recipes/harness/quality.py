"""Measuring the samples of an artefact against held-out images."""

import numpy as np

from recipes.harness import data
from zoo import sample_quality


def measure(artefact, extractor, images, labels=None, count=10_000, progress=iter):
    """How the samples of an artefact compare with the held-out images, in the features of a classifier.

    As many samples as there are held-out images, `count` at most. Beside it the floor: as many training images instead
    of samples.

    Args:
        artefact: an `artefacts.Artefact`.
        extractor: a `zoo.FeatureExtractor`.
        images: a `data.ImageSet`, its images in the extractor's size.
        labels: its `data.Labels`; a conditional artefact is asked for the classes of the held-out images.
        count: see above.
        progress: wraps the list of batches, e.g. `tqdm`.

    Returns:
        {metric: value}, the protocol in the names of the metrics.
    """
    test = data.evaluation_images(images, "none")[:count]
    count = min(len(test), images.train_size)
    test = test[:count]
    asked = labels.test[:count] if artefact.conditional else None
    samples = artefact.sample(count, asked, progress=progress)
    real, _ = extractor(test)
    generated, probabilities = extractor(samples)
    figures = _distances(real, generated, count, extractor.name)
    figures[f"classifier_score{count}@{extractor.name}"] = sample_quality.classifier_score(probabilities)
    figures["class_shares"] = sample_quality.class_shares(probabilities).tolist()
    if asked is not None:
        figures[f"recognized_as_asked@{extractor.name}"] = sample_quality.accuracy(probabilities, asked)
    return figures


def floor(extractor, images, count=10_000):
    """What `measure` would give for a model as good as the data: training images in place of samples."""
    test = data.evaluation_images(images, "none")[:count]
    count = min(len(test), images.train_size)
    chosen = images.train.shuffle(images.train_size, seed=0).take(count)  # some sets are sorted by class
    train = np.concatenate(list(chosen.batch(1000).as_numpy_iterator())).astype(np.float32) / 255.0
    return _distances(extractor(test[:count])[0], extractor(train)[0], count, extractor.name)


def _distances(real, generated, count, name):
    subset = min(1000, count)
    kernel = sample_quality.kernel_distance(real, generated, subset_size=subset)
    shares = sample_quality.precision_recall_density_coverage(real, generated)
    return {
        f"fid{count}_test@{name}": sample_quality.frechet_distance(real, generated),
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
