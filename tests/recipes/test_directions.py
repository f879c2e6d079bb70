"""Directions of a VAE of tunes: what is written, what its numbers mean, what is refused."""

import json

import keras
import numpy as np
import pytest

import zoo
from recipes import UserError, directions
from recipes.data import music
from recipes.data.data_set import some_of
from recipes.report import directions as report
from recipes.settings import MusicData
from recipes.settings.field import replaced
from zoo.domains import Images, Music
from zoo.measures import melodies

DOMAIN = Music(lowest=43, highest=93)
LETTERS = np.array(list("CDEFGABcdefgab"))


def tune(number, syncopated=True):
    """Eight bars of 4/4 in ABC notation: one tune is faster, wider and more syncopated than another."""
    random = np.random.default_rng(number)
    letters = LETTERS[: 3 + number % 11]

    def beat():
        a, b, c = random.choice(letters, 3)
        if syncopated and random.random() < number % 7 / 7:
            return f"{a}/2{b}{c}/2"
        return f"{a}{b}" if random.random() < number / 30 else f"{a}2"

    return abc(number, ["".join(beat() for _ in range(4)) for _ in range(8)])


def even_tune(number):
    """The same with as many notes, as wide and with as little syncopation in all bars of all tunes."""
    random = np.random.default_rng(number)
    bars = [["C", "c", *random.choice(list("DEFGAB"), 2)] for _ in range(8)]
    return abc(number, ["".join(f"{note}2" for note in random.permutation(bar)) for bar in bars])


def abc(number, bars):
    title = "".join(np.random.default_rng(number).choice(LETTERS, 6))
    return f"X:{number}\nT:{title}\nM:4/4\nL:1/8\nK:C\n{'|'.join(bars)}|\n"


def vae(domain=DOMAIN, labelled=False):
    """One whose first latent is how many notes a window has, and which makes so many of it, one a step, upwards."""
    size, values = int(np.prod(domain.shape)), domain.values
    notes = keras.Input(domain.shape, dtype="int32", name="notes")
    begins = keras.ops.cast(keras.layers.Flatten()(notes) >= 0, "float32")
    counted = keras.layers.Dense(2 * 4)
    encoder = keras.Model(notes, counted(begins))
    counted.set_weights([np.repeat(np.eye(1, 8), size, axis=0), np.zeros(8)])

    latents, labels = keras.Input([4]), keras.Input([], dtype="int32", name="labels")
    known = keras.layers.Concatenate()([latents, keras.ops.one_hot(labels, 3)]) if labelled else latents
    scored = keras.layers.Dense(size * len(values))
    logits = keras.layers.Reshape((*domain.shape, len(values)))(scored(known))
    decoder = keras.Model([latents, labels] if labelled else latents, logits)
    steps, shape = np.arange(size), (size, len(values))
    kernel, bias = np.zeros([known.shape[1], *shape]), np.full(shape, -1000.0)
    kernel[0, steps, 2 + steps % 8] = 1  # of a note: how many there are
    bias[steps, 2 + steps % 8], bias[steps, 0] = 0, steps + 0.5  # of a hold: how many there have been
    scored.set_weights([kernel.reshape([len(kernel), -1]), bias.ravel()])
    likelihood = zoo.likelihoods.Categorical(values)
    return zoo.VAE(encoder, decoder, likelihood=likelihood, num_classes=3 if labelled else None, domain=domain)


