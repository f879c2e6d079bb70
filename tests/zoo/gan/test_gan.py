import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo

SHAPE = [8, 8, 1]


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random([64, *SHAPE]).astype(np.float32)


LABELS = np.arange(64, dtype=np.int32) % 10


def make_gan(num_classes=None, width=4, dtype=None, seed=0, **parts):
    keras.utils.set_random_seed(3)
    return zoo.GAN(
        zoo.networks.dcgan.generator(SHAPE, latent_dim=6, width=width, num_classes=num_classes, dtype=dtype),
        zoo.networks.dcgan.discriminator(SHAPE, width=width, num_classes=num_classes, dtype=dtype),
        num_classes=num_classes,
        seed=seed,
        **parts,
    )


def compiled(gan, learning_rate=1e-2, **settings):
    gan.compile(keras.optimizers.Adam(learning_rate), keras.optimizers.Adam(learning_rate), **settings)
    return gan


def values(variables):
    return [np.array(variable) for variable in variables]


def changed(before, after):
    return [not np.array_equal(a, b) for a, b in zip(before, after, strict=True)]


def fit(gan, images, steps=4, **settings):
    labels = LABELS if gan.num_classes else None
    return gan.fit(images, labels, batch_size=len(images) // steps, verbose=0, shuffle=False, **settings)


@pytest.mark.parametrize("frozen", ["generator", "discriminator"])
def test_each_player_is_moved_by_its_own_optimizer_alone(images, frozen):
    gan = make_gan()
    rates = {"generator": 1e-2, "discriminator": 1e-2, frozen: 0.0}
    gan.compile(keras.optimizers.SGD(rates["generator"]), keras.optimizers.SGD(rates["discriminator"]))
    other = {"generator": gan.discriminator, "discriminator": gan.generator}[frozen]
    still, moving = values(getattr(gan, frozen).trainable_variables), values(other.trainable_variables)
    fit(gan, images, steps=1)
    after = getattr(gan, frozen).trainable_variables
    assert not any(changed(still, values(after)))
    assert all(changed(moving, values(other.trainable_variables)))


def test_the_losses_are_those_of_the_parts(images):
    # With learning rates of 0 the step's losses can be worked out again from the same seeds.
    gan = make_gan(loss=zoo.losses.LeastSquares())
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    fit(gan, images, steps=1)
    logs = gan.train_on_batch(images, return_dict=True)
    latent_seed, _ = tf.random.split(tf.random.fold_in(tf.random.fold_in([0, 1], 1), 0), 2)[::-1]
    fake = gan.generator(tf.random.stateless_normal([64, 6], latent_seed), training=True)
    real_logits, fake_logits = gan.discriminate(images)[0], gan.discriminate(fake)[0]
    loss = zoo.losses.LeastSquares()
    assert logs["discriminator_loss"] == pytest.approx(float(loss.discriminator(real_logits, fake_logits)), rel=0.02)
    assert logs["generator_loss"] == pytest.approx(float(loss.generator(real_logits, fake_logits)), rel=0.02)
    assert logs["real_probability"] == pytest.approx(float(tf.reduce_mean(tf.sigmoid(real_logits))), rel=0.02)


def test_imitation_adds_how_unlikely_the_data_are_to_the_generators_loss_alone():
    values, rng = (-2, -1, 60, 62), np.random.default_rng(0)
    notes = rng.choice(values, [8, 4, 2]).astype(np.int32)

    def logs(imitation):
        keras.utils.set_random_seed(0)
        gan = zoo.GAN(
            zoo.networks.harmonizer([4, 2], values, units=4, width=4),
            zoo.networks.voice_discriminator([4, 2], values, width=4),
            prior=zoo.priors.UniformPrior(4),
            relaxation=zoo.relaxations.Chosen(values),
            condition_values=values,
            imitation=imitation,
        )
        gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
        return gan.train_on_batch(notes, notes[..., 0], return_dict=True), gan

    (without, gan), (with_it, _) = logs(0.0), logs(0.25)
    unlikely = -np.mean(gan.generator.layers[-1].log_prob(gan.relaxation.embedded(tf.constant(notes))))
    assert unlikely > 1
    assert with_it["generator_loss"] - without["generator_loss"] == pytest.approx(0.25 * unlikely, rel=1e-4)
    assert with_it["discriminator_loss"] == without["discriminator_loss"]


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_discriminator_steps_are_counted_and_share_the_batch(images, steps):
    gan = compiled(make_gan(discriminator_steps=steps))
    fit(gan, images, steps=2)
    assert int(gan.optimizer.iterations) == 2
    assert int(gan.discriminator_optimizer.iterations) == 2 * steps


def test_each_discriminator_step_sees_images_of_its_own(images):
    # With the later parts of the batch replaced, the result changes: they are looked at, not only the first.
    results = []
    for batch in (
        images,
        np.concatenate([images[:32], 1 - images[32:]]),
        np.concatenate([1 - images[:32], images[32:]]),
    ):
        gan = compiled(make_gan(discriminator_steps=2))
        fit(gan, batch, steps=1)
        results.append(values(gan.discriminator.trainable_variables)[0])
    assert not np.allclose(results[0], results[1], atol=1e-4)
    assert not np.allclose(results[0], results[2], atol=1e-4)


@pytest.mark.parametrize("steps_before", [0, 39])
def test_the_average_by_hand(images, steps_before):
    gan = compiled(make_gan(ema_halflife=32))  # 16 images a step: half the weight after 2 steps
    gan.optimizer.iterations.assign(steps_before)
    expected = values(gan.generator_ema.weights)
    for step in range(4):
        gan.train_on_batch(images[16 * step : 16 * step + 16])
        seen = 16 * (steps_before + step + 1)
        keep = 0.5 ** (16 / min(32, seen / 10))
        for i, variable in enumerate(gan.generator.weights):
            expected[i] = keep * expected[i] + (1 - keep) * np.array(variable)
    for a, b in zip(expected, values(gan.generator_ema.weights), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_samples_come_from_the_average(images):
    gan = make_gan()
    before = gan.sample_at([0, 1], [0])
    gan.generator.set_weights([2 * w for w in gan.generator.get_weights()])
    np.testing.assert_array_equal(before, gan.sample_at([0, 1], [0]))
    gan.generator_ema.set_weights(gan.generator.get_weights())
    assert np.abs(before - gan.sample_at([0, 1], [0])).max() > 1e-4


def test_a_lazy_penalty_acts_in_its_turn_and_as_many_times_as_strong(images):
    def after_steps(penalties, steps):
        gan = make_gan(penalties=penalties)
        gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(1e-3))
        losses = []
        for start in range(0, 16 * steps, 16):
            gan.trackers[1].reset_state()
            losses.append(gan.train_on_batch(images[start : start + 16], return_dict=True)["discriminator_loss"])
            gan.reset_metrics()
        return np.array(losses)

    plain, every, third = (
        after_steps(p, 4) for p in ([], [zoo.penalties.R1(2.0, every=1)], [zoo.penalties.R1(2.0, every=3)])
    )
    assert third[0] - plain[0] == pytest.approx(3 * (every[0] - plain[0]), rel=1e-3)
    assert third[1] - plain[1] == pytest.approx(0, abs=2e-3)  # its first step changed the weights a little
    assert every[1] - plain[1] > 0.01
    assert third[3] - plain[3] == pytest.approx(3 * (every[3] - plain[3]), rel=0.2)


def test_a_penalty_is_worked_out_in_float32_with_the_weights_of_the_moment():
    gan = make_gan(dtype="mixed_bfloat16")
    exact = make_gan()
    exact.discriminator.set_weights(gan.discriminator.get_weights())
    x = tf.random.stateless_uniform([4, *SHAPE], [0, 1])
    np.testing.assert_allclose(gan.critic.given(None)(x), exact.discriminate(x)[0], rtol=1e-5)
    assert np.abs(gan.discriminate(x)[0] - exact.discriminate(x)[0]).max() > 1e-5  # bfloat16 itself is further off
    gan.discriminator.set_weights([2 * w for w in gan.discriminator.get_weights()])
    assert np.abs(gan.critic.given(None)(x) - exact.discriminate(x)[0]).max() > 1e-3


def test_augmentation_is_inside_the_game(images):
    # A generator that can't be told from the data by what augmentation leaves of both gets no gradient.
    class NothingLeft(zoo.augmentation.Augmentation):
        def call(self, images, seed):
            return 0.0 * images

    gan = make_gan(augmentation=NothingLeft())
    gan.compile(keras.optimizers.SGD(1.0), keras.optimizers.SGD(0.0))
    before = values(gan.generator.trainable_variables)
    fit(gan, images, steps=1)
    assert not any(changed(before, values(gan.generator.trainable_variables)))


def test_adaptive_augmentation_follows_the_discriminator_and_is_saved(images, tmp_path):
    gan = compiled(make_gan(augmentation=zoo.augmentation.AdaptiveAugmentation(target=-0.99, images_to_adapt=640)))
    logs = fit(gan, images, steps=4).history
    assert logs["augmentation"][-1] == pytest.approx(64 / 640)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert float(loaded.augmentation.probability) == pytest.approx(64 / 640)


def test_a_label_changes_the_image_and_the_judgement(images):
    gan = compiled(make_gan(num_classes=10, ema_halflife=1))
    fit(gan, images, steps=2)
    three, four = (gan.sample_at([0, 1], [0], labels=[label]) for label in (3, 4))
    assert np.abs(three - four).max() > 1e-4
    assert np.abs(gan.score(images[:1], labels=[3])[0] - gan.score(images[:1], labels=[4])[0]) > 1e-4


def test_temperature_brings_samples_together():
    gan = make_gan()
    spread = [float(tf.math.reduce_std(gan.sample_at([0, 1], range(32), t), axis=0)[4, 4, 0]) for t in (0.0, 0.5, 1.0)]
    assert spread[0] == pytest.approx(0, abs=1e-6)
    assert spread[0] < spread[1] < spread[2]


def test_scores_are_logits_and_their_probabilities(images):
    logit, probability = make_gan().score(images[:5])
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-logit)), rtol=1e-5)


