"""Dependency runs one way: recipes -> {zoo, export}; zoo and export know neither each other nor recipes.

The gallery shows what all three make, and nobody imports it.

Inside the zoo, a room may import those below it and none beside it; docs/architecture.md draws them.
"""

import ast
import os

import pytest
from conftest import ROOT, run_python

PACKAGES = {
    "zoo": {"zoo"},
    "export": {"export"},
    "recipes": {"recipes", "zoo", "export"},
    "gallery": {"gallery", "recipes", "zoo", "export"},
}
BASE = {"part", "inputs", "checks", "endpoint", "transfer", "hashed", "cache", "numerics"}  # what all rooms may know
SHARED = BASE | {"model", "generative", "priors", "sequential", "augmentation"}  # what the families may know
ROOMS = {
    "numerics": {"numerics"},
    "layers": {"layers", "numerics", "part"},
    "networks": {"networks", "layers", "numerics", "sequential"},
    "domains": {"domains", "part"},
    "priors": {"priors", "checks", "numerics", "part"},
    "measures": {"measures", "layers", *BASE, "model", "augmentation", "domains"},
    "gan": {"gan", *SHARED},
    "vae": {"vae", "gan", *SHARED},
    "pretrained": {"pretrained", "generative", "hashed", "cache"},
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
    assert files == SHARED - set(ROOMS) | {"architectures"}


OF_A_GAN = """
import sys
sys.modules.update(dict.fromkeys(["tensorflow_probability", "tf_keras", "tensorflow_datasets"]))  # not to be had
import export, keras, zoo
from recipes import evaluate
from recipes.settings import ImageData, Quality

zoo.dcgan([28, 28, 1], latent_dim=4, width=2).save("model.keras")
gan = keras.models.load_model("model.keras")
export.export_model(gan, "out", gan.examples(), tflite=False)
data, quality = ImageData(dataset="mnist-5000"), Quality(quality_images=50)
evaluate.main(evaluate.Settings(artefact="out/saved_model", images=data, quality=quality))
"""


def test_a_gan_waits_for_nothing_that_it_does_not_need(tmp_path):
    process = run_python("-c", OF_A_GAN, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert process.returncode == 0, process.stderr
    assert "fid50_test@" in process.stdout
