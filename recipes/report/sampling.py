"""How `sample` of an exported model is called, in the words of a program."""

from zoo import Endpoint


def values_for(sample: Endpoint, rows: int) -> list[str]:
    """What to type for each argument of a model's endpoint `sample`: the first rows of a seed, of the first class."""
    known = {"seed": "[0, 1]", "index": str(list(range(rows))), "labels": str([0] * rows)}
    return [known.get(spec.name, "1.0") for spec in sample.inputs]  # a temperature is 1.0
