"""What every model of the zoo takes as data, and what it says of anything else."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from models import mirrored

import zoo
from zoo import inputs

N, SHAPE, CLASSES = 12, [8, 8, 1], 3
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.random([N, *SHAPE]).astype(np.float32)
LABELS = np.arange(N, dtype=np.int32) % CLASSES


def network(*widths):
    """Images -> an output for each width, each made from the one before."""
    x = images = keras.Input(SHAPE)
    x, outputs = keras.layers.Flatten()(x), []
    for width in widths:
        x = keras.layers.Dense(width, activation="softmax" if width == CLASSES else None)(x)
        outputs.append(x)
    return keras.Model(images, outputs if len(outputs) > 1 else x)


def vae():
    return zoo.VAE(network(4), zoo.networks.dense_decoder(SHAPE, latent_dim=2, widths=[4]))


def gan(num_classes=None):
    latents, labels = keras.Input([2]), keras.Input([], dtype="int32")
    embedded = keras.layers.Embedding(num_classes or 1, 2)(labels)
    x = keras.layers.Concatenate()([latents, embedded]) if num_classes else latents
    x = keras.layers.Reshape(SHAPE)(keras.layers.Dense(64, activation="sigmoid")(x))
    return zoo.GAN(keras.Model([latents, labels] if num_classes else latents, x), network(1), num_classes=num_classes)


def conditional_gan():
    return gan(CLASSES)


def classifier():
    return zoo.Classifier(network(5, CLASSES), zoo.augmentation.DiffAugment(cutout=0))


def contrastive():
    return zoo.ContrastiveModel(network(5, 4), zoo.augmentation.DiffAugment(cutout=0))


MODELS = [vae, gan, conditional_gan, classifier, contrastive]
LABELLED = [conditional_gan, classifier]


def compiled(make):
    model = make()
    model.compile(*["adam"] * (2 if isinstance(model, zoo.GAN) else 1))
    return model


def labels_of(model):
    return LABELS if model.target else None


def as_data_set(x, y):
    return tf.data.Dataset.from_tensor_slices(x if y is None else (x, y)).batch(4), None


def as_generator(x, y):
    parts = range(0, len(x), 4)
    return ((x[i : i + 4],) if y is None else (x[i : i + 4], y[i : i + 4]) for i in parts), None


class Batches(keras.utils.PyDataset):
    def __init__(self, x, y):
        super().__init__()
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x) // 4

    def __getitem__(self, i):
        rows = slice(4 * i, 4 * i + 4)
        return (self.x[rows],) if self.y is None else (self.x[rows], self.y[rows])


def as_batches(x, y):
    return Batches(x, y), None


SOURCES = [lambda x, y: (x, y), as_data_set, as_generator, as_batches]


def refused(function, message):
    with pytest.raises(ValueError, match=message) as error:
        function()
    assert "\n" not in str(error.value)


BAD = {
    "bytes": (
        (255 * IMAGES).astype(np.uint8),
        r"x: expected numbers from 0 to 1; got uint8 from \d+ to \d+: divide.* 255",
    ),
    "signed": (
        2 * IMAGES - 1,
        r"x: expected numbers from 0 to 1; got float32 from -0\.9\d* to .*: add 1 and divide by 2",
    ),
    "nan": (np.where(IMAGES > 0.5, np.nan, IMAGES), r"x: expected numbers from 0 to 1; got float.* with \d+ NaN"),
    "no channel": (
        IMAGES[..., 0],
        r"x: expected shape \[n, 8, 8, 1\]; got \[.*, 8, 8\]: x\[\.\.\., None\] has the last axis",
    ),
    "size": (IMAGES[:, :7], r"x: expected shape \[n, 8, 8, 1\]; got \[.*, 7, 8, 1\]"),
    "text": (np.full([N, *SHAPE], "a"), "x: expected real numbers; got (str|string)"),
    "complex": (IMAGES.astype(np.complex64), "x: expected real numbers; got complex64"),
}


# Every model by one fault, every fault by one model.
CASES = [(make, "bytes") for make in MODELS] + [(vae, bad) for bad in BAD if bad != "bytes"]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("make", "bad"), CASES)
def test_other_data_are_refused_before_anything_is_learned(make, bad, source):
    model, (x, message) = compiled(make), BAD[bad]
    before = [weight.copy() for weight in model.get_weights()]
    refused(lambda: model.fit(*source(x, labels_of(model)), verbose=0, shuffle=False), message)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("make", MODELS)
def test_batches_and_held_out_data_are_looked_at_too(make):
    model, (x, message) = compiled(make), BAD["bytes"]
    y = labels_of(model)
    refused(lambda: model.train_on_batch(x, y), message)
    refused(lambda: model.test_on_batch(x, y), message)
    message = message.replace("x:", "validation_data:", 1)
    refused(lambda: model.fit(IMAGES, y, validation_data=(x, y), verbose=0), message)


def test_held_out_data_sets_are_looked_at():
    model, (x, message) = compiled(vae), BAD["bytes"]
    held_out, _ = as_data_set(x, None)
    message = message.replace("x:", "validation_data:", 1)
    refused(lambda: model.fit(IMAGES, validation_data=held_out, verbose=0), message)
    logs = model.fit(IMAGES, validation_data=(IMAGES, None), verbose=0).history
    assert "val_elbo" in logs


@pytest.mark.parametrize("source", SOURCES)
def test_a_later_batch_is_looked_at_as_the_first_is(source):
    x = IMAGES.copy()
    x[-1] = 200.0
    refused(lambda: compiled(vae).fit(*source(x, None), verbose=0, shuffle=False), "got float32 from .* to 200")


def test_batches_as_lists_dictionaries_and_single_items():
    model = compiled(classifier)
    model.fit(([IMAGES[:4], LABELS[:4]] for _ in range(1)), verbose=0)
    dictionaries = ({"image": IMAGES[:4]} for _ in range(1))
    refused(lambda: model.fit(dictionaries, verbose=0), "x: .* got dictionaries of image")
    single = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS))
    refused(
        lambda: model.fit(single, verbose=0),
        r"x: expected shape \[n, 8, 8, 1\]; got \[8, 8, 1\], of which a batch has one axis more",
    )


def test_what_a_strategy_has_dealt_out_is_looked_at_too():
    strategy = mirrored(2)
    with strategy.scope():
        model = compiled(classifier)
    dealt = [
        strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices(parts).batch(4))
        for parts in ((255 * IMAGES, LABELS), (IMAGES, LABELS + 1))
    ]
    refused(
        lambda: model.fit(dealt[0], verbose=0), "x: expected numbers from 0 to 1; got float32 .*: divide them by 255"
    )
    refused(lambda: model.fit(dealt[1], verbose=0), "y: expected labels from 0 to 2; got 3")


@pytest.mark.parametrize("make", [vae, contrastive])
def test_batches_that_replicas_can_not_share_equally_are_refused(make):
    """One of them would have none, whose mean is no number."""
    with mirrored(2).scope():
        model = compiled(make)
    start = "batch_size: expected batches that 2 replicas can share equally; got "
    refused(lambda: model.fit(IMAGES[:9], batch_size=4, verbose=0), start + "4 for 9 items, the last 1 by themselves")
    refused(lambda: model.evaluate(IMAGES, batch_size=3, verbose=0), start + "3")
    refused(lambda: model.train_on_batch(IMAGES[:3]), start + "3")
    refused(
        lambda: model.fit(as_data_set(IMAGES, None)[0], verbose=0), start + "batches that may be smaller at the end"
    )
    logs = model.fit(IMAGES[:10], batch_size=4, verbose=0).history
    assert np.isfinite([values[-1] for values in logs.values()]).all()


@pytest.mark.parametrize("make", [vae, gan, conditional_gan, classifier])
def test_networks_in_the_global_policy_of_keras_train(make):
    """A user's networks give bfloat16 there, the zoo's own always float32."""
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = compiled(make)
    finally:
        keras.config.set_dtype_policy("float32")
    logs = model.fit(IMAGES, labels_of(model), verbose=0).history
    assert np.isfinite([values[-1] for values in logs.values()]).all()


def test_a_label_that_is_no_class_in_predict():
    images = conditional_gan().predict([np.zeros([3, 2]), np.int32([0, 7, -1])], verbose=0)
    assert np.isnan(images).all(axis=(1, 2, 3)).tolist() == [False, True, True]


@pytest.mark.parametrize(("make", "source"), [(vae, source) for source in SOURCES] + [(gan, SOURCES[0])])
def test_numbers_of_other_types_train_as_the_same_in_float32(make, source):
    """Black and white, which every type can hold."""
    trained = []
    for dtype in (np.float32, np.float64, np.uint8, bool):
        keras.utils.set_random_seed(0)
        model = compiled(make)
        model.fit(*source((IMAGES > 0.5).astype(dtype), labels_of(model)), verbose=0, shuffle=False)
        trained.append(np.concatenate([weight.ravel() for weight in model.get_weights()]))
    for weights in trained:
        np.testing.assert_array_equal(weights, trained[0])


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("make", LABELLED)
def test_labels_that_are_no_classes_are_refused(make, source):
    model = compiled(make)
    for labels, message in [
        (LABELS - 1, "y: expected labels from 0 to 2; got -1"),
        (LABELS + 1, "y: expected labels from 0 to 2; got 3"),
        (
            np.eye(3, dtype=np.int32)[LABELS],
            r"y: expected labels of shape \[n\]; got \[.*, 3\]: np.argmax\(y, axis=1\)",
        ),
        (LABELS.astype(np.float32), "y: expected integers; got float32"),
        (None, r"y: expected labels, int32 \[n\], 0 to 2; got none"),
    ]:
        refused(lambda labels=labels: model.fit(*source(IMAGES, labels), verbose=0, shuffle=False), message)


def test_labels_of_other_integers_train_as_the_same_in_int32():
    def trained(labels):
        keras.utils.set_random_seed(0)
        model = compiled(classifier)
        model.fit(IMAGES, labels, verbose=0, shuffle=False)
        return np.concatenate([weight.ravel() for weight in model.get_weights()])

    for labels in (LABELS.astype(np.uint8), LABELS.astype(np.int64)[:, None]):
        np.testing.assert_array_equal(trained(labels), trained(LABELS))
    assert np.any(trained(LABELS) != trained(LABELS[::-1].copy()))


def test_fewer_labels_than_items():
    refused(lambda: compiled(classifier).fit(IMAGES, LABELS[:5], verbose=0), "y: expected 12 labels.*; got 5")


@pytest.mark.parametrize("make", MODELS)
def test_what_would_be_dropped_is_refused_by_name(make):
    model = compiled(make)
    y = labels_of(model)
    for name, value in {"sample_weight": np.ones(N), "class_weight": {0: 1.0}}.items():
        refused(lambda given={name: value}: model.fit(IMAGES, y, verbose=0, **given), f"{name}: expected none")
    weighted = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS, np.ones(N))).batch(4)
    refused(lambda: model.fit(weighted, verbose=0), "sample_weight: expected none")
    optimizers = [keras.optimizers.Adam() for _ in range(2 if isinstance(model, zoo.GAN) else 1)]
    for name, value in {"loss": "mse", "metrics": ["mae"]}.items():
        refused(lambda given={name: value}: model.compile(*optimizers, **given), f"{name}: expected none")
    refused(lambda: model.fit([IMAGES, IMAGES], y, verbose=0), "x: expected one array or a data set; got a list of 2")
    refused(lambda: model.fit({"image": IMAGES}, y, verbose=0), "x: .*; got a dictionary of image")
    batches = tf.data.Dataset.from_tensor_slices({"image": IMAGES, "label": LABELS}).batch(4)
    refused(lambda: model.fit(batches, verbose=0), r"x: .* got dictionaries of image, label.*x\.map\(")


@pytest.mark.parametrize(
    "callback", [keras.callbacks.LearningRateScheduler(float), keras.callbacks.ReduceLROnPlateau()]
)
def test_callbacks_that_would_move_one_players_learning_rate(callback):
    message = f"callbacks: expected none for learning rates, as {type(callback).__name__} would move the generator's"
    refused(lambda: compiled(gan).fit(IMAGES, verbose=0, callbacks=[callback]), message)
    refused(lambda: compiled(gan).fit(IMAGES, verbose=0, callbacks=callback), message)
    together = keras.callbacks.CallbackList([callback])
    refused(lambda: compiled(gan).fit(IMAGES, verbose=0, callbacks=together), message)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: vae().encode(x),
        lambda x: vae().reconstruct(x),
        lambda x: compiled(vae).predict(x, verbose=0),
        lambda x: gan().score(x),
        lambda x: compiled(classifier).predict(x, verbose=0),
        lambda x: compiled(contrastive).predict_on_batch(x),
        lambda x: zoo.estimate_likelihood(vae(), x, num_samples=2),
    ],
)
def test_functions_look_at_their_data(function):
    for x, message in BAD.values():
        refused(
            lambda x=x: function(x), message.replace("x:", "(x|images|data):", 1).replace(r"x\[", r"(x|images|data)\[")
        )
    function((IMAGES > 0.5).astype(np.uint8))


def test_rounding_may_leave_the_range_a_little():
    data = inputs.Data([1], (0.0, 1.0))
    data.check("x", np.array([[-1e-4], [1 + 1e-4]]))
    refused(lambda: data.check("x", np.array([[1.01]])), "got float64 from 1.01 to 1.01")
    data.check("x", np.zeros([0, 1]))
    inputs.Data([None], (-np.inf, np.inf)).check("x", np.array([[1e30, -5]]))


def test_a_network_without_shapes():
    class Encoder(keras.Model):
        def call(self, x):
            return keras.ops.reshape(x, [-1, 64])[:, :4]

    decoder = zoo.networks.dense_decoder(SHAPE, latent_dim=2)
    message = r"encoder: expected a Keras model made from keras\.Input; got Encoder, whose shapes are not known"
    refused(lambda: zoo.VAE(Encoder(), decoder), message)
    refused(lambda: zoo.VAE(keras.Sequential([keras.layers.Dense(4)]), decoder), "encoder: .*got Sequential")
    refused(lambda: zoo.GAN(decoder, "discriminator"), "discriminator: .*got str")
    two = r"encoder: expected 1 output; got 2: \[n, 2\], \[n, 2\]"
    refused(lambda: zoo.VAE(network(2, 2), decoder), two)
    refused(
        lambda: zoo.Classifier(network(3), zoo.augmentation.DiffAugment()),
        r"network: expected 2 outputs; got 1: \[n, 3\]",
    )
    x = keras.Input(SHAPE)
    model = zoo.VAE(keras.Model(x, Encoder()(x)), decoder)  # as the message says
    assert model.reconstruct(IMAGES).shape == IMAGES.shape
