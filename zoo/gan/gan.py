"""The generative adversarial network."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
import tensorflow as tf

from zoo import inputs
from zoo.augmentation import Augmentation
from zoo.checks import check_augmentation, check_prior
from zoo.endpoint import Endpoint
from zoo.gan import players
from zoo.gan.auxiliary import AuxiliaryTask
from zoo.gan.losses import AdversarialLoss, NonSaturating
from zoo.gan.penalties import Penalty
from zoo.gan.relaxations import Relaxation
from zoo.generative import GenerativeModel, check_domain
from zoo.numerics import replicas
from zoo.numerics.precision import in_float32
from zoo.part import saved
from zoo.priors import Prior, StandardNormalPrior

LARGEST_SHARE = 0.1  # of the data seen so far that the average's half-life may be


@keras.saving.register_keras_serializable("zoo")
class GAN(GenerativeModel):
    """A generative adversarial network, put together from parts.

    Goodfellow et al. 2014, "Generative adversarial nets". Each training step updates the discriminator
    `discriminator_steps` times, each time on real data of its own, then the generator once. Sampling and exports use
    an exponential moving average of the generator's weights, `generator_ema`: the players circle around where they meet
    (Yazici et al. 2019, "The unusual effectiveness of averaging in GAN training"). That its half-life grows is from the
    code of Karras et al. 2020, "Analyzing and improving the image quality of StyleGAN".

    The data, x [n, ...], may have any number of axes. What they are, the discriminator's own `keras.Input` says by its
    shape and its name. So is a condition y [n, ...], labels or others, that comes beside the data: the second input of
    the generator and, if it is to know it, of the discriminator.

    Args:
        generator: Keras model with a `keras.Input`, latents [n, latent_dim], or [latents, y] -> x.
        discriminator: Keras model with a `keras.Input`, x or [x, y] -> logits [n, 1] of "real"; with `auxiliary` its
            outputs are [logits, what `auxiliary` needs]. None for a GAN that only samples, see `averaged`: what its
            data are called, the domain says.
        prior: p(z), see `zoo.priors`; the standard normal unless given.
        loss: see `zoo.losses`; non-saturating unless given.
        penalties: see `zoo.penalties`; a sequence.
        augmentation: see `zoo.augmentation`; what both kinds of data go through before the discriminator.
        auxiliary: see `zoo.auxiliary`; a second task, for class labels or latent codes.
        relaxation: see `zoo.relaxations`: for data of whole numbers, int32 [n, ...]; the generator gives logits
            [n, ..., classes], and the discriminator's input has that shape. None for data of real numbers.
        num_classes: how many values, from 0 on, the whole numbers of the condition have; None without a condition of
            such.
        discriminator_steps: updates of the discriminator for one of the generator, each with its part of a batch of
            `fit`; a batch of fewer items, as the last of an epoch may be, is gone through again.
        ema_halflife: items of data after which a weight counts half in the average; until ten times as many are seen, a
            tenth of those. None: no average is kept, and sampling uses the generator itself.
        imitation: weight, in the generator's loss, of the negative log-probability of the data, nats per item, in the
            mean; for a generator whose last layer is a `zoo.sequential.SequentialChoices`. So it learns each step from
            real steps before, and of the discriminator how its own steps go together: Lamb et al. 2016, "Professor
            forcing", equation 4. Deviation: the discriminator sees the data, not the states of the generator.
        seed: fixes the random numbers of a training; see `zoo.model.Model`.
        value_range: the least and the largest number of the data, which are refused outside of it.
        domain: see `zoo.domains`: what the data are of; saved and exported with the model.
        condition_values: the whole numbers that the condition may have, rising, in place of `num_classes` where they do
            not begin at 0 or have gaps: [-2, -1, 60, 62].

    Raises:
        ValueError: the parts don't fit together; one line.

    Example:

    >>> generator = zoo.networks.dcgan.generator([28, 28, 1], latent_dim=32)
    >>> gan = zoo.GAN(generator, zoo.networks.dcgan.discriminator([28, 28, 1]), penalties=[zoo.penalties.R1()])
    >>> gan.compile(keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5))
    >>> history = gan.fit(digits, batch_size=64, verbose=0)  # float32 [n, 28, 28, 1] in [0, 1]
    >>> gan.sample(16, seed=0).shape
    TensorShape([16, 28, 28, 1])
    """

    renamed: ClassVar[dict[str, str]] = {"classes": "num_classes", "average_halflife": "ema_halflife"}

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model | None,
        prior: Prior | None = None,
        loss: AdversarialLoss | None = None,
        penalties: Sequence[Penalty] = (),
        augmentation: Augmentation | None = None,
        auxiliary: AuxiliaryTask | None = None,
        relaxation: Relaxation | None = None,
        num_classes: int | None = None,
        discriminator_steps: int = 1,
        ema_halflife: float | None = 50_000,
        imitation: float = 0.0,
        seed: int = 0,
        value_range: tuple[float, float] = (0.0, 1.0),
        domain=None,
        condition_values: Sequence[int] | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        num_auxiliary = auxiliary.num_outputs if auxiliary else 0
        condition = (num_classes, condition_values)
        self.latent_dim, self.condition = players.checked(generator, discriminator, condition, num_auxiliary)
        if discriminator_steps < 1:
            raise ValueError(f"discriminator_steps: expected at least 1; got {discriminator_steps}.")
        if ema_halflife is not None and ema_halflife <= 0:
            raise ValueError(f"ema_halflife: expected a positive number, or None; got {ema_halflife}.")
        if not isinstance(penalties, list | tuple):
            raise ValueError(f"penalties: expected a list, [zoo.penalties.R1()]; got {type(penalties).__name__}.")
        if not value_range[0] < value_range[1]:
            raise ValueError(f"value_range: expected the least and the largest number; got {tuple(value_range)}.")
        players.check_relaxation(relaxation, generator)
        players.check_imitation(imitation, generator)
        self.generator, self.discriminator, self.relaxation = generator, discriminator, relaxation
        self.value_range = relaxation.alphabet.value_range if relaxation else tuple(value_range)
        self.domain = domain  # before it is asked what the data are called
        check_augmentation(augmentation, self.datum)
        check_domain(domain, self.datum)
        self.prior = prior or StandardNormalPrior(self.latent_dim)
        check_prior(self.prior, self.latent_dim)
        if self.prior.conditional:
            raise ValueError("prior: expected one that is told no condition, as a GAN's generator is; got p(z|y).")
        self.loss_function = loss or NonSaturating()
        self.penalties, self.augmentation, self.auxiliary = list(penalties), augmentation, auxiliary
        self.num_classes, self.discriminator_steps = num_classes, discriminator_steps
        self.condition_values = None if condition_values is None else tuple(map(int, condition_values))
        self.ema_halflife, self.imitation, self.seed = ema_halflife, imitation, seed
        self.generator_ema = generator if ema_halflife is None else players.copy_of(generator)
        self.critic = None if discriminator is None else players.Critic(discriminator)
        names = ("generator_loss", "discriminator_loss", "real_probability", "fake_probability")
        self._ready(*map(keras.metrics.Mean, names))

    @property
    def datum(self) -> inputs.Data:
        if self.discriminator is None:
            data = inputs.declared(
                self.generator.outputs[0], self.value_range, self.domain.datum if self.domain else "data"
            )
        else:
            data = inputs.declared(self.discriminator.inputs[0], self.value_range)
        return inputs.of_values(data, self.relaxation.values) if self.relaxation else data

    @property
    def averaged_generator(self):
        """The name that `generator_ema` has in files, where attributes are found in the order of the alphabet."""
        return self.generator_ema

    # -- the two players ----------------------------------------------------------------------------------------

    def generate_with(self, generator, latents, condition=None, training=False) -> tf.Tensor:
        """What one of the model's generators gives, [n, ...]: data, or with `relaxation` logits of their classes."""
        known = latents if condition is None else [latents, condition]
        return tf.cast(generator(known, training=training), tf.float32)

    def discriminate(self, data, condition=None, training=False) -> tuple[tf.Tensor, tf.Tensor | None]:
        """Data as the discriminator sees them, [n, ...] -> (logits [n], the output for `auxiliary` or None)."""
        known = [data, condition] if len(self.discriminator.inputs) == 2 else data
        outputs = self.discriminator(known, training=training)
        logits, auxiliary = outputs if self.auxiliary else (outputs, None)
        return tf.cast(tf.squeeze(logits, -1), tf.float32), tf.cast(auxiliary, tf.float32) if self.auxiliary else None

    def made_of(self, latents, condition=None, choices=None, temperature=1.0):
        """See `zoo.generative.GenerativeModel`; by the averaged generator."""
        made = self.generate_with(self.generator_ema, latents, condition)
        return self.relaxation.chosen(made) if self.relaxation else made

    def _generated(self, generator, latents, condition, training=False):
        """Generated data as the discriminator sees them."""
        made = self.generate_with(generator, latents, condition, training)
        return self.relaxation.relaxed(made) if self.relaxation else made

    def _seen(self, data):
        """Data as the discriminator sees them."""
        return self.relaxation.embedded(data) if self.relaxation else data

    def call(self, inputs, training=False):
        """Latents [n, latent_dim], or [latents, condition] where there is one -> data of the averaged generator.

        Where the condition has a whole number that it may not have, they are NaN, or the least of int32.
        """
        latents, condition = inputs if self.condition else (inputs, None)
        return self._marked(self.made_of(latents, self._known(condition)), condition)

    def predict(self, x, batch_size=None, **settings):
        """Keras's `predict`, of `call`: x is latents, or [latents, condition]."""
        return keras.Model.predict(self, x, batch_size, **settings)

    def predict_on_batch(self, x):
        """Keras's `predict_on_batch`, of `call`: x is latents, or [latents, condition]."""
        return keras.Model.predict_on_batch(self, x)

    def call_signature(self):
        specs = [tf.TensorSpec([None, self.latent_dim], tf.float32, "latents"), *self._specs(self.condition)]
        return [specs] if self.condition else specs

    # -- training -----------------------------------------------------------------------------------------------

    def compile(self, generator_optimizer, discriminator_optimizer, **kwargs):
        """Configures the training.

        Args:
            generator_optimizer: is also the model's `optimizer`, whose `iterations` count the training's steps.
            discriminator_optimizer: another one.
            **kwargs: those of `keras.Model.compile` but for losses and metrics, e.g. `steps_per_execution` and
                `jit_compile`.

        Raises:
            ValueError: both are the same optimizer, a loss or metrics are given, or there is no discriminator.
        """
        if self.discriminator is None:
            raise ValueError("discriminator: expected one to train with; this GAN has none, as it only samples.")
        generator_optimizer, discriminator_optimizer = map(
            keras.optimizers.get, (generator_optimizer, discriminator_optimizer)
        )
        if generator_optimizer is discriminator_optimizer:
            raise ValueError("discriminator_optimizer: expected an optimizer of its own; got the generator's.")
        self.discriminator_optimizer = discriminator_optimizer
        super().compile(generator_optimizer, **kwargs)

    def get_compile_config(self):
        if not self.compiled:
            return None
        self.build_optimizers()
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
        x, y = self.unpacked(data)
        x, count = self._seen(x), tf.shape(x)[0]
        if self.discriminator_steps > 1:
            x, y = self._enough(x), self._enough(y)
        seeds = tf.unstack(self._seeds(self.optimizer.iterations, training=True, count=2 * self.discriminator_steps))
        # In strides, so that each discriminator step sees the same data on any number of replicas.
        parts = [slice(start, None, self.discriminator_steps) for start in range(self.discriminator_steps)]
        *earlier, (real, y) = [(x[part], None if y is None else y[part]) for part in parts]
        for real_part, y_part in earlier:
            latents = self._latents(tf.shape(real_part)[0], seeds.pop())
            fake = self._generated(self.generator, latents, y_part, training=True)
            self._train_discriminator(real_part, fake, y_part, latents, seeds.pop())

        # The last data that the discriminator learns from are those that the generator learns from.
        latents = self._latents(tf.shape(real)[0], seeds.pop())
        seed = seeds.pop()
        with tf.GradientTape() as tape:
            fake = self._generated(self.generator, latents, y, training=True)
            with tape.stop_recording():
                self._train_discriminator(real, fake, y, latents, seed)
            loss = self._generator_loss(self.generator, real, fake, y, latents, seed)
            scaled_loss = self.optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        variables = self.generator.trainable_variables
        self.optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        self._update_average(count)
        self.trackers[0].update_state(loss)
        return self._results()

    def _enough(self, rows):
        """The rows of a batch, from the first one on again until each of the discriminator's updates has one."""
        if rows is None:
            return None
        count = tf.shape(rows)[0]
        return tf.gather(rows, tf.range(tf.maximum(count, self.discriminator_steps)) % count)

    def _train_discriminator(self, real, fake, y, latents, seed):
        with tf.GradientTape() as tape:
            loss, real_logits, fake_logits = self._discriminator_loss(real, fake, y, latents, seed, training=True)
            optimizer = self.discriminator_optimizer
            scaled_loss = optimizer.scale_loss(loss / self.distribute_strategy.num_replicas_in_sync)
        variables = self.discriminator.trainable_variables
        optimizer.apply(tape.gradient(scaled_loss, variables), variables)
        if self.augmentation:
            self.augmentation.adapt(real_logits, fake_logits)
        values = (loss, tf.sigmoid(real_logits), tf.sigmoid(fake_logits))
        for tracker, value in zip(self.trackers[1:], values):
            tracker.update_state(value)

    def _discriminator_loss(self, real, fake, y, latents, seed, training):
        # One pass over both kinds of data takes less time than two.
        both = tf.concat(self._augmented(real, fake, seed), axis=0)
        logits, outputs = self.discriminate(both, None if y is None else tf.concat([y, y], axis=0), training)
        real_logits, fake_logits = tf.split(logits, 2)
        loss = self.loss_function.discriminator(real_logits, fake_logits)
        if self.auxiliary:
            loss += self.auxiliary.discriminator_loss(*tf.split(outputs, 2), y, latents)
        if training and self.penalties:
            real, fake = tf.split(both, 2)
            for penalty in self.penalties:
                loss += self._lazily(penalty, self.critic.given(y), penalty.points(real, fake, seed))
        return loss, real_logits, fake_logits

    def _lazily(self, penalty, critic, points):
        if penalty.every == 1:
            return penalty(critic, points)
        due = self.discriminator_optimizer.iterations % penalty.every == 0
        return tf.cond(due, lambda: penalty.every * penalty(critic, points), lambda: 0.0)

    def _generator_loss(self, generator, real, fake, y, latents, seed):
        imitation = 0.0
        if self.imitation:
            imitation = -self.imitation * tf.reduce_mean(generator.layers[-1].log_prob(real, y))
        real, fake = self._augmented(real, fake, seed)
        fake_logits, outputs = self.discriminate(fake, y)
        # Most losses don't look at the real logits; TensorFlow then leaves this pass out.
        real_logits, _ = self.discriminate(real, y)
        loss = self.loss_function.generator(real_logits, fake_logits) + imitation
        return loss + self.auxiliary.generator_loss(outputs, y, latents) if self.auxiliary else loss

    def test_step(self, data):
        x, y = self.unpacked(data)
        seed = self._seeds(self.trackers[0].count, training=False, count=1)[0]
        x, latents = self._seen(x), self._latents(tf.shape(x)[0], seed)
        fake = self._generated(self.generator_ema, latents, y)
        loss, real_logits, fake_logits = self._discriminator_loss(x, fake, y, latents, seed, training=False)
        values = (self._generator_loss(self.generator_ema, x, fake, y, latents, seed), loss)
        for tracker, value in zip(self.trackers, (*values, tf.sigmoid(real_logits), tf.sigmoid(fake_logits))):
            tracker.update_state(value)
        return self._results()

    def _results(self):
        return {**self.get_metrics_result(), **(self.augmentation.logs if self.augmentation else {})}

    def _seeds(self, step, training, count):
        seed = tf.random.fold_in([self.seed, int(training)], tf.cast(step, tf.int32))
        return tf.random.split(seed, count)

    def _latents(self, count, seed):
        total, mine = replicas.rows(count)
        return self.prior.from_noise(self.prior.noise.drawn([total], seed)[mine])

    def _augmented(self, real, fake, seed):
        if not self.augmentation:
            return real, fake
        return self.augmentation(real, seed), self.augmentation(fake, tf.random.fold_in(seed, 1))

    def _update_average(self, count):
        if self.ema_halflife is None:
            return
        count = tf.cast(count * self.distribute_strategy.num_replicas_in_sync, tf.float32)
        seen = count * tf.cast(self.optimizer.iterations, tf.float32)
        # At first the weights are on their way to somewhere else.
        keep = tf.pow(0.5, count / tf.minimum(LARGEST_SHARE * seen, self.ema_halflife))
        averages, weights = self.generator_ema.weights, self.generator.weights
        # Also the statistics of normalization: those of the newest weights don't fit the average.
        replicas.assign(averages, [keep * a + (1.0 - keep) * w for a, w in zip(averages, weights)])

    def take_over(self, other):
        """See `zoo.model.Model`; both of this model's generators begin as the other's average."""
        taken = super().take_over(other)
        self.generator.set_weights(self.generator_ema.get_weights())
        return taken

    def learned_parts(self):
        parts = {**super().learned_parts(), "generator": self.generator_ema}
        # How much an augmentation has to do depends on the data.
        return {name: part for name, part in parts.items() if part is not self.augmentation}

    # -- what an export offers ----------------------------------------------------------------------------------

    def generate(self, latents, **condition) -> tf.Tensor:
        """Latents [n, latent_dim], the condition by its name if there is one -> data [n, ...].

        Raises:
            ValueError: as `sample`, and in an export as there.
        """
        latents = tf.convert_to_tensor(latents, tf.float32)
        condition = self._given(condition, self.condition, latents.shape[0])
        return self._marked(self.made_of(latents, self._known(condition)), condition)

    def score(self, data, **condition) -> tuple[tf.Tensor, tf.Tensor]:
        """Data [n, ...] -> the discriminator's (logits [n], probabilities of "real" [n]); the condition if it knows it.

        Raises:
            ValueError: data of another shape, type or range, which in an export is not looked at; or the condition is
                missing, or none that the model knows; or there is no discriminator.
        """
        if self.discriminator is None:
            raise ValueError("discriminator: expected one to score data with; this GAN has none, as it only samples.")
        data = inputs.taken(self.datum, self.datum.name, data)
        condition = self._given(condition, self._condition_of_discriminator, data.shape[0])
        logits, _ = self.discriminate(self._seen(data), self._known(condition))
        return logits, tf.sigmoid(logits)

    @property
    def _condition_of_discriminator(self):
        return self.condition if self.discriminator is not None and len(self.discriminator.inputs) == 2 else None

    def _more_endpoints(self):
        latents, data = tf.TensorSpec([None, self.latent_dim], tf.float32, "latents"), self.datum.spec
        condition, judged = self._specs(self.condition), self._specs(self._condition_of_discriminator)
        generate = Endpoint(self._by_place(self.generate, 1), [latents, *condition], [data.name])
        if self.discriminator is None:
            return {"generate": generate}
        score, scores = self._by_place(self.score, 1), ["logit", "probability"]
        return {"generate": generate, "score": Endpoint(score, [data, *judged], scores, file="discriminator")}

    # -- saving -------------------------------------------------------------------------------------------------

    def averaged(self, discriminator: bool = True) -> "GAN":
        """What others need of a trained GAN: its average as the generator, and no second copy of it; in float32.

        It samples as this one does, to the bit. It is not compiled, and what only a training needs is left out where
        the discriminator is.

        Args:
            discriminator: whether the copy has one: to score data, or to be trained on.

        Raises:
            ValueError: one without a discriminator would call its data by another name; give the GAN a domain.
        """
        whole = in_float32(self)
        whole.generator_ema.trainable = True
        game = {
            "loss": whole.loss_function,
            "penalties": whole.penalties,
            "augmentation": whole.augmentation,
            "auxiliary": whole.auxiliary,
            "discriminator_steps": whole.discriminator_steps,
            "imitation": whole.imitation,
        }
        copy = GAN(
            whole.generator_ema,
            whole.discriminator if discriminator else None,
            whole.prior,
            relaxation=whole.relaxation,
            num_classes=whole.num_classes,
            condition_values=whole.condition_values,
            ema_halflife=None,
            seed=whole.seed,
            value_range=whole.value_range,
            domain=whole.domain,
            name=self.name,
            **(game if discriminator else {}),
        )
        if copy.datum.name != self.datum.name:
            raise ValueError(
                f"domain: expected one of {self.datum.name!r}, as without a discriminator nothing else names the data; "
                f"got {copy.datum.name!r}."
            )
        return copy

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "loss": saved("loss", self.loss_function)}  # `loss` itself is Keras's
