"""What the models of the zoo share: how they take data, a step of training, and what of Keras they refuse by name."""

from typing import Any, ClassVar

import keras
import numpy as np
import tensorflow as tf

from zoo import inputs, transfer
from zoo.numerics import keras_issue_20585
from zoo.numerics.precision import as_float32
from zoo.part import arguments_of, config_of, made_from


class Model(keras.Model):
    """A Keras model that looks at its data before it learns from them. Abstract.

    `fit`, `evaluate` and `predict` are Keras's, and so are `train_on_batch`, `test_on_batch` and `predict_on_batch`.
    They take an array x [n, ...] and, where the model learns from labels or has another condition, y [n, ...]; or
    batches of these: a `tf.data.Dataset`, a generator, a `keras.utils.PyDataset`. A model has no use for weights of
    samples or classes.

    Seeds: `seed` fixes the random numbers of a training, those of step t by `(seed, t)` alone. The first weights are
    Keras's: `keras.utils.set_random_seed` fixes them. What `sample` of a generative model draws has a seed of its own.

    A subclass has `datum`, what x is, a `zoo.inputs.Data`, and `target`, what y is; None where nobody reads it. It has
    `trackers`, its metrics, of which the first has a `count` that grows from step to step; and `loss_of`, or steps of
    its own. What its constructor takes are attributes of the same names: so a file says what it is made from. At the
    end of its constructor it calls `_ready`.
    """

    target: inputs.Data | None = None
    renamed: ClassVar[dict[str, str]] = {}  # arguments of the constructor: {their name in files of old: today's}

    def __init__(self, **kwargs):
        # Of its own, not of the networks in it: what a model is given must not be rounded on the way to them.
        super().__init__(**{"dtype": "float32", **kwargs})

    @property
    def datum(self) -> inputs.Data:
        """What the model takes: name, shape, type and range of one item."""
        raise NotImplementedError

    def _ready(self, *trackers):
        self.trackers = list(trackers)
        self.built = True
        keras_issue_20585.mend(self)

    @property
    def metrics(self):
        return self.trackers

    def loss_of(self, x, y, step, training):
        """The loss to be minimized, a scalar, of a batch as `unpacked` gives it; updates the metrics.

        Random numbers depend on the model's seed and on `step`, a scalar, alone.
        """
        raise NotImplementedError

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self.loss_of(*self.unpacked(data), self.optimizer.iterations, training=True)
            # Gradients are summed over the replicas of a tf.distribute strategy.
            scaled_loss = self.optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        return self.get_metrics_result()

    def test_step(self, data):
        self.loss_of(*self.unpacked(data), self.trackers[0].count, training=False)
        return self.get_metrics_result()

    def make_train_function(self, force=False):
        # Variables made during the first step would have TensorFlow trace that step, seconds of work, twice.
        with self.distribute_strategy.scope():
            self.build_optimizers()
        return super().make_train_function(force)

    def build_optimizers(self) -> None:
        """Makes the optimizer's variables."""
        self.optimizer.build(self.trainable_variables)

    def compile(self, optimizer="rmsprop", **settings):
        """Configures the training.

        Args:
            optimizer: Keras optimizer.
            **settings: those of `keras.Model.compile` but for the losses and metrics, which the model brings along:
                e.g. `steps_per_execution`, `jit_compile` and `run_eagerly`.

        Raises:
            ValueError: a loss or metrics are given.
        """
        for name in ("loss", "loss_weights", "metrics", "weighted_metrics"):
            if settings.get(name) is not None:
                raise ValueError(f"{name}: expected none, as a zoo.{type(self).__name__} has its own; got some.")
        super().compile(optimizer, **settings)

    def get_compile_config(self):
        if self.compiled:
            self.build_optimizers()  # a model that was never trained is saved whole, too
        return super().get_compile_config()

    def compile_from_config(self, config):
        # Keras's own leaves alone whatever has a `compile` of its own.
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.build_optimizers()

    def fit(self, x=None, y=None, batch_size=None, epochs=1, **settings):
        """Keras's `fit`.

        Raises:
            ValueError: weights, data of another type, shape or range, labels that are no classes, or batches that the
                replicas of a strategy can't share equally; one line. Arrays are looked at before the training, batches
                as they come.
        """
        self._refuse_weights(settings)
        y = self._read(y)
        held_out = settings.pop("validation_data", None)
        held_out_x, held_out_y = inputs.unpacked(held_out)
        held_out_y = self._read(held_out_y)
        self._check_shares(x, batch_size)
        self._check_shares(held_out_x, settings.get("validation_batch_size") or batch_size)
        with (
            inputs.looked_at(self.datum, self.target, x, y) as x,
            inputs.looked_at(self.datum, self.target, held_out_x, held_out_y, "validation_data") as held_out_x,
        ):
            if held_out is not None:
                settings["validation_data"] = held_out_x if held_out_y is None else (held_out_x, held_out_y)
            return super().fit(x, y, batch_size, epochs, **settings)

    def evaluate(self, x=None, y=None, batch_size=None, **settings):
        """Keras's `evaluate`; raises as `fit` does."""
        self._refuse_weights(settings)
        y = self._read(y)
        self._check_shares(x, batch_size)
        with inputs.looked_at(self.datum, self.target, x, y) as x:
            return super().evaluate(x, y, batch_size, **settings)

    def predict(self, x, batch_size=None, **settings):
        """Keras's `predict`, of `call`; raises as `fit` does."""
        with inputs.looked_at(self.datum, None, x) as x:
            return super().predict(x, batch_size, **settings)

    def train_on_batch(self, x, y=None, **settings):
        """Keras's `train_on_batch`; raises as `fit` does."""
        return self._on_batch(super().train_on_batch, x, y, settings)

    def test_on_batch(self, x, y=None, **settings):
        """Keras's `test_on_batch`; raises as `fit` does."""
        return self._on_batch(super().test_on_batch, x, y, settings)

    def predict_on_batch(self, x):
        """Keras's `predict_on_batch`, of `call`; raises as `fit` does."""
        with inputs.looked_at(self.datum, None, x) as x:
            return super().predict_on_batch(x)

    def _on_batch(self, function, x, y, settings):
        self._refuse_weights(settings)
        y = self._read(y)
        self._check_shares(x, len(x))
        with inputs.looked_at(self.datum, self.target, x, y) as x:
            return function(x, y, **settings)

    def _read(self, y):
        """What is read of a y beside an array; Keras takes no lists."""
        return None if self.target is None or y is None else np.asarray(y)

    def _refuse_weights(self, settings):
        for name in ("sample_weight", "class_weight"):
            if settings.get(name) is not None:
                raise ValueError(f"{name}: expected none, as every item of the data weighs the same; got some.")

    def _check_shares(self, x, batch_size):
        """Refuses batches that leave a replica with fewer items than others, or with none, whose mean is no number."""
        replicas = self.distribute_strategy.num_replicas_in_sync
        if replicas == 1:
            return
        if isinstance(x, tf.data.Dataset):
            size = tf.nest.flatten(x.element_spec)[0].shape[0]
            got = "batches that may be smaller at the end: x.batch(size, drop_remainder=True)" if size is None else size
            sizes = [1 if size is None else size]
        elif hasattr(x, "shape"):
            batch_size = batch_size or 32  # Keras's
            sizes = [min(batch_size, len(x)), len(x) % batch_size]
            got = f"{batch_size} for {len(x)} items, the last {sizes[1]} by themselves" if sizes[1] else batch_size
        else:
            return
        if any(size % replicas for size in sizes):
            raise ValueError(f"batch_size: expected batches that {replicas} replicas can share equally; got {got}.")

    def unpacked(self, batch):
        """A batch of `fit`, in a compiled step, as (x, y) of the types of `datum` and `target`; y is None where nobody
        reads it.

        Raises:
            ValueError: it has sample weights, or is of another type or shape; one line.
        """
        x, y = inputs.unpacked(batch)
        return self.datum.converted("x", x), self.target.converted("y", y) if self.target else None

    def take_over(self, other: "Model") -> dict[str, transfer.Taken]:
        """Takes over what a trained model has learned, to go on from there, perhaps on other data.

        Part by part, as the constructor names them: generator, encoder, prior, ... Where a part has as many weights as
        the other model's part of that name, those of the same shape are copied, each from the one in its place: with
        another number of classes, say, all but what is learned for each class. All else stays as it is. So do the
        optimizers: a training begins anew.

        Args:
            other: a trained model of the same class, perhaps of other data.

        Returns:
            {name of a part: (parameters taken over, parameters in all)} of all parts that have some.

        Raises:
            ValueError: the other model is of another class, or nothing of it fits; one line. Nothing is changed then.
        """
        related = isinstance(other, type(self)) or (isinstance(other, Model) and isinstance(self, type(other)))
        if not related:
            raise ValueError(f"other: expected a {type(self).__name__}; got a {type(other).__name__}.")
        return transfer.taken_over(self.learned_parts(), other.learned_parts())

    def learned_parts(self) -> dict[str, keras.layers.Layer]:
        """The parts that hold what the model has learned, by their names in the constructor; see `take_over`."""
        parts = {name: getattr(self, name) for name in arguments_of(self)}
        return {name: part for name, part in parts.items() if isinstance(part, keras.layers.Layer)}

    def in_float32(self):
        """What is exported: the model, or, where a layer computes in another format, a copy of it in float32."""
        return as_float32(self)

    def export(self, filepath, format="tf_saved_model", verbose=None, input_signature=None, **settings):
        """Keras's `export`, of `call` in float32, for any number of rows.

        `python -m export` writes files that also sample from a seed, and checks them.
        """
        signature = input_signature or self.call_signature()
        keras.Model.export(self.in_float32(), filepath, format, verbose, signature, **settings)

    def call_signature(self):
        """What `call` takes, data unless a subclass says otherwise: a list of one structure of `tf.TensorSpec`."""
        return [self.datum.spec]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **config_of(self)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "Model":
        return made_from(cls, config, custom_objects)
