"""The pictures in a folder, as a viewer shows them."""

import collections
import concurrent.futures
import io
import os
import warnings
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from PIL import ExifTags, Image
from tqdm import tqdm

from recipes import UserError
from recipes.data.data_set import MOST_HELD_OUT, Condition, DataSet
from recipes.data.files import files_below, readable
from zoo.domains import Images
from zoo.domains.pixels import colour_of, fit, pixels

SUFFIXES = (".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
GREY = ("1", "L", "LA", "La")  # modes of Pillow; besides those that begin with I, of 16 bits


class Picture(NamedTuple):
    """What is known of a picture before it is used."""

    shape: tuple  # (height, width, channels), as shown
    checksum: int  # of the file


def load(
    folder: Path, size: tuple[int, int] | None = None, channels: int | None = None, background: str = "white"
) -> DataSet:
    """The pictures in a folder and below it, in the order of their names; every tenth one is held out.

    Where all of them lie in sub-folders, the names of these are the classes, and every tenth of each class is held out.
    Pictures are turned as their cameras say, and what is transparent shows the background.

    Args:
        folder: a path. Hidden files and folders are left out, links are followed.
        size: (height, width) to bring all to; None where all have the same.
        channels: 1 or 3; unless given, 1 where all are grey.
        background: a colour, by name or as #rrggbb.

    Raises:
        UserError: fewer than two pictures, a file that is no picture or can't be read (named), or pictures of different
            sizes and no `size` to resize them to.
        ValueError: the background is no colour.
    """
    if not folder.is_dir():
        raise UserError(f"image_dir: {folder} is not a folder.")
    files = files_below(folder)
    if len(files) < 2:
        raise UserError(f"image_dir: expected at least 2 pictures in {folder}; found {len(files)}.")
    pictures = dict(zip(files, _looked_at(files)))
    shapes = {path: picture.shape for path, picture in pictures.items()}
    if size is None:
        size = shapes[files[0]][:2]
        other = next((path for path in files if shapes[path][:2] != size), None)
        if other:
            raise UserError(
                f"image_dir: pictures differ in size ({files[0].name} is {size[0]}x{size[1]}, {other.name} is "
                f"{shapes[other][0]}x{shapes[other][1]}); give --image_size."
            )
    channels = channels or max(shape[2] for shape in shapes.values())
    colour = colour_of(background)

    def read(paths):
        return tf.data.Dataset.from_tensor_slices([os.fsencode(path) for path in paths]).map(
            lambda path: _read(path, size, channels, colour), tf.data.AUTOTUNE
        )

    names, class_of = _classes(folder, files)
    held_out, train = _split(files, class_of)
    test = np.stack(list(read(held_out).as_numpy_iterator()))
    labels = Condition(*(np.int32([class_of[path] for path in part]) for part in (train, held_out)), len(names), names)
    version = repr([(os.fsencode(path.relative_to(folder)), picture.checksum) for path, picture in pictures.items()])
    name = readable(folder.resolve().name)
    domain = Images(*size, channels, source=name, is_folder=True, background=background, class_names=names)
    return DataSet(name, domain, read(train), len(train), test, (lambda: labels) if names else None, version)


def _looked_at(files):
    """A `Picture` of each of the files, which are read whole, by all cores."""
    # Pillow warns of pictures of half the size that it refuses; a folder of one's own may have some.
    warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
    pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count())
    try:
        looks = pool.map(_look_at, files)
        return list(tqdm(looks, "Looking at the pictures", len(files), unit=" pictures", delay=2, dynamic_ncols=True))
    finally:
        pool.shutdown(cancel_futures=True)


def _look_at(path):
    if path.suffix.lower() not in SUFFIXES:
        raise UserError(f"image_dir: {path} is no picture (expected {', '.join(SUFFIXES)}).")
    try:
        content = path.read_bytes()
        with Image.open(io.BytesIO(content)) as picture:
            grey = picture.mode in GREY or picture.mode.startswith("I")
            if picture.mode == "F" or (picture.mode == "I" and picture.format != "PNG"):
                raise UserError(f"image_dir: {path} has pixels of 32 bits; expected 8 or 16.")
            picture.load()
            # Only now, as Pillow turns a .tif itself while it loads it.
            turned = picture.getexif().get(ExifTags.Base.Orientation, 1) > 4  # by a right angle
            height, width = (picture.width, picture.height) if turned else (picture.height, picture.width)
    except Image.DecompressionBombError as error:
        most = 2 * Image.MAX_IMAGE_PIXELS / 1e6
        raise UserError(f"image_dir: {path} has more than {most:,.3g} million pixels; make it smaller.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"image_dir: {path} can't be read: {error}") from error
    return Picture((height, width, 1 if grey else 3), zlib.crc32(content))


def _classes(folder, files):
    """(names of the classes, {file: its class}); no names where there are none."""
    first = {path: path.relative_to(folder).parts[0] for path in files}
    names = sorted(set(first.values()), key=os.fsencode)
    no_classes = len(names) in (1, len(files))  # one folder, or one for each picture
    if no_classes or any(path.parent == folder for path in files):
        return (), dict.fromkeys(files, 0)
    return tuple(map(readable, names)), {path: names.index(name) for path, name in first.items()}


def _split(files, class_of):
    """(held-out files, files to train on): the first of each ten of a class is held out, of a class of one none."""
    members = collections.defaultdict(list)
    for path in files:
        members[class_of[path]].append(path)
    held_out = [path for label in sorted(members) for path in members[label][::10] if len(members[label]) > 1]
    chosen = set(held_out)
    train = [path for path in files if path not in chosen]
    # Of very many, some of all classes are measured with.
    places = np.linspace(0, len(held_out) - 1, min(len(held_out), MOST_HELD_OUT)).astype(int)
    return [held_out[place] for place in places], train


def _read(path, size, channels, colour):
    picture = tf.numpy_function(lambda path: pixels(os.fsdecode(path), channels, colour), [path], tf.uint8)
    return tf.ensure_shape(fit(tf.ensure_shape(picture, [None, None, channels]), size), [*size, channels])
