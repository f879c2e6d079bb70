"""Features in which the samples of generative models are measured, learned from images that need no labels.

    python -m recipes.features --image_dir=my_pictures --image_size=32 --name=mine --out_dir=runs/my_features
    python -m recipes.gan_images --image_dir=my_pictures --extractor=$(ls runs/my_features/extractor/*.keras)

Makes in --out_dir: extractor/<name>-<hash>.keras, a model of images -> features, and metrics.json with the share of
held-out images that it tells apart. Where images have labels, recipes.classifier makes one that also knows classes.

The network of recipes.classifier, trained as Chen et al. 2020, "A simple framework for contrastive learning of visual
representations": of two changed copies of an image it learns that they are of one. Use it for images of the same kind
and size, prepared by the same flags, and compare its distances only with each other: its hash is in their names.
"""

import typing

from recipes.harness import app
from recipes.settings import ExtractorSettings, ImageData, Machine, Run, Training, group

if typing.TYPE_CHECKING:
    import zoo
    from zoo.domains import Domain


@group
class Settings:
    data: ImageData = ImageData(dataset="cifar10", image_size="32", channels="3")
    training: Training = Training(epochs=60, batch_size=128, learning_rate=2e-3)
    machine: Machine = Machine()
    run: Run = Run(out_dir="runs/features")
    extractor: ExtractorSettings = ExtractorSettings(name="features")


def build_model(domain: "Domain", settings: Settings = Settings()) -> "zoo.ContrastiveModel":
    """A contrastive model of convolutions, with 128 features."""
    import keras
    from keras import layers

    import zoo
    from recipes.families import feature_network

    policy = settings.training.policy
    images, features = feature_network.images_and_features(domain.shape, policy)
    x = layers.Dense(128, activation="relu", dtype=policy)(features)
    network = keras.Model(images, [features, layers.Dense(64, dtype="float32")(x)], name="contrastive")
    # Colours matter in a sample, so that they are changed less than in the paper.
    change = zoo.augmentation.DiffAugment(0.1, 0.3, 0.3, translation=0.15, cutout=0.3, rotation=10, scaling=0.3)
    return zoo.ContrastiveModel(network, change, seed=settings.training.seed)


def main(settings: Settings = Settings()) -> None:
    """Trains, measures and writes them: a whole run."""
    with app.opened(__file__, settings) as run:
        from recipes.data import images
        from recipes.families import extractor

        extractor.train_and_report(
            build_model, lambda: images.load(settings.data), settings, run, extractor.features_found
        )


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
