"""Objectives: log-densities in, one loss out.

An objective says how many latents it wants for each image (`samples`) and turns what they score into a loss to be
minimized, in nats an image. Shapes: k latents for each of n images.
"""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("zoo")
class ELBO:
    """The negative evidence lower bound, -E_q[log p(x|z)] + beta KL(q(z|x) || p(z)), mean over images.

    Kingma and Welling 2014, equation 3; beta as in Higgins et al. 2017, "beta-VAE", equation 4. beta = 1 is the bound
    itself.

    Args:
        beta: the KL's weight; not negative.
        samples: latents drawn for each image.
    """

    def __init__(self, beta=1.0, samples=1):
        if beta < 0:
            raise ValueError(f"beta: expected a number that is not negative; got {beta}.")
        self.beta, self.samples = beta, samples

    def __call__(self, log_likelihood, log_prior, log_posterior, kl):
        """log_likelihood, log_prior, log_posterior: [k, n]; kl: [n] -> scalar loss."""
        return self.beta * tf.reduce_mean(kl) - tf.reduce_mean(log_likelihood)

    def get_config(self):
        return {"beta": self.beta, "samples": self.samples}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras.saving.register_keras_serializable("zoo")
class IWAE:
    """The negative importance-weighted bound, -log 1/k sum_i p(x, z_i) / q(z_i|x), mean over images.

    Burda et al. 2016, "Importance weighted autoencoders", equation 8.

    Args:
        samples: k, latents drawn for each image; the cost of the decoder grows with it.
    """

    def __init__(self, samples=5):
        self.samples = samples

    def __call__(self, log_likelihood, log_prior, log_posterior, kl):
        """log_likelihood, log_prior, log_posterior: [k, n]; kl is not used -> scalar loss."""
        log_weights = log_likelihood + log_prior - log_posterior
        bound = tf.reduce_logsumexp(log_weights, axis=0) - tf.math.log(float(self.samples))
        return -tf.reduce_mean(bound)

    def get_config(self):
        return {"samples": self.samples}

    @classmethod
    def from_config(cls, config):
        return cls(**config)
