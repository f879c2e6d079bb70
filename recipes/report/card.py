"""The card of a run: what the model is, what it was trained on, and the figures of each file that one can load."""

import math
import shlex

from absl import flags

from export import ARTEFACTS, TFLITE
from recipes.harness import app

FLAGS = flags.FLAGS
# What recipes.evaluate has to be told to measure by the same protocol: its defaults need not be this recipe's.
_MEASURING = ("dataset", "data_dir", "image_dir", "image_size", "channels", "extractor", "quality_images")
_FILES = """Differences over all signatures of a file, relative to the largest magnitude of an output where that is
above 1. The time is that of the first signature for one row, the median on the exporting CPU. Files with `int8` in
their names have 8-bit weights: their images are near the others', not the same."""
_SAMPLES = """Each file was measured by itself. A metric's name says how many samples were compared with as many
held-out images, in the features of which network; floor: as many training images in place of samples. `fid` and
`kid`: lower is better. `class_shares`: the smallest and the largest. From the project's root:"""
_PURITY = """A file does not say which category a sample is of; `category_purity` is measured again by"""
_LOADING = """With TensorFlow and nothing else, in this folder:

```python
import tensorflow as tf
model = tf.saved_model.load("saved_model")  # in one line with the next, its variables would be gone too early
images = model.sample({values})  # in [0, 1]
```

With LiteRT:

```python
import numpy as np
from ai_edge_litert.interpreter import Interpreter
sample = Interpreter("model_int8.tflite").get_signature_runner("sample")  # or model.tflite
images = sample({named})["images"]
```"""


def write(run, model, metrics, limits):
    """Writes card.md, Markdown.

    Args:
        run: the `RunDirectory`, which holds the exports.
        model: the exported model, a `zoo.VAE` or `zoo.GAN`.
        metrics: what metrics.json holds: the figures of the card are these.
        limits: what the model and its figures are not good for, text.
    """
    recipe = app.recipe_name()
    module, unmeasured = f"recipes.{recipe}", "Not measured: no `--extractor` was given."
    sections = {
        f"# {recipe}": _model(module, run, model, metrics["protocol"]),
        "## Files": f"{_files(metrics)}\n\n{_FILES}",
        "## Samples": _samples(module, run, metrics) if TFLITE in metrics else unmeasured,
        "## Likelihood": _likelihood(module, run, metrics) if "elbo" in metrics else "",
        "## Signatures and loading": _signatures(model),
        "## Limits": limits,
    }
    with run.new_file("card.md") as path:
        path.write_text("\n".join(f"{head}\n\n{text}\n" for head, text in sections.items() if text), encoding="utf-8")


def _model(module, run, model, protocol):
    parts = []
    for name, config in model.get_config().items():
        for part in config if isinstance(config, list) else [config]:
            if name != "dtype" and isinstance(part, dict):
                layer = getattr(model, name, None)
                weights = f"{layer.count_params():,}" if hasattr(layer, "count_params") else ""
                parts.append((name, f"`{part['class_name']}`", weights))
    text = "Trained on {train_images:,} images of `{data}`: {steps:,} steps of {batch_size} images, seed {seed}"
    seconds = protocol["training_seconds"]
    text = text.format(**protocol) + (f", in {seconds / 60:.3g} minutes." if seconds else ".")
    if "classes" in protocol:
        text += f" Labels: {', '.join(f'{label} {name}' for label, name in enumerate(protocol['classes']))}."
    made_of = f"A `zoo.{type(model).__name__}` for images {list(model.image_shape)}, made of"
    command = _command(module, {**run.settings, "data_dir": FLAGS.data_dir})
    return "\n\n".join([made_of, _table(["part", "class", "parameters"], parts), text, command])


def _files(metrics):
    rows = []
    for name, size in metrics["bytes"].items():
        checks = [check for check in metrics["export"] if check["artefact"] == name]
        signatures = ", ".join(f"`{check['signature']}`" for check in checks)
        differences = [f"{max(check[key] for check in checks):.1e}" for key in ("difference", "mean_difference")]
        rows.append((f"`{name}`", f"{size / 1e3:,.0f} kB", f"{checks[0]['latency']:.2f} ms", *differences, signatures))
    differences = ["largest difference from Keras", "largest mean difference"]
    return _table(["file", "size", "one row", *differences, "signatures"], rows)


def _samples(module, run, metrics):
    columns = [metrics[column] for column in ("floor", *ARTEFACTS)]
    rows = [[f"`{key}`", *(_cell(column[key]) if key in column else "" for column in columns)] for key in columns[-1]]
    table = _table(["metric", "floor", *(f"`{name}`" for name in ARTEFACTS)], rows)
    values = {name: FLAGS[name].value for name in _MEASURING}
    if FLAGS.background != FLAGS["background"].default:  # one for all recipes
        values["background"] = FLAGS.background
    protocol = [f"--{name}={value}" for name, value in values.items() if value is not None]
    commands = [_command("recipes.evaluate", {}, f"--artefact={run.path / name}", *protocol) for name in ARTEFACTS]
    if any(key.startswith("category_purity") for key in columns[-1]):
        commands += [_PURITY, _again(module, run)]
    return "\n\n".join([table, _SAMPLES, *commands])


def _likelihood(module, run, metrics):
    rows = [(f"`{name}`", _cell(value)) for name, value in metrics.items() if isinstance(value, int | float)]
    text = "In {unit}, on {held_out_images:,} held-out images; binarization: {binarization}. Measured again by"
    table = _table(["metric", "`model.keras`"], rows)
    return "\n\n".join([table, text.format(**metrics["protocol"]), _again(module, run)])


def _signatures(model):
    rows, values = [], {"seed": "[0, 1]", "index": "[0, 1, 2]", "labels": "[1, 1, 1]"}  # a scale of the noise is 1.0
    for name, endpoint in model.endpoints().items():
        shapes = [str(spec.shape.as_list()).replace("None", "n") for spec in endpoint.inputs]
        takes = [f"`{spec.name}` {spec.dtype.name} {shape}" for spec, shape in zip(endpoint.inputs, shapes)]
        rows.append((f"`{name}`", ", ".join(takes), ", ".join(f"`{output}`" for output in endpoint.outputs)))
    given = {spec: values.get(spec.name, "1.0") for spec in model.endpoints()["sample"].inputs}
    named = ", ".join(f"{spec.name}=np.{spec.dtype.name}({value})" for spec, value in given.items())
    table = _table(["signature", "takes", "gives"], rows)
    return f"{table}\n\n{_LOADING.format(values=', '.join(given.values()), named=named)}"


def _again(module, run):
    """The command that measures all of a finished run again."""
    return _command(module, {"data_dir": FLAGS.data_dir}, f"--out_dir={run.path}", "--resume")


def _command(module, settings, *arguments):
    """The command with those of the settings whose flags have another default."""
    given = [f"--{name}={value}" for name, value in settings.items() if value != FLAGS[name].default]
    return f"```sh\n{shlex.join(['python', '-m', module, *arguments, *given])}\n```"


def _table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _cell(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "not known"
    return f"{min(value):.4g} to {max(value):.4g}" if isinstance(value, list) else f"{value:.4g}"
