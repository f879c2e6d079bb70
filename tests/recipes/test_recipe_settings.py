"""What a recipe can be told, in Python and at its front door."""

import dataclasses
import importlib
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, run_python

from recipes import UserError, settings
from recipes.harness import commands
from recipes.settings.field import (
    described,
    flat,
    flat_described,
    group,
    groups,
    kept,
    may_change,
    optional,
    replaced,
    setting,
)
from recipes.settings.segmented import SegmentedSettings

RECIPES = sorted(path.stem for path in (ROOT / "recipes").glob("*.py") if path.stem != "__init__")


def defaults(recipe):
    return importlib.import_module(f"recipes.{recipe}").Settings()


def one_of_each():
    """(a group as recipes have it, the name of a setting in it) for all settings that there are."""
    found = {}
    for recipe in RECIPES:
        for one in groups(defaults(recipe)):
            found |= {(type(one), name): one for name in described(type(one))}
    return [pytest.param(one, name, id=f"{cls.__name__}.{name}") for (cls, name), one in found.items()]


@pytest.mark.parametrize(("one", "name"), one_of_each())
def test_a_setting_refuses_in_python_what_its_flag_refuses(one, name):
    kind, known = described(type(one))[name]
    kind, may_be_none = optional(kind)
    bad = [object()] + ([] if may_be_none else [None])
    if known.at_least is not None:
        bad += [known.at_least - 1, *([float("nan")] if kind is float else [])]
    if known.at_most is not None:
        bad.append(known.at_most + 1)
    if known.choices:
        bad.append("magic")
    for value in bad:
        with pytest.raises(UserError, match=f"^{name}: expected .*; got ") as error:
            dataclasses.replace(one, **{name: value})
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("recipe", RECIPES)
def test_help_has_a_flag_for_each_setting_and_no_other(recipe):
    process = run_python("-m", f"recipes.{recipe}", "--help")
    assert process.stderr == ""
    assert f"python -m recipes.{recipe}" in process.stdout  # of its docstring
    _, _, listed = process.stdout.partition(f"recipes/{recipe}.py:\n")
    known = flat_described(defaults(recipe))
    assert set(re.findall(r"^  --(?:\[no\])?(\w+)", listed, re.M)) == known.keys()
    said = " ".join(process.stdout.split())
    for _, about in known.values():
        assert " ".join(about.help.split()) in said
    bounds = {"epochs": "(a positive integer)", "quality_images": "(integer >= 50)"}
    assert all(text in listed for name, text in bounds.items() if name in known)


def test_settings_that_depend_on_each_other():
    with pytest.raises(UserError, match="--prior=flow needs an even --latent_dim; got 5"):
        settings.VAESettings(latent_dim=5)
    assert settings.VAESettings(latent_dim=5, prior="normal").latent_dim == 5
    with pytest.raises(UserError, match="latent_dim: expected a multiple of 8, the beats of two bars; got 12"):
        SegmentedSettings(latent_dim=12, beta=1.0, width=8, units=8)
    with pytest.raises(UserError, match="resume, overwrite: expected at most one of them"):
        settings.Run(out_dir="runs", resume=True, overwrite=True)


def test_a_path_may_begin_with_a_tilde_or_be_one(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings.Run(out_dir="~/runs").out_dir == os.path.join(tmp_path, "runs")
    assert settings.Run(out_dir=Path("runs")).out_dir == "runs"


def test_a_whole_number_is_a_number():
    training = settings.Training(epochs=1, batch_size=2, learning_rate=1)
    assert (training.learning_rate, type(training.learning_rate)) == (1.0, float)
    with pytest.raises(UserError, match="epochs: expected a whole number; got True"):
        settings.Training(epochs=True, batch_size=2, learning_rate=1)


def test_what_a_group_must_be_given():
    with pytest.raises(TypeError, match="out_dir"):
        settings.Run()


@group
class Nested:
    data: settings.ImageData = settings.ImageData(dataset="mnist", data_dir="there")
    run: settings.Run = settings.Run(out_dir="runs/nested")
    level: int = setting(3, "How deep.", at_most=9)


def test_settings_by_their_names():
    assert next(iter(flat(Nested()))) == "level"
    assert flat(Nested())["dataset"] == "mnist"
    assert kept(Nested()).keys() == {"level", "dataset", "image_dir", "image_size", "channels", "background"}
    other = replaced(Nested(), {"level": 4, "dataset": "cifar10", "unknown": 1})
    assert (other.level, other.data.dataset, other.data.data_dir, other.run.out_dir) == (
        4,
        "cifar10",
        "there",
        "runs/nested",
    )
    with pytest.raises(UserError, match="level: expected at most 9; got 10"):
        replaced(Nested(), {"level": 10})


def test_what_says_how_to_measure_may_change():
    measuring = {"quality_images", "measure_all"}
    assert may_change(defaults("dcgan_mnist")) == measuring
    assert may_change(defaults("vae_mnist")) == measuring | {"iw_images", "iw_samples"}
    assert may_change(defaults("vae_mnist")) < kept(defaults("vae_mnist")).keys()


def test_each_name_is_there_once():
    for recipe in RECIPES:
        names = [name for one in groups(defaults(recipe)) for name in described(type(one))]
        twice = {name for name in names if names.count(name) > 1}
        assert twice == ({"dataset"} if recipe == "evaluate" else set()), recipe  # of images or of music: one flag


def test_commands_are_those_of_the_recipe_wherever_it_runs():
    from recipes import vae_mnist

    changed = vae_mnist.Settings(
        data=settings.ImageData(dataset="mnist-5000", data_dir="my data"),
        machine=settings.Machine(strategy="one_device"),
        run=settings.Run(out_dir="runs/a b", overwrite=True),
        quality=settings.Quality(quality_images=50),
    )
    assert commands.train("vae_mnist", changed) == (
        "python -m recipes.vae_mnist --dataset=mnist-5000 '--data_dir=my data' --quality_images=50"
    )
    assert commands.resume("vae_mnist", changed) == (
        "python -m recipes.vae_mnist '--out_dir=runs/a b' '--data_dir=my data' --strategy=one_device --resume "
        "--quality_images=50"
    )
    assert commands.measure("vae_mnist", changed, iw_images=200) == (
        "python -m recipes.vae_mnist '--out_dir=runs/a b' '--data_dir=my data' --strategy=one_device --resume "
        "--quality_images=50 --iw_images=200 --measure_all"
    )
    assert commands.train("vae_mnist", vae_mnist.Settings(budget=settings.Budget(measure_all=True))) == (
        "python -m recipes.vae_mnist --measure_all"
    )
    assert commands.evaluate("runs/x/model.tflite", changed) == (
        "python -m recipes.evaluate --artefact=runs/x/model.tflite --dataset=mnist-5000 '--data_dir=my data' "
        "--quality_images=50"
    )
