"""The variational autoencoder."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from zoo import inputs
from zoo.checks import check_prior, shapes_of, text_of
from zoo.endpoint import Endpoint
from zoo.generative import GenerativeModel, check_domain, check_same_condition, condition_of
from zoo.numerics import philox, replicas
from zoo.numerics.probability import tfd
from zoo.priors import Prior, StandardNormalPrior
from zoo.sequential import SequentialDecoder
from zoo.vae.likelihoods import Bernoulli, Likelihood
from zoo.vae.objectives import ELBO, Draw, Objective
from zoo.vae.posteriors import DiagonalNormal, Posterior


@keras.saving.register_keras_serializable("zoo")
class VAE(GenerativeModel):
    """A variational autoencoder, put together from parts.

    Kingma and Welling 2014, "Auto-encoding variational Bayes". The encoder gives the parameters of the posterior
    q(z|x), the decoder those of p(x|z).

    The data, x [n, ...], may have any number of axes. What they are, the encoder's own `keras.Input` says by its shape,
    its type and its name, and the likelihood by its range. So is a condition y [n, ...], labels or others, that comes
    beside the data: the second input of the decoder and, if it is to know it, of the encoder.

    Args:
        encoder: Keras model with a `keras.Input`, x or [x, y] -> [n, posterior.num_parameters(latent_dim)].
        decoder: Keras model with a `keras.Input`, latents [n, latent_dim] or [latents, y] -> the likelihood's
            parameters [n, *likelihood.parameters_shape(x's)]; or a `zoo.sequential.SequentialDecoder`.
        prior: see `zoo.priors`; the standard normal unless given.
        likelihood: see `zoo.likelihoods`; Bernoulli unless given.
        objective: see `zoo.objectives`; the ELBO unless given.
        posterior: see `zoo.posteriors`; a diagonal normal unless given.
        num_classes: how many values, from 0 on, the whole numbers of the condition have; None without a condition of
            such.
        domain: see `zoo.domains`: what the data are of; saved and exported with the model.
        seed: fixes the random numbers of a training; see `zoo.model.Model`.
        condition_values: the whole numbers that the condition may have, rising, in place of `num_classes` where they do
            not begin at 0 or have gaps: [-2, -1, 60, 62]. A `zoo.sequential.SequentialDecoder` says its own.

    Raises:
        ValueError: the parts don't fit together; one line.

    Example:

    >>> encoder = zoo.networks.dense_encoder([28, 28, 1], num_outputs=2 * 8)
    >>> decoder = zoo.networks.dense_decoder([28, 28, 1], latent_dim=8)
    >>> vae = zoo.VAE(encoder, decoder)
    >>> vae.compile(optimizer=keras.optimizers.Adam(1e-3))
    >>> history = vae.fit(digits, batch_size=128, verbose=0)  # float32 [n, 28, 28, 1], 0 or 1
    >>> vae.sample(16, seed=0).shape
    TensorShape([16, 28, 28, 1])
    """

    def __init__(
        self,
        encoder: keras.Model,
        decoder: keras.Model | SequentialDecoder,
        prior: Prior | None = None,
        likelihood: Likelihood | None = None,
        objective: Objective | None = None,
        posterior: Posterior | None = None,
        num_classes: int | None = None,
        domain=None,
        seed: int = 0,
        condition_values: Sequence[int] | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.likelihood, self.objective = likelihood or Bernoulli(), objective or ELBO()
        self.posterior = posterior or DiagonalNormal()
        self.num_classes, self.domain, self.seed = num_classes, domain, seed
        self.latent_dim = _latent_dim(decoder)
        _check_networks(encoder, decoder, self.likelihood, self.posterior, self.latent_dim)
        self.condition = _condition_of_networks(encoder, decoder, num_classes, condition_values)
        self.condition_values = None if condition_values is None else tuple(map(int, condition_values))
        self.prior = prior or StandardNormalPrior(self.latent_dim)
        check_prior(self.prior, self.latent_dim)
        if not self.prior.has_density:
            raise ValueError(f"prior: expected one with a density; {type(self.prior).__name__} is for sampling only.")
        if self.prior.conditional and self.condition is None:
            raise ValueError("prior: expected one without a network, as the decoder takes no condition; got p(z|y).")
        check_domain(domain, self.datum)
        self._ready(*(keras.metrics.Mean(name) for name in ("loss", "elbo", "reconstruction", "kl")))

    @property
    def datum(self) -> inputs.Data:
        return inputs.declared(self.encoder.inputs[0], self.likelihood.value_range, values=self.likelihood.values)

    # -- the model ----------------------------------------------------------------------------------------------

    def posterior_of(self, data, condition=None, training=False) -> "tfd.Distribution":
        """q(z|x) for data [n, ...]: a `tfd` distribution with batch shape [n], event shape [latent_dim]."""
        data = self.datum.converted(self.datum.name, data)
        known = [self.condition.converted(self.condition.name, condition)] if self._condition_of_encoder else []
        parameters = self.encoder([data, *known] if known else data, training=training)
        return self.posterior.distribution(tf.cast(parameters, tf.float32))

    def draw(self, data, noise, condition=None, training=False, step=None) -> Draw:
        """Draws k latents for each item of the data from its posterior and scores them.

        Args:
            data: [n, ...], of the datum's type and in its range.
            noise: [k, n, latent_dim], standard normal: what the draws are made of.
            condition: [n, ...] where there is one.
            step: of a training.

        Raises:
            ValueError: data of another shape or type.
        """
        data = self.datum.converted(self.datum.name, data)
        condition = self.condition.converted(self.condition.name, condition) if self.condition else None
        posterior = self.posterior_of(data, condition, training)
        prior = self.prior.distribution(*([condition] if self.prior.conditional else []))
        latents = self.posterior.from_noise(posterior, noise)
        k = tf.shape(latents)[0]
        rows = tf.reshape(latents, [-1, self.latent_dim])
        parameters = self._parameters(rows, _repeated(condition, k), training, lambda: _repeated(data, k))
        parameters = tf.reshape(parameters, tf.concat([tf.shape(latents)[:2], parameters.shape[1:]], axis=0))
        log_prior, log_posterior = prior.log_prob(latents), posterior.log_prob(latents)
        try:
            kl = tfd.kl_divergence(posterior, prior)
        except NotImplementedError:  # TFP has no closed form for this pair
            kl = tf.reduce_mean(log_posterior - log_prior, axis=0)
        log_likelihood = self.likelihood.log_prob(parameters, data)
        return Draw(data, latents, posterior, prior, log_likelihood, log_prior, log_posterior, kl, step)

    def call(self, inputs, training=False):
        """Data [n, ...], or [data, condition] where there is one -> their reconstructions, of the posterior's mean."""
        data, condition = inputs if self.condition else (inputs, None)
        data, known = self.datum.converted(self.datum.name, data), self._known(condition)
        reconstructed = self.made_of(self.posterior_of(data, known, training).mean(), known, training=training)
        return self._marked(reconstructed, condition)

    def made_of(self, latents, condition=None, choices=None, temperature=0.0, training=False):
        """See `zoo.generative.GenerativeModel`; without `choices`, a sequential decoder takes the likeliest steps."""
        if not self.choice_noise:
            return self.likelihood.point_estimate(self._parameters(latents, condition, training))
        if choices is None:
            choices = tf.fill([tf.shape(latents)[0], self.choice_noise.count], 0.5)
        return self.decoder.from_noise(latents, choices, temperature, *_if_any(condition))

    def _parameters(self, latents, condition, training, data=None):
        """Those of p(x|z); `data` gives what a sequential decoder is told of x."""
        if self.choice_noise:
            parameters = self.decoder(latents, data(), *_if_any(condition), training=training)
        else:
            known = latents if condition is None else [latents, condition]
            parameters = self.decoder(known, training=training)
        # A network of the user's own may give bfloat16, in which a log-likelihood is worth little.
        return tf.cast(parameters, tf.float32)

    @property
    def choice_noise(self):
        return self.decoder.noise if isinstance(self.decoder, SequentialDecoder) else None

    # -- training -----------------------------------------------------------------------------------------------

    def loss_of(self, x, y, step, training):
        seed = tf.random.fold_in([self.seed, int(training)], tf.cast(step, tf.int32))
        total, mine = replicas.rows(tf.shape(x)[0])
        shape = [self.objective.num_samples, total, self.latent_dim]
        noise = philox.normals(shape, seed)[:, mine]
        draw = self.draw(x, noise, y, training, step if training else None)
        loss = self.objective(draw)
        reconstruction, kl = tf.reduce_mean(draw.log_likelihood), tf.reduce_mean(draw.kl)
        for tracker, value in zip(self.trackers, (loss, reconstruction - kl, reconstruction, kl)):
            tracker.update_state(value, sample_weight=tf.shape(x)[0])
        return loss

    # -- what an export offers ----------------------------------------------------------------------------------

    def encode(self, data, **condition) -> tuple[tf.Tensor, tf.Tensor]:
        """Data [n, ...] -> (mean, scale) of q(z|x), each [n, latent_dim]; the condition where the encoder knows it.

        Raises:
            ValueError: data of another shape, type or range. In an export, the range is not looked at.
        """
        data = inputs.taken(self.datum, self.datum.name, data)
        condition = self._known(self._given(condition, self._condition_of_encoder, data.shape[0]))
        posterior = self.posterior_of(data, condition)
        return posterior.mean(), posterior.stddev()

    def decode(self, latents, **condition) -> tf.Tensor:
        """Latents [n, latent_dim], the condition by its name if there is one -> data [n, ...], the likeliest or mean.

        Raises:
            ValueError: as `sample`, and in an export as there.
        """
        latents = tf.convert_to_tensor(latents, tf.float32)
        condition = self._given(condition, self.condition, latents.shape[0])
        return self._marked(self.made_of(latents, self._known(condition)), condition)

    def reconstruct(self, data, **condition) -> tf.Tensor:
        """Data [n, ...], the condition if there is one -> `decode` of the posterior's mean; raises as both."""
        known = condition if self._condition_of_encoder else {}
        return self.decode(self.encode(data, **known)[0], **condition)

    def interpolate(self, data, other, share, **condition) -> tf.Tensor:
        """Data [n, ...] and other data [n, ...] -> what lies between them, [n, ...], a straight way in the latents.

        Args:
            data, other: the two ends.
            share: float32 [n], how far to go from the one to the other: 0 gives `reconstruct(data)`, 1 that of `other`.
            **condition: of what is made, and of both ends where the encoder knows it.

        Raises:
            ValueError: data of another shape, type or range, or not as many of them; in an export, the range is not
                looked at.
        """
        known = condition if self._condition_of_encoder else {}
        first, last = self.encode(data, **known)[0], self.encode(other, **known)[0]
        share = tf.convert_to_tensor(share, tf.float32)
        for name, got in {"other": last, "share": share}.items():
            if not got.shape[:1].is_compatible_with(first.shape[:1]) or (got is share and len(share.shape) != 1):
                raise ValueError(f"{name}: expected one for each of {first.shape[0]}; got shape {list(got.shape)}.")
        return self.decode(first + share[:, None] * (last - first), **condition)

    @property
    def _condition_of_encoder(self):
        return self.condition if len(self.encoder.inputs) == 2 else None

    def _more_endpoints(self):
        data, latents = self.datum.spec, tf.TensorSpec([None, self.latent_dim], tf.float32, "latents")
        other = tf.TensorSpec(data.shape, data.dtype, f"other_{data.name}")
        share = tf.TensorSpec([None], tf.float32, "share")
        condition, of_encoder = self._specs(self.condition), self._specs(self._condition_of_encoder)
        return {
            "encode": Endpoint(self._by_place(self.encode, 1), [data, *of_encoder], ["mean", "scale"]),
            "decode": Endpoint(self._by_place(self.decode, 1), [latents, *condition], [data.name]),
            "reconstruct": Endpoint(self._by_place(self.reconstruct, 1), [data, *condition], [data.name]),
            "interpolate": Endpoint(self._by_place(self.interpolate, 3), [data, other, share, *condition], [data.name]),
        }

    def examples(self, data=None, told=None):
        """See `zoo.generative.GenerativeModel`."""
        given = super().examples(data, told)
        data = np.asarray(given[self.datum.name])
        return {
            **given,
            f"other_{self.datum.name}": data[::-1],
            "share": np.linspace(0, 1, len(data), dtype=np.float32),
        }

    def predict(self, x, batch_size=None, **settings):
        """Keras's `predict`, of `call`: x is data, or [data, condition] where there is one; raises as `fit` does."""
        if not self.condition:
            return super().predict(x, batch_size, **settings)
        self._check_pair(x)
        return keras.Model.predict(self, x, batch_size, **settings)

    def predict_on_batch(self, x):
        """Keras's `predict_on_batch`; see `predict`."""
        if not self.condition:
            return super().predict_on_batch(x)
        self._check_pair(x)
        return keras.Model.predict_on_batch(self, x)

    def _check_pair(self, x):
        """Looks at the arrays of [data, condition]."""
        if not isinstance(x, list | tuple) or len(x) != 2:
            raise ValueError(f"x: expected [{self.datum.name}, {self.condition.name}]; got {type(x).__name__}.")
        self.datum.check(self.datum.name, x[0])
        self.condition.check(self.condition.name, x[1], len(x[0]))

    def call_signature(self):
        specs = self._specs(self.datum, self.condition)
        return [specs] if self.condition else specs


def _condition_of_networks(encoder, decoder, num_classes, condition_values):
    """The condition, a `zoo.inputs.Data` or None, that the networks of a VAE take."""
    if isinstance(decoder, SequentialDecoder):
        condition = decoder.condition
        if num_classes and condition is None:
            raise ValueError("num_classes: expected none, as the decoder takes no condition; got some.")
        if condition_values is not None:
            raise ValueError("condition_values: expected none, as the decoder's own `condition` says them; got some.")
    else:
        condition = condition_of("decoder", decoder, num_classes, condition_values)
    check_same_condition("encoder", encoder, condition)
    return condition


def _latent_dim(decoder):
    if isinstance(decoder, SequentialDecoder):
        return decoder.latent_dim
    (latents, *_), _ = shapes_of("decoder", decoder, inputs=(1, 2))
    if len(latents) != 1:
        raise ValueError(f"decoder: expected latents of shape [n, latent_dim]; got {text_of(latents)}.")
    return latents[0]


def _check_networks(encoder, decoder, likelihood, posterior, latent_dim):
    """Raises a ValueError, one line, where what the networks take and give is not what the other parts say."""
    (shape, *_), (features,) = shapes_of("encoder", encoder, inputs=(1, 2))
    datum = inputs.declared(encoder.inputs[0], likelihood.value_range)
    if datum.dtype != likelihood.dtype:
        raise ValueError(
            f"encoder: expected an input of {likelihood.dtype}, which the data of {type(likelihood).__name__} are; got "
            f"{datum.dtype}."
        )
    if features != (posterior.num_parameters(latent_dim),):
        raise ValueError(
            f"encoder: expected an output [n, {posterior.num_parameters(latent_dim)}], what {type(posterior).__name__} "
            f"needs for the decoder's {latent_dim} latents; got {text_of(features)}."
        )
    if isinstance(decoder, SequentialDecoder):
        if decoder.shape != shape:
            raise ValueError(
                f"decoder: expected data {text_of(shape)}, as the encoder's; got {text_of(decoder.shape)}."
            )
        return
    _, (parameters,) = shapes_of("decoder", decoder, inputs=(1, 2))
    wanted = likelihood.parameters_shape(shape)
    if not tf.TensorShape(wanted).is_compatible_with(parameters):
        raise ValueError(
            f"decoder: expected an output {text_of(wanted)}, the parameters of {type(likelihood).__name__} for the "
            f"encoder's data {text_of(shape)}; got {text_of(parameters)}."
        )


def _repeated(rows, k):
    """Rows [n, ...], or None -> [k * n, ...]: all of them k times, as latents [k, n, ...] are in one axis."""
    return None if rows is None else tf.tile(rows, [k] + [1] * (len(rows.shape) - 1))


def _if_any(condition):
    return () if condition is None else (condition,)
