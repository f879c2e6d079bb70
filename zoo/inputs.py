"""What enters a model: its type, its shape, its range, its labels; and one clear line for what doesn't fit.

`Data` and `Labels` say what a model takes. Their `check` looks at all numbers of an array; `looked_at` has it look at
whatever `fit` can be given, before a number of it is learned from. Inside of a compiled step only types and shapes are
known: `converted` looks at those.
"""

import contextlib
import types
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from zoo.checks import text_of

SLACK = 1e-3  # of the range, by which numbers may leave it: what rounding and resizing do


class Data(NamedTuple):
    """The data of a model: real numbers, computed with in float32.

    Example:

    >>> Data([2], (0, 1)).check("x", np.array([[0, 255]], np.uint8))
    Traceback (most recent call last):
    ValueError: x: expected numbers from 0 to 1; got uint8 from 0 to 255: divide them by 255.
    """

    shape: tuple  # of one item, without the axis of the batch; None for a side where any length will do
    value_range: tuple  # the least and the largest number

    def check(self, name, data):
        """Looks at all of `data`, an array [n, *shape]; `name` is what the caller calls it.

        Raises:
            ValueError: its type, its shape, or its range is another; one line.
        """
        data = np.asarray(data)
        self.check_form(name, data)
        least, largest = self._with_slack()
        if data.size and not (least <= data.min() and data.max() <= largest):  # which NaN is not either
            raise ValueError(
                f"{name}: expected numbers from {self.value_range[0]:g} to {self.value_range[1]:g}; got {data.dtype} "
                f"{_range_of(data)}{self._remedy(float(data.min()), float(data.max()))}."
            )

    def fits(self, data):
        """Whether the numbers of a tensor of a graph, whose shape is known, lie in the range: a bool tensor."""
        low, high = self._with_slack()
        data = tf.cast(data, tf.float32)
        return tf.logical_and(tf.reduce_min(data) >= low, tf.reduce_max(data) <= high)  # where NaN is neither

    def converted(self, name, data):
        """`data`, an array or a tensor of a graph, in float32.

        Raises:
            ValueError: its type or its shape is another; one line.
        """
        data = data if tf.is_tensor(data) else np.asarray(data)
        self.check_form(name, data)
        return tf.cast(data, tf.float32)

    def check_form(self, name, data):
        """As `check`, for what has a type and a shape only, e.g. a `tf.TensorSpec`."""
        dtype = data.dtype.name
        if not dtype.startswith(("float", "bfloat", "int", "uint", "bool")):
            raise ValueError(f"{name}: expected real numbers; got {dtype}.")
        if not tf.TensorShape([None, *self.shape]).is_compatible_with(data.shape):
            lacks_last, lacks_first = [*data.shape[1:], 1] == list(self.shape), list(data.shape) == list(self.shape)
            remedy = f": {name}[..., None] has the last axis" if lacks_last else ""
            remedy = ": is it batched?" if lacks_first else remedy
            raise ValueError(f"{name}: expected shape {text_of(self.shape)}; got {list(data.shape)}{remedy}.")

    def _with_slack(self):
        low, high = self.value_range
        slack = SLACK * (high - low) if np.isfinite(high - low) else 0.0
        return low - slack, high + slack

    def _remedy(self, least, largest):
        low, high = self.value_range
        for (start, end), remedy in {
            (0, 255): {(0, 1): "divide them by 255", (-1, 1): "divide them by 127.5 and subtract 1"},
            (0, 65535): {(0, 1): "divide them by 65535"},
            (-1, 1): {(0, 1): "add 1 and divide by 2"},
        }.items():
            if start <= least and largest <= end and (low, high) in remedy:
                return f": {remedy[low, high]}"
        return ""


class Labels(NamedTuple):
    """The labels of a model: integers from 0 to classes - 1."""

    num_classes: int

    def check(self, name, labels, count=None):
        """Looks at all of `labels`, int [n] or [n, 1]; `count`: what n has to be, if given.

        Raises:
            ValueError: there are none, their type or shape is another, or one of them is no class; one line.
        """
        labels = labels if labels is None else np.asarray(labels)
        self.check_form(name, labels)
        if count is not None and len(labels) != count:
            raise ValueError(f"{name}: expected {count} labels, one for each item; got {len(labels)}.")
        wrong = labels[(labels < 0) | (labels >= self.num_classes)]
        if wrong.size:
            raise ValueError(f"{name}: expected labels from 0 to {self.num_classes - 1}; got {wrong.flat[0]}.")

    def fits(self, labels):
        """Whether a tensor of a graph holds classes alone: a bool tensor."""
        labels = tf.cast(labels, tf.int64)
        return tf.logical_and(tf.reduce_min(labels) >= 0, tf.reduce_max(labels) < self.num_classes)

    def converted(self, name, labels):
        """`labels`, an array or a tensor of a graph, int [n] or [n, 1], as int32 [n].

        Raises:
            ValueError: there are none, or their type or shape is another; one line.
        """
        labels = labels if labels is None or tf.is_tensor(labels) else np.asarray(labels)
        self.check_form(name, labels)
        return tf.reshape(tf.cast(labels, tf.int32), [-1])

    def check_form(self, name, labels):
        """As `check`, for what has a type and a shape only, e.g. a `tf.TensorSpec`."""
        if labels is None:
            raise ValueError(f"{name}: expected labels, int32 [n], 0 to {self.num_classes - 1}; got none.")
        shape = tf.TensorShape(labels.shape)
        if shape.rank is None:
            return
        if len(shape) != 1 and not (len(shape) == 2 and shape[1] in (1, None)):
            one_hot = f": np.argmax({name}, axis=1) makes such of one-hot ones" if len(shape) == 2 else ""
            raise ValueError(f"{name}: expected labels of shape [n]; got {shape.as_list()}{one_hot}.")
        if not labels.dtype.name.startswith(("int", "uint")):
            raise ValueError(f"{name}: expected integers; got {labels.dtype.name}.")


