"""What enters a model: its type, its shape, its range, its labels; and one clear line for what doesn't fit.

`Data` says what a model takes. Its `check` looks at all numbers of an array; `looked_at` has it look at whatever `fit`
can be given, before a number of it is learned from. Inside of a compiled step only types and shapes are known:
`converted` looks at those.
"""

import contextlib
import math
import types
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from zoo.checks import text_of
from zoo.numerics.alphabet import Alphabet, as_text

SLACK = 1e-3  # of the range, by which numbers may leave it: what rounding and resizing do


class Data(NamedTuple):
    """One kind of tensor that a model takes: its data, or the labels or another condition that comes with them.

    Example:

    >>> Data([2], (0, 1)).check("x", np.array([[0, 255]], np.uint8))
    Traceback (most recent call last):
    ValueError: x: expected numbers from 0 to 1; got uint8 from 0 to 255: divide them by 255.
    >>> labels_of(10).check("y", [3, 10])
    Traceback (most recent call last):
    ValueError: y: expected labels from 0 to 9; got 10.
    """

    shape: tuple  # of one item, without the axis of the batch; None for a side where any length will do
    value_range: tuple  # the least and the largest number
    dtype: str = "float32"  # what is computed with: "float32" or "int32", which takes whole numbers alone
    name: str = "data"  # of the argument in an export
    values: tuple | None = None  # of whole numbers, those that there are; None: all in the range

    @property
    def spec(self) -> tf.TensorSpec:
        """A batch of any size."""
        return tf.TensorSpec([None, *self.shape], self.dtype, self.name)

    def check(self, name: str, data, count: int | None = None) -> None:
        """Looks at all of `data`, an array [n, *shape]; `name` is what the caller calls it; `count`, what n has to be.

        Raises:
            ValueError: there is none, or its type, its shape, or its range is another; one line.
        """
        data = data if data is None else np.asarray(data)
        self.check_form(name, data)
        if count is not None and len(data) != count:
            items = self._items if self.shape == () else "rows"
            raise ValueError(f"{name}: expected {count} {items}, one for each item; got {len(data)}.")
        least, largest = self._with_slack()
        fits = not data.size or (least <= data.min() and data.max() <= largest)  # which NaN is not
        if fits and (self.values is None or np.isin(data, self.values).all()):
            return
        if self._whole:
            wrong = data[~np.isin(data, self.values) if self.values else (data < least) | (data > largest)].flat[0]
            raise ValueError(f"{name}: expected {self._wanted}; got {wrong}.")
        raise ValueError(
            f"{name}: expected {self._wanted}; got {data.dtype} "
            f"{_range_of(data)}{self._remedy(float(data.min()), float(data.max()))}."
        )

    def fits(self, data) -> tf.Tensor:
        """Whether the numbers of a tensor of a graph, whose shape is known, lie in the range: a bool tensor."""
        low, high = self._with_slack()
        data = tf.cast(data, tf.int64 if self._whole else tf.float32)
        inside = tf.logical_and(tf.reduce_min(data) >= low, tf.reduce_max(data) <= high)  # where NaN is neither
        if self.values is None:
            return inside
        return tf.logical_and(inside, tf.reduce_all(self.known(tf.cast(data, tf.int32))))

    def known(self, numbers: tf.Tensor) -> tf.Tensor:
        """Which of some whole numbers, an int32 tensor, there are among these data: bool, of the same shape."""
        if self.values is not None:
            return Alphabet(self.values).classes(numbers) >= 0
        low, high = self.value_range
        return tf.logical_and(numbers >= low, numbers <= high)

    def converted(self, name: str, data) -> tf.Tensor:
        """`data`, an array or a tensor of a graph, in `dtype`, [n, *shape].

        Raises:
            ValueError: there is none, or its type or its shape is another; one line.
        """
        data = data if data is None or tf.is_tensor(data) else np.asarray(data)
        self.check_form(name, data)
        data = tf.cast(data, self.dtype)
        return tf.reshape(data, [-1]) if self.shape == () else data

    def check_form(self, name: str, data) -> None:
        """As `check`, for what has a type and a shape only, e.g. a `tf.TensorSpec`."""
        if data is None:
            what = f"{self._items}, {self.dtype} {text_of(self.shape)}, {self._range}"
            raise ValueError(f"{name}: expected {what}; got none.")
        if self.shape == ():
            self._check_one_per_row(name, tf.TensorShape(data.shape))
        elif not tf.TensorShape([None, *self.shape]).is_compatible_with(data.shape):
            lacks_last, lacks_first = [*data.shape[1:], 1] == list(self.shape), list(data.shape) == list(self.shape)
            remedy = f": {name}[..., None] has the last axis" if lacks_last else ""
            remedy = ", of which a batch has one axis more" if lacks_first else remedy
            raise ValueError(f"{name}: expected shape {text_of(self.shape)}; got {list(data.shape)}{remedy}.")
        kinds = ("int", "uint") if self._whole else ("float", "bfloat", "int", "uint", "bool")
        if not data.dtype.name.startswith(kinds):
            wanted = "integers" if self._whole else "real numbers"
            raise ValueError(f"{name}: expected {wanted}; got {data.dtype.name}.")

    def example(self, count: int) -> np.ndarray:
        """`count` items that fit, to try an export with."""
        shape, numbers = [count, *self.shape], np.arange(count * math.prod(self.shape))
        if self._whole:
            low, high = self.value_range
            values = np.asarray(self.values or range(low, high + 1), np.int32)
            return values[numbers % len(values)].reshape(shape)
        return np.clip(np.sin(numbers).reshape(shape), *self.value_range).astype(np.float32)

    def _check_one_per_row(self, name, shape):
        if shape.rank is None or len(shape) == 1 or (len(shape) == 2 and shape[1] in (1, None)):
            return
        one_hot = f": np.argmax({name}, axis=1) makes such of one-hot ones" if len(shape) == 2 else ""
        raise ValueError(f"{name}: expected {self._items} of shape [n]; got {shape.as_list()}{one_hot}.")

    @property
    def _whole(self):
        return self.dtype == "int32"

    @property
    def _items(self):
        return self.name if self.shape == () else "numbers"

    @property
    def _wanted(self):
        if self.values is not None:
            return f"{self._items} of {self._range}"
        bounded = np.isfinite(self.value_range).all()
        return f"{self._items} from {self._range}" if bounded else f"finite {self._items}"

    @property
    def _range(self):
        if self.values is not None:
            return as_text(self.values)
        return "{:g} to {:g}".format(*self.value_range) if np.isfinite(self.value_range).all() else "finite"

    def _with_slack(self):
        low, high = self.value_range
        slack = SLACK * (high - low) if np.isfinite(high - low) and not self._whole else 0
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


