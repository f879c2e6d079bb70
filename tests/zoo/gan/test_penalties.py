import numpy as np
import pytest
import tensorflow as tf

import zoo

RNG = np.random.default_rng(0)
W = RNG.normal(size=[4, 4, 1]).astype(np.float32)
REAL = tf.constant(RNG.random([8, 4, 4, 1]), tf.float32)
FAKE = tf.constant(RNG.random([8, 4, 4, 1]), tf.float32)
NORM = np.linalg.norm(W)


def value(penalty, critic, real=REAL, fake=FAKE, seed=(0, 1)):
    return float(penalty(critic, penalty.points(real, fake, seed)))


def linear(images):
    return tf.reduce_sum(W * images, [1, 2, 3])


def quadratic(images):
    return tf.reduce_sum(images**2, [1, 2, 3])


@pytest.mark.parametrize("penalty", [zoo.penalties.GradientPenalty, zoo.penalties.DRAGAN])
def test_distance_of_the_norm_from_one_for_a_linear_critic(penalty):
    assert value(penalty(10.0), linear) == pytest.approx(10 * (NORM - 1) ** 2, rel=1e-5)
    assert value(penalty(5.0), linear) == pytest.approx(5 * (NORM - 1) ** 2, rel=1e-5)


def test_r1_of_a_linear_critic():
    assert value(zoo.penalties.R1(3.0), linear) == pytest.approx(1.5 * NORM**2, rel=1e-5)


def test_r1_looks_at_the_real_images():
    expected = 0.5 * np.mean(np.sum((2 * REAL.numpy()) ** 2, axis=(1, 2, 3)))  # grad |x|^2 = 2x
    assert value(zoo.penalties.R1(1.0), quadratic) == pytest.approx(expected, rel=1e-5)


def test_gradient_penalty_looks_between_real_and_fake():
    # The gradient of the quadratic critic at u is 2u, so the penalty tells where u was.
    between = [value(zoo.penalties.GradientPenalty(1.0), quadratic, seed=[0, seed]) for seed in range(3)]
    assert len(set(between)) == 3
    same = [value(zoo.penalties.GradientPenalty(1.0), quadratic, fake=REAL, seed=[0, seed]) for seed in range(2)]
    norms = 2 * np.sqrt(np.sum(REAL.numpy() ** 2, axis=(1, 2, 3)))
    np.testing.assert_allclose(same, np.mean((norms - 1) ** 2), rtol=1e-5)
    # One share for each image, in [0, 1]: from black to white the gradient's norm is 2 * 4 * share.
    black, white = tf.zeros([2000, 4, 4, 1]), tf.ones([2000, 4, 4, 1])
    points = zoo.penalties.GradientPenalty().points(white, black, [0, 1]).numpy()
    assert np.ptp(points, axis=(1, 2, 3)).max() == 0
    assert (points.min(), points.max()) == (pytest.approx(0, abs=0.01), pytest.approx(1, abs=0.01))
    assert points.mean() == pytest.approx(0.5, abs=0.02)


def test_dragan_looks_near_the_real_images():
    noise = (zoo.penalties.DRAGAN().points(REAL, FAKE, [0, 1]) - REAL).numpy() / (0.5 * np.std(REAL))
    assert 0 <= noise.min() < 0.1
    assert 0.9 < noise.max() <= 1 + 1e-5


def test_a_flat_critic_has_a_finite_gradient():
    w = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        penalty = zoo.penalties.GradientPenalty()(lambda images: w * linear(images), REAL)
    assert np.isfinite(tape.gradient(penalty, w))


@pytest.mark.parametrize(("settings", "message"), [({"weight": 0}, "weight: .* got 0"), ({"every": 0}, "every: .* 0")])
def test_bad_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        zoo.penalties.R1(**settings)
