"""Music in the gallery, in a real browser: Chromium, on models that have learned nothing."""

import json

import numpy as np
import pytest
from visiting import NAMELESS, Visit, needs_runtime

from gallery import build, exhibits, tunes, viewing
from gallery.kinds import KINDS, domain_of
from zoo.domains import Music

pytest_plugins = ["browsing"]
MODELS = ("vae_melody", "vae_chorale", "gan_chorale")
ODE = tunes.notes(tunes.TUNES["Ode to Joy"])
MELODY = [[67, -2, -2, 69, 71, -2, -1, -2, 72, *[-2] * 22, 48]]
CHORALE = [ODE, [67, *[-2] * 15, 66, *[-2] * 15], [62, *[-2] * 31], [43, -2, 45, *[-2] * 29]]
COUNTING = """window.opened = 0;
window.AudioContext = class extends AudioContext { constructor() { super(); window.opened += 1; } };"""
PASSED = "document.getElementById('passage-position').ariaValueText === '%s %% of the way'"


def text(voice):
    return ",".join(map(str, voice))


def sampled(model, seed, temperature=1.0, soprano=ODE):
    """What Python samples of a seed, int [16, -1]."""
    told = {"soprano": [soprano] * 16} if model.condition else {}
    return np.asarray(model.sample(16, seed, float(temperature), **told)).reshape([16, -1])


@pytest.mark.parametrize("name", MODELS)
def test_a_seed_gives_the_notes_that_python_gives(gallery, visit, name):
    model = gallery[1][name]
    told = text(ODE) if model.condition else ""
    for seed, temperature in ((0, 1), (7, 0.8), (2147483647, 1), (12, 1.25)):
        visit.open(f"model={name}&seed={seed}&temperature={temperature}")
        np.testing.assert_array_equal(visit.heard(name, seed, temperature, told), sampled(model, seed, temperature))
    assert len(np.unique(sampled(model, 7), axis=0)) > 1  # else it would prove little
    assert not visit.errors
    assert not visit.elsewhere


@pytest.mark.parametrize("name", MODELS)
def test_tunes_are_shown_before_the_model_runs(gallery, visit, name):
    visit.page.route("**/model.tflite", lambda route: None)  # never answered
    visit.open(f"model={name}")
    visit.page.wait_for_function("document.querySelector('#score').dataset.notes")
    assert visit.notes("#score") == sampled(gallery[1][name], 0)[0].tolist()


def test_a_tune_is_played_when_asked_for_and_stops(visit):
    visit.page.add_init_script(COUNTING)
    page = visit.open("model=vae_melody").page
    visit.heard("vae_melody", 0, 1, "")
    assert page.evaluate("opened") == 0  # nothing sounds by itself
    page.focus("#play")
    page.keyboard.press("Enter")
    assert page.inner_text("#play") == "Stop"
    page.wait_for_selector("#score .lit", state="attached")
    page.click("#passage-play")  # one at a time
    assert page.inner_text("#play") == "Play"
    assert page.locator("#score .lit").count() == 0
    page.click("#passage-play")
    assert page.inner_text("#passage-play") == "Play"
    assert page.evaluate("opened") == 1
    assert not visit.errors


@pytest.mark.parametrize("name", MODELS)
def test_a_passage_leads_from_one_tune_to_another(gallery, visit, name):
    page = visit.open(f"model={name}").page
    visit.heard(name, 0, 1, "" if name == "vae_melody" else text(ODE))
    page.wait_for_function(PASSED % 50)
    wanted = sampled(gallery[1][name], 0).tolist()
    for key, share, tune in (("Home", 0, 1), ("End", 100, 0)):
        page.focus("#passage-position")
        page.keyboard.press(key)
        page.wait_for_function(PASSED % share)
        assert visit.notes("#passage-now") == wanted[tune]
    page.click("#tunes input[value='5']")
    page.wait_for_function(
        "(text) => document.getElementById('passage-to').dataset.notes === text", arg=" ".join(map(str, wanted[5]))
    )
    assert visit.notes("#passage-from") == wanted[0]
    assert visit.notes("#score") == wanted[5]
    assert not visit.errors


def test_a_tune_that_is_written_by_keyboard_is_harmonized(gallery, visit):
    page = visit.open("model=vae_chorale").page
    visit.heard("vae_chorale", 0, 1, text(ODE))
    page.click("#clear-soprano")
    silence = [-1, *[-2] * 31]
    visit.heard("vae_chorale", 0, 1, text(silence))
    page.focus("#soprano")
    page.keyboard.press("Enter")  # C 5 at the beginning
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    written = [72, -2, -2, -2, 73, -2, -2, -2, -1, *[-2] * 23]
    heard = visit.heard("vae_chorale", 0, 1, text(written))
    np.testing.assert_array_equal(heard, sampled(gallery[1]["vae_chorale"], 0, soprano=written))
    assert heard.reshape([16, 32, 4])[:, :, 0].tolist() == [written] * 16
    assert f"soprano=[[{', '.join(map(str, written))}]] * 16" in page.inner_text("#python")
    page.keyboard.press("Enter")  # where the note is: it goes
    visit.heard("vae_chorale", 0, 1, text([72, -2, -2, -2, -1, *[-2] * 27]))
    visit.wait_for_text("spoken", "C sharp 5 is gone; sixteen harmonies of seed 0")
    assert not visit.errors


