"""The recipes of music for two steps, on tunes made up for it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

from recipes import gan_chorale, vae_chorale, vae_melody
from recipes.settings import Budget, HarmonySettings, LikelihoodSettings, Machine, MusicData, Run, Training
from recipes.settings.segmented import MelodySettings, SegmentedSettings
from zoo.domains import Music, midi
from zoo.domains.windows import as_score

NAMES = ("oak", "elm", "ash", "fir", "yew", "may", "bay", "fig")  # titles that are no variants of each other


def tune(rng, voices):
    """Two bars, an eighth or a quarter per note, the voices an octave apart."""
    notes = np.full([32, voices], -2, np.int32)
    for voice in range(voices):
        onsets = np.arange(0, 32, 2)[rng.random(16) < 0.7]
        notes[onsets, voice] = rng.integers(70 - 10 * voice, 78 - 10 * voice, len(onsets))
        notes[0, voice] = 72 - 10 * voice
        notes[28:, voice] = [72 - 10 * voice, -2, 74 - 10 * voice, -2]  # also the least number of notes
        notes[24:28, voice] = [71 - 10 * voice, -2, -2, -2]
    return notes[:, 0] if voices == 1 else notes


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """{voices: a folder with forty tunes}."""
    rng, places = np.random.default_rng(0), {}
    for voices in (1, 4):
        places[voices] = tmp_path_factory.mktemp(f"tunes{voices}")
        for number in range(40):
            midi.write(
                places[voices] / f"{number:02}.mid",
                as_score(tune(rng, voices), f"The {NAMES[number % 8]} {NAMES[number // 8]}"),
            )
    return places


def settings(recipe, folder, out, **model):
    return recipe.Settings(
        data=MusicData(dataset=None, midi_dir=str(folder), transpose=1),
        training=Training(epochs=1, batch_size=16, steps=2, learning_rate=3e-3, fastest="rule"),
        machine=Machine(strategy="one_device"),
        run=Run(out_dir=str(out)),
        budget=Budget(),
        **model,
    )


FEW = LikelihoodSettings(iw_samples=2, iw_images=2)


@pytest.fixture(scope="module")
def melody(folders, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "melody"
    vae = MelodySettings(beta=0.4, latent_dim=16, width=8, units=8, components=2)
    vae_melody.main(settings(vae_melody, folders[1], out, vae=vae, likelihood=FEW))
    return out


def vae_of_chorales(folder, out):
    vae = SegmentedSettings(latent_dim=16, beta=0.4, width=8, units=8, components=2)
    vae_chorale.main(settings(vae_chorale, folder, out, vae=vae, likelihood=FEW))


def gan_of_chorales(folder, out):
    gan = HarmonySettings(units=8, width=8, beta_1=0.0, beta_2=0.99, temperature=0.5, imitation=0.3)
    gan_chorale.main(settings(gan_chorale, folder, out, gan=gan))


@pytest.fixture(scope="module", params=[vae_of_chorales, gan_of_chorales])
def chorale(request, folders, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "chorale"
    request.param(folders[4], out)
    return out


def test_a_run_of_melodies_leaves_what_one_hears_and_sees_and_files_that_say_what_they_are(melody):
    for name in ("samples", "reconstructions", "interpolations"):
        for suffix in (".png", ".mid", ".wav"):
            assert (melody / f"{name}{suffix}").stat().st_size > 100
    metrics, card = json.loads((melody / "metrics.json").read_text()), (melody / "card.md").read_text()
    assert {"likelihood", "reconstruction", "statistics", "memorization", "blemishes", "equality"} <= metrics.keys()
    assert metrics["equality"]["model.tflite"]["equal10000"] >= 9_990
    assert {check["signature"] for check in metrics["export"]} >= {"sample", "encode", "decode", "interpolate"}
    assert "MIDI pitch" in card
    assert "To train on: " in card  # what was kept, and why the rest was not


def test_a_stranger_with_litert_alone_draws_the_same_tunes(melody):
    """A process that has nothing of the zoo, nor TensorFlow."""
    program = (
        "import json, sys, numpy as np; from ai_edge_litert.interpreter import Interpreter; "
        "run = Interpreter(sys.argv[1]).get_signature_runner('sample'); "
        "notes = run(seed=np.int32([0, 5]), index=np.arange(40, dtype=np.int32), temperature=np.float32(1))['notes']; "
        "assert 'tensorflow' not in sys.modules; print(json.dumps(notes.tolist()))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", program, melody / "model.tflite"],
        capture_output=True,
        text=True,
        check=True,
        cwd=melody,
        env=environment,
    )
    import zoo

    np.testing.assert_array_equal(json.loads(done.stdout), zoo.load(melody).sample(40, seed=5))


@pytest.mark.slow  # as the other recipe, with more to trace
def test_a_run_of_chorales_keeps_the_soprano_in_every_file(chorale, folders):
    metrics = json.loads((chorale / "metrics.json").read_text())
    harmony = metrics["harmony"]
    kept = [value for name, found in harmony.items() for key, value in found.items() if key.startswith("soprano_kept")]
    assert kept == [1.0] * (len(harmony) - 1)
    for suffix in (".png", ".mid", ".wav"):
        assert (chorale / f"harmonies{suffix}").stat().st_size > 100


@pytest.mark.slow
def test_a_soprano_from_a_file_is_harmonized(chorale, folders, tmp_path):
    given = folders[1] / "03.mid"
    out = tmp_path / "mine.mid"
    subprocess.run(
        [sys.executable, "-m", "recipes.sample", f"--model={chorale}", f"--given={given}", "--num_samples=1"]
        + [f"--out={out}"],
        check=True,
        cwd=ROOT,
        capture_output=True,
    )
    soprano, harmony = Music(1).read(given), Music(4).read(out)
    np.testing.assert_array_equal(harmony[:, 0], soprano)