def test_float32_copy_of_a_mixed_model_has_its_weights(images):
    gan = make_gan(dtype="mixed_bfloat16", num_classes=10, penalties=[zoo.penalties.R1()])
    copy = zoo.in_float32(gan)
    assert {layer.compute_dtype for layer in copy.generator.layers} <= {"float32", "int32"}
    np.testing.assert_allclose(
        copy.sample_at([0, 1], [1], labels=[1]), gan.sample_at([0, 1], [1], labels=[1]), atol=0.02
    )


def test_a_model_that_was_never_compiled_can_be_saved(tmp_path):
    gan = make_gan()
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(loaded.sample_at([0, 1], [0]), gan.sample_at([0, 1], [0]))


@pytest.mark.parametrize("labels", [[10], [-1], None])
def test_labels_out_of_range(labels):
    with pytest.raises(ValueError, match="labels: expected .*9"):
        make_gan(num_classes=10).sample(1, labels=labels)
    with pytest.raises(ValueError, match="labels: expected .*9"):
        make_gan(num_classes=10).score(np.zeros([1, *SHAPE], np.float32), labels=labels)


def test_labels_out_of_range_in_a_graph_give_nothing_to_mistake_for_an_image():
    gan = make_gan(num_classes=10)
    draw = tf.function(lambda labels: gan.sample_at([0, 1], [0, 1], labels=labels))
    images = draw(tf.constant([3, 10])).numpy()
    assert np.all(np.isfinite(images[0]))
    assert np.all(np.isnan(images[1]))


