"""What every GAN recipe ends with: the pictures, the exports, the figures measured on them, and what to type next."""

import itertools

import numpy as np
from absl import flags
from tqdm import tqdm

import zoo
from recipes.harness import artefacts, exporting, pictures, quality, training
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS


def draw(gan):
    """64 samples from latents that stay the same; with classes, a row of 8 for each of the first 8."""
    labels = np.repeat(np.arange(8) % gan.classes, 8) if gan.classes else None
    return gan.sample([0, FLAGS.seed], range(64), labels=labels)


def extractor_for(images):
    """The classifier to measure with, or None where the zoo has none for such images.

    Raises:
        UserError: the file of --extractor is not there, not whole, or for images of another size.
    """
    try:
        if FLAGS.extractor:
            extractor = zoo.FeatureExtractor(FLAGS.extractor)
        elif images.name.startswith("mnist") and images.image_shape == (28, 28, 1):
            extractor = zoo.digit_classifier()
        else:
            return None
    except (OSError, ValueError) as error:
        raise UserError(f"extractor: {error}") from error
    if extractor.image_shape != images.image_shape:
        raise UserError(f"extractor: {extractor.name} wants images {extractor.image_shape}; got {images.image_shape}.")
    return extractor


def finish(gan, images, run, labels=None):
    """Draws, exports and measures a trained GAN in its run directory; all of it in float32."""
    extractor = extractor_for(images)
    gan = zoo.in_float32(gan)
    with run.new_file("model.keras") as path:
        gan.save(path)
    _draw(gan, run)
    checks = exporting.export_into(run, gan, gan.examples())
    metrics = {"export": [check._asdict() for check in checks]}
    if extractor:
        metrics["floor"] = quality.floor(extractor, images, FLAGS.quality_images)
        for name in ("saved_model", "model.tflite"):
            print(f"Measuring samples of {name} ...", flush=True)
            artefact = artefacts.load(run.path / name)
            metrics[name] = quality.measure(artefact, extractor, images, labels, FLAGS.quality_images, _progress)
        print("\n" + quality.table(metrics["model.tflite"], metrics["floor"]))
    metrics["protocol"] = {
        "data": images.name,
        "train_images": images.train_size,
        "seed": FLAGS.seed,
        "epochs": FLAGS.epochs,
        "steps": FLAGS.steps,
        "precision": "float32",
    }
    run.write_json("metrics.json", metrics)
    _conclude(gan, run, extractor)


def _draw(gan, run):
    labels = np.repeat(np.arange(10) % gan.classes, 10) if gan.classes else None
    noise = gan.sample([0, FLAGS.seed], range(100), labels=labels)
    weights = np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    ends = gan.examples()["latents"].numpy()
    # Along the sphere, where a high-dimensional normal has its mass.
    between = [np.cos(weights * np.pi / 2) * a + np.sin(weights * np.pi / 2) * b for a, b in itertools.pairwise(ends)]
    classes = np.repeat(np.arange(len(between)) % gan.classes, 10) if gan.classes else None
    with run.new_file("samples.png") as path:
        pictures.save_grid(path, noise, columns=10)
    with run.new_file("interpolations.png") as path:
        pictures.save_grid(path, gan.generate(np.concatenate(between), classes), columns=10)
    if isinstance(gan.prior, zoo.CodePrior):
        with run.new_file("codes.png") as path:
            pictures.save_grid(path, gan.generate(_latents_by_code(gan.prior)), columns=10)
    names = {"generator": "generator_loss", "discriminator": "discriminator_loss"}
    with run.new_file("learning_curve.png") as path:
        history = {player: training.history(run, column) for player, column in names.items()}
        pictures.save_learning_curve(path, history, "loss of the player")


def _latents_by_code(prior):
    """Ten latents a row: for each category the same ten others, then along each continuous code all else the same."""
    ten = prior.from_noise(np.random.default_rng(0).normal(size=[10, prior.latent_dim]).astype(np.float32)).numpy()
    first_code = prior.latent_dim - prior.categories - prior.continuous
    first_continuous = prior.latent_dim - prior.continuous
    rows = []
    for category in range(prior.categories):
        row = ten.copy()
        row[:, first_code:first_continuous] = np.eye(prior.categories)[category]
        rows.append(row)
    for code in range(first_continuous, prior.latent_dim):
        row = np.repeat(ten[:1], 10, axis=0)
        row[:, code] = np.linspace(-2, 2, 10)
        rows.append(row)
    return np.concatenate(rows)


def _progress(batches):
    return tqdm(batches, unit=" batches", dynamic_ncols=True)


def _conclude(gan, run, extractor):
    unmeasured = "" if extractor else "\nNot measured: give an --extractor, made by python -m recipes.classifier.\n"
    label = ", [7]" if gan.classes else ""
    codes = " codes.png," if isinstance(gan.prior, zoo.CodePrior) else ""
    data_dir = f" --data_dir={FLAGS.data_dir}" if FLAGS.data_dir else ""
    print(
        f"{unmeasured}\nMade in {run.path}: samples.png,{codes} interpolations.png, learning_curve.png, metrics.json,\n"
        "  model.keras, saved_model/, model.tflite\n\n"
        "Next:\n"
        f"  look at the samples    {run.path / 'samples.png'}\n"
        f"  watch how it learned   tensorboard --logdir {run.path / 'logs'}\n"
        f"  measure it again       python -m recipes.evaluate --artefact={run.path / 'model.tflite'}{data_dir}\n"
        '  draw more of them      python -c "import tensorflow as tf; '
        f"print(tf.saved_model.load('{run.path}/saved_model').sample([0, 1], [0], 1.0{label}).shape)\"\n"
        "  use it elsewhere       BUILD.md, Loading and TFLite"
    )
