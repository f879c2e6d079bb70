"""What every GAN recipe ends with: pictures, exports, the figures measured on them, the card, and what to type next."""

import itertools

import numpy as np
from absl import flags

import zoo
from recipes.harness import artefacts, card, distribution, exporting, pictures, report, training
from zoo.numerics import threefry

FLAGS = flags.FLAGS
LIMITS = """The images are drawn with a moving average of the generator's weights. `score` tells training images
from this generator's; it says nothing of other generators' images. Of the TFLite files, `discriminator.tflite` has it
alone, so that the generator's are no larger than they need to be."""


def draw(gan):
    """64 samples from latents that stay the same; with classes, a row of 8 for each of the first 8."""
    labels = np.repeat(np.arange(8) % gan.num_classes, 8) if gan.num_classes else None
    return gan.sample([0, FLAGS.seed], range(64), labels=labels)


def finish(gan, images, run, extractor, labels=None):
    """Draws, exports and measures a trained GAN in its run directory; all of it in float32.

    The replicas of its strategy share the measuring; the first worker does the rest. `extractor` and `labels`: as for
    `exporting.measure_samples`.
    """
    strategy = gan.distribute_strategy
    if run.writes:
        metrics = {"protocol": training.protocol(gan, images, run) | _class_names(labels)}
        gan = zoo.in_float32(gan)
        with run.new_file("model.keras") as path:
            gan.save(path)
        _draw(gan, run)
        metrics |= exporting.export_into(run, gan, gan.examples())
    distribution.meet(strategy)
    quality = exporting.measure_samples(run, strategy, extractor, images, labels, _categories(gan))
    if run.writes:
        metrics |= quality
        run.write_json("metrics.json", metrics)
        card.write(run, gan, metrics, LIMITS)
        made = ["samples.png", "codes.png", "interpolations.png", "learning_curve.png", "quality.png"]
        report.print_next_steps(run, metrics["bytes"], made, f", [{gan.num_classes - 1}]" if gan.num_classes else "")
    distribution.meet(strategy)


def _class_names(labels):
    return {"classes": list(labels.names)} if labels and labels.names else {}


def _draw(gan, run):
    labels = np.repeat(np.arange(10) % gan.num_classes, 10) if gan.num_classes else None
    noise = gan.sample([0, FLAGS.seed], range(100), labels=labels)
    weights = np.linspace(0, 1, 10, dtype=np.float32)[:, None]
    ends = gan.examples()["latents"].numpy()
    # Along the sphere, where a high-dimensional normal has its mass.
    between = [np.cos(weights * np.pi / 2) * a + np.sin(weights * np.pi / 2) * b for a, b in itertools.pairwise(ends)]
    classes = np.repeat(np.arange(len(between)) % gan.num_classes, 10) if gan.num_classes else None
    with run.new_file("samples.png") as path:
        pictures.save_grid(path, noise, columns=10)
    with run.new_file("interpolations.png") as path:
        pictures.save_grid(path, gan.generate(np.concatenate(between), classes), columns=10)
    if isinstance(gan.prior, zoo.priors.LatentCodePrior):
        with run.new_file("codes.png") as path:
            pictures.save_grid(path, gan.generate(_latents_by_code(gan.prior)), columns=10)
    names = {"generator": "generator_loss", "discriminator": "discriminator_loss"}
    with run.new_file("learning_curve.png") as path:
        history = {player: training.history(run, column) for player, column in names.items()}
        pictures.save_learning_curve(path, history, "loss of the player")


def _categories(gan):
    """What `exporting.measure_samples` wants of a model with categories; None for one without."""
    if not isinstance(gan.prior, zoo.priors.LatentCodePrior):
        return None

    def categories(count):
        noise = threefry.normals(np.array(artefacts.SEED, np.int32), np.arange(count, dtype=np.int32), gan.latent_dim)
        return gan.prior.categories_of(gan.prior.from_noise(noise)).numpy()

    return categories


def _latents_by_code(prior):
    """Ten latents a row: for each category the same ten others, then along each continuous code all else the same."""
    ten = prior.from_noise(np.random.default_rng(0).normal(size=[10, prior.latent_dim]).astype(np.float32)).numpy()
    first_code = prior.latent_dim - prior.categories - prior.continuous
    first_continuous = prior.latent_dim - prior.continuous
    rows = []
    for category in range(prior.categories):
        row = ten.copy()
        row[:, first_code:first_continuous] = prior.scale * np.eye(prior.categories)[category]
        rows.append(row)
    for code in range(first_continuous, prior.latent_dim):
        row = np.repeat(ten[:1], 10, axis=0)
        row[:, code] = np.linspace(-2, 2, 10)
        rows.append(row)
    return np.concatenate(rows)
