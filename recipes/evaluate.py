"""Measures any artefact of the zoo, VAE or GAN: by its name, a run directory, a SavedModel, a .tflite or .keras file.

    python -m recipes.evaluate --artefact=cgan_mnist
    python -m recipes.evaluate --artefact=vae_mnist --likelihood
    python -m recipes.evaluate --artefact=runs/dcgan_mnist
    python -m recipes.evaluate --artefact=runs/vae_mnist/model.tflite

Prints Fréchet distance, KID, precision, recall, density and coverage, beside each the floor, what as many training
items get; then classifier score, the share of each class and, for a conditional model, how many samples were
recognized as what was asked for; of an InfoGAN of the zoo, how pure its categories are. Of a run directory it measures
the SavedModel. With --likelihood, and of a VAE of the zoo or in a .keras file, also the likelihood of held-out items,
binarized where the VAE's are. Writes nothing.
What an artefact was trained on it says itself, or --dataset, or --image_dir or --midi_dir where the data were a folder;
an --extractor is not in it.
"""

from recipes.harness import app
from recipes.settings import ImageData, LikelihoodSettings, MusicData, Quality, group, setting


@group
class Settings:
    artefact: str | None = setting(None, "What to measure.", path=True, required=True)
    images: ImageData = ImageData(dataset=None, background=None)
    music: MusicData = MusicData(dataset=None)
    quality: Quality = Quality()
    likelihood: bool = setting(False, "Also measure the likelihood, of a VAE: takes minutes.")
    amount: LikelihoodSettings = LikelihoodSettings()


def main(settings: Settings) -> None:
    """Measures and prints.

    Raises:
        UserError: the artefact is none, or the data or the extractor are not those for it; one line.
    """
    app.start()
    from recipes.report.evaluation import evaluate

    of_domain = {"images": settings.images, "music": settings.music}
    amount = settings.amount if settings.likelihood else None
    print(evaluate(settings.artefact, of_domain, settings.quality, amount))


if __name__ == "__main__":
    app.run(main, Settings(), __file__)
