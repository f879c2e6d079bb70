"""What recipes.classifier and recipes.features end with: the network in a file that is named after its hash."""

import hashlib
import shlex
import shutil
import tempfile
from pathlib import Path

import keras
from absl import flags

import zoo
from recipes.harness import data

FLAGS = flags.FLAGS


def finish_classifier(classifier, images, labels, run, name):
    """Writes the network of a trained `zoo.Classifier`, in float32, and measures what it recognizes.

    Args:
        classifier, images, labels: the trained model, and the `data.ImageSet` and its `data.Labels`.
        run: the `RunDirectory`.
        name: what the file's name begins with.
    """
    path = _write(classifier.network, run, name)
    _, probabilities = zoo.FeatureExtractor(path)(data.evaluation_images(images, "none"))
    accuracy = zoo.measures.accuracy(probabilities, labels.test)
    figures = {"accuracy_test": accuracy, "extractor": path.name, "held_out_images": len(images.test)}
    run.write_json("metrics.json", figures | ({"classes": list(labels.names)} if labels.names else {}))
    print(f"\nMade {path}: {100 * accuracy:.2f} % of {len(images.test):,} held-out images recognized.")
    _print_next_steps(path, images)


def finish_features(model, images, run, name):
    """Writes the features of a trained `zoo.ContrastiveModel`, in float32, and measures how well it tells images apart.

    Args:
        model, images: the trained model, and the `data.ImageSet`.
        run: the `RunDirectory`.
        name: what the file's name begins with.
    """
    network = model.network
    path = _write(keras.Model(network.inputs, network.outputs[0]), run, name)
    model = zoo.in_float32(model)
    model.compile()
    test = data.evaluation_images(images, "none")
    batch = min(len(test), FLAGS.batch_size)
    accuracy = model.evaluate(test, batch_size=batch, verbose=0, return_dict=True)["accuracy"]
    figures = {f"told_apart_of_{batch}_test": accuracy, "extractor": path.name, "held_out_images": len(test)}
    run.write_json("metrics.json", figures)
    print(
        f"\nMade {path}: of {batch} held-out images, each augmented twice, it found for {100 * accuracy:.1f} % of the "
        "copies the other one of the same image."
    )
    _print_next_steps(path, images)


def _write(network, run, name):
    """Writes a network as <name>-<hash>.keras into the run's folder for such; returns the path."""
    folder = run.path / "extractor"
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "extractor.keras")
        zoo.in_float32(network).save(path)
        name = f"{name}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.keras"
        with run.new_file(f"extractor/{name}") as destination:
            shutil.copy(path, destination)
    for older in set(folder.glob("*.keras")) - {folder / name}:
        older.unlink()  # of the same run, measured before
    return folder / name


def _print_next_steps(path, images):
    height, width, channels = images.image_shape
    data = {"image_dir": FLAGS.image_dir} if FLAGS.image_dir else {"dataset": FLAGS.dataset, "data_dir": FLAGS.data_dir}
    given = {**data, "image_size": f"{height}x{width}", "channels": channels, "extractor": path}
    if FLAGS.background != FLAGS["background"].default:
        given["background"] = FLAGS.background
    flags = [f"--{name}={value}" for name, value in given.items() if value is not None]
    print(
        "\nNext, a model whose samples are measured with it:\n"
        f"  {shlex.join(['python', '-m', 'recipes.gan_images', *flags])}"
    )
