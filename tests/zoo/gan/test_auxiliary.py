import keras
import numpy as np
import pytest
import tensorflow as tf
from scipy import stats
from scipy.special import log_softmax

import zoo

RNG = np.random.default_rng(0)


def test_class_prediction_against_numpy():
    real, fake = RNG.normal(size=[2, 5, 3]).astype(np.float32)
    labels = np.array([0, 2, 1, 1, 0])
    expected = [-np.mean(log_softmax(logits, axis=1)[np.arange(5), labels]) for logits in (real, fake)]
    task = zoo.auxiliary.ClassPrediction(3, weight=2.0)
    assert float(task.generator_loss(fake, labels, None)) == pytest.approx(2 * expected[1], rel=1e-5)
    assert float(task.discriminator_loss(real, fake, labels, None)) == pytest.approx(2 * sum(expected), rel=1e-5)


def test_code_prediction_against_scipy():
    one_hot = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    latents = np.concatenate([RNG.normal(size=[6, 4]), 4 * one_hot, RNG.normal(size=[6, 2])], axis=1)
    output = RNG.normal(size=[6, 5])
    category = log_softmax(output[:, :3], axis=1)[np.arange(6), [0, 1, 2, 0, 1, 2]]
    continuous = stats.norm(output[:, 3:]).logpdf(latents[:, 7:]).sum(axis=1)
    task = zoo.auxiliary.CodePrediction(num_categories=3, num_continuous=2, weight=0.5, continuous_weight=0.2)
    arguments = (output.astype(np.float32), None, latents.astype(np.float32))
    expected = -np.mean(0.5 * category + 0.2 * continuous)
    assert float(task.generator_loss(*arguments)) == pytest.approx(expected, rel=1e-5)
    assert float(task.discriminator_loss(None, *arguments)) == pytest.approx(expected, rel=1e-5)


def test_code_prior_is_noise_then_a_fair_one_hot_code_then_continuous_codes():
    noise = RNG.normal(size=[20_000, 9]).astype(np.float32)
    prior = zoo.priors.LatentCodePrior(9, num_categories=4, num_continuous=2, scale=3.0)
    latents = prior.from_noise(noise).numpy()
    np.testing.assert_array_equal(latents[:, :3], noise[:, :3])
    np.testing.assert_array_equal(latents[:, 7:], noise[:, 7:])
    code = latents[:, 3:7]
    assert set(np.unique(code)) == {0, 3}
    assert np.all(code.sum(axis=1) == 3)
    assert stats.chisquare(code.sum(axis=0) / 3).pvalue > 0.001
    np.testing.assert_array_equal(prior.categories_of(latents), np.nonzero(code)[1])


def test_codes_that_do_not_fit():
    with pytest.raises(ValueError, match="latent_dim: expected at least .* = 12; got 8"):
        zoo.priors.LatentCodePrior(8, num_categories=10, num_continuous=2)


@pytest.mark.parametrize("still", [None, "generator", "discriminator"])
@pytest.mark.parametrize("kind", ["classes", "codes"])
def test_each_player_learns_the_task(kind, still):
    # The adversarial loss is silenced: what moves the players is the auxiliary task.
    classes = 3 if kind == "classes" else None
    task = zoo.auxiliary.ClassPrediction(3) if classes else zoo.auxiliary.CodePrediction(3, 0)
    keras.utils.set_random_seed(0)
    gan = zoo.GAN(
        zoo.networks.dcgan.generator([8, 8, 1], latent_dim=6, width=4, num_classes=classes),
        zoo.networks.dcgan.discriminator([8, 8, 1], width=4, num_auxiliary=task.num_outputs),
        prior=None if classes else zoo.priors.LatentCodePrior(6, 3, 0),
        loss=_Silence(),
        auxiliary=task,
        num_classes=classes,
    )
    gan.compile(*(keras.optimizers.Adam(3e-3 * (player != still)) for player in ("generator", "discriminator")))
    labels = np.arange(480) % 3
    images = np.zeros([480, 8, 8, 1], np.float32) + labels[:, None, None, None] / 2
    history = gan.fit(images, labels if classes else None, batch_size=32, epochs=8, verbose=0).history
    if not still:
        assert history["generator_loss"][-1] < 0.5 * np.log(3) < history["generator_loss"][0]
    for player in {"generator", "discriminator"} - {still}:
        assert history[f"{player}_loss"][-1] < 0.9 * history[f"{player}_loss"][0]


def test_a_discriminator_without_the_output_that_the_task_needs():
    generator, discriminator = (
        zoo.networks.dcgan.generator([8, 8, 1], 6, width=4),
        zoo.networks.dcgan.discriminator([8, 8, 1], width=4),
    )
    with pytest.raises(
        ValueError, match=r"discriminator: expected logits and \[n, 3\] for auxiliary; got outputs \[n, 1\]"
    ):
        zoo.GAN(generator, discriminator, auxiliary=zoo.auxiliary.CodePrediction(3, 0))


@keras.saving.register_keras_serializable("test")
class _Silence(zoo.losses.NonSaturating):
    def discriminator(self, real, fake):
        return 0.0 * tf.reduce_mean(real + fake)

    def generator(self, real, fake):
        return 0.0 * tf.reduce_mean(fake)
