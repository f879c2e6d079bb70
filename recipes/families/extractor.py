"""What recipes.classifier and recipes.features do: they train a network whose features samples are measured in."""

import shlex
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import keras

import zoo
from recipes import UserError
from recipes.data.data_set import Condition, DataSet, condition_for
from recipes.harness import commands, fastest
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.harness.training import train
from recipes.machines.strategies import strategy_for
from recipes.machines.workers import barrier
from recipes.settings import ExtractorSettings, ImageData, Machine, Run, Training
from recipes.settings.field import flat
from zoo import hashed
from zoo.domains import Domain


class Settings(Protocol):
    """What the settings of such a recipe have."""

    data: ImageData
    training: Training
    machine: Machine
    run: Run
    extractor: ExtractorSettings


class Finding(NamedTuple):
    """How good a trained network is."""

    network: keras.Model  # in whose features samples are measured: images -> features, or [features, probabilities]
    measure: Callable[[Path], tuple[dict[str, Any], str]]  # the file of the network -> (its metrics, the same in words)


def train_and_report(
    build_model: Callable[[Domain, Settings], keras.Model],
    load: Callable[[], DataSet],
    settings: Settings,
    run: RunDirectory,
    found: Callable[[keras.Model, DataSet, Condition | None, Settings], Finding],
    labelled: bool = False,
) -> None:
    """Loads the data, trains what `build_model` makes, and writes its network into a file named after its hash.

    Args:
        build_model: (what the data are of, the settings) -> the model.
        load: -> the data.
        settings: the recipe's.
        run: its directory.
        found: the trained model, its data, labels and settings -> what to keep of it, and how good that is.
        labelled: whether the model is told the labels of its data.

    Raises:
        UserError: the data, the settings or the machine don't fit; one line.
    """
    training = settings.training
    strategy = strategy_for(settings.machine, training.batch_size)
    for name, given in (("start_from", training.start_from), ("ship_to", settings.run.ship_to)):
        if given:
            raise UserError(f"{name}: expected none, as this recipe trains no generative model; got {given}.")
    keras.utils.set_random_seed(training.seed)
    data = load()
    labels = condition_for(data) if labelled else None
    known = labels.train if labels else None
    with strategy.scope():
        schedule = schedule_for(training, data.train_size)
        model = fastest.compiled(
            build_model, lambda model: [schedule.optimizer()], data, known, settings, schedule, run
        )
    model, _ = train(model, data, run, training, schedule, condition=known)
    if run.writes:
        finding = found(model, data, labels, settings)
        path = _write(finding.network, run, settings.extractor.name)
        metrics, words = finding.measure(path)
        run.write_json("metrics.json", metrics)
        print(f"\nMade {path}: {words}")
        _print_next_steps(path, data.domain, settings)
    barrier(strategy)


def classifier_found(model: zoo.Classifier, data: DataSet, labels: Condition, settings: Settings) -> Finding:
    """The network of a classifier, and the share of held-out images that it recognizes."""

    def measure(path):
        _, probabilities = zoo.FeatureExtractor(path)(data.held_out)
        accuracy = zoo.measures.accuracy(probabilities, labels.test)
        metrics = {"accuracy_test": accuracy, "extractor": path.name, f"held_out_{data.domain.items}": len(data.test)}
        classes = {"classes": list(labels.class_names)} if labels.class_names else {}
        words = f"{100 * accuracy:.2f} % of {len(data.test):,} held-out {data.domain.items} recognized."
        return metrics | classes, words

    return Finding(model.network, measure)


def features_found(model: zoo.ContrastiveModel, data: DataSet, labels: None, settings: Settings) -> Finding:
    """The features of a contrastive model, and the share of held-out images that it tells apart."""
    batch = min(len(data.test), settings.training.batch_size)

    def measure(path):
        exact = zoo.in_float32(model)
        exact.compile()
        accuracy = exact.evaluate(data.held_out, batch_size=batch, verbose=0, return_dict=True)["accuracy"]
        held_out = {f"held_out_{data.domain.items}": len(data.test)}
        words = (
            f"of {batch} held-out {data.domain.items}, each augmented twice, it found for {100 * accuracy:.1f} % of "
            "the copies the other one of the same image."
        )
        return {f"told_apart_of_{batch}_test": accuracy, "extractor": path.name, **held_out}, words

    return Finding(keras.Model(model.network.inputs, model.network.outputs[0]), measure)


def _write(network, run, name):
    """Writes a network as <name>-<hash>.keras into the run's folder for such; returns the path."""
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary, "extractor.keras")
        zoo.in_float32(network).save(path)
        name = f"extractor/{hashed.named(name, path.read_bytes())}.keras"
        with run.new_file(name) as destination:
            shutil.copy(path, destination)
    for older in run.written.below("extractor"):
        if older != name:
            run.written.remove(older)  # of the same run, measured before
    return run.path / name


def _print_next_steps(path, domain, settings):
    height, width, channels = domain.shape
    data = flat(settings.data) | {"image_size": f"{height}x{width}", "channels": channels, "extractor": path}
    if data["image_dir"]:
        data |= {"dataset": None, "data_dir": None}
    if data["background"] == ImageData(dataset=None).background:
        data["background"] = None
    print(
        "\nNext, a model whose samples are measured with it:\n"
        f"  {shlex.join(['python', '-m', 'recipes.gan_images', *commands.as_flags(data)])}"
    )
