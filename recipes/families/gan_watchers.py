"""What watches over a GAN's training."""

import keras
import numpy as np
from absl import flags
from tqdm import tqdm

import zoo
from recipes.harness import distribution, pictures, quality, training
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS
COUNT = 2000  # samples after each epoch
PATIENCE = 2  # epochs


class MeasureSamples(keras.callbacks.Callback):
    """Gives the callbacks after it the Frechet distance between samples and as many training images, after each epoch.

    It goes into the history as `fid<n>_train@<classifier>`, and over time into quality.png. Held-out images have no say
    in what one sees, and may act on, while training. The replicas of the model's strategy share the work.

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
        features = distribution.share(self.model.distribute_strategy, self.count, self._features)
        logs[self.name] = zoo.measures.frechet_distance(self.real, features)
        if self.run.writes:
            tqdm.write(f"after epoch {epoch + 1}: {self.name} {logs[self.name]:.3f}")

    def _features(self, index):
        """Of the samples of these numbers."""
        samples = []
        for part in np.array_split(index, max(1, len(index) // 250)):
            labels = None if self.asked is None else self.asked[part]
            samples.append(self.model.sample([0, FLAGS.seed], part, labels=labels))
        return self.extractor(np.concatenate(samples))[0]

    def on_train_end(self, logs=None):
        if not self.run.writes:
            return
        minutes = np.cumsum(training.history(self.run, "seconds")) / 60
        with self.run.new_file("quality.png") as path:
            pictures.save_curve_over_time(path, minutes, training.history(self.run, self.name), self.name)


class StopWhenWon(keras.callbacks.Callback):
    """Ends a game that the discriminator has won for good: its certainty leaves the generator nothing to learn from.

    Args:
        run: the `RunDirectory`; what its history says of earlier epochs counts.
    """

    def __init__(self, run):
        super().__init__()
        self.run = run

    def on_train_begin(self, logs=None):
        self.epochs_won = 0
        done = int(self.model.optimizer.iterations.numpy()) // self.params["steps"]
        if done:
            real, fake = (training.history(self.run, f"{kind}_probability")[:done] for kind in ("real", "fake"))
            for probabilities in zip(real, fake):
                self._count(*probabilities)

    def on_epoch_end(self, epoch, logs=None):
        # Only with these losses is the logit's probability one of being real.
        if not isinstance(self.model.loss_function, (zoo.losses.Minimax, zoo.losses.Relativistic)):
            return
        self._count(logs["real_probability"], logs["fake_probability"])
        if self.epochs_won >= PATIENCE:
            raise UserError(
                f"training: the discriminator has been sure of every image for {PATIENCE} epochs (real "
                f"{logs['real_probability']:.3f}, generated {logs['fake_probability']:.3f}), so the generator learns "
                "nothing. Try a smaller --learning_rate, another --seed, or a recipe with a stronger penalty."
            )

    def _count(self, real, fake):
        self.epochs_won = self.epochs_won + 1 if real > 0.99 and fake < 0.01 else 0
