"""What the models of the zoo share: how they take data, a step of training, and what of Keras they refuse by name."""

import keras
import tensorflow as tf

from zoo import inputs
from zoo.precision import in_float32


class Model(keras.Model):
    """A Keras model that looks at its data before it learns from them. Abstract.

    `fit`, `evaluate` and `predict` are Keras's, and so are `train_on_batch` and `test_on_batch`. They take an array x
    [n, ...] and, where the model has classes, y, int [n]; or batches of these: a `tf.data.Dataset`, a generator, a
    `keras.utils.PyDataset`. A model has no use for weights of samples or classes.

    A subclass has `data`, a `zoo.inputs.Data`; `labels`, a `zoo.inputs.Labels` or None; `trackers`, its metrics, of
    which the first counts the steps; and `loss_of`, or steps of its own.
    """

    @property
    def metrics(self):
        return self.trackers

    def loss_of(self, x, y, step, training):
        """The loss to be minimized, a scalar, of a batch: x float32 [n, ...], y int32 [n] or None; updates the metrics.

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

    def build_optimizers(self):
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

    def compile_from_config(self, config):
        # Keras's own leaves alone whatever has a `compile` of its own.
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.build_optimizers()

    def fit(self, x=None, y=None, *arguments, **settings):
        """Keras's `fit`.

        Raises:
            ValueError: weights, data of another type, shape or range, or labels that are no classes; one line. Arrays
                are looked at before the training, batches as they come.
        """
        for name in ("sample_weight", "class_weight"):
            if settings.get(name) is not None:
                raise ValueError(f"{name}: expected none, as every item of the data weighs the same; got some.")
        held_out = settings.pop("validation_data", None)
        held_out_x, held_out_y = inputs.unpacked(held_out)
        with (
            inputs.looked_at(self.data, self.labels, x, y) as x,
            inputs.looked_at(self.data, self.labels, held_out_x, held_out_y, "validation_data") as held_out_x,
        ):
            if held_out is not None:
                settings["validation_data"] = held_out_x if held_out_y is None else (held_out_x, held_out_y)
            return super().fit(x, y, *arguments, **settings)

    def evaluate(self, x=None, y=None, *arguments, **settings):
        """Keras's `evaluate`; raises as `fit` does."""
        with inputs.looked_at(self.data, self.labels, x, y) as x:
            return super().evaluate(x, y, *arguments, **settings)

    def train_on_batch(self, x, y=None, *arguments, **settings):
        """Keras's `train_on_batch`; raises as `fit` does."""
        with inputs.looked_at(self.data, self.labels, x, y) as x:
            return super().train_on_batch(x, y, *arguments, **settings)

    def test_on_batch(self, x, y=None, *arguments, **settings):
        """Keras's `test_on_batch`; raises as `fit` does."""
        with inputs.looked_at(self.data, self.labels, x, y) as x:
            return super().test_on_batch(x, y, *arguments, **settings)

    def unpacked(self, batch):
        """A batch of `fit`, in a compiled step, as (x float32 [n, ...], y int32 [n] or None without classes).

        Raises:
            ValueError: it has sample weights, or is of another type or shape; one line.
        """
        x, y = inputs.unpacked(batch)
        return self.data.converted("x", x), self.labels.converted("y", y) if self.labels else None

    def in_float32(self):
        """A copy that computes in float32, with the same weights; not compiled. What is exported is such a copy."""
        return in_float32(self)

    def export(self, filepath, format="tf_saved_model", verbose=None, input_signature=None, **settings):
        """Keras's `export`, of `call` in float32, for any number of rows.

        `python -m export` writes files that also sample from a seed, and checks them.
        """
        signature = input_signature or self.call_signature()
        keras.Model.export(self.in_float32(), filepath, format, verbose, signature, **settings)

    def call_signature(self):
        """What `call` takes: a list of one structure of `tf.TensorSpec`."""
        raise NotImplementedError
