"""A browser, and a visit with it: fixtures of the test modules that name this one in `pytest_plugins`.

Such a module defines `gallery`: (folder, models by name).
"""

import pytest
from visiting import Visit

from gallery import viewing


@pytest.fixture(scope="session")
def browser():
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = viewing.chromium()
    if path is None:
        pytest.skip("there is no Chromium")
    with viewing.browser(path) as browser:
        yield browser


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
