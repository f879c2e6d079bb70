import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo import augmentation
from zoo.augmentation import AdaptiveAugmentation, DiffAugment

SEED = tf.constant([7, -3])
OFF = {"brightness": 0, "contrast": 0, "saturation": 0, "translation": 0, "cutout": 0}
ADAPTIVE_OFF = {**OFF, "rotation": 0, "scaling": 0}
BOTH = pytest.mark.parametrize("layer", [DiffAugment, AdaptiveAugmentation])


def random_images(n=64, height=12, width=10, channels=1):
    """Images without two equal pixels and without a 0."""
    return np.random.default_rng(0).uniform(0.1, 1, [n, height, width, channels]).astype(np.float32)


def adaptive(probability, **settings):
    layer = AdaptiveAugmentation(**settings)
    layer.probability.assign(probability)
    return layer


def everything(layer):
    """The layer with all of its transforms always on."""
    return adaptive(1.0, cutout=0.5) if layer is AdaptiveAugmentation else DiffAugment()


def shifted(image, down, right):
    """By NumPy: moved, with zeros moved in."""
    height, width, _ = image.shape
    padded = np.pad(image, [[height, height], [width, width], [0, 0]])
    return padded[height - down : 2 * height - down, width - right : 2 * width - right]


@pytest.mark.parametrize("layer", [DiffAugment(**OFF), adaptive(1.0, **ADAPTIVE_OFF)])
def test_strengths_of_0_give_the_identity(layer):
    images = random_images(channels=3)
    np.testing.assert_array_equal(layer(images, SEED), images)


def test_brightness_adds_one_number_to_an_image():
    images = random_images(n=500, channels=3)
    change = DiffAugment(**{**OFF, "brightness": 0.25})(images, SEED).numpy() - images
    np.testing.assert_allclose(change, np.broadcast_to(change[:, :1, :1, :1], change.shape), atol=1e-6)
    numbers = change[:, 0, 0, 0]
    assert np.abs(numbers).max() <= 0.25 + 1e-6
    assert numbers.min() < -0.24
    assert numbers.max() > 0.24


