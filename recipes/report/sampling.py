"""How `sample` of an exported model is called, in the words of a program."""

from recipes.data.data_set import Condition
from zoo import Endpoint


def values_for(sample: Endpoint, rows: int, condition: Condition | None) -> dict[str, str]:
    """What to type for each argument of a model's endpoint `sample`, by name: the first rows of a seed.

    A condition is the same for all rows: the first class, or what a held-out item has.
    """
    known, told = {"seed": "[0, 1]", "index": str(list(range(rows))), "temperature": "1.0"}, ""
    if condition is not None:
        one = condition.in_rows(1, 1)[0].tolist()
        told = f"[{one}] * {rows}" if isinstance(one, list) and rows > 1 else str([one] * rows)
    return {spec.name: known.get(spec.name, told) for spec in sample.inputs}