def test_bad_parts():
    generator, discriminator = (
        zoo.networks.dcgan.generator(SHAPE, 6, width=4),
        zoo.networks.dcgan.discriminator([16, 16, 1], width=4),
    )
    with pytest.raises(ValueError, match=r"discriminator: expected data of .*\[n, 8, 8, 1\]; got \[n, 16, 16, 1\]"):
        zoo.GAN(generator, discriminator)
    with pytest.raises(ValueError, match=r"generator: expected the inputs \[latents, labels\]"):
        zoo.GAN(generator, zoo.networks.dcgan.discriminator(SHAPE), num_classes=10)
    with pytest.raises(ValueError, match="discriminator: expected one input, as the model has no condition"):
        zoo.GAN(zoo.networks.dcgan.generator([8, 8, 1], 4), zoo.networks.dcgan.discriminator([8, 8, 1], num_classes=10))
    with pytest.raises(ValueError, match="discriminator_steps: expected at least 1; got 0"):
        make_gan(discriminator_steps=0)
    with pytest.raises(ValueError, match="ema_halflife: expected a positive"):
        make_gan(ema_halflife=0)
    with pytest.raises(ValueError, match=r"penalties: expected a list, \[zoo.penalties.R1\(\)\]; got R1"):
        make_gan(penalties=zoo.penalties.R1())
    with pytest.raises(ValueError, match="prior: expected latent_dim=6, as the networks have; got 5"):
        make_gan(prior=zoo.priors.StandardNormalPrior(5))
    with pytest.raises(ValueError, match="imitation: expected a weight from 0 on; got -1"):
        make_gan(imitation=-1)
    with pytest.raises(ValueError, match=r"imitation: expected a generator whose last layer is a .*SequentialChoices"):
        make_gan(imitation=0.5)
    with pytest.raises(ValueError, match="value_range: expected the least and the largest number; got \\(1, 0\\)"):
        make_gan(value_range=[1, 0])
    logits = keras.Sequential([keras.Input(SHAPE), keras.layers.Conv2D(1, 3)])
    with pytest.raises(ValueError, match=r"discriminator: expected logits of shape \[n, 1\]; got \[n, 6, 6, 1\]"):
        zoo.GAN(generator, logits)
    adam = keras.optimizers.Adam()
    with pytest.raises(ValueError, match="discriminator_optimizer: expected an optimizer of its own"):
        make_gan().compile(adam, adam)


