"""Builds the gallery: a folder that any static server serves."""

import shutil
import tempfile
from pathlib import Path

import markdown
from tqdm import tqdm

import zoo
from gallery import digits, exporting, manifest, pictures
from gallery.kinds import KINDS, domain_of

HERE = Path(__file__).parent
RUNTIME = HERE / "node_modules" / "@litertjs"
WASM = ("litert_wasm_internal", "litert_wasm_compat_internal")  # with relaxed SIMD, and for browsers without


MANIFEST = "models.json"


class BuildError(Exception):
    """A gallery that can't be built; the message is one clear line."""


def build(exhibits, out, dataset="mnist", data_dir=None):
    """Writes the gallery of some exhibits into a folder, in place of an older gallery there.

    It is made beside the folder, and moved there when all of it is ready. A model of a domain that the gallery has no
    room for is left out, which is said.

    Raises:
        BuildError: there are no exhibits, npm has not installed the runtime, or the folder holds something else; one
            line.
    """
    out = Path(out).absolute()
    check(exhibits, out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as workshop:
        new = Path(workshop) / out.name
        shutil.copytree(HERE / "src", new)
        copy_runtime(new / "litert")
        (new / "models").mkdir()
        exporting.write_reader(zoo.digit_classifier(), new / "models")
        real = digits.load(dataset, data_dir)
        (new / "digits.bin").write_bytes(pictures.levels([real.of(label)[0] for label in range(10)]).tobytes())
        entries = []
        for exhibit in tqdm(exhibits, unit="model", desc="Exporting"):
            model = zoo.load(exhibit.folder)
            if (domain := domain_of(model)) in KINDS:
                entries.append(add(exhibit, model, new / "models" / exhibit.name, real))
            else:
                shown = " and ".join(KINDS)
                tqdm.write(f"{exhibit.name} is left out: it is of {domain}, and the gallery shows {shown}.")
        manifest.write(new / MANIFEST, entries, real.about)
        shutil.rmtree(out, ignore_errors=True)
        new.replace(out)


def check(exhibits, out):
    """Raises a BuildError, one line, where a gallery can't be built, or would take the place of something else."""
    if not exhibits:
        raise BuildError("runs: expected a folder with finished runs; there is none in it.")
    if not RUNTIME.is_dir():
        raise BuildError(f"expected LiteRT.js in {RUNTIME}; `make gallery` installs it, or `npm ci --prefix gallery`.")
    if out.exists() and not (out / MANIFEST).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise BuildError(f"out: {out} is there, and is no gallery; move it away, or give another --out.")


def add(exhibit, model, directory, real):
    """Writes the files of a model; returns its entry of the manifest."""
    directory.mkdir(parents=True)
    exporting.write_model(model, directory)
    KINDS[domain_of(model)].write(exhibit, model, directory)
    card = markdown.markdown(exhibit.card, extensions=["tables", "fenced_code"])
    (directory / "card.html").write_text(card, encoding="utf-8")
    return manifest.entry(exhibit, model, directory, real)


def copy_runtime(directory):
    """Copies what of LiteRT.js the page loads."""
    (directory / "wasm").mkdir(parents=True)
    shutil.copy(RUNTIME / "core" / "dist" / "index.js", directory / "core.js")
    shutil.copy(RUNTIME / "wasm-utils" / "dist" / "index.js", directory / "wasm-utils.js")
    for name in WASM:
        for suffix in (".js", ".wasm"):
            shutil.copy(RUNTIME / "core" / "wasm" / f"{name}{suffix}", directory / "wasm")
