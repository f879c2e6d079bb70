"""Dependency runs one way: recipes -> {zoo, export}; zoo and export know neither each other nor recipes.

Inside the zoo, a room may import those below it and none beside it; docs/architecture.md draws them.
"""

import ast

import pytest
from conftest import ROOT

PACKAGES = {"zoo": {"zoo"}, "export": {"export"}, "recipes": {"recipes", "zoo", "export"}}
BASE = {"part", "inputs", "checks", "endpoint", "numerics"}  # what all rooms may know
SHARED = BASE | {"model", "generative", "priors", "sequential", "augmentation"}  # what the families may know
ROOMS = {
    "numerics": {"numerics"},
    "layers": {"layers", "numerics", "part"},
    "networks": {"networks", "layers", "numerics", "sequential"},
    "domains": {"domains", "part"},
    "measures": {"measures", *BASE, "model", "augmentation"},
    "gan": {"gan", *SHARED},
    "vae": {"vae", "gan", *SHARED},
}


def modules(path):
    """The modules that a file imports, inside of functions, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages(package):
    ours = {*PACKAGES, "tests", "benchmarks"}
    files = list((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        assert {name.split(".")[0] for name in modules(path)} & ours <= PACKAGES[package], path


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_of_the_zoo(room):
    files = list((ROOT / "zoo" / room).glob("*.py"))
    assert files
    for path in files:
        of_zoo = {name.split(".")[1] for name in modules(path) if name.startswith("zoo.")}
        assert of_zoo <= ROOMS[room], path


def test_every_room_has_its_directions():
    assert {path.parent.name for path in (ROOT / "zoo").glob("*/*.py")} == set(ROOMS)
    files = {path.stem for path in (ROOT / "zoo").glob("*.py")} - {"__init__"}
    assert files == SHARED - {"numerics"} | {"architectures"}
