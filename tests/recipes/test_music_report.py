"""What a report says of music, on tiny models."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

import zoo
from recipes import vae_mnist
from recipes.data.data_set import Condition, DataSet
from recipes.families import chorales, melodies, music
from recipes.report.trained import Trained
from zoo.domains import Music
from zoo.domains.score import HOLD


def windows(count, voices, seed):
    """Eighths from 60 to 71, int32 [count, 32, voices]."""
    notes = np.full([count, 32, voices], HOLD, np.int32)
    notes[:, ::2] = np.random.default_rng(seed).integers(60, 72, [count, 16, voices])
    return notes


def trained(folder, voices):
    """A model that was not trained; of chorales, it is told the soprano, and keeps to nothing."""
    keras.utils.set_random_seed(0)
    domain = Music(voices, 60, 71)
    train, test = (
        notes[..., 0] if voices == 1 else notes for notes in (windows(60, voices, 1), windows(30, voices, 2))
    )
    condition = None if voices == 1 else Condition(train[..., 0], test[..., 0], name="soprano")
    data = DataSet("made", domain, tf.data.Dataset.from_tensor_slices(train), len(train), test, lambda: condition)
    notes, latents = keras.Input(domain.shape, dtype="int32", name="notes"), keras.Input([4], name="latents")
    x = keras.layers.Flatten()(zoo.layers.OneHot(domain.values)(notes))
    y, inputs = latents, latents
    if condition:
        soprano = keras.Input([32], dtype="int32", name="soprano")
        told = keras.layers.Flatten()(zoo.layers.OneHot(domain.values)(soprano))
        y, inputs = keras.layers.Concatenate()([latents, told]), [latents, soprano]
    y = keras.layers.Reshape([*domain.shape, len(domain.values)])(
        keras.layers.Dense(32 * voices * len(domain.values))(y)
    )
    vae = zoo.VAE(
        keras.Model(notes, keras.layers.Dense(8)(x)),
        keras.Model(inputs, y),
        likelihood=zoo.likelihoods.Categorical(domain.values),
        condition_values=domain.values if condition else None,
        domain=domain,
    )
    vae.save(folder / "model.keras")
    run = types.SimpleNamespace(path=folder, recipe="vae_mnist", writes=True)
    strategy = tf.distribute.get_strategy()
    settings = vae_mnist.Settings()
    return Trained(vae, None, data, condition, None, run, settings, strategy, sampled=("model.keras",))


@pytest.fixture(scope="module")
def of_melodies(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("melodies"), 1)


@pytest.fixture(scope="module")
def of_chorales(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("chorales"), 4)


SECTIONS = (music.reconstruction, melodies.statistics, melodies.blemishes, music.memorization)


@pytest.mark.parametrize("measure", SECTIONS, ids=lambda measure: measure.__name__)
def test_a_section_of_melodies(of_melodies, measure):
    section = measure(of_melodies)
    found, floor = section.metrics["model.keras"], section.metrics["floor"]
    assert found.keys() == floor.keys()
    assert all(name.endswith("30") for name in found)  # how many windows
    assert np.isfinite(list(found.values())).all()
    assert section.main in found
    assert all(name in section.text for name in found)
    assert section.commands


def test_the_floor_is_what_real_windows_have(of_melodies):
    floor = melodies.blemishes(of_melodies).metrics["floor"]
    assert (floor["rests30"], floor["leaps30"], floor["off_beats30"]) == (0, 0, 0)  # eighths within an octave
    found = melodies.statistics(of_melodies).metrics
    nine = [name.__name__ + "_overlap30" for name in zoo.measures.melodies.STATISTICS]
    gaps = [found["floor"][name] - found["model.keras"][name] for name in nine]
    assert found["model.keras"]["largest_shortfall30"] == pytest.approx(max(gaps))
    assert max(gaps) > 0.1  # it has learned nothing


def test_copies_are_found(of_melodies):
    copied = of_melodies._replace(data=of_melodies.data._replace(test=windows(60, 1, 1)[..., 0]))
    assert music.memorization(copied).metrics["floor"]["copies60"] == 1
    assert music.memorization(of_melodies).metrics["floor"]["copies30"] == 0


def test_the_harmony_of_chorales(of_chorales):
    section = chorales.voice_leading(of_chorales)
    found, floor = section.metrics["model.keras"], section.metrics["floor"]
    assert found.keys() - floor.keys() == {"soprano_kept30", "harmony_difference30"}
    assert found["soprano_kept30"] == 0
    held_out = of_chorales.data.test
    assert floor["crossings30"] == pytest.approx(zoo.measures.harmony.crossings(held_out))
    sheet = chorales.harmonies(of_chorales)
    assert sheet.samples.shape == (30, 32, 4)
    rows = sheet.samples.reshape([6, 5, 32, 4])
    assert all(any(np.array_equal(first, window) for window in held_out) for first in rows[:, 0])
    assert np.any(rows[:, 1] != rows[:, 2])


def test_sheets(of_melodies, of_chorales):
    held_out = of_melodies.data.test
    made = music.reconstructions(of_melodies).samples.reshape([6, 5, 32])
    assert all(any(np.array_equal(window, one) for one in held_out) for window in made[::2].reshape([-1, 32]))
    np.testing.assert_array_equal(made[1], of_melodies.model.reconstruct(made[0]))
    for one in (of_melodies, of_chorales):
        for show in (music.samples, music.interpolations):
            assert show(one).samples.shape == (30, *one.data.domain.shape)