def test_a_tune_that_is_drawn_is_harmonized_again_and_again(gallery, visit):
    page = visit.open("model=vae_chorale").page
    visit.heard("vae_chorale", 0, 1, text(ODE))

    def at(step, pitch):
        page.locator("#soprano").scroll_into_view_if_needed()
        box = page.locator("#soprano").bounding_box()
        return box["x"] + (step + 0.5) / 32 * box["width"], box["y"] + (81 - pitch + 0.5) / 22 * box["height"]

    page.mouse.move(*at(1, 64))  # an E 4 for the first B 4
    page.mouse.down()
    page.mouse.move(*at(5, 65))  # and a line on to an F 4
    page.mouse.up()
    written = [64, -2, -2, -2, 65, -2, -2, -2, *ODE[8:]]
    wanted = sampled(gallery[1]["vae_chorale"], 0, soprano=written)
    np.testing.assert_array_equal(visit.heard("vae_chorale", 0, 1, text(written)), wanted)
    page.click("#another")
    assert visit.notes("#score") == wanted[1].tolist()
    page.mouse.click(*at(10, 72))  # on the C 5: it goes
    visit.heard("vae_chorale", 0, 1, text([*written[:8], -1, -2, -2, -2, *written[12:]]))
    page.click("#beginnings input[value='1']")
    visit.heard("vae_chorale", 0, 1, text(tunes.notes(tunes.TUNES["Old Hundredth"])))
    assert not visit.errors


def test_notes_are_placed_and_taken_away(visit):
    page = visit.open().page
    run = """async ([name, voice, note]) => [...(await import("./score.js"))[name](Int32Array.from(voice), note)]"""
    half = [67, *[-2] * 7, -1, *[-2] * 23]

    def changed(name, voice, onset, length, pitch=0):
        return page.evaluate(run, [name, voice, {"onset": onset, "length": length, "pitch": pitch}])

    assert changed("withNote", half, 2, 4, 60) == [67, -2, 60, -2, -2, -2, 67, -2, -1, *[-2] * 23]
    assert changed("withNote", half, 8, 4, 60) == [67, *[-2] * 7, 60, -2, -2, -2, -1, *[-2] * 19]
    assert changed("withNote", half, 28, 4, 67) == [67, *[-2] * 7, -1, *[-2] * 19, 67, -2, -2, -2]
    assert changed("withoutNote", half, 0, 8) == [-1, *[-2] * 31]


@pytest.mark.parametrize("name", MODELS)
def test_a_file_has_the_notes_that_are_shown(visit, tmp_path, name):
    page = visit.open(f"model={name}").page
    visit.heard(name, 0, 1, "" if name == "vae_melody" else text(ODE))
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == f"{name}_0_1.mid"
    download.value.save_as(tmp_path / "all.mid")
    assert (tmp_path / "all.mid").read_bytes()[:4] == b"MThd"
    voices = CHORALE if name.endswith("_chorale") else MELODY
    window = np.transpose(voices).squeeze()
    made = page.evaluate(
        """async ([window, music]) => [...(await import("./midi.js")).midi(window, music)]""",
        [window.ravel().tolist(), Music(window.size // 32).about()],
    )
    (tmp_path / "one.mid").write_bytes(bytes(made))
    np.testing.assert_array_equal(Music(window.size // 32).read(tmp_path / "one.mid"), window)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone(browser, address, scheme):
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    visit = Visit(page, address)
    for name, told in (("vae_melody", ""), ("vae_chorale", text(ODE))):
        visit.open(f"model={name}")
        visit.heard(name, 0, 1, told)
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert page.is_hidden("#yours")
        assert page.is_visible("#writing") == (name == "vae_chorale")
    page.close()


def test_everything_has_a_name(visit):
    page = visit.open("model=vae_chorale").page
    visit.heard("vae_chorale", 0, 1, text(ODE))
    page.wait_for_function(PASSED % 50)
    assert page.evaluate(NAMELESS) == []


def test_a_model_of_another_domain_is_left_out(gallery, tmp_path, monkeypatch, capsys):
    monkeypatch.delitem(KINDS, "music")
    build.build(exhibits.of_runs(gallery[0].parent / "runs"), tmp_path / "gallery", dataset="mnist-5000")
    assert "vae_melody is left out: it is of music, and the gallery shows images." in capsys.readouterr().out
    assert json.loads((tmp_path / "gallery/models.json").read_text(encoding="utf-8"))["models"] == []


@pytest.mark.slow
def test_every_model_of_the_zoo(browser, tmp_path):
    import zoo

    needs_runtime()
    shown = [exhibit for exhibit in exhibits.shipped() if domain_of(zoo.load(exhibit.folder)) == "music"]
    if not shown:
        pytest.skip("the zoo ships no models of music")
    build.build(shown, tmp_path / "gallery", dataset="mnist-5000")
    with viewing.served(tmp_path / "gallery") as address:
        visit = Visit(browser.new_page(), address)
        for exhibit in shown:
            model = zoo.load(exhibit.folder)
            for seed in range(64):
                visit.open(f"model={exhibit.name}&seed={seed}")
                notes = visit.heard(exhibit.name, seed, 1, text(ODE) if model.condition else "")
                np.testing.assert_array_equal(notes, sampled(model, seed))
        assert not visit.errors
        assert not visit.elsewhere
