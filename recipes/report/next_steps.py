"""What a run made, and what to type next."""

from recipes.harness import commands
from recipes.report.sampling import values_for
from recipes.report.trained import Trained


def print_next_steps(trained: Trained, shown: list[str], artefacts: list[str], whole: bool = True) -> None:
    """Prints what a run made and what to type next.

    Args:
        trained: the exported model and its run.
        shown: names of the files that a person looks at, the samples first.
        artefacts: names of those that were exported.
        whole: whether all was measured that --measure_all would measure.
    """
    run = trained.run
    more = "" if whole else f"  measure with all       {commands.measure(run.recipe, trained.settings)}\n"
    values = ", ".join(values_for(trained.model.endpoints()["sample"], 1, trained.condition).values())
    print(
        f"\nMade in {run.path}: {', '.join(shown)},\n"
        f"  metrics.json, card.md, model.keras, {', '.join(artefacts)}\n\n"
        "Next:\n"
        f"  look at the samples    {run.path / shown[0]}\n"
        f"  read its metrics       {run.path / 'card.md'}, which has the commands to measure them again\n"
        f"{more}"
        f"  watch how it learned   tensorboard --logdir {run.path / 'logs'}\n"
        # Without the variable `m`, TensorFlow would free the weights before they are used.
        '  draw more of them      python -c "import tensorflow as tf; '
        f"m = tf.saved_model.load('{run.path}/saved_model'); print(m.sample({values}).shape)\"\n"
        "  use it elsewhere       BUILD.md, Loading and TFLite"
    )
