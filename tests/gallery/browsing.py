"""A browser, and a visit with it: fixtures of the test modules that name this one in `pytest_plugins`.

Such a module lists in `MODELS` the names of the small models that its gallery shows.
"""

import pytest
from small_models import hang
from visiting import Visit, needs_runtime

from gallery import build, exhibits, viewing


@pytest.fixture(scope="session")
def browser():
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = viewing.chromium()
    if path is None:
        pytest.skip("there is no Chromium")
    with viewing.browser(path) as browser:
        yield browser


@pytest.fixture(scope="module")
def gallery(request, browser, tmp_path_factory):
    """(the folder of a gallery, its models by name)."""
    needs_runtime()
    folder = tmp_path_factory.mktemp("gallery")
    models = hang(folder / "runs", request.module.MODELS)
    build.build(exhibits.of_runs(folder / "runs"), folder / "gallery", dataset="mnist-5000")
    return folder / "gallery", models


@pytest.fixture(scope="module")
def address(gallery):
    with viewing.served(gallery[0]) as address:
        yield address


@pytest.fixture
def visit(browser, address):
    page = browser.new_page()
    page.set_default_timeout(60_000)
    visit = Visit(page, address)
    yield visit
    page.close()
