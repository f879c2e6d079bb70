"""What watches over a GAN's training."""

import functools

import keras
import numpy as np
from tqdm import tqdm

import zoo
from recipes import UserError
from recipes.data.data_set import Condition, DataSet
from recipes.harness.history import History
from recipes.machines.workers import split_work
from recipes.report import quality, shows

COUNT = 2000  # samples after each epoch
PATIENCE = 2  # epochs


class MeasureSamples:
    """Adds the Frechet distance between samples and as many training items to each epoch.

    It is called `fid<n>_train@<extractor>`. Held-out data have no say in what one sees, and may act on, while training.
    The replicas of the model's strategy share the work.

    Args:
        extractor: in whose features to measure.
        data: what is trained on.
        count: at most so many samples, nor more than `COUNT`.
        seed: of the run.
        condition: of the data, for a conditional model, which is told that of the training items.
        says: whether to print what was measured.
    """

    def __init__(
        self,
        extractor: zoo.FeatureExtractor,
        data: DataSet,
        count: int,
        seed: int,
        condition: Condition | None = None,
        says: bool = True,
    ):
        self.extractor, self.data, self.seed, self.says = extractor, data, seed, says
        self.count = min(COUNT, count, data.train_size)
        self.name = f"fid{self.count}_train@{extractor.name}"
        self.chosen = quality.some_training_items(data, self.count)
        self.asked = None if condition is None else condition.train[self.chosen]

    def __call__(self, model: keras.Model, history: History) -> dict[str, float]:
        features = split_work(model.distribute_strategy, self.count, lambda index: self._features(model, index))
        distance = zoo.measures.frechet_distance(self._real, features)
        if self.says:
            tqdm.write(f"after epoch {len(history.rows)}: {self.name} {distance:.3f}")
        return {self.name: distance}

    @functools.cached_property
    def _real(self):
        return quality.training_features(self.extractor, self.data, self.chosen)

    def _features(self, model, index):
        """Of the samples of these numbers."""
        samples = []
        for part in np.array_split(index, max(1, len(index) // 250)):
            asked = None if self.asked is None else self.asked[part]
            samples.append(shows.sampled(model, self.seed, part, asked))
        return self.extractor(np.concatenate(samples))[0]


def stop_when_won(model: keras.Model, history: History) -> dict[str, float]:
    """Ends a game that the discriminator has won for good: its certainty leaves the generator nothing to learn from.

    Raises:
        UserError: it has been sure of every item for `PATIENCE` epochs, of this session or an earlier one.
    """
    last = history.rows[-PATIENCE:]
    won = all(row["real_probability"] > 0.99 and row["fake_probability"] < 0.01 for row in last)
    # Only a calibrated loss makes the probability of the logit one of being real.
    if model.loss_function.calibrated and won and len(last) == PATIENCE:
        raise UserError(
            f"training: the discriminator has been sure of every item for {PATIENCE} epochs (real "
            f"{last[-1]['real_probability']:.3f}, generated {last[-1]['fake_probability']:.3f}), so the generator "
            "learns nothing. Try a smaller --learning_rate, another --seed, or a recipe with a stronger penalty."
        )
    return {}
