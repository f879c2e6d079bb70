"""The recipe for features of music, for two steps."""

import json

import numpy as np

import zoo
from recipes import music_features
from recipes.settings import Machine, MusicData, Run, Training


def tune(number):
    """Eight bars of 4/4 in ABC notation."""
    letters = np.random.default_rng(number).choice(list("CDEFGABc"), [8, 8])
    return f"X:{number}\nT:{''.join(letters[0])}\nM:4/4\nL:1/8\nK:C\n{'|'.join(''.join(bar) for bar in letters)}|\n"


def test_it_makes_an_extractor_of_a_folder(tmp_path, capsys):
    (tmp_path / "tunes").mkdir()
    for number in range(1, 31):
        (tmp_path / "tunes" / f"{number}.abc").write_text(tune(number))
    out = tmp_path / "run"
    music_features.main(
        music_features.Settings(
            data=MusicData(dataset=None, midi_dir=str(tmp_path / "tunes"), transpose=1),
            training=Training(epochs=1, steps=2, batch_size=16, learning_rate=1e-3),
            machine=Machine(strategy="one_device"),
            run=Run(out_dir=str(out)),
        )
    )
    (path,) = (out / "extractor").iterdir()
    extractor = zoo.FeatureExtractor(path)
    assert path.name.startswith("melodies-")
    assert path.stat().st_size < 150_000
    assert (extractor.shape, extractor.num_classes) == ((32,), 9)
    features, probabilities = extractor(np.array([[60, -2, 62, -2] * 8]))
    assert (features.shape, probabilities.shape) == ((1, 64), (1, 9))
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["classes"][0] == "untouched"
    assert metrics["extractor"] == path.name
    assert f"recipes.vae_melody --midi_dir={tmp_path / 'tunes'} --extractor={path}" in capsys.readouterr().out


def test_what_ships():
    melodies, chorales = zoo.melody_features(), zoo.chorale_features()
    assert (melodies.shape, chorales.shape) == ((32,), (32, 4))
    assert (melodies.datum.value_range, chorales.datum.value_range) == ((-2, 93), (-2, 81))
