"""The figures of a model that the page shows, from its metrics.json."""

import re

MEASURES = {
    "fid": ("Fréchet distance", "{:,} samples"),
    "nll_iw": ("Nats per image", "the likelihood of test digits by {:,} latents each"),
}
FILES = ("model.tflite", "model.keras")  # of which the first that was measured counts


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
        measured = next((section[file] for file in FILES if isinstance(section.get(file), dict)), {})
        for name, value in measured.items():
            yield name, value, section.get("floor", {}).get(name)
