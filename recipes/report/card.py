"""The card of a run: what the model is, what it was trained on, and the metrics of each file that one can load."""

import math
from collections.abc import Sequence
from typing import Any

import keras

from recipes.harness import commands
from recipes.report import front_matter
from recipes.report.sampling import values_for
from recipes.report.trained import Section, Trained

_USE = """To draw {items} like those it was trained on: for teaching, for trying programs out, as a baseline to compare
with, as a starting point for a model of your own (`--start_from`). What it draws is made up: say so when you show it
to others."""
_FILES = """Differences over all signatures of a file, relative to the largest magnitude of an output where that is
above 1. The time is that of the first signature for one row, the median on the exporting CPU: of a TFLite file on one
thread, of the SavedModel on all. Files with `int8` in
their names have 8-bit weights: their samples are near the others', not the same."""
_EXPORTED = "`python -m export {address} exported` writes the other files."
_LOADING = """With this zoo:

```python
import zoo

{output} = zoo.load("{address}").sample({by_name})  # {unit}
```

{exported}With TensorFlow and nothing else{where}:

```python
import tensorflow as tf

model = tf.saved_model.load("{folder}saved_model")  # in one line with the next, its variables would be gone too early
{output} = model.sample({values})  # {unit}
```

With LiteRT:

```python
import numpy as np
from ai_edge_litert.interpreter import Interpreter

sample = Interpreter("{folder}model_int8.tflite").get_signature_runner("sample")  # or model.tflite
{output} = sample(
    {named}
)["{output}"]
```"""


def write(
    trained: Trained, metrics: dict[str, Any], sections: list[Section], limits: str, shown: Sequence[str] = ()
) -> None:
    """Writes card.md, Markdown, and the same as README.md, where hubs of models look for it.

    Args:
        trained: the exported model, and what there is to know of it; its run holds the exports.
        metrics: what metrics.json holds.
        sections: what was measured.
        limits: what the model and its metrics are not good for, text.
        shown: files beside the card that a person looks at, the samples first.
    """
    run, name = trained.run, trained.shipped or trained.run.recipe
    picture = f"![Its samples]({shown[0]})\n\n" if shown and shown[0].endswith(".png") else ""
    parts = {
        f"# {name}": picture + _model(trained, metrics["protocol"]),
        **({"## Data": _listed(trained.data.kept)} if trained.data.kept else {}),
        "## Use": _USE.format(items=trained.data.domain.items),
        "## Files": _files(trained, metrics),
        **{f"## {section.title}": _section(section, metrics["bytes"]) for section in sections},
        "## Signatures and loading": _signatures(trained),
        "## Limits": limits,
    }
    text = "\n".join(f"{head}\n\n{text}\n" for head, text in parts.items())
    for file in ("card.md", "README.md"):
        with run.new_file(file) as path:
            path.write_text(f"{front_matter.of(trained, name, sections)}\n{text}", encoding="utf-8")


def _model(trained, protocol):
    model, domain = trained.model, trained.data.domain
    text = (
        f"Trained on {trained.data.train_size:,} {domain.items} of `{protocol['data']}`: {protocol['steps']:,} steps "
        f"of {protocol['batch_size']} {domain.items}, seed {protocol['seed']}"
    )
    text += f", from the weights of `{protocol['started_from']}` on" if "started_from" in protocol else ""
    seconds = protocol["training_seconds"]
    text += f", in {seconds / 60:.3g} minutes" if seconds else ""
    text += f", in {protocol['trained_in']}." if protocol["trained_in"] else "."
    if "classes" in protocol:
        text += f" Labels: {', '.join(f'{label} {name}' for label, name in enumerate(protocol['classes']))}."
    made_of = f"A `zoo.{type(model).__name__}` for {domain.items} {list(domain.shape)}, made of"
    command = _command(commands.train(trained.run.recipe, trained.settings))
    return "\n\n".join([made_of, _table(["part", "class", "parameters"], _parts(model)), text, command])


def _listed(lines):
    """Lines as a list; those that are indented belong to the one before."""
    return "\n".join(line if line.startswith(" ") else f"- {line}" for line in lines.splitlines())


def _parts(model: keras.Model):
    rows = []
    for name, config in model.get_config().items():
        for part in config if isinstance(config, list) else [config]:
            if name != "dtype" and isinstance(part, dict) and "class_name" in part:
                layer = getattr(model, name, None)
                weights = f"{layer.count_params():,}" if hasattr(layer, "count_params") else ""
                rows.append((name, f"`{part['class_name']}`", weights))
    return rows


def _files(trained, metrics):
    rows = []
    for name, size in metrics["bytes"].items():
        checks = [check for check in metrics["export"] if check["artefact"] == name]
        signatures = ", ".join(f"`{check['signature']}`" for check in checks)
        differences = [f"{max(check[key] for check in checks):.1e}" for key in ("difference", "mean_difference")]
        rows.append((f"`{name}`", f"{size / 1e3:,.0f} kB", f"{checks[0]['latency']:.2f} ms", *differences, signatures))
    differences = ["largest difference from Keras", "largest mean difference"]
    table = f"{_table(['file', 'size', 'one row', *differences, 'signatures'], rows)}\n\n{_FILES}"
    if not trained.shipped:
        return table
    size = (trained.run.path / trained.file).stat().st_size
    return (
        f"`{trained.file}`, {size / 1e3:,.0f} kB, is all there is of the model: weights in 16 bits, which a program "
        f"that loads it has in 32.\n\n{_EXPORTED.format(address=trained.shipped)}\n\n{table}"
    )


def _section(section, files):
    text = [section.note, *map(_command, section.commands)]
    if section.metrics:
        columns = list(section.metrics.values())
        rows = [
            [f"`{key}`", *(_cell(column[key]) if key in column else "" for column in columns)] for key in columns[-1]
        ]
        heads = [f"`{name}`" if name in files or name.endswith(".keras") else name for name in section.metrics]
        text = [_table(["metric", *heads], rows), *text]
    return "\n\n".join(text)


def _signatures(trained):
    rows = []
    for name, endpoint in trained.model.endpoints().items():
        shapes = [str(spec.shape.as_list()).replace("None", "n") for spec in endpoint.inputs]
        takes = [f"`{spec.name}` {spec.dtype.name} {shape}" for spec, shape in zip(endpoint.inputs, shapes)]
        rows.append((f"`{name}`", ", ".join(takes), ", ".join(f"`{output}`" for output in endpoint.outputs)))
    sample, about = trained.model.endpoints()["sample"], trained.data.domain.about()
    given = values_for(sample, 3, trained.condition)
    named = [f"{spec.name}=np.{spec.dtype.name}({given[spec.name]})" for spec in sample.inputs]
    told = trained.model.condition
    loading = _LOADING.format(
        address=trained.shipped or trained.run.path,
        by_name=", ".join(["3", "seed=1", *([f"{told.name}={given[told.name]}"] if told else [])]),
        exported=f"{_EXPORTED.format(address=trained.shipped)}\n\n" if trained.shipped else "",
        where="" if trained.shipped else ", in this folder",
        folder="exported/" if trained.shipped else "",
        output=sample.outputs[0],
        values=", ".join(given.values()),
        named=", ".join(named),
        unit=f"{about['unit']} in {about['range']}",
    )
    return f"{_table(['signature', 'takes', 'gives'], rows)}\n\n{loading}"


def _command(command):
    return f"```sh\n{command}\n```"


def _table(head, rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _cell(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "not known"
    return f"{min(value):.4g} to {max(value):.4g}" if isinstance(value, list) else f"{value:.4g}"
