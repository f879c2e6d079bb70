"""What every GAN recipe does, from the flags to the report."""

import keras
from absl import flags

import zoo
from recipes.harness import data, gan_report, quality, training
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS
PATIENCE = 2  # epochs


def train_and_report(build_model, run, conditional=False):
    """Loads the data, trains what `build_model` makes, and finishes with pictures, exports and figures.

    Args:
        build_model: (image_shape, classes) -> a `zoo.GAN`; classes is None for an unconditional recipe.
        run: the `RunDirectory`.
        conditional: whether the model is told the labels of its images.
    """
    keras.utils.set_random_seed(FLAGS.seed)
    images = data.load_images()
    labels = data.labels_for(images) if conditional else None
    quality.extractor_for(images)  # a bad one shows before training, not after
    try:
        gan = build_model(images.image_shape, labels.classes if conditional else None)
    except ValueError as error:
        raise UserError(str(error)) from error
    gan.compile(
        training.optimizer_for(images, FLAGS.beta_1, FLAGS.beta_2),
        training.optimizer_for(images, FLAGS.beta_1, FLAGS.beta_2),
        steps_per_execution=training.steps_per_execution(images),
    )
    shown = labels.train if conditional else None
    gan = training.train(gan, images, "none", run, gan_report.draw, shown, [_StopWhenWon()])
    gan_report.finish(gan, images, run, labels)


class _StopWhenWon(keras.callbacks.Callback):
    """Ends a game that the discriminator has won for good: its certainty leaves the generator nothing to learn from."""

    def on_train_begin(self, logs=None):
        self.epochs_won = 0

    def on_epoch_end(self, epoch, logs=None):
        # Only these losses make a probability of the logit.
        if not isinstance(self.model.loss_function, zoo.MinimaxLoss):
            return
        won = logs["real_probability"] > 0.99 and logs["fake_probability"] < 0.01
        self.epochs_won = self.epochs_won + 1 if won else 0
        if self.epochs_won == PATIENCE:
            raise UserError(
                f"training: the discriminator has been sure of every image for {PATIENCE} epochs (real "
                f"{logs['real_probability']:.3f}, generated {logs['fake_probability']:.3f}), so the generator learns "
                "nothing. Try a smaller --learning_rate, another --seed, or a recipe with a stronger penalty."
            )