def taken(kind, name, values):
    """What a function is given, `converted` by a `Data` or `Labels`; looked at whole, but in a graph."""
    if tf.executing_eagerly():
        kind.check(name, values)
    return kind.converted(name, values)


@contextlib.contextmanager
def looked_at(data, labels, x, y=None, name=None):
    """What `fit` is given as x and y, so that nothing of it is used that has not been looked at.

    Args:
        data, labels: the `Data` and the `Labels` that x and y are to be; None for labels that nobody reads.
        x: an array; or what yields batches, each x or (x, y): a `tf.data.Dataset`, a generator, or a
            `keras.utils.PyDataset`. Of what a `tf.distribute` strategy has dealt out already, the first batch is looked
            at, and of a `PyDataset` that is read by several processes.
        y: an array or None.
        name: what the caller calls both, unless x and y.

    Yields:
        x, or what takes its place.

    Raises:
        ValueError: one line, in place of TensorFlow's own error for a step that it ended.
    """
    wrong = []

    def look(x, y=None):
        try:
            data.check(name or "x", x)
            if labels:
                labels.check(name or "y", y, len(x))
        except ValueError as error:
            wrong.append(error)
            raise

    if isinstance(x, tf.data.Dataset):
        x = _looked_at_on_the_way(x, data, labels, look, name)
    elif isinstance(x, types.GeneratorType):
        x = _each(look, x)
    elif isinstance(x, keras.utils.PyDataset):
        look(*_parts(x[0]))
        x = x if x.use_multiprocessing else _LookedAtBatches(x, look)
    elif isinstance(x, tf.distribute.DistributedDataset):
        for local in zip(*(getattr(part, "values", (part,)) for part in _parts(next(iter(x))))):
            look(*local)
    elif isinstance(x, list | tuple | dict):
        raise ValueError(f"{name or 'x'}: expected one array or a data set; got {_kind(x)}.")
    elif hasattr(x, "shape"):
        look(x, y)
    try:
        yield x
    except tf.errors.OpError:
        if wrong:
            raise wrong[0] from None
        raise


def unpacked(batch):
    """A batch of `fit`, x or (x, y), as (x, y); y is None where there is none.

    Raises:
        ValueError: it has sample weights, or it is or holds dictionaries or lists; one line.
    """
    if isinstance(batch, dict):
        raise ValueError(
            f"x: expected batches x or (x, y); got dictionaries of {', '.join(map(str, batch))}. Choose by "
            "x.map(lambda batch: (batch['...'], batch['...']))."
        )
    x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
    for name, part in {"x": x, "y": y}.items():
        if isinstance(part, dict | tuple | list):
            raise ValueError(f"{name}: expected one array in each batch; got {_kind(part)}.")
    if weight is not None:
        raise ValueError("sample_weight: expected none, as every item of the data weighs the same; got some.")
    return x, y


def _looked_at_on_the_way(batches, data, labels, look, name):
    """A data set of TensorFlow, that calls `look` with a batch which is not as it should be."""
    x, y = unpacked(batches.element_spec)
    data.check_form(name or "x", x)
    if labels:
        labels.check_form(name or "y", y)
    known = all(part.shape.rank is not None and None not in part.shape[1:] for part in (x, y)[: 2 if labels else 1])

    @tf.autograph.experimental.do_not_convert
    def function(*batch):
        fits = data.fits(batch[0]) if known else tf.constant(False)
        if labels and known:
            fits = tf.logical_and(fits, labels.fits(batch[1]))
        # Python is slow, and only one thread at a time: it is asked where there is something to say.
        tf.cond(fits, tf.no_op, lambda: tf.group(tf.numpy_function(look, batch, [])))
        return batch if len(batch) > 1 else batch[0]

    return batches.map(function, tf.data.AUTOTUNE, deterministic=True)


def _each(look, batches):
    for batch in batches:
        look(*_parts(batch))
        yield tuple(batch) if isinstance(batch, tuple | list) else (batch,)  # as Keras wants it


class _LookedAtBatches(keras.utils.PyDataset):
    """The batches of another one, each looked at."""

    def __init__(self, batches, look):
        super().__init__(workers=batches.workers, max_queue_size=batches.max_queue_size)
        self.batches, self.look = batches, look

    @property
    def num_batches(self):
        return self.batches.num_batches

    def __getitem__(self, index):
        batch = self.batches[index]
        self.look(*_parts(batch))
        return batch

    def on_epoch_begin(self):
        self.batches.on_epoch_begin()

    def on_epoch_end(self):
        self.batches.on_epoch_end()


def _parts(batch):
    x, y = unpacked(batch)
    return (x,) if y is None else (x, y)


def _kind(value):
    if isinstance(value, dict):
        return f"a dictionary of {', '.join(map(str, value))}"
    return f"a {type(value).__name__} of {len(value)}" if isinstance(value, list | tuple) else type(value).__name__


def _range_of(data):
    least, largest = float(data.min()), float(data.max())
    if np.isnan(least):
        return f"with {np.isnan(data).sum()} NaN"
    return f"from {least:.6g} to {largest:.6g}"