def test_contrast_keeps_the_mean_of_an_image():
    images = random_images(n=500, channels=3)
    output = DiffAugment(**{**OFF, "contrast": 0.5})(images, SEED).numpy()
    mean = images.mean(axis=(1, 2, 3), keepdims=True)
    factor = output.std(axis=(1, 2, 3), keepdims=True) / images.std(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(output, mean + factor * (images - mean), atol=1e-5)
    assert 0.5 - 1e-4 <= factor.min() < 0.51
    assert 1.49 < factor.max() <= 1.5 + 1e-4


def test_saturation_keeps_the_grey_of_a_pixel():
    images = random_images(n=500, channels=3)
    output = DiffAugment(**{**OFF, "saturation": 1.0})(images, SEED).numpy()
    grey = images.mean(axis=3, keepdims=True)
    factor = (output - grey).std(axis=(1, 2, 3), keepdims=True) / (images - grey).std(axis=(1, 2, 3), keepdims=True)
    np.testing.assert_allclose(output, grey + factor * (images - grey), atol=1e-5)
    assert factor.min() < 0.03
    assert factor.max() > 1.97


def test_images_of_one_channel_have_no_saturation():
    images = random_images()
    np.testing.assert_array_equal(DiffAugment(**{**OFF, "saturation": 1.0})(images, SEED), images)


def test_translation_by_known_offsets():
    images, offset = random_images(n=5, channels=2), [[0, 0], [3, 0], [0, -2], [-1, 4], [11, -9]]
    expected = [shifted(image, *move) for image, move in zip(images, offset)]
    np.testing.assert_array_equal(augmentation._translate(images, tf.constant(offset)), expected)


def test_translation_takes_every_offset_up_to_its_share_equally_often():
    image = random_images(n=1, height=8, width=16)[0]
    images = np.repeat(image[None], 3000, axis=0)
    output = DiffAugment(**{**OFF, "translation": 0.125})(images, SEED).numpy()
    counts = {}
    for down in range(-1, 2):
        for right in range(-2, 3):
            counts[down, right] = np.sum(np.all(output == shifted(image, down, right), axis=(1, 2, 3)))
    assert sum(counts.values()) == len(images)
    share = 1 / 15
    deviation = np.sqrt(len(images) * share * (1 - share))
    assert np.all(np.abs(np.array(list(counts.values())) - share * len(images)) < 4 * deviation)


def test_cutout_zeroes_one_rectangle_and_nothing_else():
    images = random_images(n=500, height=12, width=8)
    output = DiffAugment(**{**OFF, "cutout": 0.5})(images, SEED).numpy()
    cut = output[..., 0] == 0
    np.testing.assert_array_equal(output, np.where(cut[..., None], 0, images))
    rows, columns = cut.any(axis=2), cut.any(axis=1)
    np.testing.assert_array_equal(cut, rows[:, :, None] & columns[:, None])
    for lines, longest in ((rows, 6), (columns, 4)):
        assert np.all(np.abs(np.diff(np.pad(lines.astype(int), [[0, 0], [1, 1]]))).sum(axis=1) == 2)  # no gaps
        assert lines.sum(axis=1).max() == longest
        assert lines.sum(axis=1).min() >= longest // 2  # the centre is inside of the image
        assert np.all(lines.any(axis=0))  # everywhere


def test_cutout_of_a_known_square():
    output = augmentation._cut_out(tf.ones([1, 8, 8, 1]), tf.constant([[0.25, 0.5]]), 0.5)[0, :, :, 0]
    expected = np.ones([8, 8])
    expected[0:4, 2:6] = 0
    np.testing.assert_array_equal(output, expected)


@pytest.mark.parametrize("turns", [-1, 0, 1, 2])
def test_rotation_by_right_angles(turns):
    images = random_images(n=2, height=9, width=9, channels=2)
    angle = np.full([2, 1], turns * np.pi / 2, np.float32)
    output = augmentation._rotate_and_scale(tf.constant(images), angle, tf.ones([2, 1]))
    np.testing.assert_allclose(output, np.rot90(images, -turns, axes=(1, 2)), atol=1e-5)  # clockwise


def test_scaling_moves_pixels_away_from_the_centre():
    image = np.zeros([1, 9, 9, 1], np.float32)
    image[0, 4, 6] = 1  # 2 to the right of the centre
    output = augmentation._rotate_and_scale(tf.constant(image), tf.zeros([1, 1]), tf.fill([1, 1], 1.5))
    assert np.unravel_index(np.argmax(output), output.shape) == (0, 4, 7, 0)
    np.testing.assert_allclose(output[0, 4, 7, 0], 1.0, atol=1e-5)


def test_rotation_interpolates_linearly():
    """Away from the border, a ramp stays a ramp, turned and flattened."""
    y, x = np.mgrid[:15, :15].astype(np.float32) - 7
    ramp = tf.constant((0.5 + 0.02 * x)[None, :, :, None])
    angle, scale = 0.3, 1.1
    output = augmentation._rotate_and_scale(ramp, tf.fill([1, 1], angle), tf.fill([1, 1], scale))[0, :, :, 0].numpy()
    expected = 0.5 + 0.02 * (np.cos(angle) * x + np.sin(angle) * y) / scale
    np.testing.assert_allclose(output[4:11, 4:11], expected[4:11, 4:11], atol=1e-5)


@BOTH
def test_the_seed_decides(layer):
    layer, images = everything(layer), random_images()
    output = layer(images, SEED).numpy()
    np.testing.assert_array_equal(layer(images, SEED), output)
    assert np.all(np.any(layer(images, SEED + [0, 1]) != output, axis=(1, 2, 3)))
    assert np.all(np.any(layer(images, SEED + [1, 0]) != output, axis=(1, 2, 3)))


@BOTH
def test_each_image_gets_its_own_draws(layer):
    images = np.repeat(random_images(n=1), 20, axis=0)
    output = everything(layer)(images, SEED).numpy()
    assert len(np.unique(output.reshape([20, -1]), axis=0)) == 20


def test_gradient_of_a_sum_counts_how_often_a_pixel_is_seen():
    images, layer = tf.constant(random_images()), DiffAugment(**{**OFF, "translation": 0.25, "cutout": 0.5})
    with tf.GradientTape() as tape:
        tape.watch(images)
        output = layer(images, SEED)
    gradient = tape.gradient(output, images).numpy()
    assert set(np.unique(gradient)) == {0, 1}
    np.testing.assert_array_equal(gradient.sum(axis=(1, 2, 3)), np.sum(output != 0, axis=(1, 2, 3)))


@BOTH
def test_gradient_is_that_of_a_linear_function(layer):
    """Draws fixed, A(x) = Lx + b; so A(x + v) - A(x) = Lv, and <u, Lv> = <gradient of <u, A>, v>."""
    layer, images = everything(layer), tf.constant(random_images(channels=3))
    u, v = tf.random.stateless_normal([2, *images.shape], [0, 1])
    with tf.GradientTape() as tape:
        tape.watch(images)
        output = layer(images, SEED)
        score = tf.reduce_sum(u * output, [1, 2, 3])
    gradient = tape.gradient(score, images)
    expected = tf.reduce_sum(u * (layer(images + v, SEED) - output), [1, 2, 3])
    np.testing.assert_allclose(tf.reduce_sum(gradient * v, [1, 2, 3]), expected, atol=1e-3)


@BOTH
def test_a_penalty_can_differentiate_twice(layer):
    layer, images = everything(layer), tf.constant(random_images(n=4))
    with tf.GradientTape() as outer:
        outer.watch(images)
        with tf.GradientTape() as inner:
            inner.watch(images)
            score = tf.reduce_sum(layer(images, SEED) ** 2)
        penalty = tf.reduce_sum(inner.gradient(score, images) ** 2)
    assert np.abs(outer.gradient(penalty, images)).max() > 0.1


@pytest.mark.parametrize(
    ("layer", "jit_compile"), [(DiffAugment, False), (AdaptiveAugmentation, False), (AdaptiveAugmentation, True)]
)
def test_unknown_batch_size_in_a_function(layer, jit_compile):
    layer, images = everything(layer), random_images(n=6)

    @tf.function(
        jit_compile=jit_compile, input_signature=[tf.TensorSpec([None, 12, 10, 1]), tf.TensorSpec([2], tf.int32)]
    )
    def step(images, seed):
        with tf.GradientTape() as tape:
            tape.watch(images)
            output = layer(images, seed)
        layer.adapt(tf.ones(tf.shape(images)[0]), tf.zeros(tf.shape(images)[0]))
        return output, tape.gradient(output, images)

    output, gradient = step(images, SEED)
    assert output.shape == gradient.shape == images.shape
    assert np.all(np.isfinite(output))
    assert np.abs(gradient).max() > 0
    if not jit_compile:  # XLA draws other numbers
        np.testing.assert_allclose(output, everything(type(layer))(images, SEED), atol=1e-5)


@BOTH
def test_float32_under_a_mixed_policy(layer):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert everything(layer)(random_images(), SEED).dtype == tf.float32
    finally:
        keras.config.set_dtype_policy(before)


def test_probability_0_is_the_identity():
    images = random_images(channels=3)
    np.testing.assert_array_equal(AdaptiveAugmentation(cutout=0.5)(images, SEED), images)


@pytest.mark.parametrize(
    "strength",
    [{"brightness": 0.2}, {"contrast": 0.5}, {"saturation": 1}, {"cutout": 0.5}, {"rotation": 10}, {"scaling": 0.2}],
)
def test_probability_is_the_share_of_images_that_change(strength):
    n = 1000
    images, settings = random_images(n=n, channels=3), {**ADAPTIVE_OFF, **strength}
    for probability in (0.5, 1.0):
        output = adaptive(probability, **settings)(images, SEED)
        changed = np.any(output != images, axis=(1, 2, 3)).mean()
        assert abs(changed - probability) < 4 * np.sqrt(0.25 / n) * (probability < 1) + 0.01


def test_both_directions_of_a_translation_are_one_transform():
    images = random_images(n=2000, height=16, width=16)
    output = adaptive(0.5, **{**ADAPTIVE_OFF, "translation": 0.5})(images, SEED)
    changed = np.any(output != images, axis=(1, 2, 3)).mean()
    assert abs(changed - 0.5) < 4 * np.sqrt(0.25 / 2000) + 0.01


def test_transforms_are_chosen_independently():
    n = 4000
    images = random_images(n=n)
    output = adaptive(0.5, **{**ADAPTIVE_OFF, "brightness": 0.2, "contrast": 0.5})(images, SEED)
    changed = np.any(output != images, axis=(1, 2, 3)).mean()
    assert abs(changed - 0.75) < 4 * np.sqrt(0.1875 / n)


def test_adapt_moves_the_probability_towards_the_target():
    layer = AdaptiveAugmentation(target=0.6, images_to_adapt=1000)
    assert float(layer.probability) == 0
    # The generated logits bring the middle to 0.
    layer.adapt(tf.fill([100], 0.01), tf.constant([-0.01]))  # signs alone count
    np.testing.assert_allclose(layer.probability, 0.1, rtol=1e-6)
    layer.adapt(tf.constant([3.0] * 9 + [-0.1]), tf.constant([-2.69]))  # r = 0.8
    np.testing.assert_allclose(layer.probability, 0.11, rtol=1e-6)
    layer.adapt(tf.constant([3.0] * 7 + [-0.1] * 3), tf.constant([-2.07]))  # r = 0.4
    np.testing.assert_allclose(layer.probability, 0.1, rtol=1e-6)
    layer.adapt(tf.fill([50], -5.0), tf.fill([50], 5.0))
    np.testing.assert_allclose(layer.probability, 0.05, rtol=1e-5)


@pytest.mark.parametrize("height", [-100.0, 0.0, 0.5, 100.0])
def test_adapt_does_not_look_at_the_height_of_the_logits(height):
    layer = AdaptiveAugmentation(target=0.6, images_to_adapt=1000)
    layer.probability.assign(0.5)
    layer.adapt(height + tf.constant([1.0] * 9 + [-2.0]), height - 0.7 * tf.ones([10]))  # r = 0.8
    np.testing.assert_allclose(layer.probability, 0.51, rtol=1e-6)
    layer.adapt(height + tf.constant([1.0, -1.0]), height + tf.constant([1.0, -1.0]))  # cannot tell: r = 0
    np.testing.assert_allclose(layer.probability, 0.508, rtol=1e-6)


def test_the_probability_stops_at_its_ends():
    layer = AdaptiveAugmentation(images_to_adapt=10)
    for logit, end in ((1.0, 0.8), (-1.0, 0.0)):
        for _ in range(3):
            layer.adapt(tf.fill([7], logit), tf.fill([7], -logit))
        assert float(layer.probability) == np.float32(end)


def test_replicas_adapt_together():
    reduction = tf.distribute.ReductionToOneDevice()
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"], cross_device_ops=reduction)
    with strategy.scope():
        layer = AdaptiveAugmentation(target=0.6, images_to_adapt=1000)
    layer.probability.assign(0.5)
    # One replica alone would go up, the other down; together r = 0.4, which is down, by 100 images of each.
    signs = [np.ones(100), np.repeat([-1.0, 1.0], [60, 40])]
    logits = strategy.experimental_distribute_values_from_function(
        lambda context: tf.constant(signs[context.replica_id_in_sync_group], tf.float32)
    )
    strategy.run(tf.function(lambda real: layer.adapt(real, -0.4 * tf.ones([10]))), [logits])
    np.testing.assert_allclose(layer.probability.value, 0.3, rtol=1e-6)


def test_diff_augment_does_not_adapt():
    layer, images = DiffAugment(), random_images()
    before = layer(images, SEED)
    assert layer.adapt(tf.ones([100]), -tf.ones([100])) is None
    np.testing.assert_array_equal(layer(images, SEED), before)
    assert layer.weights == []


@pytest.mark.parametrize(
    "layer",
    [
        DiffAugment(0.1, 0.2, 0.3, 0.4, 0.5, name="d"),
        AdaptiveAugmentation(0.1, 2000, 3.0, 0.4, 0.5, brightness=0.6, name="a"),
    ],
)
def test_config_round_trip(layer):
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(copy) is type(layer)
    assert copy.get_config() == layer.get_config()


def test_the_probability_is_saved_with_a_model(tmp_path):
    @keras.saving.register_keras_serializable("test_augmentation")
    class Discriminator(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.augmentation, self.score = AdaptiveAugmentation(images_to_adapt=1000), keras.layers.Dense(1)

        def call(self, images):
            return self.score(keras.ops.reshape(self.augmentation(images, seed=SEED), [-1, 120]))

    model, images = Discriminator(), random_images()
    model(images)
    model.augmentation.adapt(tf.ones([300]), -tf.ones([300]))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.augmentation.probability, 0.3, rtol=1e-6)
    np.testing.assert_array_equal(loaded(images), model(images))
    assert not model.augmentation.trainable_weights


@pytest.mark.parametrize(
    ("layer", "settings", "message"),
    [
        (DiffAugment, {"brightness": -0.1}, r"brightness: expected .*\[0, 1\]; got -0.1"),
        (DiffAugment, {"contrast": 1.5}, r"contrast: expected .*\[0, 1\]; got 1.5"),
        (DiffAugment, {"saturation": -1}, r"saturation: expected .*\[0, 1\]; got -1"),
        (DiffAugment, {"translation": float("nan")}, r"translation: expected .*\[0, 1\]; got nan"),
        (AdaptiveAugmentation, {"cutout": 2}, r"cutout: expected .*\[0, 1\]; got 2"),
        (AdaptiveAugmentation, {"rotation": 181}, r"rotation: expected .*\[0, 180\]; got 181"),
        (AdaptiveAugmentation, {"scaling": -0.5}, r"scaling: expected .*\[0, 1\]; got -0.5"),
        (AdaptiveAugmentation, {"target": 1}, r"target: expected .*\(-1, 1\); got 1"),
        (AdaptiveAugmentation, {"images_to_adapt": 0}, r"images_to_adapt: expected at least 1; got 0"),
    ],
)
def test_bad_arguments_are_refused(layer, settings, message):
    with pytest.raises(ValueError, match=message):
        layer(**settings)
