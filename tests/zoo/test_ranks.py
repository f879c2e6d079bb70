"""Models of data with any number of axes, with numbers that are known."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo

SHAPES = [[64], [64, 1], [16, 4], [8, 8, 1], [4, 4, 4, 3]]


def dense(shape, units, **settings):
    x = keras.Input(shape)
    return keras.Model(x, keras.layers.Dense(units, **settings)(keras.layers.Flatten()(x)))


def decoder(shape, latents=2, **settings):
    z = keras.Input([latents])
    return keras.Model(z, keras.layers.Reshape(shape)(keras.layers.Dense(int(np.prod(shape)), **settings)(z)))


def vae_of_zeros(shape, likelihood=None):
    parameters = (likelihood or zoo.likelihoods.Bernoulli()).parameters_shape(tuple(shape))
    encoder = dense(shape, 4, kernel_initializer="zeros")
    return zoo.VAE(encoder, decoder(parameters, kernel_initializer="zeros"), likelihood=likelihood)


@pytest.mark.parametrize("batch_size", [1, 5, 40])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_likelihood_of_networks_of_zeros(shape, batch_size):
    """Each number is 0 or 1 with probability 1/2: -log p(x|z) = log 2 per number, and the KL is 0."""
    vae = vae_of_zeros(shape)
    vae.compile(keras.optimizers.SGD(0.0))
    x = np.random.default_rng(0).integers(0, 2, [40, *shape]).astype(np.float32)
    expected = np.prod(shape) * np.log(2)
    for logs in (
        vae.evaluate(x, batch_size=batch_size, verbose=0, return_dict=True),
        {name: values[0] for name, values in vae.fit(x, batch_size=batch_size, verbose=0).history.items()},
    ):
        assert logs["reconstruction"] == pytest.approx(-expected, rel=1e-5)
        assert logs["kl"] == pytest.approx(0, abs=1e-3)  # of the scale's floor
    estimate = zoo.estimate_likelihood(vae, x[:batch_size], num_samples=3)
    assert estimate.nll == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_discretized_logistic_of_any_rank(shape):
    likelihood = zoo.likelihoods.DiscretizedLogistic()
    vae, x = vae_of_zeros(shape, likelihood), np.full([3, *shape], 90 / 255, np.float32)
    one = likelihood.log_prob(tf.zeros([1, 1, 2]), tf.fill([1, 1, 1], 90 / 255))
    score = vae.draw(x, tf.zeros([2, 3, 2])).log_likelihood
    np.testing.assert_allclose(score, np.full([2, 3], np.prod(shape) * float(one[0])), rtol=1e-5)
    parameters = tf.zeros([3, *shape[:-1], 2 * shape[-1]])
    distribution = likelihood.distribution(parameters)
    assert (distribution.batch_shape, distribution.event_shape) == ([3], shape)
    np.testing.assert_allclose(distribution.log_prob(tf.round(255 * x)), score[0], rtol=1e-5)


@pytest.mark.parametrize("likelihood", [zoo.likelihoods.Bernoulli(), zoo.likelihoods.DiscretizedLogistic()])
def test_parameters_that_would_be_broadcast_are_refused(likelihood):
    (k,) = likelihood.parameters_shape((1,))
    assert likelihood.log_prob(tf.zeros([7, 5, 8, 8, k]), tf.zeros([5, 8, 8, 1])).shape == [7, 5]
    for parameters, images in [
        ([5, 8, 8, 2 * k], [5, 8, 8, 1]),
        ([5, 8, 8, 3 * k], [5, 8, 8]),
        ([5, 8, 8, k], [5, 8, 1]),
    ]:
        with pytest.raises(ValueError, match="parameters: expected"):
            likelihood.log_prob(tf.zeros(parameters), tf.zeros(images))


def test_networks_that_do_not_fit_are_refused_when_the_model_is_built():
    for parameters, got in [([8, 8, 2], r"\[n, 8, 8, 2\]"), ([8, 1, 1], r"\[n, 8, 1, 1\]"), ([64], r"\[n, 64\]")]:
        with pytest.raises(ValueError, match=rf"decoder: expected an output \[n, 8, 8, 1\], .* Bernoulli.*got {got}"):
            zoo.VAE(dense([8, 8, 1], 4), decoder(parameters))
    with pytest.raises(ValueError, match=r"decoder: expected an output \[n, 8, 8, 2\], .*; got \[n, 8, 8, 1\]"):
        zoo.VAE(dense([8, 8, 1], 4), decoder([8, 8, 1]), likelihood=zoo.likelihoods.DiscretizedLogistic())
    with pytest.raises(ValueError, match="prior: expected latent_dim=2, as the networks have; got 3"):
        zoo.VAE(dense([8], 4), decoder([8]), prior=zoo.priors.StandardNormalPrior(3))
    with pytest.raises(ValueError, match=r"decoder: expected latents of shape \[n, latent_dim\]; got \[n, 4, 2\]"):
        zoo.VAE(dense([8], 4), keras.Sequential([keras.Input([4, 2]), keras.layers.Flatten()]))


def gan(shape, num_classes=None, **parts):
    z, label = keras.Input([3]), keras.Input([], dtype="int32")
    x = keras.layers.Reshape(shape)(keras.layers.Dense(int(np.prod(shape)))(z))
    by_class = zoo.layers.ConditionalBatchNormalization(num_classes or 1)
    x = by_class([x, label]) if num_classes else zoo.layers.BatchNormalization()(x)
    generator = keras.Model([z, label] if num_classes else z, keras.layers.Activation("tanh")(x))
    parts = {"value_range": (-1.0, 1.0), **parts}
    return zoo.GAN(generator, dense(shape, 1), num_classes=num_classes, **parts)


@pytest.mark.parametrize("classes", [None, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_gans_of_any_rank(shape, classes, tmp_path):
    keras.utils.set_random_seed(0)
    model = gan(
        shape, classes, penalties=[zoo.penalties.R1(every=1), zoo.penalties.GradientPenalty(), zoo.penalties.DRAGAN()]
    )
    model.compile(keras.optimizers.Adam(1e-2), keras.optimizers.Adam(1e-2))
    x = np.random.default_rng(0).uniform(-1, 1, [32, *shape]).astype(np.float32)
    logs = model.fit(x, np.arange(32) % 3 if classes else None, batch_size=16, verbose=0).history
    assert np.isfinite([values[-1] for values in logs.values()]).all()
    labels = [0, 1, 2, 0] if classes else None
    samples = model.sample_at([0, 1], range(4), labels=labels)
    assert samples.shape == [4, *shape]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.sample(4, seed=1, labels=labels), samples)
    assert loaded.value_range == (-1, 1)
    if classes:  # in an export, a label that is none gives NaN, of that row alone
        drawn = tf.function(lambda labels: model.sample_at([0, 1], range(3), labels=labels))(tf.constant([0, 7, -1]))
        assert np.isnan(np.reshape(drawn, [3, -1])).all(axis=1).tolist() == [False, True, True]


@pytest.mark.parametrize("shape", SHAPES)
def test_penalties_of_a_linear_critic(shape):
    """Its gradient is w everywhere."""
    w = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    x = tf.random.stateless_normal([5, *shape], [0, 1])
    square = float(np.sum(w**2))
    expected = {
        zoo.penalties.R1(weight=3.0): 1.5 * square,
        zoo.penalties.GradientPenalty(2.0): 2 * (square**0.5 - 1) ** 2,
    }
    expected[zoo.penalties.DRAGAN(2.0)] = expected[next(reversed(expected))]
    for penalty, value in expected.items():
        points = penalty.points(x, x + 1, [0, 1])
        assert points.shape == x.shape
        critic = lambda images: tf.tensordot(tf.reshape(images, [5, -1]), tf.reshape(w, [-1]), 1)  # noqa: E731
        assert float(penalty(critic, points)) == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_batch_normalization_of_any_rank(shape):
    x = np.random.default_rng(0).normal(3, 2, [6, *shape]).astype(np.float32)
    ours, keras_own = zoo.layers.BatchNormalization(), keras.layers.BatchNormalization()
    for _ in range(2):
        np.testing.assert_allclose(ours(x, training=True), keras_own(x, training=True), atol=1e-4)
    for a, b in zip(ours.weights, keras_own.weights, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    if len(shape) == 2:  # a series, of which some steps don't count
        mask = np.arange(shape[0])[None] < np.array([[3], [9], [1], [2], [4], [5]])
        masked = ours(x, training=True, mask=mask)
        np.testing.assert_allclose(masked, keras_own(x, training=True, mask=mask), atol=1e-4)
    conditional = zoo.layers.ConditionalBatchNormalization(2)
    conditional.build([[None, *shape], [None]])
    conditional.offset.embeddings.assign(np.array([[0], [10]]) * np.ones([2, shape[-1]]))
    y = conditional([x, tf.constant([0, 0, 0, 1, 1, 1])], training=True).numpy()
    np.testing.assert_allclose(y[3:].mean() - y[:3].mean(), 10 + (x[3:].mean() - x[:3].mean()) / 2, atol=0.2)


def test_an_augmentation_of_images_is_refused_for_other_data():
    with pytest.raises(ValueError, match=r"augmentation: expected data of 4 axes for DiffAugment; got \[n, 64, 1\]"):
        gan([64, 1], augmentation=zoo.augmentation.DiffAugment(), value_range=(0.0, 1.0))
    with pytest.raises(ValueError, match=r"augmentation: expected data in \[0.0, 1.0\] for DiffAugment; got \[-1.0, 1"):
        gan([8, 8, 1], augmentation=zoo.augmentation.DiffAugment())


@pytest.mark.parametrize("shape", SHAPES)
def test_keras_own_export(shape, tmp_path):
    vae = vae_of_zeros(shape)
    vae.export(tmp_path / "vae", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "vae"))
    np.testing.assert_allclose(loaded.serve(tf.zeros([3, *shape])), np.full([3, *shape], 0.5))
