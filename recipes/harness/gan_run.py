"""What every GAN recipe does, from the flags to the report."""

import keras
from absl import flags

from recipes.harness import data, distribution, gan_callbacks, gan_report, quality, training
from recipes.harness.errors import UserError

FLAGS = flags.FLAGS


def train_and_report(build_model, run, conditional=False):
    """Loads the data, trains what `build_model` makes, and finishes with pictures, exports and figures.

    Args:
        build_model: (image_shape, classes) -> a `zoo.GAN`; classes is None for an unconditional recipe.
        run: the `RunDirectory`.
        conditional: whether the model is told the labels of its images.
    """
    strategy = distribution.strategy()
    keras.utils.set_random_seed(FLAGS.seed)
    images = data.load_images()
    labels = data.labels_for(images) if conditional else None
    extractor = quality.extractor_for(images, labels)
    with strategy.scope():
        try:
            gan = build_model(images.image_shape, labels.num_classes if conditional else None)
        except ValueError as error:
            raise UserError(str(error)) from error
        _check_batch_size(FLAGS.batch_size, gan.discriminator_steps, strategy.num_replicas_in_sync)
        gan.compile(
            training.optimizer_for(images, FLAGS.beta_1, FLAGS.beta_2),
            training.optimizer_for(images, FLAGS.beta_1, FLAGS.beta_2, gan.discriminator_steps),
            steps_per_execution=training.steps_per_execution(images),
        )
    shown = labels.train if conditional else None
    callbacks = [gan_callbacks.StopWhenWon(run)]
    if extractor:
        callbacks.append(gan_callbacks.MeasureSamples(extractor, images, shown, run))
    gan = training.train(gan, images, "none", run, gan_report.draw, shown, callbacks)
    gan_report.finish(gan, images, run, extractor, labels)


def _check_batch_size(batch_size, discriminator_steps, replicas):
    # Several replicas deal the same images to the same update as one does only where each has as many for each.
    unit = discriminator_steps * replicas
    if batch_size < unit or (replicas > 1 and batch_size % unit):
        raise UserError(
            f"batch_size: expected {'a multiple of' if replicas > 1 else 'at least'} {unit}, as the discriminator is "
            f"updated {discriminator_steps} times a step on {replicas} replicas; got {batch_size}."
        )
