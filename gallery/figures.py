"""The figures of a model that the page shows, from its metrics.json."""

import re

MEASURES = {"fid": ("Fréchet distance", "samples"), "nll_iw": ("Negative log-likelihood, nats", "latents per image")}
FILE = "model.tflite"


def figures(metrics):
    """What was measured of the exported file, in the order of `MEASURES`.

    Returns:
        [{"kind", "label", "value", "floor", "of"}]; the floor, what real digits get, is None where there is none.
    """
    found = []
    for kind, (label, counted) in MEASURES.items():
        for name, value, floor in _measured(metrics):
            match = re.match(rf"{kind}(\d+)(_test)?(@|$)", name)
            if match:
                of = f"{int(match[1]):,} {counted}"
                found.append({"kind": kind, "label": label, "value": value, "floor": floor, "of": of})
    return found


def _measured(metrics):
    for section in metrics.values():
        if not isinstance(section, dict):
            continue
        columns = section.get(FILE, section)
        for name, value in (columns if isinstance(columns, dict) else {}).items():
            if isinstance(value, int | float):
                yield name, value, section.get("floor", {}).get(name)