def notes_of(counts):
    """What it makes of windows of so many notes, int [n, 32]."""
    steps = np.arange(32)
    return np.where(steps + 0.5 < np.asarray(counts)[:, None], 43 + steps % 8, -2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model, and folders of tunes: any, without syncopation, and all the same in each attribute."""
    folder = tmp_path_factory.mktemp("directions")
    vae().save(folder / "tunes.keras")
    for name, made in {"music": tune, "plain": lambda i: tune(i, syncopated=False), "even": even_tune}.items():
        (folder / name).mkdir()
        for number in range(1, 31):
            (folder / name / f"{number}.abc").write_text(made(number))
    return folder


def settings_for(folder, **given):
    data = MusicData(dataset=None, midi_dir=str(folder / "music"), transpose=1)
    return replaced(directions.Settings(model=str(folder / "tunes.keras"), data=data), given)


NAMES = [f"{name}{suffix}" for name in report.UNITS for suffix in (".png", ".mid", ".wav")]


def test_directions_are_found_measured_and_written(folder, tmp_path, capsys):
    out = tmp_path / "out"
    settings = settings_for(folder, out_dir=str(out), amount=1)
    directions.main(settings)
    printed = capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == sorted([*NAMES, "directions.json"])
    found = json.loads((out / "directions.json").read_text())
    assert list(found["directions"]) == list(report.UNITS) == list(melodies.attributes([[60, -2]]))
    assert (found["model"], found["data"], found["amounts"]) == ("tunes", "music", [-1, -0.5, 0, 0.5, 1])
    assert found["command"] == (
        f"python -m recipes.directions --model={folder}/tunes.keras --amount=1.0 --midi_dir={folder}/music "
        "--transpose=1"
    )

    data = music.load(settings.data)
    training = np.stack(list(data.train.as_numpy_iterator()))
    assert (found["training_windows"], found["held_out_windows"]) == (len(training), len(data.held_out))
    values, held_out = melodies.attributes(training), melodies.note_count(data.held_out)
    for name, one in found["directions"].items():
        low, high = np.quantile(values[name], [0.25, 0.75])
        assert low < high
        direction = values["density"][values[name] >= high].mean() - values["density"][values[name] <= low].mean()
        np.testing.assert_allclose(one["direction"], [direction, 0, 0, 0], rtol=1e-5)
        expected = [melodies.attributes(notes_of(held_out + far * direction)) for far in found["amounts"]]
        for other, means in one["measured"].items():
            np.testing.assert_allclose(means, [attributes[other].mean() for attributes in expected])
        row = next(line for line in printed.splitlines() if line.startswith(f"-0.5 {name} ")).split()
        assert row[2:] == [f"{attribute.mean():.2f}" for attribute in expected[1].values()]
    assert {name: one["grows"] for name, one in found["directions"].items()} == {
        "density": True,
        "range": False,  # that of the notes which are made is seven semitones
        "syncopation": False,
    }
    assert "Does not grow all the way from less to more of it: range, syncopation." in printed
    for name, mean in found["held_out"].items():
        assert mean == pytest.approx(melodies.attributes(data.held_out)[name].mean())

    # The first panel of a sheet is the first of the windows that are shown, with least of the attribute.
    shown, direction = held_out[some_of(len(held_out), 4)], found["directions"]["density"]["direction"][0]
    (least,) = notes_of(shown[:1] - direction)
    np.testing.assert_array_equal(DOMAIN.read(out / "density.mid"), least)


def test_a_tune_that_is_given_and_files_of_an_earlier_call(folder, tmp_path, capsys):
    settings = settings_for(folder, given=str(folder / "music" / "20.abc"), amount=1, out_dir=str(tmp_path))
    directions.main(settings)
    direction = json.loads((tmp_path / "directions.json").read_text())["directions"]["density"]["direction"][0]
    (count,) = melodies.note_count(DOMAIN.read(folder / "music" / "20.abc")[None])
    np.testing.assert_array_equal(DOMAIN.read(tmp_path / "density.mid"), notes_of([count - direction])[0])

    # What is printed runs, and makes a file.
    program = capsys.readouterr().out.partition("in Python:\n")[2].replace("\n    ", "\n").strip()
    exec(program.replace("more.mid", str(tmp_path / "more.mid")), {})
    np.testing.assert_array_equal(DOMAIN.read(tmp_path / "more.mid"), notes_of([count + direction])[0])

    with pytest.raises(UserError, match=r"^out_dir: .*directions.json is there; give --overwrite"):
        directions.main(settings)
    again = replaced(settings, {"midi_dir": str(folder / "plain"), "overwrite": True})
    directions.main(again)
    assert "No direction of syncopation: it is 0 in all windows." in capsys.readouterr().out
    names = {name for name in NAMES if not name.startswith("syncopation")}
    assert {path.name for path in tmp_path.iterdir()} == {*names, "directions.json", "more.mid"}
    assert list(json.loads((tmp_path / "directions.json").read_text())["directions"]) == ["density", "range"]


def test_what_it_refuses(folder, tmp_path):
    pictures = zoo.VAE(
        zoo.networks.dense_encoder([28, 28, 1], num_outputs=2 * 2, widths=[4]),
        zoo.networks.dense_decoder([28, 28, 1], latent_dim=2, widths=[4]),
        domain=Images(28, 28, 1),
    )
    made = {
        "pictures": pictures,
        "choir": vae(Music(voices=2, lowest=60, highest=72)),
        "told": vae(labelled=True),
        "narrow": vae(Music(lowest=80, highest=93)),
    }
    for name, model in made.items():
        model.save(tmp_path / f"{name}.keras")
    (tmp_path / "broken.mid").write_text("no music")
    (tmp_path / "file").write_text("")
    for given, message in (
        ({"model": "nothing"}, "model: the zoo has no 'nothing'"),
        ({"model": "wgan_gp_mnist"}, "model: expected a VAE, which can encode a tune; wgan_gp_mnist is a GAN."),
        ({"model": str(tmp_path / "pictures.keras")}, "model: expected a VAE of music; .* is of images."),
        ({"model": str(tmp_path / "choir.keras")}, "model: expected a VAE of one voice; .* has 2."),
        ({"model": str(tmp_path / "told.keras")}, "model: expected a VAE that is told nothing; .* is told labels."),
        ({"model": str(tmp_path / "narrow.keras")}, "midi_dir: expected .*; got "),
        ({"given": str(tmp_path / "broken.mid")}, "given: .*broken.mid"),
        ({"midi_dir": str(tmp_path / "absent")}, "midi_dir: .*absent"),
        ({"midi_dir": None}, "dataset: expected one of folk"),
        ({"out_dir": str(tmp_path / "file")}, "out_dir: .*file can't be written: File exists."),
    ):
        with pytest.raises(UserError, match=f"^{message}") as error:
            directions.main(settings_for(folder, **{"out_dir": str(tmp_path / "out"), **given}))
        assert "\n" not in str(error.value)
        assert not (tmp_path / "out").exists()


def test_nothing_is_left_of_what_fails(folder, tmp_path):
    settings = settings_for(folder, out_dir=str(tmp_path), midi_dir=str(folder / "even"))
    with pytest.raises(UserError, match="^even: expected windows that differ in density, range, syncopation; these"):
        directions.main(settings)
    assert not list(tmp_path.iterdir())
