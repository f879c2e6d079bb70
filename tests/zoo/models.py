"""A small one of every kind of model: what the contract in test_contract.py is held by.

A model of a new kind gets a function here and a row in `CASES`. Imported by programs of several workers, too, which may
not import conftest.py.
"""

from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

import zoo

SHAPE, CLASSES, STEPS, TOKENS = (8, 8, 1), 3, 6, 5
EAGER = {"run_eagerly": True}  # a few steps take less time than to compile one
RNG = np.random.default_rng(0)
COUNT = 64
BINARY = (RNG.random([COUNT, *SHAPE]) < 0.3).astype(np.float32)
GREY = (RNG.integers(0, 256, [COUNT, *SHAPE]) / 255).astype(np.float32)
HITS = RNG.random([COUNT, STEPS, 2]) < 0.4
BEATS = np.concatenate([HITS, HITS * RNG.random(HITS.shape), HITS * (RNG.random(HITS.shape) - 0.5)], -1).astype(
    np.float32
)
TEXT = np.cumsum(RNG.integers(0, 2, [COUNT, STEPS]), axis=1).astype(np.int32) % TOKENS
LABELS = np.arange(COUNT, dtype=np.int32) % CLASSES
VALUES = (-2, -1, 60, 62, 64)  # of the steps of a melody
MELODIES = np.array(VALUES, np.int32)[RNG.integers(0, len(VALUES), [COUNT, STEPS])]


class Case(NamedTuple):
    """A kind of model and what it is trained on."""

    build: Callable  # () -> the model, not compiled
    x: np.ndarray
    y: np.ndarray | None = None
    samples: bool = True  # whether it is a generative model

    def made(self, optimizer: Callable = lambda: keras.optimizers.Adam(3e-3), **settings):
        """The model, compiled; the same whenever it is made."""
        keras.utils.set_random_seed(1)
        model = self.build()
        model.compile(*(optimizer() for _ in range(2 if isinstance(model, zoo.GAN) else 1)), **settings)
        return model

    def fit(self, model, epochs=1, **settings):
        """Trains it, four steps per epoch."""
        return model.fit(self.x, self.y, batch_size=16, epochs=epochs, shuffle=False, verbose=0, **settings).history

    def step(self, model):
        """One step."""
        model.train_on_batch(self.x[:16], None if self.y is None else self.y[:16])

    def condition(self, model, rows):
        """Of one sample for each of some items of y, by the name that the model has for it."""
        return {model.condition.name: self.y[rows]} if self.samples and model.condition else {}


def vae():
    likelihood = zoo.likelihoods.DiscretizedLogistic()
    return zoo.VAE(
        zoo.networks.conv_encoder(SHAPE, 2 * 4, width=2, hidden=8),
        zoo.networks.conv_decoder(likelihood.parameters_shape(SHAPE), 4, width=2, hidden=8),
        prior=zoo.priors.RealNVPPrior(4, couplings=2, width=8),
        likelihood=likelihood,
        objective=zoo.objectives.IWAE(3),
        domain=zoo.domains.Images(*SHAPE, source="grey", class_names=["ä", "b"]),
    )


def vae_with_free_bits():
    return zoo.VAE(
        zoo.networks.dense_encoder(SHAPE, 2 * 4, widths=[16]),
        zoo.networks.dense_decoder(SHAPE, 4, widths=[16]),
        objective=zoo.objectives.ELBO(beta=0.9, num_samples=2, warmup_steps=6, free_bits=0.05),
    )


def conditional_vae():
    return zoo.VAE(
        zoo.networks.dense_encoder(SHAPE, 2 * 4, widths=[16], num_classes=CLASSES),
        zoo.networks.dense_decoder(SHAPE, 4, widths=[16], num_classes=CLASSES),
        num_classes=CLASSES,
    )


def token_vae():
    return zoo.VAE(
        zoo.networks.gru_encoder(STEPS, TOKENS, num_outputs=2 * 4, units=8),
        zoo.networks.GRUDecoder(4, STEPS, TOKENS, units=8),
        likelihood=zoo.likelihoods.Categorical(TOKENS),
    )


