"""The same global batch on one, two and four replicas: the same weights.

With SGD, as Adam hides gradients of a wrong scale.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from zoo.measures import likelihood
from zoo.numerics import replicas

STEPS = 20


def mirrored(count):
    """A strategy of some of the logical CPUs."""
    # TensorFlow's collective operations allow one number of replicas in the life of a process.
    reduction = tf.distribute.ReductionToOneDevice()
    return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)], cross_device_ops=reduction)


def small_vae():
    keras.utils.set_random_seed(0)
    vae = zoo.VAE(
        zoo.networks.dense_encoder([28, 28, 1], 8, widths=[16]),
        zoo.networks.dense_decoder([28, 28, 1], 4, widths=[16]),
        objective=zoo.objectives.IWAE(num_samples=3),
    )
    vae.compile(keras.optimizers.SGD(1e-3))
    return vae


def small_gan(penalty=None):
    keras.utils.set_random_seed(0)
    gan = zoo.GAN(
        zoo.networks.dcgan.generator([28, 28, 1], latent_dim=4, width=2, num_classes=10),
        zoo.networks.dcgan.discriminator([28, 28, 1], width=4, num_classes=10),
        loss=zoo.losses.Wasserstein(),
        penalties=[penalty or zoo.penalties.GradientPenalty()],
        discriminator_steps=2,
        num_classes=10,
        ema_halflife=100,
    )
    gan.compile(keras.optimizers.SGD(1e-2), keras.optimizers.SGD(1e-2))
    return gan


def small_sngan():
    keras.utils.set_random_seed(0)
    generator, discriminator = (
        zoo.networks.sngan.generator([8, 8, 1], 4, width=2),
        zoo.networks.sngan.discriminator([8, 8, 1], width=2),
    )
    gan = zoo.GAN(generator, discriminator, loss=zoo.losses.Hinge())
    gan.compile(keras.optimizers.SGD(1e-2), keras.optimizers.SGD(1e-2))
    return gan


def small_classifier():
    keras.utils.set_random_seed(0)
    images = keras.Input([28, 28, 1])
    x = keras.layers.Conv2D(4, 5, strides=3, use_bias=False)(images)
    features = keras.layers.Flatten()(keras.layers.ReLU()(zoo.layers.BatchNormalization(momentum=0.9)(x)))
    network = keras.Model(images, [features, keras.layers.Dense(10, activation="softmax")(features)])
    classifier = zoo.Classifier(network, zoo.augmentation.DiffAugment(rotation=10, scaling=0.1))
    classifier.compile(keras.optimizers.SGD(1e-2))
    return classifier


def small_contrastive():
    classifier = small_classifier()
    features, x = classifier.network.outputs[0], keras.layers.Dense(5)
    network = keras.Model(classifier.network.inputs, [features, x(features)])
    model = zoo.ContrastiveModel(network, zoo.augmentation.DiffAugment())
    model.compile(keras.optimizers.SGD(1e-2))
    return model


def trained(make, strategy, digits):
    """All weights after some steps of 16 images, and the last metrics."""
    labels = np.arange(len(digits), dtype=np.int32) % 10
    batches = tf.data.Dataset.from_tensor_slices((digits, labels)).repeat().batch(16, drop_remainder=True)
    with strategy.scope():
        model = make()
    if isinstance(model, zoo.GAN) and not model.num_classes:
        batches = batches.map(lambda images, labels: images[:, 10:18, 10:18])
    history = model.fit(batches, steps_per_epoch=STEPS, verbose=0, shuffle=False).history
    return model.get_weights(), {name: values[-1] for name, values in history.items()}


def small_dragan():
    return small_gan(zoo.penalties.DRAGAN(every=3))


@pytest.mark.parametrize("make", [small_vae, small_gan, small_dragan, small_sngan, small_classifier, small_contrastive])
def test_any_number_of_replicas_learns_the_same(make, digits):
    one, one_metrics = trained(make, tf.distribute.get_strategy(), digits)
    moved = [np.abs(after - before).max() for after, before in zip(one, make().get_weights())]
    assert max(moved) > 1e-2
    for count in (2, 4) if make is small_vae else (2,):
        weights, metrics = trained(make, mirrored(count), digits)
        for actual, expected in zip(weights, one, strict=True):
            np.testing.assert_allclose(actual, expected, atol=1e-5)
        assert metrics == pytest.approx(one_metrics, abs=1e-3)


def test_each_replica_has_its_rows_of_the_whole_batch():
    def draw():
        total, mine = replicas.rows(3)
        return tf.range(total)[mine]

    assert draw().numpy().tolist() == [0, 1, 2]
    strategy = mirrored(2)
    per_replica = strategy.experimental_local_results(strategy.run(tf.function(draw)))
    assert [rows.numpy().tolist() for rows in per_replica] == [[0, 1, 2], [3, 4, 5]]


def test_augmentation_is_that_of_the_whole_batch(digits):
    def augmented(strategy, images):
        with strategy.scope():
            gan = zoo.GAN(
                zoo.networks.dcgan.generator([28, 28, 1], latent_dim=4, width=2),
                zoo.networks.dcgan.discriminator([28, 28, 1], width=4),
                augmentation=zoo.augmentation.DiffAugment(),
            )
        count = len(images) // strategy.num_replicas_in_sync
        part = strategy.experimental_distribute_values_from_function(
            lambda context: tf.constant(images[context.replica_id_in_sync_group * count :][:count])
        )
        run = tf.function(lambda part: gan._augmented(part, 1.0 - part, tf.constant([0, 1])))
        kinds = strategy.run(run, [part])
        return [np.concatenate(strategy.experimental_local_results(kind)) for kind in kinds]

    images = digits[:8]
    one = augmented(tf.distribute.get_strategy(), images)
    assert np.abs(one[0] - images).max() > 0.1
    assert np.abs(one[1] - (1.0 - one[0])).max() > 0.1  # the two kinds have draws of their own
    for count in (2, 4):
        np.testing.assert_allclose(augmented(mirrored(count), images), one, atol=1e-6)


def test_the_likelihood_is_the_same_on_any_number_of_replicas(digits, monkeypatch):
    monkeypatch.setattr(likelihood, "ROWS", 60)  # 20 images at once
    one = zoo.estimate_likelihood(small_vae(), digits[:110], num_samples=3)
    with mirrored(4).scope():
        vae = small_vae()
    shared = []
    four = zoo.estimate_likelihood(
        vae, digits[:110], num_samples=3, progress=lambda batches: shared.append(batches) or batches
    )
    assert four == pytest.approx(one, rel=1e-5)
    assert list(shared[0]) == [0, 80]  # two rounds instead of six; of the second, the last two replicas have nothing