def test_a_batch_too_small_for_the_discriminators_steps_is_gone_through_again(images):
    """The last batch of an epoch, of 2 images for 3 steps, is as one of the same images over and over."""

    def trained(rows):
        gan = compiled(make_gan(num_classes=10, width=2, discriminator_steps=3))
        logs = gan.train_on_batch(images[rows], LABELS[rows], return_dict=True)
        return gan, logs

    (short, logs), (repeated, _) = trained([20, 21]), trained([20, 21, 20])
    assert all(np.isfinite(value) for value in logs.values())
    assert int(short.discriminator_optimizer.iterations) == 3
    for a, b in zip(values(short.discriminator.weights), values(repeated.discriminator.weights), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("steps", "jit_compile"), [(1, False), (1, True), pytest.param(3, True, marks=pytest.mark.slow)]
)
def test_an_epoch_may_end_with_fewer_images(images, steps, jit_compile):
    """With XLA, which GPUs have by default, a penalty that is due now and then ended in an error."""
    gan = compiled(
        make_gan(width=2, penalties=[zoo.penalties.R1(every=2)], discriminator_steps=steps), jit_compile=jit_compile
    )
    logs = gan.fit(images[:33], batch_size=16, verbose=0, shuffle=False).history  # 16, 16, 1
    assert np.isfinite(logs["discriminator_loss"]).all()


def test_held_out_images_are_judged_and_nothing_is_learned(images):
    gan = compiled(make_gan())
    before = gan.get_weights()
    figures = gan.evaluate(images, verbose=0, return_dict=True)
    assert 0 < figures["fake_probability"] < 1
    assert not any(changed(before, gan.get_weights()))
