"""What the reports of all recipes have in common."""

from tqdm import tqdm


def progress(batches):
    """The batches, with a bar on the screen that goes on with them."""
    return tqdm(batches, unit=" batches", dynamic_ncols=True)


def print_next_steps(run, artefacts, pictures, arguments=""):
    """Prints what a run made and what to type next.

    Args:
        run: the `RunDirectory`.
        artefacts: the names of those that were exported.
        pictures: the names of those that it may have made.
        arguments: of `sample` in the exported model, after the scale of the noise: ", [7]".
    """
    made = [picture for picture in pictures if (run.path / picture).exists()]
    print(
        f"\nMade in {run.path}: {', '.join(made)},\n"
        f"  metrics.json, card.md, model.keras, {', '.join(artefacts)}\n\n"
        "Next:\n"
        f"  look at the samples    {run.path / 'samples.png'}\n"
        f"  read its figures       {run.path / 'card.md'}, which has the commands to measure them again\n"
        f"  watch how it learned   tensorboard --logdir {run.path / 'logs'}\n"
        # Without the variable `m`, TensorFlow would free the weights before they are used.
        '  draw more of them      python -c "import tensorflow as tf; '
        f"m = tf.saved_model.load('{run.path}/saved_model'); print(m.sample([0, 1], [0], 1.0{arguments}).shape)\"\n"
        "  use it elsewhere       BUILD.md, Loading and TFLite"
    )
