"""The figures of a model that the page shows, from its metrics.json."""

import re

from export import TFLITE

MEASURES = {
    "fid": ("Fréchet distance", "{:,} samples"),
    "nll_iw": ("Nats per image", "the likelihood of test digits by {:,} latents each"),
}


def figures(metrics):
    """What was measured of the exported file, in the order of `MEASURES`.

    Returns:
        [{"kind", "label", "value", "floor", "of"}]; the floor, what real digits get, is None where there is none.
    """
    found = []
    for kind, (label, how) in MEASURES.items():
        for name, value, floor in _measured(metrics):
            match = re.match(rf"{kind}(\d+)(_test)?(@|$)", name)
            if match:
                of = how.format(int(match[1]))
                found.append({"kind": kind, "label": label, "value": value, "floor": floor, "of": of})
    return found


def _measured(metrics):
    for section in metrics.values():
        if not isinstance(section, dict):
            continue
        columns = (of for file, of in section.items() if _is_exact(file) and isinstance(of, dict))
        for name, value in next(columns, {}).items():
            yield name, value, section.get("floor", {}).get(name)


def _is_exact(file):
    """Whether it is a file that draws what the page draws, with weights in float32: the model, or its export."""
    return file.endswith(".keras") or file == TFLITE
