"""Measuring samples against held-out data, in the features of a network."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from recipes import UserError
from recipes.data.data_set import Condition, DataSet, some_of
from recipes.machines.workers import split_work
from recipes.report.artefacts import Artefact
from recipes.settings import Quality
from zoo import FeatureExtractor, measures

FEWEST = 6  # items; each has 5 neighbours in `zoo.measures`


class Reference(NamedTuple):
    """Held-out data as an extractor sees them: what samples are compared with. Made once for many artefacts."""

    extractor: FeatureExtractor
    data: DataSet
    features: np.ndarray  # float32 [n, d], of n held-out items
    condition: Condition | None = None  # of the data, where models are told it

    @property
    def count(self) -> int:
        """n, and how many samples are drawn."""
        return len(self.features)

    @property
    def asked(self) -> np.ndarray | None:
        """What a conditional model is told: the condition of the held-out items, [n, ...]."""
        return None if self.condition is None else self.condition.test[some_of(len(self.data.test), self.count)]


def extractor_for(data: DataSet, quality: Quality, condition: Condition | None = None) -> FeatureExtractor | None:
    """The network to measure with; None where the zoo has none for such data.

    Args:
        data: what the model is trained on.
        quality: the settings.
        condition: of the data, for a conditional model.

    Raises:
        UserError: the file of the extractor is not there, not whole, for data of another shape or for fewer classes; or
            there are too few data to measure with.
    """
    try:
        if quality.extractor:
            extractor = FeatureExtractor(quality.extractor)
        elif data.default_extractor:
            extractor = data.default_extractor()
        else:
            return None
    except (OSError, ValueError) as error:
        raise UserError(f"extractor: {str(error).removeprefix('extractor: ')}") from error
    shape, items = data.domain.shape, data.domain.items
    if extractor.shape != shape:
        raise UserError(f"extractor: {extractor.name} expects {items} {extractor.shape}; got {shape}.")
    classes = condition.num_classes if condition else None
    if classes and extractor.num_classes and classes > extractor.num_classes:
        raise UserError(f"extractor: {extractor.name} knows {extractor.num_classes} classes; got labels of {classes}.")
    fewest = min(data.train_size, len(data.test))
    if fewest < FEWEST:
        raise UserError(
            f"{data.name}: expected at least {FEWEST} training and as many held-out {items}, to measure samples with; "
            f"got {fewest}."
        )
    return extractor


def samples_to_measure(data: DataSet, quality: Quality) -> int:
    """At most how many samples are compared with as many held-out items; training items are as many, for the floor."""
    return min(quality.quality_images, data.train_size, len(data.test))


def reference(extractor: FeatureExtractor, data: DataSet, count: int, condition: Condition | None = None) -> Reference:
    """The `Reference` of `count` held-out items, see `some_of`; conditional artefacts need the data's condition."""
    features, _ = extractor(data.held_out[some_of(len(data.test), count)])
    return Reference(extractor, data, features, condition)


def measure(
    artefact: Artefact,
    reference: Reference,
    strategy: tf.distribute.Strategy | None = None,
    progress: Callable[[Iterable], Iterable] = iter,
) -> dict[str, float | list[float]]:
    """How the samples of an artefact compare with held-out data, in the features of an extractor.

    What takes probabilities of classes is left out where the extractor was made without labels.

    Args:
        artefact: a conditional one is told the condition of the held-out items.
        reference: as many samples are drawn as it has items.
        strategy: a `tf.distribute` strategy whose replicas share the work; all of its workers call this function.
        progress: wraps the list of batches, e.g. `tqdm`.

    Returns:
        {metric: value}, the protocol in the names of the metrics.
    """
    count, name = reference.count, reference.extractor.name
    asked = reference.asked if artefact.condition else None
    generated, probabilities = seen(artefact, reference.extractor, count, asked, strategy, progress)
    metrics = _distances(reference, generated)
    if not reference.extractor.num_classes:
        return metrics
    metrics[f"classifier_score{count}@{name}"] = measures.classifier_score(probabilities)
    metrics["class_shares"] = measures.class_shares(probabilities).tolist()
    if asked is not None and reference.condition.num_classes:
        metrics[f"recognized_as_asked@{name}"] = measures.accuracy(probabilities, asked)
    return metrics


def seen(
    artefact: Artefact,
    extractor: FeatureExtractor,
    count: int,
    asked: np.ndarray | None = None,
    strategy: tf.distribute.Strategy | None = None,
    progress: Callable[[Iterable], Iterable] = iter,
) -> tuple[np.ndarray, np.ndarray]:
    """(features [count, d], probabilities of classes [count, c]) of the first samples of an artefact.

    `asked`: [count, ...], the condition to tell a conditional one; the others are as for `measure`.
    """

    def look(index):
        drawn = artefact.sample(index, None if asked is None else asked[index], progress)
        return np.concatenate(extractor(drawn), axis=1)

    rows = split_work(strategy or tf.distribute.get_strategy(), count, look)
    features = rows.shape[1] - extractor.num_classes
    return rows[:, :features], rows[:, features:]


def floor(reference: Reference) -> dict[str, float]:
    """What `measure` would give for a model as good as the data: training items in place of samples."""
    chosen = some_training_items(reference.data, reference.count)
    return _distances(reference, training_features(reference.extractor, reference.data, chosen))


def some_training_items(data: DataSet, count: int) -> np.ndarray:
    """Which training items to compare with, bool [train_size], `count` of them, see `some_of`.

    Not by a shuffle of tf.data, which the seed of a run would change.
    """
    chosen = np.zeros(data.train_size, bool)
    chosen[some_of(data.train_size, count)] = True
    return chosen


def training_features(extractor: FeatureExtractor, data: DataSet, chosen: np.ndarray) -> np.ndarray:
    """The features, float32 [n, d], of the training items that `chosen`, bool [train_size], marks."""
    train = data.train.enumerate().filter(lambda i, _: tf.gather(chosen, i)).map(lambda _, item: item)
    return extractor(data.domain.as_data(np.concatenate(list(train.batch(1000).as_numpy_iterator()))))[0]


def distance_of(reference: Reference) -> str:
    """The name of the metric, of those of `measure`, that says most: the Frechet distance."""
    return f"fid{reference.count}_test@{reference.extractor.name}"


def _distances(reference, generated):
    real, count, name = reference.features, reference.count, reference.extractor.name
    subset = min(1000, count // 2)  # subsets of all the items would all be the same
    kernel = measures.kernel_distance(real, generated, subset_size=subset)
    shares = measures.precision_recall_density_coverage(real, generated)
    return {
        distance_of(reference): measures.frechet_distance(real, generated),
        f"kid{count}_test@{name}": kernel.mean,
        f"kid{count}_test@{name}_standard_deviation": kernel.standard_deviation,
        **{f"{key}{count}_test@{name}": value for key, value in shares._asdict().items()},
    }


def table(metrics: dict[str, float | list[float]], floor: dict[str, float]) -> str:
    """The metrics with their floor beside them, as text for a person."""
    lines = [f"{'metric':52} {'samples':>10} {'floor':>10}   (floor: training data instead of samples)"]
    for name, value in metrics.items():
        if isinstance(value, list):
            lines.append(f"{name}, %: {' '.join(f'{100 * share:.1f}' for share in value)}")
        else:
            lines.append(f"{name:52} {value:10.4f} " + (f"{floor[name]:10.4f}" if name in floor else ""))
    return "\n".join(lines)
