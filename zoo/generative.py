"""What the generative models share: samples from a seed, conditions, and what an export offers of them."""

import json
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo import inputs
from zoo.checks import text_of
from zoo.endpoint import Endpoint
from zoo.model import Model
from zoo.numerics import noise
from zoo.numerics.alphabet import Alphabet, as_text

CHUNK = 16  # samples that `sample_chunk` draws
NO_DATUM = -(2**31)  # in place of NaN, where data are whole numbers


class GenerativeModel(Model):
    """A model that makes data of latents. Abstract.

    A subclass has what `zoo.model.Model` says, and

    - `prior`, see `zoo.priors`: what latents are made of;
    - `condition`: a `zoo.inputs.Data`, the tensor that comes beside the latents and, as y, beside the data; None for a
      model without one. It is the second input of the network that makes the data, and named after it: labels, say;
    - `domain`, see `zoo.domains`: what the data are of, or None;
    - `made_of`, and endpoints of its own in `_more_endpoints`.
    """

    @property
    def target(self) -> inputs.Data | None:
        return self.condition

    def made_of(self, latents, condition=None, choices=None, temperature=1.0) -> tf.Tensor:
        """Latents [n, latent_dim] and, if there is one, the condition [n, ...] -> data [n, ...].

        `choices` is noise of the kind that `choice_noise` says, if any.
        """
        raise NotImplementedError

    @property
    def choice_noise(self):
        """The noise, of `zoo.numerics.noise`, that a decoder chooses its data by; None for one that doesn't."""
        return None

    # -- sampling -----------------------------------------------------------------------------------------------

    def sample(
        self, num_samples: int = 16, seed: int | Sequence[int] = 0, temperature: float = 1.0, **condition
    ) -> tf.Tensor:
        """Draws the first samples of a seed's endless sequence; which, and on what machine, changes none of them.

        Args:
            num_samples: n.
            seed: an integer, which stands for [0, seed], or two.
            temperature: scales the noise; 1 samples the model, less gives more typical data.
            **condition: for a model with a condition, its value for each sample, by its name: `labels=[3, 1, 4]`.

        Returns:
            The datum's type [n, ...]: for images float32 [n, h, w, c], their means in [0, 1].

        Raises:
            ValueError: the condition is missing, or is none that the model knows; one line.
        """
        if not isinstance(num_samples, int | np.integer) or num_samples < 0:
            raise ValueError(f"num_samples: expected a whole number from 0 on; got {num_samples!r}.")
        return self.sample_at(seed, range(num_samples), temperature, **condition)

    def sample_at(self, seed, index, temperature: float | tf.Tensor = 1.0, **condition) -> tf.Tensor:
        """Draws samples by their numbers; row i depends on `(seed, index[i], temperature, condition[i])` alone.

        In every runtime: this is what exports call `sample`.

        Args:
            seed: as for `sample`; in an export, int32 [2].
            index: int32 [n]; which samples of the seed's endless sequence.
            temperature, **condition: as for `sample`.

        Raises:
            ValueError: as `sample`. In an export, data of a condition that the model does not know are NaN all over,
                or, of whole numbers, the least of int32.
        """
        seed, index = _seed(seed), _index(index)
        condition = self._given(condition, self.condition, index.shape[0])
        known = self._known(condition)
        latents = self._latents_at(seed, index, temperature, known)
        choices = self.choice_noise and self.choice_noise.at(seed, index, noise.after(self.prior.noise))
        return self._marked(self.made_of(latents, known, choices, temperature), condition)

    def latents_at(self, seed, index, temperature: float | tf.Tensor = 1.0, **condition) -> tf.Tensor:
        """The latents of which `sample_at` makes its samples; row i depends on `(seed, index[i], temperature)` alone.

        Where the prior is p(z|y), they depend on the condition, too.

        To walk from one sample to another, take points between their latents, and make data of them by a VAE's
        `decode` or a GAN's `generate`. Exports call this `latents`.

        Args:
            seed, index, temperature: as for `sample_at`.
            **condition: as for `sample_at`, where the prior is told it.

        Returns:
            float32 [n, latent_dim].

        Raises:
            ValueError: seed or index are not whole numbers of 32 bits, or of another shape; one line.
        """
        seed, index = _seed(seed), _index(index)
        condition = self._given(condition, self._condition_of_prior, index.shape[0])
        return self._latents_at(seed, index, temperature, self._known(condition))

    def _latents_at(self, seed, index, temperature, known):
        told = (known,) if self.prior.conditional else ()
        return self.prior.from_noise(self.prior.noise.at(seed, index), temperature, *told)

    @property
    def _condition_of_prior(self):
        return self.condition if self.prior.conditional else None

    def sample_chunk(self, seed, start, temperature=1.0, **condition) -> tf.Tensor:
        """`sample_at(seed, [start, ..., start + 15], ...)`: every shape static, for runtimes that need that."""
        data = self.sample_at(seed, start + tf.range(CHUNK), temperature, **condition)
        return tf.ensure_shape(data, [CHUNK, *self.datum.shape])

    def _given(self, condition: dict, expected: inputs.Data | None, count: int | None = None) -> tf.Tensor | None:
        """The condition, {name: values}, that a method was called with; None where the model expects none."""
        for name, values in condition.items():
            if values is not None and (expected is None or name != expected.name):
                takes = f"no condition but {expected.name}" if expected else "none, as the model has no condition"
                raise ValueError(f"{name}: expected {takes}; got some.")
        return inputs.taken(expected, expected.name, condition.get(expected.name), count) if expected else None

    def _known(self, condition):
        """A condition, or what a network can be asked for in its place."""
        if condition is None or not self._may_be_unknown:
            return condition
        return tf.where(self.condition.known(condition), condition, self.condition.value_range[0])

    def _marked(self, data, condition):
        """The data; rows whose condition has a number that there is none of are no data."""
        if not self._may_be_unknown:
            return data
        fitting = tf.reshape(self.condition.known(condition), [tf.shape(condition)[0], -1])
        fitting = tf.reshape(tf.reduce_all(fitting, axis=1), [-1] + [1] * (len(data.shape) - 1))
        return tf.where(fitting, data, NO_DATUM if data.dtype == tf.int32 else float("nan"))

    @property
    def _may_be_unknown(self):
        return self.condition is not None and self.condition.dtype == "int32"

    # -- what an export offers ----------------------------------------------------------------------------------

    def endpoints(self) -> dict[str, Endpoint]:
        """What an export of this model offers, by name."""
        seed, start = tf.TensorSpec([2], tf.int32, "seed"), tf.TensorSpec([1], tf.int32, "start")
        index = tf.TensorSpec([None], tf.int32, "index")
        temperature = tf.TensorSpec([], tf.float32, "temperature")
        condition = self._specs(self.condition)
        of_chunk = [tf.TensorSpec([CHUNK, *spec.shape[1:]], spec.dtype, spec.name) for spec in condition]
        data = [self.datum.name]
        return {
            "sample": Endpoint(
                self._by_place(self.sample_at, 3), [seed, index, temperature, *condition], data, self.prior.chooses
            ),
            "sample_chunk": Endpoint(
                self._by_place(self.sample_chunk, 3), [seed, start, temperature, *of_chunk], data, self.prior.chooses
            ),
            "latents": Endpoint(
                self._by_place(self.latents_at, 3),
                [seed, index, temperature, *self._specs(self._condition_of_prior)],
                ["latents"],
                self.prior.chooses,
            ),
            **self._more_endpoints(),
            **({"about": Endpoint(self.about, [], ["json"])} if self.domain else {}),
        }

    def _more_endpoints(self) -> dict[str, Endpoint]:
        raise NotImplementedError

    def about(self) -> tf.Tensor:
        """What the data are of, in the domain's words: JSON, its bytes in UTF-8, uint8 [length]."""
        text = json.dumps(self.domain.about(), ensure_ascii=False)
        return tf.constant(np.frombuffer(text.encode(), np.uint8))

    def examples(self, data=None, told=None) -> dict[str, Any]:
        """Inputs for every argument of every endpoint, to try an export with.

        Args:
            data: [16, ...]; sampled unless given.
            told: the condition, [16, ...]; made up unless given.
        """
        condition = {}
        if self.condition:
            condition = {self.condition.name: self.condition.example(CHUNK) if told is None else told}
        if data is None:
            data = self._within(self.sample(CHUNK, **condition))
        return {
            self.datum.name: data,
            "latents": self.latents_at([3, 4], range(CHUNK), **(condition if self.prior.conditional else {})),
            "seed": [20261122, -7],
            "index": [0, 1, 2, 3, 1000, 2**31 - 1, -1, -(2**31), *range(4, CHUNK - 4)],
            "temperature": 0.8,
            "start": [40],
            **condition,
        }

    def _within(self, data):
        """Data in the range of the datum, which what a network makes may leave."""
        return tf.clip_by_value(data, *self.datum.value_range)

    def _specs(self, *data: inputs.Data | None) -> list[tf.TensorSpec]:
        return [one.spec for one in data if one is not None]

    def _by_place(self, method, count):
        """A method whose condition is given by its place after `count` arguments, as in exports, not by its name."""

        def function(*arguments):
            names = [self.condition.name] if self.condition else []
            return method(*arguments[:count], **dict(zip(names, arguments[count:])))

        return function


