"""How long, how fast and in which format a model is trained."""

from recipes.settings.field import group, setting


@group
class Training:
    """The schedule of a training."""

    epochs: int = setting(help="Each goes through the training data once, or through --epoch_images.", at_least=1)
    epoch_images: int | None = setting(
        None,
        "Items per epoch, after each of which there are a checkpoint to resume from, a picture and metrics. "
        "Default: all training items; fewer suit a large data set, more a small one. Whole batches, rounded down.",
        at_least=1,
    )
    steps: int | None = setting(None, "Stop after this many steps even if epochs are left: a quick look.", at_least=1)
    batch_size: int = setting(help="Items in a step, over all replicas.", at_least=1)
    learning_rate: float = setting(
        help="Adam's step size after a warm-up; it falls to 0 along a cosine.", at_least=1e-9
    )
    seed: int = setting(0, "Fixes everything random in the run.", at_least=0, at_most=2**31 - 1)
    start_from: str | None = setting(
        None,
        "Go on from a trained generative model, on these data: with its weights, where their shapes agree, in place of "
        "random ones. A pretrained model's name, a .keras file, the directory of a run, or an address.",
        path=True,
    )
    precision: str = setting(
        "auto",
        "Number format of the hidden layers while training; auto: see --fastest. What is measured and exported is "
        "float32.",
        choices=("auto", "float32", "mixed_bfloat16"),
    )

    xla: str = setting(
        "auto",
        "Whether XLA compiles the training step, which is faster on some processors and slower on others; auto: see "
        "--fastest.",
        choices=("auto", "on", "off"),
    )
    fastest: str = setting(
        "auto",
        "How to choose the --precision and --xla that are auto. rule: by the processor. measure: each is tried for a "
        "moment, and the fastest is kept for the next time. auto: what was kept; else measure, for long trainings on "
        "one CPU; else rule.",
        choices=("auto", "measure", "rule"),
        kept=False,
    )

    @property
    def policy(self) -> str:
        """The Keras dtype policy that `precision` asks for; where it is auto, by the processor."""
        import zoo

        return zoo.fastest_policy() if self.precision == "auto" else self.precision
