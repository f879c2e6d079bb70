"""What recipes.classifier ends with: the classifier in a file that is named after its hash, and what it recognizes."""

import hashlib
import shutil
import tempfile
from pathlib import Path

import zoo
from recipes.harness import data


def finish(classifier, images, labels, run, name):
    """Writes the network of a trained `zoo.Classifier`, in float32, and measures it.

    Args:
        classifier, images, labels: the trained model, and the `data.ImageSet` and its `data.Labels`.
        run: the `RunDirectory`.
        name: what the file's name begins with.
    """
    folder = run.path / "extractor"
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "classifier.keras")
        zoo.in_float32(classifier.network).save(path)
        name = f"{name}-{hashlib.sha256(path.read_bytes()).hexdigest()[:8]}.keras"
        with run.new_file(f"extractor/{name}") as destination:
            shutil.copy(path, destination)
    for older in set(folder.glob("*.keras")) - {folder / name}:
        older.unlink()  # of the same run, measured before
    test = data.evaluation_images(images, "none")
    _, probabilities = zoo.FeatureExtractor(folder / name)(test)
    accuracy = zoo.sample_quality.accuracy(probabilities, labels.test)
    run.write_json("metrics.json", {"accuracy_test": accuracy, "extractor": name, "held_out_images": len(test)})
    print(f"\nMade {folder / name}: {100 * accuracy:.2f} % of {len(test):,} held-out images recognized.")