def labels_of(num_classes: int) -> Data:
    """The `Data` of labels: int32 [n], each from 0 to num_classes - 1."""
    return Data((), (0, num_classes - 1), "int32", "labels")


def declared(tensor, value_range: tuple, otherwise: str = "data", values: tuple | None = None) -> Data:
    """The `Data` that a network's own `keras.Input` says it takes: its shape, its type, and its name if it has one."""
    name = otherwise if tensor.name.startswith(("keras_tensor", "input_layer")) else tensor.name
    dtype = "int32" if tensor.dtype.startswith(("int", "uint")) else "float32"
    return Data(tuple(tensor.shape[1:]), value_range, dtype, name, _with_gaps(values))


def of_values(one_hot: Data, values: tuple) -> Data:
    """The `Data` of whole numbers, int32 [n, ...], of which a network takes the one-hot classes [n, ..., classes]."""
    return Data(one_hot.shape[:-1], (values[0], values[-1]), "int32", one_hot.name, _with_gaps(values))


def _with_gaps(values):
    """Whole numbers, rising, unless they are all in their range."""
    return values if values is not None and len(values) <= values[-1] - values[0] else None


def taken(kind: Data, name: str, values, count: int | None = None) -> tf.Tensor:
    """What a function is given, `converted` by a `Data`; looked at whole, but in a graph."""
    if tf.executing_eagerly():
        kind.check(name, values, count)
    return kind.converted(name, values)


@contextlib.contextmanager
def looked_at(datum: Data, target: Data | None, x, y=None, name: str | None = None):
    """What `fit` is given as x and y, so that nothing of it is used that has not been looked at.

    Args:
        datum, target: the `Data` that x and y are to be; None for a y that nobody reads.
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
            datum.check(name or "x", x)
            if target:
                target.check(name or "y", y, len(x))
        except ValueError as error:
            wrong.append(error)
            raise

    if isinstance(x, tf.data.Dataset):
        x = _looked_at_on_the_way(x, datum, target, look, name)
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


def _looked_at_on_the_way(batches, datum, target, look, name):
    """A data set of TensorFlow, that calls `look` with a batch which is not as it should be."""
    x, y = unpacked(batches.element_spec)
    datum.check_form(name or "x", x)
    if target:
        target.check_form(name or "y", y)
    known = all(part.shape.rank is not None and None not in part.shape[1:] for part in (x, y)[: 2 if target else 1])

    @tf.autograph.experimental.do_not_convert
    def function(*batch):
        fits = datum.fits(batch[0]) if known else tf.constant(False)
        if target and known:
            fits = tf.logical_and(fits, target.fits(batch[1]))
        # Python is slow, and only one thread at a time: it is asked where there is something to say.
        tf.cond(fits, tf.no_op, lambda: tf.group(tf.numpy_function(look, batch, [])))
        return batch if len(batch) > 1 else batch[0]

    return batches.map(function, tf.data.AUTOTUNE, deterministic=True)


def _each(look, batches):
    for batch in batches:
        look(*_parts(batch))
        yield _own(batch)


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
        return _own(batch)

    def on_epoch_begin(self):
        self.batches.on_epoch_begin()

    def on_epoch_end(self):
        self.batches.on_epoch_end()


def _own(batch):
    """A batch as a tuple, which Keras wants, of arrays of its own: TensorFlow may compute in the memory of a view."""
    return tuple(np.array(part) if part is not None else None for part in _parts(batch))


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
