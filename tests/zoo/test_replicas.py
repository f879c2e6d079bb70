"""What one, two and four replicas have in common; that they learn the same is a part of the contract."""

import numpy as np
import pytest
import tensorflow as tf
from models import BINARY, CASES, CLASSES, mirrored

import zoo
from zoo.measures import likelihood
from zoo.numerics import replicas


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


def test_the_likelihood_is_the_same_on_any_number_of_replicas(monkeypatch):
    monkeypatch.setattr(likelihood, "ROWS", 60)  # 20 images at once
    data, labels = np.tile(BINARY, [2, 1, 1, 1])[:110], np.arange(110) % CLASSES
    one = zoo.estimate_likelihood(CASES["conditional_vae"].made(), data, num_samples=3, condition=labels)
    with mirrored(4).scope():
        vae = CASES["conditional_vae"].made()
    shared = []
    progress = lambda batches: shared.append(batches) or batches  # noqa: E731
    four = zoo.estimate_likelihood(vae, data, num_samples=3, progress=progress, condition=labels)
    assert four == pytest.approx(one, rel=1e-5)
    assert list(shared[0]) == [0, 80]  # two rounds instead of six; of the second, the last two replicas have nothing
