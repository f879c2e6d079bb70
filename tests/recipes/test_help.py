"""Every recipe starts, and says what it makes and takes."""

import pytest
from conftest import ROOT, run_python

RECIPES = sorted(path.stem for path in (ROOT / "recipes").glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize("recipe", RECIPES)
def test_help(recipe):
    process = run_python("-m", f"recipes.{recipe}", "--help")
    assert process.stderr == ""
    assert f"python -m recipes.{recipe}" in process.stdout  # of its docstring
    assert "--quality_images" in process.stdout or recipe in ("classifier", "features")
