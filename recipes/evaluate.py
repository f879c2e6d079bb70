"""Measures the samples of any artefact of the zoo, VAE or GAN: a run directory, a SavedModel or a .tflite file.

    python -m recipes.evaluate --artefact=runs/dcgan_mnist
    python -m recipes.evaluate --artefact=runs/vae_mnist/model.tflite

Prints Fréchet distance, KID, precision, recall, density and coverage, beside each the floor, what as many training
images get; then classifier score, the share of each class and, for a conditional model, how many samples were
recognized as what was asked for. Of a run directory it measures the SavedModel. Writes nothing. An artefact does not
say what it was trained on: give --dataset, or --image_dir, and --extractor, as the commands in a run's card.md do.
"""

from recipes.harness import app, flags

FLAGS = flags.FLAGS
flags.define_path("artefact", None, "What to measure.", required=True)
flags.define_data_flags(dataset="mnist")
flags.define_quality_flags()


def main():
    from recipes.harness import artefacts, data, quality
    from recipes.harness.errors import UserError

    artefact = artefacts.load(FLAGS.artefact)
    images = data.load_images()
    labels = data.labels_for(images) if artefact.conditional else None
    extractor = quality.extractor_for(images, labels)
    if extractor is None:
        raise UserError(
            f"extractor: the zoo has none for {images.name}; make one with python -m recipes.features, or with "
            "recipes.classifier where there are labels."
        )
    reference = quality.reference(extractor, images, labels, FLAGS.quality_images)
    try:
        figures = quality.measure(artefact, reference)
    except ValueError as error:
        raise UserError(f"artefact: {artefact.name} is of other images than {images.name}: {error}") from error
    print(f"\n{artefact.name}, on {images.name}\n")
    print(quality.table(figures, quality.floor(reference)))


if __name__ == "__main__":
    app.run_reader(main)
