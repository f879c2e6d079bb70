"""Builds the gallery: a folder that any static server serves."""

import shutil
from pathlib import Path

import markdown

import zoo
from gallery import digits, exporting, manifest, pictures

HERE = Path(__file__).parent
RUNTIME = HERE / "node_modules" / "@litertjs"
WASM = ("litert_wasm_internal", "litert_wasm_compat_internal")  # with relaxed SIMD, and for browsers without


def build(exhibits, out, dataset="mnist", data_dir=None):
    """Writes the gallery of some exhibits into a folder, which is made anew."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(HERE / "src", out)
    copy_runtime(out / "litert")
    (out / "models").mkdir()
    exporting.write_reader(zoo.digit_classifier(), out / "models")
    real = digits.load(dataset, data_dir)
    (out / "digits.bin").write_bytes(pictures.levels([real.of(label)[0] for label in range(10)]).tobytes())
    entries = []
    for exhibit in exhibits:
        print(f"{exhibit.name} ...", flush=True)
        entries.append(add(exhibit, out / "models" / exhibit.name, real))
    manifest.write(out / "models.json", entries, real.about)


def add(exhibit, directory, real):
    """Writes the files of a model; returns its entry of the manifest."""
    directory.mkdir(parents=True)
    model = zoo.load(exhibit.folder)
    exporting.write_model(model, directory)
    pictures.poster(model, directory / "poster.webp")
    if exhibit.epochs:
        pictures.progress(exhibit.epochs.values(), directory / "progress.webp")
    card = markdown.markdown(exhibit.card, extensions=["tables", "fenced_code"])
    (directory / "card.html").write_text(card, encoding="utf-8")
    return manifest.entry(exhibit, model, directory, real)


def copy_runtime(directory):
    """Copies what of LiteRT.js the page loads.

    Raises:
        FileNotFoundError: npm has not installed it.
    """
    (directory / "wasm").mkdir(parents=True)
    shutil.copy(RUNTIME / "core" / "dist" / "index.js", directory / "core.js")
    shutil.copy(RUNTIME / "wasm-utils" / "dist" / "index.js", directory / "wasm-utils.js")
    for name in WASM:
        for suffix in (".js", ".wasm"):
            shutil.copy(RUNTIME / "core" / "wasm" / f"{name}{suffix}", directory / "wasm")
