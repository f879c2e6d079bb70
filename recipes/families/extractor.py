"""What recipes.classifier and its like do: they train a network whose features samples are measured in."""

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
from recipes.settings import ExtractorSettings, ImageData, Machine, MusicData, Run, Training
from recipes.settings.field import flat
from zoo.domains import Domain
from zoo.pretrained import writing


class Settings(Protocol):
    """What the settings of such a recipe have."""

    data: Any
    training: Training
    machine: Machine
    run: Run
    extractor: ExtractorSettings


class Finding(NamedTuple):
    """How good a trained network is."""

    network: keras.Model  # in whose features samples are measured: images -> features, or [features, probabilities]
    measure: Callable[[Path], tuple[dict[str, Any], str]]  # the file of the network -> (its metrics, the same in words)


def command_for_images(extractor: Path, domain: Domain, data: ImageData) -> list[str]:
    """What trains a model of the same images whose samples are measured with a network, word by word."""
    height, width, channels = domain.shape
    values = flat(data) | {"image_size": f"{height}x{width}", "channels": channels, "extractor": extractor}
    if values["image_dir"]:
        values |= {"dataset": None, "data_dir": None}
    if values["background"] == ImageData(dataset=None).background:
        values["background"] = None
    return ["python", "-m", "recipes.gan_images", *commands.as_flags(values)]


def command_for_music(extractor: Path, domain: Domain, data: MusicData) -> list[str]:
    """The same for music: a model of melodies, or of chorales."""
    recipe = "vae_melody" if domain.voices == 1 else "vae_chorale"
    values = {"dataset": data.dataset, "midi_dir": data.midi_dir, "extractor": extractor}
    if data.midi_dir:
        values["dataset"] = None
    return ["python", "-m", f"recipes.{recipe}", *commands.as_flags(values)]


def train_and_report(
    build_model: Callable[[Domain, Settings], keras.Model],
    load: Callable[[], DataSet],
    settings: Settings,
    run: RunDirectory,
    found: Callable[[keras.Model, DataSet, Condition | None, Settings], Finding],
    labelled: bool = False,
    command: Callable[[Path, Domain, Any], list[str]] = command_for_images,
) -> None:
    """Loads the data, trains what `build_model` makes, and writes its network into a file named after its hash.

    Args:
        build_model: (what the data are of, the settings) -> the model.
        load: -> the data.
        settings: the recipe's.
        run: its directory.
        found: the trained model, its data, labels and settings -> what to keep of it, and how good that is.
        labelled: whether the model is told the labels of its data.
        command: (the file of the network, what the data are of, `settings.data`) -> what uses it next, word by word.

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
        again = shlex.join(command(path, data.domain, settings.data))
        print(f"\nNext, a model whose samples are measured with it:\n  {again}")
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
        small = writing.write(zoo.in_float32(network), Path(temporary), name)
        name = f"extractor/{small.name}"
        with run.new_file(name) as destination:
            shutil.copy(small, destination)
    for older in run.written.below("extractor"):
        if older != name:
            run.written.remove(older)  # of the same run, measured before
    return run.path / name
