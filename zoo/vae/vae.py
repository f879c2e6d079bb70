"""The variational autoencoder."""

import math
from typing import NamedTuple

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from zoo import inputs
from zoo.checks import check_prior, shapes_of, text_of
from zoo.endpoint import Endpoint
from zoo.model import Model
from zoo.numerics import keras_issue_20585, replicas, threefry
from zoo.priors import StandardNormal
from zoo.vae.likelihoods import Bernoulli
from zoo.vae.objectives import ELBO

tfd = tfp.distributions
CHUNK = 16  # images that `sample_chunk` draws


class LogDensities(NamedTuple):
    """What k latents of each of n images score, in nats."""

    likelihood: tf.Tensor  # [k, n] log p(x|z)
    prior: tf.Tensor  # [k, n] log p(z)
    posterior: tf.Tensor  # [k, n] log q(z|x)
    kl: tf.Tensor  # [n] KL(q(z|x) || p(z)), exact where TFP knows it, else estimated from the k latents


@keras.saving.register_keras_serializable("zoo")
class VAE(Model):
    """A variational autoencoder, put together from parts.

    Kingma and Welling 2014, "Auto-encoding variational Bayes". The encoder gives the mean and the scale of a
    diagonal Gaussian posterior q(z|x), the decoder the parameters of p(x|z).

    The data are called images here, [n, h, w, c] in [0, 1], but may have any number of axes, the last of which are
    channels, and the range that the likelihood wants. Labels that come with them are not looked at.

    Args:
        encoder: Keras model with a `keras.Input`, images [n, h, w, c] in [0, 1] -> [n, 2 * latent_dim].
        decoder: Keras model with a `keras.Input`, latents [n, latent_dim] -> [n, h, w, c *
            likelihood.parameters_per_channel].
        prior: see `zoo.priors`; the standard normal unless given.
        likelihood: see `zoo.likelihoods`; Bernoulli unless given.
        objective: see `zoo.objectives`; the ELBO unless given.
        seed: the random numbers of step t of a training depend on `(seed, t)` alone.

    Raises:
        ValueError: the shapes of the parts don't fit together; one line.

    Example:

    >>> encoder = zoo.networks.dense_encoder([28, 28, 1], num_outputs=2 * 8)
    >>> decoder = zoo.networks.dense_decoder([28, 28, 1], latent_dim=8)
    >>> vae = VAE(encoder, decoder)
    >>> vae.compile(optimizer=keras.optimizers.Adam(1e-3))
    >>> history = vae.fit(binary_images, batch_size=128)
    >>> vae.sample(seed=[0, 1], index=range(16)).shape
    TensorShape([16, 28, 28, 1])
    """

    def __init__(self, encoder, decoder, prior=None, likelihood=None, objective=None, seed=0, **kwargs):
        super().__init__(**kwargs)
        (data,), (features,) = shapes_of("encoder", encoder)
        (latents,), (parameters,) = shapes_of("decoder", decoder)
        if len(latents) != 1:
            raise ValueError(f"decoder: expected latents of shape [n, latent_dim]; got {text_of(latents)}.")
        self.latent_dim = latents[0]
        if features != (2 * self.latent_dim,):
            raise ValueError(
                f"encoder: expected an output [n, {2 * self.latent_dim}], a mean and a scale for each of the decoder's "
                f"{self.latent_dim} latents; got {text_of(features)}."
            )
        self.encoder, self.decoder = encoder, decoder
        self.prior = prior or StandardNormal(self.latent_dim)
        check_prior(self.prior, self.latent_dim)
        self.likelihood = likelihood or Bernoulli()
        wanted = (*data[:-1], data[-1] and data[-1] * self.likelihood.parameters_per_channel)
        if not tf.TensorShape(wanted).is_compatible_with(parameters):
            raise ValueError(
                f"decoder: expected an output {text_of(wanted)}, {self.likelihood.parameters_per_channel} for each "
                f"channel of the encoder's data {text_of(data)}; got {text_of(parameters)}."
            )
        self.objective = objective or ELBO()
        self.seed = seed
        self.trackers = [keras.metrics.Mean(name) for name in ("loss", "elbo", "reconstruction", "kl")]
        self.built = True
        keras_issue_20585.mend(self)

    @property
    def image_shape(self):
        """(h, w, c) of the images."""
        return self.encoder.input_shape[1:]

    @property
    def data(self):
        """What the model takes: a `zoo.inputs.Data`."""
        return inputs.Data(self.image_shape, self.likelihood.value_range)

    # -- the model ----------------------------------------------------------------------------------------------

    def posterior(self, images, training=False):
        """q(z|x) for images [n, h, w, c]: a `tfd` distribution with batch shape [n], event shape [latent_dim]."""
        numbers = tf.cast(self.encoder(images, training=training), tf.float32)
        mean, raw_scale = tf.split(numbers, 2, axis=-1)
        # softplus(log(e - 1)) = 1, so that zeros from the encoder mean the unit scale; the floor keeps q a density.
        return tfd.MultivariateNormalDiag(mean, tf.nn.softplus(raw_scale + math.log(math.e - 1.0)) + 1e-4)

    def log_densities(self, images, noise, training=False):
        """Draws k latents for each image from its posterior and scores them.

        Args:
            images: [n, h, w, c] in [0, 1]; binary for a Bernoulli likelihood.
            noise: [k, n, latent_dim], standard normal: what the draws are made of.

        Returns:
            `LogDensities`.

        Raises:
            ValueError: images of another shape or type.
        """
        images = self.data.converted("images", images)
        posterior, prior = self.posterior(images, training), self.prior.distribution()
        latents = posterior.bijector.forward(noise)
        parameters = self._parameters(tf.reshape(latents, [-1, self.latent_dim]), training)
        parameters = tf.reshape(parameters, tf.concat([tf.shape(latents)[:2], parameters.shape[1:]], axis=0))
        log_prior, log_posterior = prior.log_prob(latents), posterior.log_prob(latents)
        try:
            kl = tfd.kl_divergence(posterior, prior)
        except NotImplementedError:  # TFP has no closed form for this pair
            kl = tf.reduce_mean(log_posterior - log_prior, axis=0)
        return LogDensities(self.likelihood.log_prob(parameters, images), log_prior, log_posterior, kl)

    def call(self, images, training=False):
        """Images [n, h, w, c] -> their reconstructions, the picture of p(x | mean of q(z|x))."""
        images = self.data.converted("images", images)
        return self.likelihood.picture(self._parameters(self.posterior(images, training).mean(), training))

    def _parameters(self, latents, training=False):
        # A network of the user's own may give bfloat16, in which a log-likelihood is worth little.
        return tf.cast(self.decoder(latents, training=training), tf.float32)

    # -- training -----------------------------------------------------------------------------------------------

    def loss_of(self, images, labels, step, training):
        seed = tf.random.fold_in([self.seed, int(training)], tf.cast(step, tf.int32))
        total, mine = replicas.rows(tf.shape(images)[0])
        noise = tf.random.stateless_normal([self.objective.samples, total, self.latent_dim], seed)[:, mine]
        terms = self.log_densities(images, noise, training)
        loss = self.objective(*terms)
        reconstruction, kl = tf.reduce_mean(terms.likelihood), tf.reduce_mean(terms.kl)
        for tracker, value in zip(self.trackers, (loss, reconstruction - kl, reconstruction, kl)):
            tracker.update_state(value, sample_weight=tf.shape(images)[0])
        return loss

    # -- what an export offers ----------------------------------------------------------------------------------

    def sample(self, seed, index, temperature=1.0):
        """Draws images; row i depends on `(seed, index[i], temperature)` alone, in every runtime.

        Args:
            seed: int32 [2].
            index: int32 [n]; which samples of the seed's endless sequence.
            temperature: scales the prior's noise; 1 samples the model, less gives more typical images.

        Returns:
            float32 [n, h, w, c], pixel means in [0, 1].
        """
        seed, index = tf.convert_to_tensor(seed, tf.int32), tf.convert_to_tensor(index, tf.int32)
        noise = threefry.normals(seed, index, self.latent_dim)
        return self.decode(self.prior.from_noise(temperature * noise))

    def encode(self, images):
        """Images [n, h, w, c] in [0, 1] -> (mean, scale) of q(z|x), each [n, latent_dim].

        Raises:
            ValueError: images of another shape, type or range. In an export, the range is not looked at.
        """
        posterior = self.posterior(inputs.taken(self.data, "images", images))
        return posterior.mean(), posterior.stddev()

    def decode(self, latents):
        """Latents [n, latent_dim] -> images [n, h, w, c], pixel means in [0, 1]."""
        return self.likelihood.picture(self._parameters(latents))

    def reconstruct(self, images):
        """Images [n, h, w, c] in [0, 1] -> `decode` of the posterior's mean, same shape; raises as `encode`."""
        return self.decode(self.encode(images)[0])

    def sample_chunk(self, seed, start):
        """`sample(seed, [start, ..., start + 15])`: every shape static, for runtimes that want that."""
        return tf.ensure_shape(self.sample(seed, start + tf.range(CHUNK)), [CHUNK, *self.image_shape])

    def endpoints(self):
        """What an export of this model offers, by name."""
        images = tf.TensorSpec([None, *self.image_shape], tf.float32, "images")
        latents = tf.TensorSpec([None, self.latent_dim], tf.float32, "latents")
        seed = tf.TensorSpec([2], tf.int32, "seed")
        index = tf.TensorSpec([None], tf.int32, "index")
        temperature = tf.TensorSpec([], tf.float32, "temperature")
        start = tf.TensorSpec([1], tf.int32, "start")
        return {
            "sample": Endpoint(self.sample, [seed, index, temperature], ["images"]),
            "sample_chunk": Endpoint(self.sample_chunk, [seed, start], ["images"]),
            "encode": Endpoint(self.encode, [images], ["mean", "scale"]),
            "decode": Endpoint(self.decode, [latents], ["images"]),
            "reconstruct": Endpoint(self.reconstruct, [images], ["images"]),
        }

    def examples(self, images=None):
        """Inputs for every argument of every endpoint, to try an export with; `images` are sampled unless given."""
        images = self.sample([0, 0], range(8)) if images is None else images
        return {
            "images": images,
            "latents": self.encode(images)[0],
            "seed": [20261122, -7],
            "index": [0, 1, 2, 3, 1000, 2**31 - 1, -1, -(2**31)],
            "temperature": 0.8,
            "start": [40],
        }

    # -- saving -------------------------------------------------------------------------------------------------

    def get_config(self):
        parts = ("encoder", "decoder", "prior", "likelihood", "objective")
        config = {name: keras.saving.serialize_keras_object(getattr(self, name)) for name in parts}
        return {**super().get_config(), **config, "seed": self.seed}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        parts = ("encoder", "decoder", "prior", "likelihood", "objective")
        objects = {name: keras.saving.deserialize_keras_object(config[name], custom_objects) for name in parts}
        return cls(**{**config, **objects})
