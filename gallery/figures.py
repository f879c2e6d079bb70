"""The figures of a model that the page shows, from its metrics.json."""

import re

from export import TFLITE

MEASURES = {
    "fid": ("Fréchet distance", "{:,} samples"),
    "nll_iw": ("Nats per {item}", "the likelihood of {held_out} by {:,} latents each"),
}


def figures(metrics, nouns):
    """What was measured of the exported file, in the order of `MEASURES`; `nouns` say what the data are called.

    Returns:
        [{"kind", "label", "value", "floor", "of", "by"}]; the floor, what real data get, is None where there is none,
        and `by` is the network whose features it was measured in, if any.
    """
    found = []
    for kind, (label, how) in MEASURES.items():
        for name, value, floor in _measured(metrics):
            match = re.match(rf"{kind}(\d+)(_test)?(@|$)", name)
            if match:
                of, by = how.format(int(match[1]), **nouns), name.partition("@")[2]
                label = label.format(**nouns)
                found.append({"kind": kind, "label": label, "value": value, "floor": floor, "of": of, "by": by})
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