def beat_vae():
    likelihood = zoo.likelihoods.MarkedEvents([(0, 1), (-0.5, 0.5)])
    return zoo.VAE(
        zoo.networks.beat_encoder((STEPS, 6), 2 * 4, hits_only=True, widths=[16]),
        zoo.networks.dense_decoder(likelihood.parameters_shape((STEPS, 6)), 4, widths=[16]),
        likelihood=likelihood,
    )


def gan():
    return zoo.GAN(
        zoo.networks.dcgan.generator(SHAPE, 4, 2),
        zoo.networks.dcgan.discriminator(SHAPE, 4),
        loss=zoo.losses.Relativistic(),
        penalties=[zoo.penalties.R1(0.1, every=2)],
        augmentation=zoo.augmentation.AdaptiveAugmentation(images_to_adapt=640),
        ema_halflife=100,
    )


def conditional_gan():
    return zoo.GAN(
        zoo.networks.dcgan.generator(SHAPE, 4, 2, num_classes=CLASSES),
        zoo.networks.dcgan.discriminator(SHAPE, 4, num_classes=CLASSES, num_auxiliary=CLASSES),
        loss=zoo.losses.Wasserstein(),
        penalties=[zoo.penalties.GradientPenalty(), zoo.penalties.DRAGAN(every=3)],
        auxiliary=zoo.auxiliary.ClassPrediction(CLASSES),
        num_classes=CLASSES,
        discriminator_steps=2,
    )


def residual_gan():
    return zoo.GAN(
        zoo.networks.sngan.generator(SHAPE, 6, 2),
        zoo.networks.sngan.discriminator(SHAPE, 2, num_auxiliary=4),
        prior=zoo.priors.LatentCodePrior(6, 3, 1, scale=2.0),
        loss=zoo.losses.LeastSquares(),
        auxiliary=zoo.auxiliary.CodePrediction(3, 1),
    )


def style_gan():
    return zoo.GAN(
        zoo.networks.stylegan.generator(SHAPE, 4, 2, num_classes=CLASSES),
        zoo.networks.dcgan.discriminator(SHAPE, 4),
        num_classes=CLASSES,
    )


def _melody_and(inputs):
    """The inputs of a network that is told a melody, and all of them in one row."""
    melody = keras.Input([STEPS], dtype="int32", name="melody")
    rows = map(keras.layers.Flatten(), [inputs, zoo.layers.OneHot(VALUES)(melody)])
    return [inputs, melody], keras.layers.Concatenate()(list(rows))


def gan_of_melodies():
    told, x = _melody_and(keras.Input([4], name="latents"))
    images = keras.layers.Reshape(SHAPE)(keras.layers.Dense(64, activation="sigmoid")(x))
    seen, y = _melody_and(keras.Input(SHAPE, name="images"))
    y = keras.layers.Dense(1)(keras.layers.Dense(8, activation="tanh")(y))
    return zoo.GAN(keras.Model(told, images), keras.Model(seen, y), condition_values=VALUES)


def vae_of_melodies():
    told, x = _melody_and(keras.Input([4], name="latents"))
    logits = keras.layers.Reshape([STEPS, TOKENS])(keras.layers.Dense(STEPS * TOKENS)(x))
    tokens = keras.Input([STEPS], dtype="int32", name="tokens")
    encoded = keras.layers.Dense(2 * 4)(keras.layers.Flatten()(zoo.layers.OneHot(TOKENS)(tokens)))
    return zoo.VAE(
        keras.Model(tokens, encoded),
        keras.Model(told, logits),
        likelihood=zoo.likelihoods.Categorical(TOKENS),
        condition_values=VALUES,
    )


def _images_and_features():
    images = keras.Input(SHAPE, name="images")
    x = zoo.layers.BatchNormalization(momentum=0.9)(keras.layers.Conv2D(4, 3, strides=2, use_bias=False)(images))
    return images, keras.layers.Flatten()(keras.layers.ReLU()(x))


def classifier():
    images, features = _images_and_features()
    network = keras.Model(images, [features, keras.layers.Dense(CLASSES, activation="softmax")(features)])
    return zoo.Classifier(network, zoo.augmentation.DiffAugment(rotation=10, scaling=0.1))


def contrastive():
    images, features = _images_and_features()
    network = keras.Model(images, [features, keras.layers.Dense(5)(features)])
    return zoo.ContrastiveModel(network, zoo.augmentation.DiffAugment())


