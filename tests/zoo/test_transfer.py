"""A model goes on from a trained one: it takes over what fits, and begins anew where nothing does."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from models import CASES, SHAPE, mirrored

import zoo


def disturbed(model):
    """A model none of whose weights are what they began as, and whose average is not its generator."""
    random = np.random.default_rng(1)
    for weight in model.weights:
        weight.assign(weight + random.normal(size=weight.shape).astype(np.float32))
    return model


def made(name):
    keras.utils.set_random_seed(2)
    return CASES[name].build()


def same(part, other):
    """{whether the weights in the same place are equal}, of parts with as many weights; those of another shape not."""
    pairs = zip(part.get_weights(), other.get_weights(), strict=True)
    return [one.shape == two.shape and bool(np.array_equal(one, two)) for one, two in pairs]


@pytest.mark.parametrize("name", CASES)
def test_a_model_of_the_same_networks_takes_over_all(name):
    source, model = disturbed(made(name)), made(name)
    taken = model.take_over(source)
    assert taken
    for part, (count, total) in taken.items():
        assert count == total == getattr(model, part).count_params() > 0
    for part in taken:
        learned = source.generator_ema if part == "generator" else getattr(source, part)
        assert all(same(getattr(model, part), learned))
    if isinstance(model, zoo.GAN):
        assert all(same(model.generator_ema, source.generator_ema))
        assert not any(same(source.generator, source.generator_ema))
    elif isinstance(model, zoo.VAE):
        told = CASES[name].condition(model, slice(3))
        np.testing.assert_array_equal(model.sample(3, **told), source.sample(3, **told))


def digits_gan(num_classes, width=2):
    keras.utils.set_random_seed(3)
    return zoo.GAN(
        zoo.networks.dcgan.generator(SHAPE, 4, width, num_classes),
        zoo.networks.dcgan.discriminator(SHAPE, 4, num_classes),
        num_classes=num_classes,
        domain=zoo.domains.Images(*SHAPE, class_names=[str(i) for i in range(num_classes)]),
    )


def test_with_other_classes_only_what_is_of_each_class_begins_anew():
    source, new, untouched = disturbed(digits_gan(10)), digits_gan(3), digits_gan(3)
    taken = new.take_over(source)
    for name, learned, generator in (
        ("generator", source.generator_ema, new.generator),
        ("generator", source.generator_ema, new.generator_ema),
        ("discriminator", source.discriminator, new.discriminator),
    ):
        kept = same(generator, learned)
        anew = [weight.shape for weight, fits in zip(generator.weights, kept) if not fits]
        assert anew
        assert all(shape[0] == 3 for shape in anew)  # a row per class
        sizes = [weight.shape.num_elements() for weight in map(tf.convert_to_tensor, generator.weights)]
        assert taken[name] == (sum(size for size, fits in zip(sizes, kept) if fits), sum(sizes))
        first = getattr(untouched, name)
        assert same(generator, first) == [not fits for fits in kept]
    assert taken["generator"].taken < taken["generator"].total


def test_what_is_taken_over_depends_on_the_other_model():
    source = disturbed(digits_gan(3))
    one, two = digits_gan(3), digits_gan(3)
    one.take_over(source)
    two.take_over(disturbed(source))
    assert not any(same(one.generator, two.generator))


def test_a_part_of_another_number_of_weights_begins_anew_as_a_whole():
    def vae(couplings):
        keras.utils.set_random_seed(4)
        networks = zoo.networks.dense_encoder(SHAPE, 8, widths=[8]), zoo.networks.dense_decoder(SHAPE, 4, widths=[8])
        return zoo.VAE(*networks, prior=zoo.priors.RealNVPPrior(4, couplings=couplings, width=8))

    new, source = vae(2), disturbed(vae(4))
    prior = new.prior.get_weights()
    taken = new.take_over(source)
    assert taken["prior"] == (0, new.prior.count_params())
    for before, after in zip(prior, new.prior.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert all(same(new.encoder, source.encoder))
    assert all(same(new.decoder, source.decoder))


def test_what_an_augmentation_has_learned_of_other_data_is_left_behind():
    source, new = made("gan"), made("gan")
    source.augmentation.probability.assign(0.5)
    assert set(new.take_over(source)) == {"generator", "discriminator"}
    assert float(new.augmentation.probability) == 0


def test_parts_that_are_not_there_are_not_missed():
    """`averaged` leaves out the average beside the generator, and the discriminator."""
    source, new = disturbed(digits_gan(3)), digits_gan(3)
    taken = new.take_over(source.averaged(discriminator=False))
    assert all(same(new.generator, source.generator_ema))
    assert taken["discriminator"] == (0, new.discriminator.count_params())
    assert all(same(new.discriminator, digits_gan(3).discriminator))
    alone = digits_gan(3).averaged(discriminator=False)
    assert set(alone.take_over(source)) == {"generator"}
    assert all(same(alone.generator, source.generator_ema))


@pytest.mark.parametrize(
    ("new", "source", "message"),
    [
        ("gan", "vae", "^other: expected a GAN; got a VAE.$"),
        ("vae", "gan", "^other: expected a VAE; got a GAN.$"),
        ("vae", "classifier", "^other: expected a VAE; got a Classifier.$"),
        (
            "conditional_vae",
            "token_vae",
            r"^other: expected weights of which some have the same shapes as those of encoder \(4 weights, 1,224 "
            r"parameters\), decoder \(4 weights, .*; got encoder \(6 weights, .* parameters\)\.$",
        ),
    ],
)
def test_a_model_of_which_nothing_fits_is_refused(new, source, message):
    model = made(new)
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        model.take_over(made(source))
    for one, two in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_network_is_not_a_model_of_the_zoo():
    with pytest.raises(ValueError, match="other: expected a GAN; got a Functional"):
        digits_gan(3).take_over(zoo.networks.dcgan.generator(SHAPE, 4, 2))


def test_replicas_take_over_the_same():
    source = disturbed(made("conditional_gan"))
    with mirrored(2).scope():
        model = made("conditional_gan")
        model.take_over(source)
    assert all(same(model.generator, source.generator_ema))
    for weight in model.generator.weights:
        one, two = weight.value.values
        np.testing.assert_array_equal(one, two)