def check_same_condition(name: str, network: keras.Model, condition: inputs.Data | None) -> None:
    """Raises a ValueError, one line, where a network's second input, if it has one, is not the model's condition."""
    if len(network.inputs) == 1:
        return
    if condition is None:
        raise ValueError(f"{name}: expected one input, as the model has no condition; got 2 inputs.")
    given = inputs.declared(network.inputs[1], condition.value_range)
    if (given.shape, given.dtype) != (condition.shape, condition.dtype):
        raise ValueError(
            f"{name}: expected as its second input the condition, {condition.dtype} {text_of(condition.shape)}; got "
            f"{given.dtype} {text_of(given.shape)}."
        )


def check_domain(domain, datum: inputs.Data) -> None:
    """Raises a ValueError, one line, where a domain is of other data than the model, or where it is none."""
    if domain is None:
        return
    if not hasattr(domain, "about"):
        raise ValueError(f"domain: expected a zoo.domains.Domain; got {type(domain).__name__}.")
    if not tf.TensorShape(datum.shape).is_compatible_with(domain.shape):
        raise ValueError(f"domain: expected data {text_of(datum.shape)}, as the model's; got {text_of(domain.shape)}.")
    if tuple(domain.value_range) != tuple(datum.value_range):
        raise ValueError(
            f"domain: expected data in {list(datum.value_range)}, as the model's; got {list(domain.value_range)}."
        )