def melody_vae():
    return zoo.VAE(
        zoo.networks.segmented_encoder([STEPS], VALUES, 2 * 6, segments=3, width=8, blocks=1),
        zoo.networks.segmented_decoder([STEPS], VALUES, 6, segments=3, width=8, blocks=1),
        prior=zoo.priors.AutoregressiveMixturePrior(6, groups=3, components=3, units=6, width=8),
        likelihood=zoo.likelihoods.Categorical(VALUES),
    )


def harmonizing_vae():
    return zoo.VAE(
        zoo.networks.segmented_encoder([STEPS, 2], VALUES, 2 * 6, segments=3, width=8, blocks=1),
        zoo.networks.segmented_decoder([STEPS, 2], VALUES, 6, segments=3, width=8, blocks=1, given="soprano"),
        prior=zoo.priors.AutoregressiveMixturePrior(
            6,
            groups=3,
            components=3,
            units=6,
            width=8,
            network=zoo.networks.voice_network(STEPS, VALUES, segments=3, width=4, blocks=1),
        ),
        likelihood=zoo.likelihoods.Categorical(VALUES),
        condition_values=VALUES,
    )


def gan_of_notes():
    latents = keras.Input([4], name="latents")
    logits = keras.layers.Reshape([STEPS, len(VALUES)])(keras.layers.Dense(STEPS * len(VALUES))(latents))
    seen = keras.Input([STEPS, len(VALUES)], name="notes")
    return zoo.GAN(
        keras.Model(latents, logits),
        keras.Model(seen, keras.layers.Dense(1)(keras.layers.Flatten()(seen))),
        relaxation=zoo.relaxations.StraightThrough(VALUES),
    )


def harmonizing_gan():
    return zoo.GAN(
        zoo.networks.harmonizer([STEPS, 3], VALUES, units=6, width=6),
        zoo.networks.voice_discriminator([STEPS, 3], VALUES, width=6),
        prior=zoo.priors.UniformPrior(2 * STEPS),
        relaxation=zoo.relaxations.Chosen(VALUES),
        condition_values=VALUES,
        imitation=0.3,
    )


CASES = {
    "vae": Case(vae, GREY),
    "vae_with_free_bits": Case(vae_with_free_bits, BINARY),
    "conditional_vae": Case(conditional_vae, BINARY, LABELS),
    "token_vae": Case(token_vae, TEXT),
    "beat_vae": Case(beat_vae, BEATS),
    "gan": Case(gan, GREY),
    "conditional_gan": Case(conditional_gan, GREY, LABELS),
    "residual_gan": Case(residual_gan, GREY),
    "style_gan": Case(style_gan, GREY, LABELS),
    "gan_of_melodies": Case(gan_of_melodies, GREY, MELODIES),
    "vae_of_melodies": Case(vae_of_melodies, TEXT, MELODIES),
    "melody_vae": Case(melody_vae, MELODIES),
    "harmonizing_vae": Case(harmonizing_vae, np.stack([MELODIES, MELODIES[::-1]], axis=2), MELODIES),
    "gan_of_notes": Case(gan_of_notes, MELODIES),
    "harmonizing_gan": Case(
        harmonizing_gan, np.stack([MELODIES, MELODIES[::-1], MELODIES[::2].repeat(2, 0)], 2), MELODIES
    ),
    "classifier": Case(classifier, GREY, LABELS, samples=False),
    "contrastive": Case(contrastive, GREY, samples=False),
}


def mirrored(count):
    """A strategy of some of the logical CPUs."""
    # TensorFlow's collective operations allow one number of replicas in the life of a process.
    reduction = tf.distribute.ReductionToOneDevice()
    return tf.distribute.MirroredStrategy([f"CPU:{i}" for i in range(count)], cross_device_ops=reduction)


def trained(case, strategy):
    """A model's weights and the last metrics after some steps under a strategy.

    By SGD, as Adam hides gradients of a wrong scale.
    """
    with strategy.scope():
        model = case.made(lambda: keras.optimizers.SGD(1e-2))
    parts = case.x if case.y is None else (case.x, case.y)
    batches = tf.data.Dataset.from_tensor_slices(parts).repeat().batch(16, drop_remainder=True)
    history = model.fit(batches, steps_per_epoch=12, verbose=0, shuffle=False).history
    return model.get_weights(), {name: values[-1] for name, values in history.items()}
