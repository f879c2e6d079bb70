"""The generative adversarial network."""

import keras
import tensorflow as tf

from zoo import inputs
from zoo.checks import check_augmentation, check_prior, shapes_of, text_of
from zoo.endpoint import Endpoint
from zoo.gan.losses import NonSaturating
from zoo.model import Model
from zoo.numerics import keras_issue_20585, replicas, threefry
from zoo.numerics.precision import as_float32
from zoo.priors import StandardNormal

CHUNK = 16  # images that `sample_chunk` draws
LARGEST_SHARE = 0.1  # of the images seen so far that the average's half-life may be
PARTS = ("generator", "discriminator", "prior", "loss", "penalties", "augmentation", "auxiliary")


@keras.saving.register_keras_serializable("zoo")
class GAN(Model):
    """A generative adversarial network, put together from parts.

    Goodfellow et al. 2014, "Generative adversarial nets". Each training step updates the discriminator
    `discriminator_steps` times, each time on real images of its own, then the generator once. Sampling and exports use
    an exponential moving average of the generator's weights: the players circle around where they meet (Yazici et al.
    2019, "The unusual effectiveness of averaging in GAN training"). That its half-life grows is from the code of Karras
    et al. 2020, "Analyzing and improving the image quality of StyleGAN".

    The data are called images here, [n, h, w, c] in [0, 1], but may have any number of axes, and another range.

    Args:
        generator: Keras model with a `keras.Input`, latents [n, latent_dim] -> images [n, h, w, c] in [0, 1]. With
            `classes` its inputs are [latents, labels], labels int32 [n].
        discriminator: Keras model with a `keras.Input`, images -> logits [n, 1] of "real"; or [images, labels] ->
            logits; with `auxiliary` its outputs are [logits, what `auxiliary` wants].
        prior: p(z), see `zoo.priors`; the standard normal unless given.
        loss: see `zoo.losses`; non-saturating unless given.
        penalties: see `zoo.penalties`; a sequence.
        augmentation: see `zoo.augmentation`; what both kinds of images go through before the discriminator.
        auxiliary: see `zoo.auxiliary`; a second task, for class labels or latent codes.
        num_classes: how many labels there are for a conditional generator.
        discriminator_steps: updates of the discriminator for one of the generator, each with its part of a batch of
            `fit`; a batch of fewer images, as the last of an epoch may be, is gone through again.
        ema_halflife: images after which a weight counts half in the average; until ten times as many are seen, a
            tenth of those.
        seed: the random numbers of step t of a training depend on `(seed, t)` alone.
        value_range: the least and the largest number of the data, which are refused outside of it.

    Raises:
        ValueError: the parts don't fit together; one line.

    Example:

    >>> generator = zoo.networks.dcgan.generator([28, 28, 1], latent_dim=32)
    >>> gan = GAN(generator, zoo.networks.dcgan.discriminator([28, 28, 1]), penalties=[zoo.penalties.R1()])
    >>> gan.compile(keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5))
    >>> history = gan.fit(images, batch_size=64)
    >>> gan.sample(seed=[0, 1], index=range(16)).shape
    TensorShape([16, 28, 28, 1])
    """

    def __init__(
        self,
        generator,
        discriminator,
        prior=None,
        loss=None,
        penalties=(),
        augmentation=None,
        auxiliary=None,
        num_classes=None,
        discriminator_steps=1,
        ema_halflife=50_000,
        seed=0,
        value_range=(0.0, 1.0),
        **kwargs,
    ):
        super().__init__(**kwargs)
        (latents, *_), (images,) = shapes_of("generator", generator, inputs=(1, 2))
        (judged, *_), (logits, *_) = shapes_of("discriminator", discriminator, inputs=(1, 2), outputs=(1, 2))
        if len(latents) != 1:
            raise ValueError(f"generator: expected latents of shape [n, latent_dim]; got {text_of(latents)}.")
        if len(generator.inputs) != (2 if num_classes else 1):
            wanted = (
                "[latents, labels], because of classes" if num_classes else "latents alone, as there are no classes"
            )
            raise ValueError(f"generator: expected the inputs {wanted}; got {len(generator.inputs)} inputs.")
        if len(discriminator.inputs) == 2 and not num_classes:
            raise ValueError("discriminator: expected images alone, as there are no classes; got 2 inputs.")
        if images != judged:
            raise ValueError(
                f"discriminator: expected images of the generator's size {text_of(images)}; got {text_of(judged)}."
            )
        if logits != (1,):
            raise ValueError(f"discriminator: expected logits of shape [n, 1]; got {text_of(logits)}.")
        if len(discriminator.outputs) != (2 if auxiliary else 1):
            raise ValueError(
                f"discriminator: expected {'logits and an output for auxiliary' if auxiliary else 'logits alone'}; got "
                f"{len(discriminator.outputs)} outputs."
            )
        if discriminator_steps < 1:
            raise ValueError(f"discriminator_steps: expected at least 1; got {discriminator_steps}.")
        if ema_halflife <= 0:
            raise ValueError(f"ema_halflife: expected a positive number of images; got {ema_halflife}.")
        if not isinstance(penalties, list | tuple):
            raise ValueError(
                f"penalties: expected a list, [zoo.penalties.R1()] for one; got {type(penalties).__name__}."
            )
        if not value_range[0] < value_range[1]:
            raise ValueError(f"value_range: expected the least and the largest number; got {tuple(value_range)}.")
        check_augmentation(augmentation, inputs.Data(images, value_range))
        self.generator, self.discriminator = generator, discriminator
        (self.latent_dim,) = latents
        self.prior = prior or StandardNormal(self.latent_dim)
        check_prior(self.prior, self.latent_dim)
        self.loss_function = loss or NonSaturating()
        self.penalties, self.augmentation, self.auxiliary = list(penalties), augmentation, auxiliary
        self.num_classes, self.discriminator_steps = num_classes, discriminator_steps
        self.ema_halflife, self.seed, self.value_range = ema_halflife, seed, tuple(value_range)
        self.generator_ema = type(generator).from_config(generator.get_config())
        self.generator_ema.set_weights(generator.get_weights())
        self.generator_ema.trainable = False
        # A bound method, so that Keras does not take a copy for a part of the model. It is called with the weights of
        # the discriminator itself.
        self.discriminate_in_float32 = as_float32(discriminator).stateless_call
        names = ("generator_loss", "discriminator_loss", "real_probability", "fake_probability")
        self.trackers = [keras.metrics.Mean(name) for name in names]
        self.built = True
        keras_issue_20585.mend(self)

    @property
    def image_shape(self):
        """(h, w, c) of the images."""
        return self.generator.output_shape[1:]

    @property
    def data(self):
        """What the model takes: a `zoo.inputs.Data`."""
        return inputs.Data(self.image_shape, self.value_range)

    @property
    def labels(self):
        """The labels that it takes, a `zoo.inputs.Labels`; None without classes."""
        return inputs.Labels(self.num_classes) if self.num_classes else None

    # -- the two players ----------------------------------------------------------------------------------------

    def generate_with(self, generator, latents, labels=None, training=False):
        """Images [n, h, w, c] of one of the model's generators; labels int32 [n] where there are classes."""
        return tf.cast(generator([latents, labels] if self.num_classes else latents, training=training), tf.float32)

    def judge(self, images, labels=None, training=False):
        """Images [n, h, w, c] -> (logits [n], the output for `auxiliary` or None)."""
        outputs = self.discriminator(self._with_labels(images, labels), training=training)
        logits, auxiliary = outputs if self.auxiliary else (outputs, None)
        return tf.cast(tf.squeeze(logits, -1), tf.float32), tf.cast(auxiliary, tf.float32) if self.auxiliary else None

    def _critic(self, labels):
        """The discriminator as a function of images alone, in float32 and without a trace on its state."""
        trainable = [variable.value for variable in self.discriminator.trainable_variables]
        others = [variable.value for variable in self.discriminator.non_trainable_variables]

        def critic(images):
            outputs, _ = self.discriminate_in_float32(trainable, others, self._with_labels(images, labels))
            return tf.squeeze(outputs[0] if self.auxiliary else outputs, -1)

        return critic

    def _with_labels(self, images, labels):
        return [images, labels] if len(self.discriminator.inputs) == 2 else images

    def call(self, latents, training=False):
        """Latents [n, latent_dim] (with classes: [latents, labels]) -> images of the averaged generator.

        Where a label is not one of the classes, they are NaN.
        """
        return self._drawn(*latents) if self.num_classes else self._drawn(latents)

    def predict(self, x, batch_size=None, **settings):
        """Keras's `predict`, of `call`: x is latents (with classes: [latents, labels])."""
        return keras.Model.predict(self, x, batch_size, **settings)

    def predict_on_batch(self, x):
        """Keras's `predict_on_batch`, of `call`: x is latents (with classes: [latents, labels])."""
        return keras.Model.predict_on_batch(self, x)

    def call_signature(self):
        names = ("latents", "labels") if self.num_classes else ("latents",)
        specs = [tf.TensorSpec([None, *x.shape[1:]], x.dtype, name) for x, name in zip(self.generator.inputs, names)]
        return [specs] if self.num_classes else specs

    # -- training -----------------------------------------------------------------------------------------------

    def compile(self, generator_optimizer, discriminator_optimizer, **kwargs):
        """Configures the training.

        Args:
            generator_optimizer: is also the model's `optimizer`, whose `iterations` count the training's steps.
            discriminator_optimizer: another one.
            **kwargs: those of `keras.Model.compile` but for losses and metrics, e.g. `steps_per_execution` and
                `jit_compile`.

        Raises:
            ValueError: both are the same optimizer, or a loss or metrics are given.
        """
        generator_optimizer, discriminator_optimizer = map(
            keras.optimizers.get, (generator_optimizer, discriminator_optimizer)
        )
        if generator_optimizer is discriminator_optimizer:
            raise ValueError("discriminator_optimizer: expected an optimizer of its own; got the generator's.")
        super().compile(generator_optimizer, **kwargs)
        self.discriminator_optimizer = discriminator_optimizer

    def get_compile_config(self):
        if not self.compiled:
            return None
        optimizers = {"generator": self.optimizer, "discriminator": self.discriminator_optimizer}
        return {
            **{f"{player}_optimizer": keras.saving.serialize_keras_object(o) for player, o in optimizers.items()},
            "steps_per_execution": self.steps_per_execution,
            "jit_compile": self.jit_compile,
        }

    def build_optimizers(self):
        self.optimizer.build(self.generator.trainable_variables)
        self.discriminator_optimizer.build(self.discriminator.trainable_variables)

    def fit(self, x=None, y=None, batch_size=None, epochs=1, **settings):
        """Keras's `fit`.

        Raises:
            ValueError: as `zoo.VAE.fit`; or one of the callbacks is Keras's for learning rates, which knows one
                optimizer only.
        """
        callbacks = settings.get("callbacks") or []
        callbacks = getattr(callbacks, "callbacks", callbacks)  # of a `keras.callbacks.CallbackList`
        for callback in callbacks if isinstance(callbacks, list | tuple) else [callbacks]:
            if isinstance(callback, keras.callbacks.LearningRateScheduler | keras.callbacks.ReduceLROnPlateau):
                raise ValueError(
                    f"callbacks: expected none for learning rates, as {type(callback).__name__} would move the "
                    "generator's alone; give both optimizers one of keras.optimizers.schedules."
                )
        return super().fit(x, y, batch_size, epochs, **settings)

    def train_step(self, data):
        images, labels = self.unpacked(data)
        count = tf.shape(images)[0]
        if self.discriminator_steps > 1:
            images, labels = self._enough(images), self._enough(labels) if self.num_classes else None
        seeds = tf.unstack(self._seeds(self.optimizer.iterations, training=True, count=2 * self.discriminator_steps))
        # In strides, so that each discriminator step sees the same images on any number of replicas.
        parts = [slice(start, None, self.discriminator_steps) for start in range(self.discriminator_steps)]
        batches = [images[part] for part in parts]
        label_batches = [labels[part] if self.num_classes else None for part in parts]
        *earlier, (real, labels) = zip(batches, label_batches)
        for real_batch, label_batch in earlier:
            latents = self._latents(tf.shape(real_batch)[0], seeds.pop())
            fake = self.generate_with(self.generator, latents, label_batch, training=True)
            self._train_discriminator(real_batch, fake, label_batch, latents, seeds.pop())

        # The last images that the discriminator learns from are those that the generator learns from.
        latents = self._latents(tf.shape(real)[0], seeds.pop())
        seed = seeds.pop()
        with tf.GradientTape() as tape:
            fake = self.generate_with(self.generator, latents, labels, training=True)
            with tape.stop_recording():
                self._train_discriminator(real, fake, labels, latents, seed)
            loss = self._generator_loss(real, fake, labels, latents, seed)
            scaled_loss = self.optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        self._update_average(count)
        self.trackers[0].update_state(loss)
        return self._results()

    def _enough(self, rows):
        """The rows of a batch, from the first one on again until each of the discriminator's updates has one."""
        count = tf.shape(rows)[0]
        return tf.gather(rows, tf.range(tf.maximum(count, self.discriminator_steps)) % count)

    def _train_discriminator(self, real, fake, labels, latents, seed):
        with tf.GradientTape() as tape:
            loss, real_logits, fake_logits = self._discriminator_loss(real, fake, labels, latents, seed, training=True)
            optimizer = self.discriminator_optimizer
            scaled_loss = optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        variables = self.discriminator.trainable_variables
        optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        if self.augmentation:
            self.augmentation.adapt(real_logits, fake_logits)
        values = (loss, tf.sigmoid(real_logits), tf.sigmoid(fake_logits))
        for tracker, value in zip(self.trackers[1:], values):
            tracker.update_state(value)

    def _discriminator_loss(self, real, fake, labels, latents, seed, training):
        # One pass over both kinds of images takes less time than two.
        images = tf.concat(self._augmented(real, fake, seed), axis=0)
        both_labels = tf.concat([labels, labels], axis=0) if self.num_classes else None
        logits, outputs = self.judge(images, both_labels, training)
        real_logits, fake_logits = tf.split(logits, 2)
        loss = self.loss_function.discriminator(real_logits, fake_logits)
        if self.auxiliary:
            loss += self.auxiliary.discriminator_loss(*tf.split(outputs, 2), labels, latents)
        if training and self.penalties:
            real, fake = tf.split(images, 2)
            for penalty in self.penalties:
                loss += self._lazily(penalty, self._critic(labels), penalty.points(real, fake, seed))
        return loss, real_logits, fake_logits

    def _lazily(self, penalty, critic, points):
        if penalty.every == 1:
            return penalty(critic, points)
        due = self.discriminator_optimizer.iterations % penalty.every == 0
        return tf.cond(due, lambda: penalty.every * penalty(critic, points), lambda: 0.0)

    def _generator_loss(self, real, fake, labels, latents, seed):
        real, fake = self._augmented(real, fake, seed)
        fake_logits, outputs = self.judge(fake, labels)
        # Most losses don't look at the real logits; TensorFlow then leaves this pass out.
        real_logits, _ = self.judge(real, labels)
        loss = self.loss_function.generator(real_logits, fake_logits)
        return loss + self.auxiliary.generator_loss(outputs, labels, latents) if self.auxiliary else loss

    def test_step(self, data):
        images, labels = self.unpacked(data)
        seed = self._seeds(self.trackers[0].count, training=False, count=1)[0]
        latents = self._latents(tf.shape(images)[0], seed)
        fake = self.generate_with(self.generator_ema, latents, labels)
        loss, real_logits, fake_logits = self._discriminator_loss(images, fake, labels, latents, seed, training=False)
        values = (self._generator_loss(images, fake, labels, latents, seed), loss)
        for tracker, value in zip(self.trackers, (*values, tf.sigmoid(real_logits), tf.sigmoid(fake_logits))):
            tracker.update_state(value)
        return self._results()

    def _results(self):
        results = self.get_metrics_result()
        if hasattr(self.augmentation, "probability"):
            results["augmentation"] = self.augmentation.probability.value
        return results

    def _seeds(self, step, training, count):
        seed = tf.random.fold_in([self.seed, int(training)], tf.cast(step, tf.int32))
        return tf.random.split(seed, count)

    def _latents(self, count, seed):
        total, mine = replicas.rows(count)
        return self.prior.from_noise(tf.random.stateless_normal([total, self.latent_dim], seed)[mine])

    def _augmented(self, real, fake, seed):
        if not self.augmentation:
            return real, fake
        return self.augmentation(real, seed), self.augmentation(fake, tf.random.fold_in(seed, 1))

    def _update_average(self, images):
        images = tf.cast(images * self.distribute_strategy.num_replicas_in_sync, tf.float32)
        seen = images * tf.cast(self.optimizer.iterations, tf.float32)
        # At first the weights are on their way to somewhere else.
        keep = tf.pow(0.5, images / tf.minimum(LARGEST_SHARE * seen, self.ema_halflife))
        averages, weights = self.generator_ema.weights, self.generator.weights
        # Also the statistics of normalization: those of the newest weights don't fit the average.
        replicas.assign(averages, [keep * a + (1.0 - keep) * w for a, w in zip(averages, weights)])

    # -- what an export offers ----------------------------------------------------------------------------------

    def sample(self, seed, index, truncation=1.0, labels=None):
        """Draws images; row i depends on `(seed, index[i], truncation, labels[i])` alone, in every runtime.

        Args:
            seed: int32 [2].
            index: int32 [n]; which samples of the seed's endless sequence.
            truncation: scales the noise; 1 samples the model, less gives more typical images.
            labels: int32 [n] where there are classes.

        Returns:
            float32 [n, h, w, c] in [0, 1].

        Raises:
            ValueError: a label is missing or not one of the classes. In an export, such images are NaN all over.
        """
        seed, index = tf.convert_to_tensor(seed, tf.int32), tf.convert_to_tensor(index, tf.int32)
        noise = threefry.normals(seed, index, self.latent_dim)
        return self.generate(self.prior.from_noise(truncation * noise), labels)

    def generate(self, latents, labels=None):
        """Latents [n, latent_dim], labels int32 [n] where there are classes -> images [n, h, w, c] in [0, 1].

        Raises:
            ValueError: as `sample`.
        """
        latents = tf.convert_to_tensor(latents, tf.float32)
        if self.num_classes:
            labels = inputs.taken(self.labels, "labels", labels)
        elif labels is not None:
            raise ValueError(f"labels: expected none, as the model has no classes; got {labels}.")
        return self._drawn(latents, labels)

    def _drawn(self, latents, labels=None):
        """Images of the averaged generator; NaN where a label is not one of the classes."""
        if not self.num_classes:
            return self.generate_with(self.generator_ema, latents)
        images = self.generate_with(self.generator_ema, latents, tf.clip_by_value(labels, 0, self.num_classes - 1))
        fitting = tf.logical_and(labels >= 0, labels < self.num_classes)
        return tf.where(tf.reshape(fitting, [-1] + [1] * len(self.image_shape)), images, float("nan"))

    def score(self, images, labels=None):
        """Images [n, h, w, c] in [0, 1] -> the discriminator's (logits [n], probabilities of "real" [n]).

        Raises:
            ValueError: images of another shape, type or range, which in an export is not looked at; a label, int32 [n],
                is missing where the discriminator wants them, or not one of the classes.
        """
        images = inputs.taken(self.data, "images", images)
        labels = inputs.taken(self.labels, "labels", labels) if len(self.discriminator.inputs) == 2 else None
        logits, _ = self.judge(images, labels)
        return logits, tf.sigmoid(logits)

    def sample_chunk(self, seed, start, truncation=1.0, label=None):
        """`sample(seed, [start, ..., start + 15], ...)`: every shape static, for runtimes that want that.

        With classes, all images are of one: label int32 [1].
        """
        labels = tf.broadcast_to(label, [CHUNK]) if self.num_classes else None
        images = self.sample(seed, start + tf.range(CHUNK), truncation, labels)
        return tf.ensure_shape(images, [CHUNK, *self.image_shape])

    def endpoints(self):
        """What an export of this model offers, by name."""
        images = tf.TensorSpec([None, *self.image_shape], tf.float32, "images")
        latents = tf.TensorSpec([None, self.latent_dim], tf.float32, "latents")
        seed = tf.TensorSpec([2], tf.int32, "seed")
        index = tf.TensorSpec([None], tf.int32, "index")
        truncation = tf.TensorSpec([], tf.float32, "truncation")
        start = tf.TensorSpec([1], tf.int32, "start")
        labels = [tf.TensorSpec([None], tf.int32, "labels")] if self.num_classes else []
        label = [tf.TensorSpec([1], tf.int32, "label")] if self.num_classes else []
        judged_labels = labels if len(self.discriminator.inputs) == 2 else []
        return {
            "sample": Endpoint(self.sample, [seed, index, truncation, *labels], ["images"]),
            "sample_chunk": Endpoint(self.sample_chunk, [seed, start, truncation, *label], ["images"]),
            "generate": Endpoint(self.generate, [latents, *labels], ["images"]),
            "score": Endpoint(self.score, [images, *judged_labels], ["logit", "probability"], file="discriminator"),
        }

    def examples(self, images=None):
        """Inputs for every argument of every endpoint, to try an export with; `images` are sampled unless given."""
        labels = [i % self.num_classes for i in range(8)] if self.num_classes else None
        if images is None:  # a generator may leave the range of the data, which `score` wants them to lie in
            images = tf.clip_by_value(self.sample([0, 0], range(8), labels=labels), *self.value_range)
        return {
            "images": images,
            "latents": self.prior.from_noise(threefry.normals(tf.constant([3, 4]), tf.range(8), self.latent_dim)),
            "seed": [20261122, -7],
            "index": [0, 1, 2, 3, 1000, 2**31 - 1, -1, -(2**31)],
            "truncation": 0.8,
            "start": [40],
            "labels": labels,
            "label": [self.num_classes - 1] if self.num_classes else None,
        }

    # -- saving -------------------------------------------------------------------------------------------------

    def get_config(self):
        parts = {name: keras.saving.serialize_keras_object(part) for name, part in self._parts().items()}
        names = ("num_classes", "discriminator_steps", "ema_halflife", "seed", "value_range")
        return {**super().get_config(), **parts, **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        objects = {name: keras.saving.deserialize_keras_object(config[name], custom_objects) for name in PARTS}
        return cls(**{**config, **objects})

    def _parts(self):
        return {name: self.loss_function if name == "loss" else getattr(self, name) for name in PARTS}
