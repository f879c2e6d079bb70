"""What watches over a GAN's training."""

import keras
import numpy as np
from absl import flags
from tqdm import tqdm

import zoo
from recipes.harness import pictures, quality, training
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS
COUNT = 2000  # samples after each epoch
PATIENCE = 2  # epochs


class MeasureSamples(keras.callbacks.Callback):
    """Gives the callbacks after it the Frechet distance between samples and as many training images, after each epoch.

    It goes into the history as `fid<n>_train@<classifier>`, and over time into quality.png. Held-out images have no say
    in what one sees, and may act on, while training.

    Args:
        extractor: a `zoo.FeatureExtractor`.
        images: a `data.ImageSet`.
        labels: int32 [train_size] for a conditional model, which is asked for those of the training images; or None.
        run: the `RunDirectory`.
    """

    def __init__(self, extractor, images, labels, run):
        super().__init__()
        self.extractor, self.images, self.labels, self.run = extractor, images, labels, run
        self.count = min(COUNT, FLAGS.quality_images, images.train_size)
        self.name = f"fid{self.count}_train@{extractor.name}"

    def on_train_begin(self, logs=None):
        chosen = quality.some_training_images(self.images, self.count)
        self.real = quality.training_features(self.extractor, self.images, chosen)
        self.asked = None if self.labels is None else self.labels[chosen]

    def on_epoch_end(self, epoch, logs=None):
        parts = np.array_split(np.arange(self.count), max(1, self.count // 250))
        asked = [None if self.asked is None else self.asked[part] for part in parts]
        samples = [self.model.sample([0, FLAGS.seed], part, labels=labels) for part, labels in zip(parts, asked)]
        features, _ = self.extractor(np.concatenate(samples))
        logs[self.name] = zoo.sample_quality.frechet_distance(self.real, features)
        tqdm.write(f"after epoch {epoch + 1}: {self.name} {logs[self.name]:.3f}")

    def on_train_end(self, logs=None):
        minutes = np.cumsum(training.history(self.run, "seconds")) / 60
        with self.run.new_file("quality.png") as path:
            pictures.save_curve_over_time(path, minutes, training.history(self.run, self.name), self.name)


class StopWhenWon(keras.callbacks.Callback):
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
