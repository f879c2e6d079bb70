"""Within recipes, dependency runs one way, from the recipes down to what all of them need."""

import ast

import pytest
from conftest import ROOT, run_python

# Each room may import from itself and from those below it. A recipe is in none: it may import from all, but for other
# recipes, and nobody imports it. `errors` is recipes/__init__.py.
BELOW = {
    "families": {"report", "harness", "data", "machines", "settings", "errors"},
    "report": {"harness", "data", "machines", "settings", "errors"},
    "harness": {"data", "machines", "settings", "errors"},
    "data": {"settings", "errors"},
    "machines": {"settings", "errors"},
    "settings": {"errors"},
    "errors": set(),
}
FILES = sorted((ROOT / "recipes").rglob("*.py"))


def room_of(path):
    """The room that a file lies in; the file's own name for a recipe."""
    parts = path.relative_to(ROOT / "recipes").parts
    if parts == ("__init__.py",):
        return "errors"
    return parts[0] if len(parts) > 1 else path.stem


def imported(path):
    """The modules that a file imports, within its functions too: "recipes.harness", "recipes.harness.app"."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def rooms(path):
    """The rooms that a file imports from."""
    for module in imported(path):
        if module == "recipes.UserError":
            yield "errors"
        elif module.startswith("recipes."):
            yield module.split(".")[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "recipes")))
def test_each_room_looks_down(path):
    room = room_of(path)
    assert set(rooms(path)) <= {room, *BELOW.get(room, BELOW)}


def test_the_rooms_are_those():
    assert {path.parent.name for path in FILES} == {"recipes", *BELOW} - {"errors"}


def test_flags_are_read_in_one_place():
    readers = {path.stem for path in FILES if {"absl.flags", "absl.app"} & set(imported(path))}
    assert readers == {"app", "flags"}
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert "sys.argv" not in text, path
        assert "matplotlib.use" not in text, path


def test_a_recipe_is_short():
    for path in (ROOT / "recipes").glob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 80, path


def test_help_does_not_wait_for_tensorflow():
    recipes = ", ".join(f"recipes.{path.stem}" for path in (ROOT / "recipes").glob("*.py") if path.stem != "__init__")
    process = run_python("-c", f"import sys, {recipes}; print('tensorflow' in sys.modules)")
    assert process.stdout.strip() == "False", process.stderr