def _seed(seed):
    """int32 [2] of an integer, which stands for [0, seed], or of two."""
    seed = [0, seed] if not tf.is_tensor(seed) and np.ndim(seed) == 0 else seed
    return _int32("seed", seed, "an integer or two", [2])


def _index(index):
    return _int32("index", index, "int32 [n]", [None])


def _int32(name, values, wanted, shape):
    """Whole numbers as a tensor; refuses what would become others, or has another shape."""
    if not tf.is_tensor(values):
        values = np.asarray(values)
        small = values.size == 0 or (np.issubdtype(values.dtype, np.integer) and _fit_int32(values))
        if not small:
            raise ValueError(f"{name}: expected {wanted}, from -2^31 to 2^31 - 1; got {values.tolist()}.")
    elif not values.dtype.is_integer:
        raise ValueError(f"{name}: expected {wanted}; got {values.dtype.name}.")
    values = tf.cast(values, tf.int32)
    if not tf.TensorShape(shape).is_compatible_with(values.shape):
        raise ValueError(f"{name}: expected {wanted}; got shape {list(values.shape)}.")
    return values


def _fit_int32(values):
    return values.min() >= -(2**31) and values.max() < 2**31


def condition_of(
    name: str, network: keras.Model, num_classes: int | None, condition_values: Sequence[int] | None = None
) -> inputs.Data | None:
    """The condition that a network takes as its second input, or None.

    Args:
        name: what the caller calls the network.
        network: Keras model of latents, or [latents, condition].
        num_classes: how many values the condition has where it is of whole numbers from 0 on.
        condition_values: its values, rising, where it is of other whole numbers.

    Raises:
        ValueError: `num_classes` or `condition_values` is missing, or given without need, or both are; one line.
    """
    values, given = None, "num_classes"
    if condition_values is not None:
        values, given = _rising(condition_values), "condition_values"
        if num_classes:
            raise ValueError(f"num_classes: expected none beside condition_values; got {num_classes}.")
    elif num_classes:
        values = range(num_classes)
    if len(network.inputs) == 1:
        if values:
            raise ValueError(f"{name}: expected the inputs [latents, labels], because of {given}; got one.")
        return None
    tensor = network.inputs[1]
    labels = not tensor.shape[1:] and "int" in tensor.dtype
    condition = inputs.declared(tensor, (-float("inf"), float("inf")), "labels" if labels else "condition")
    taken = ("seed", "index", "start", "temperature", "num_samples", "latents", "data", "self", network.inputs[0].name)
    if not condition.name.isidentifier() or condition.name in taken:
        raise ValueError(
            f"{name}: expected a second keras.Input of a name that Python and exports have free; got "
            f"{condition.name!r}."
        )
    if condition.dtype != "int32":
        if values:
            raise ValueError(f"{given}: expected none, as {condition.name} is of real numbers; got {as_text(values)}.")
        return condition
    if not values:
        raise ValueError(
            f"num_classes: expected how many values the {name}'s second input, {condition.name}, may have, or "
            "condition_values: which; got none."
        )
    has_gaps = len(values) <= values[-1] - values[0]
    return condition._replace(value_range=(values[0], values[-1]), values=tuple(values) if has_gaps else None)


def _rising(condition_values):
    """The values of a condition, a tuple; or a ValueError, one line."""
    try:
        return Alphabet(list(condition_values)).values
    except TypeError as error:
        raise ValueError(f"condition_values: expected a list of whole numbers; got {condition_values!r}.") from error
    except ValueError as error:
        raise ValueError(f"condition_{error}") from error
