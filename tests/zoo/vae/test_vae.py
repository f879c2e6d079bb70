import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import make_vae

import zoo

SEED = tf.constant([1, 2])


def noise(samples, images):
    """For the four latents of `make_vae`."""
    return tf.random.stateless_normal([samples, images, 4], SEED)


def test_kl_against_the_closed_form(vae, digits):
    mean, scale = (part.numpy() for part in vae.encode(digits[:5]))
    expected = 0.5 * (scale**2 + mean**2 - 1 - 2 * np.log(scale)).sum(axis=1)
    np.testing.assert_allclose(vae.draw(digits[:5], noise(1, 5)).kl, expected, rtol=1e-4)


def test_monte_carlo_kl_where_there_is_no_closed_form(digits):
    exact, estimated = make_vae(), make_vae(prior=zoo.priors.RealNVPPrior)  # a new flow is the standard normal
    exact_kl = exact.draw(digits[:3], noise(1, 3)).kl.numpy()
    estimates = estimated.draw(digits[:3], noise(3000, 3)).kl.numpy()
    np.testing.assert_allclose(estimates, exact_kl, atol=0.12)
    assert not np.array_equal(estimates, exact_kl)


def test_log_densities_are_those_of_the_parts(trained, digits):
    terms = trained.draw(digits[:6], noise(3, 6))
    scores = (terms.log_likelihood, terms.log_prior, terms.log_posterior, terms.kl)
    assert [part.shape for part in scores] == [[3, 6]] * 3 + [[6]]
    mean, scale = trained.encode(digits[:6])
    latents = mean + scale * noise(3, 6)
    parameters = trained.decoder(latents[2])
    np.testing.assert_allclose(terms.log_likelihood[2], trained.likelihood.log_prob(parameters, digits[:6]), rtol=1e-5)
    np.testing.assert_allclose(terms.log_prior, trained.prior.distribution().log_prob(latents), rtol=1e-4)


def test_a_step_of_sgd_follows_the_gradient_of_the_elbo(vae, digits):
    # With k latents averaged the loss is deterministic up to its seed, which the step number fixes.
    vae.compile(optimizer=keras.optimizers.SGD(1e-3))
    batch = tf.constant(digits[:20])
    seed = tf.random.fold_in([0, 1], 0)
    with tf.GradientTape() as tape:
        terms = vae.draw(batch, tf.random.stateless_normal([1, 20, 4], seed), training=True)
        loss = tf.reduce_mean(terms.kl - terms.log_likelihood[0])
    gradients = tape.gradient(loss, vae.trainable_variables)
    expected = [w.numpy() - 1e-3 * g for w, g in zip(vae.trainable_variables, gradients)]
    logs = vae.train_on_batch(batch, return_dict=True)
    assert logs["loss"] == pytest.approx(float(loss), rel=1e-4)
    for variable, value in zip(vae.trainable_variables, expected):
        np.testing.assert_allclose(variable.numpy(), value, atol=1e-5)


def test_training_lowers_the_loss_and_moves_every_weight(digits):
    model = make_vae(prior=zoo.priors.RealNVPPrior)
    before = [w.copy() for w in model.get_weights()]
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    losses = model.fit(digits, batch_size=50, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0] - 50
    assert all(np.any(a != b) for a, b in zip(before, model.get_weights()))


def test_beta_weighs_the_kl(digits):
    def kl_after_training(beta):
        model = make_vae(objective=zoo.objectives.ELBO(beta))
        model.compile(optimizer=keras.optimizers.Adam(1e-2))
        model.fit(digits, batch_size=50, epochs=5, verbose=0)
        return model.evaluate(digits, verbose=0, return_dict=True)["kl"]

    assert kl_after_training(100.0) < 0.5 * kl_after_training(0.01)


def test_iwae_trains(digits):
    model = make_vae(objective=zoo.objectives.IWAE(num_samples=4))
    model.compile(optimizer=keras.optimizers.Adam(1e-2))
    logs = model.fit(digits, batch_size=50, epochs=1, verbose=0).history
    assert logs["loss"][-1] < -logs["elbo"][-1]  # a tighter bound than the ELBO of the same latents


def test_temperature_zero_gives_one_image(trained):
    images = trained.sample_at([3, 4], range(5), temperature=0.0).numpy()
    np.testing.assert_allclose(images, images[[0] * 5], atol=1e-6)


def test_calling_the_model_reconstructs(trained, digits):
    np.testing.assert_array_equal(trained(digits[:3]), trained.reconstruct(digits[:3]))
    np.testing.assert_array_equal(trained.reconstruct(digits[:3]), trained.decode(trained.encode(digits[:3])[0]))


def test_an_encoder_of_the_wrong_width_is_refused():
    encoder = zoo.networks.dense_encoder([4, 4, 1], num_outputs=5)
    decoder = zoo.networks.dense_decoder([4, 4, 1], latent_dim=3)
    with pytest.raises(ValueError, match=r"encoder: expected an output \[n, 6\].*got \[n, 5\]"):
        zoo.VAE(encoder, decoder)


def test_interpolation_goes_from_one_end_to_the_other_by_the_means(trained, digits):
    a, b = digits[:3], digits[3:6]
    first, last = trained.encode(a)[0], trained.encode(b)[0]
    middle = trained.decode(first + np.float32([[0.0], [0.25], [1.0]]) * (last - first))
    np.testing.assert_allclose(trained.interpolate(a, b, [0.0, 0.25, 1.0]), middle, atol=1e-6)
    with pytest.raises(ValueError, match=r"share: expected one for each of 3; got shape \[2\]"):
        trained.interpolate(a, b, [0.0, 1.0])
    with pytest.raises(ValueError, match=r"other: expected one for each of 3; got shape \[2, "):
        trained.interpolate(a, b[:2], [0.0, 0.5, 1.0])
