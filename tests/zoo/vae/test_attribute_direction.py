"""Directions of attributes against means worked out by hand."""

import numpy as np
import pytest

import zoo

RNG = np.random.default_rng(0)
LATENTS = RNG.normal(size=[40, 3])


def test_it_is_the_difference_of_the_means_of_the_quartiles():
    values = RNG.permutation(40)  # different ones: the quartiles are ten items each
    order = np.argsort(values)
    expected = LATENTS[order[-10:]].mean(axis=0) - LATENTS[order[:10]].mean(axis=0)
    found = zoo.attribute_direction(LATENTS, values)
    assert (found.dtype, found.shape) == (np.float32, (3,))
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(zoo.attribute_direction(LATENTS, -values), -expected, rtol=1e-6)
    np.testing.assert_array_equal(zoo.attribute_direction(LATENTS, 5 + 2 * values), found)
    np.testing.assert_allclose(zoo.attribute_direction(2 * LATENTS + 7, values), 2 * expected, rtol=1e-5)


def test_the_order_of_items_with_the_same_value_does_not_matter():
    values = np.repeat([1, 2, 3, 4], [12, 8, 8, 12])  # both quartiles have more than ten
    shuffled = RNG.permutation(40)
    expected = LATENTS[-12:].mean(axis=0) - LATENTS[:12].mean(axis=0)
    np.testing.assert_allclose(zoo.attribute_direction(LATENTS, values), expected, rtol=1e-6)
    np.testing.assert_allclose(
        zoo.attribute_direction(LATENTS[shuffled], values[shuffled]), expected, rtol=1e-5, atol=1e-7
    )


@pytest.mark.parametrize(
    ("counts", "bottom", "top"),  # of the values -1, 0 and 1
    [
        ((0, 36, 4), slice(0, 36), slice(36, 40)),
        ((4, 36, 0), slice(0, 4), slice(4, 40)),
        ((3, 32, 5), slice(0, 3), slice(35, 40)),
    ],
)
def test_where_most_items_have_one_value(counts, bottom, top):
    values = np.repeat([-1, 0, 1], counts)
    expected = LATENTS[top].mean(axis=0) - LATENTS[bottom].mean(axis=0)
    np.testing.assert_allclose(zoo.attribute_direction(LATENTS, values), expected, rtol=1e-6)


def test_what_it_refuses():
    values = np.arange(40.0)
    for latents, numbers, message in (
        (LATENTS[0], values, r"latents: expected shape \[n, latent_dim\], n at least 8; got \[3\]\."),
        (LATENTS[:7], values[:7], r"latents: expected .* n at least 8; got \[7, 3\]\."),
        (LATENTS, values[:39], r"values: expected one for each of 40 latents; got shape \[39\]\."),
        (LATENTS, values[:, None], r"values: expected one for each of 40 latents; got shape \[40, 1\]\."),
        (LATENTS * np.array([1, np.nan, 1]), values, "latents: expected finite numbers; got nan"),
        (LATENTS, np.where(values == 4, np.inf, values), "values: expected finite numbers; got inf"),
        (LATENTS, np.full(40, 2.5), r"values: expected some that differ; all are 2\.5\."),
    ):
        with pytest.raises(ValueError, match=f"^{message}") as error:
            zoo.attribute_direction(latents, numbers)
        assert "\n" not in str(error.value)
