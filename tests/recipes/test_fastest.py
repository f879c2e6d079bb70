"""Which way of training is fastest is found out, kept, fixed by a flag; and all ways lead to the same weights."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from conftest import run_python

import zoo
from recipes import UserError, vae_mnist
from recipes.data import binarization, embedded_digits
from recipes.harness import fastest
from recipes.harness.fastest import Way, first_to_the_end
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.harness.training import train
from recipes.settings import Training, VAESettings

USUAL, XLA = Way("float32", "auto"), Way("float32", True)


@pytest.fixture(scope="module")
def digits():
    """200 of the embedded digits to train on."""
    data = binarization.binarized(embedded_digits.load(), "static")
    return data._replace(train=data.train.take(200), train_size=200)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of a user's own, and trials that take no longer than they must."""
    monkeypatch.setenv("ZOO_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(fastest, "SECONDS", 0.0)
    return tmp_path / "cache"


def prepared(digits, run, seed=0, **changes):
    """A small VAE as its recipe compiles it; (the model, the settings, the schedule)."""
    keras.utils.set_random_seed(0)
    training = Training(**{"epochs": 2, "batch_size": 20, "learning_rate": 1e-3, "seed": seed, **changes})
    small = VAESettings(latent_dim=2, encoder="dense", decoder="dense", prior="normal")
    settings = vae_mnist.Settings(training=training, vae=small)
    schedule = schedule_for(training, digits.train_size)
    return (
        fastest.compiled(
            vae_mnist.build_model, lambda vae: [schedule.optimizer()], digits, None, settings, schedule, run
        ),
        settings,
        schedule,
    )


def trained(digits, run, **changes):
    """The weights after a training, and the loss of its epochs."""
    model, settings, schedule = prepared(digits, run, **changes)
    model, history = train(model, digits, run, settings.training, schedule)
    return model.get_weights(), history.column("loss")


def of(path, resume=False):
    return RunDirectory(path, {}, resume=resume)


def test_the_choice_is_made_and_kept(digits, tmp_path, cache, capsys, monkeypatch):
    run = of(tmp_path / "run")
    prepared(digits, run, precision="float32", fastest="measure")
    said = capsys.readouterr().out
    assert "Tried for" in said
    assert "float32 with XLA" in said
    (kept,) = cache.iterdir()
    found = json.loads(kept.read_text())["seconds"]
    assert set(found) == {"float32", "float32 with XLA"}
    steps = 20
    assert Way(**run.way)[:] == ("float32", first_to_the_end({w: found[str(w)] for w in (USUAL, XLA)}, steps) == XLA)

    for way in (USUAL, XLA):  # what is kept decides, whatever it is
        times = {str(one): [1.0, 0.5 if one == way else 1.0] for one in (USUAL, XLA)}
        kept.write_text(json.dumps({"seconds": times}))
        run = of(tmp_path / "run")
        model, *_ = prepared(digits, run, seed=3, precision="float32")  # a seed changes no speed
        assert (model.jit_compile, run.way) == (way == XLA, {"precision": "float32", "xla": way == XLA})
    assert f"Training in {XLA}." in capsys.readouterr().out
    assert not prepared(digits, of(tmp_path / "run"), precision="float32", fastest="rule")[0].jit_compile
    assert not prepared(digits, of(tmp_path / "run"), precision="float32", batch_size=10)[0].jit_compile  # another work
    with monkeypatch.context() as patch:  # nor is it what was kept of other threads
        patch.setenv("TF_NUM_INTRAOP_THREADS", "3")
        assert not prepared(digits, of(tmp_path / "run"), precision="float32")[0].jit_compile
    # It is another one for a training too short for the time that compiling takes.
    kept.write_text(json.dumps({"seconds": {"float32": [1.0, 1.0], "float32 with XLA": [15.0, 0.5]}}))
    assert prepared(digits, of(tmp_path / "run"), precision="float32", epochs=4)[0].jit_compile
    assert not prepared(digits, of(tmp_path / "run"), precision="float32", epochs=1)[0].jit_compile
    for damaged in ("{", "[]", '{"seconds": {"float32 with XLA": [1, 1]}}', '{"seconds": {"float32": [1]}}'):
        kept.write_text(damaged)
        assert not prepared(digits, of(tmp_path / "run"), precision="float32")[0].jit_compile
    assert "Tried" not in capsys.readouterr().out


def test_formats_are_tried_where_the_processor_has_both(digits, tmp_path, cache, monkeypatch):
    monkeypatch.setenv("ZOO_DTYPE_POLICY", "mixed_bfloat16")
    for xla, name in (("off", ""), ("on", " with XLA")):
        before = set(cache.iterdir()) if cache.exists() else set()
        prepared(digits, of(tmp_path / "run"), fastest="measure", xla=xla)
        (kept,) = set(cache.iterdir()) - before
        assert set(json.loads(kept.read_text())["seconds"]) == {f"mixed_bfloat16{name}", f"float32{name}"}


def test_only_a_training_that_is_long_enough_tries(digits, tmp_path, monkeypatch, capsys):
    prepared(digits, of(tmp_path / "run"))
    assert "Try" not in capsys.readouterr().out
    monkeypatch.setattr(fastest, "LONG", 20)
    prepared(digits, of(tmp_path / "run"))
    said = capsys.readouterr().out
    assert "Trying" in said
    assert "too short for trying others" in said
    monkeypatch.setattr(fastest, "WORTH", 0)
    prepared(digits, of(tmp_path / "run"))
    assert "Tried" in capsys.readouterr().out


def test_what_a_flag_fixes_is_not_tried(digits, tmp_path, cache, capsys):
    run = of(tmp_path / "run")
    model, *_ = prepared(digits, run, precision="float32", xla="on", fastest="measure")
    assert model.jit_compile
    assert run.way == {"precision": "float32", "xla": True}
    assert not cache.exists()
    assert capsys.readouterr().out == "Training in float32 with XLA.\n"


def test_what_xla_can_not_compile_is_trained_without(digits, tmp_path, cache, monkeypatch):
    class ByPython(keras.layers.Layer):
        def call(self, x):
            return x + tf.ensure_shape(tf.numpy_function(lambda: np.float32(0), [], tf.float32), [])

    def with_python(*arguments, **options):
        encoder = zoo.networks.dense_encoder(*arguments, **options)
        return keras.Model(encoder.inputs, ByPython()(encoder.output))

    monkeypatch.setattr(
        vae_mnist,
        "build_model",
        lambda domain, settings: zoo.VAE(
            with_python(domain.shape, 2 * 2, widths=[8]), zoo.networks.dense_decoder(domain.shape, 2, widths=[8])
        ),
    )
    model, *_ = prepared(digits, of(tmp_path / "run"), precision="float32", fastest="measure")
    assert not model.jit_compile
    (kept,) = cache.iterdir()
    assert set(json.loads(kept.read_text())["seconds"]) == {"float32"}


def test_compiling_is_part_of_the_time():
    seconds = {USUAL: (1.0, 0.010), XLA: (21.0, 0.009)}
    assert first_to_the_end(seconds, steps=100) == USUAL
    assert first_to_the_end(seconds, steps=20_000) == USUAL  # at the same time
    assert first_to_the_end(seconds, steps=100_000) == XLA
    assert first_to_the_end({USUAL: (1.0, 0.0100), XLA: (1.0, 0.0099)}, steps=10_000) == USUAL  # not clearly


def test_all_ways_lead_to_the_same_weights(digits, tmp_path):
    weights, losses = trained(digits, of(tmp_path / "a"), precision="float32", xla="off")
    of_xla, losses_of_xla = trained(digits, of(tmp_path / "b"), precision="float32", xla="on")
    for a, b in zip(weights, of_xla, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    np.testing.assert_allclose(losses, losses_of_xla, rtol=1e-5)
    of_bfloat16, losses_of_bfloat16 = trained(digits, of(tmp_path / "c"), precision="mixed_bfloat16", xla="off")
    np.testing.assert_allclose(losses, losses_of_bfloat16, rtol=5e-3)
    for a, b in zip(weights, of_bfloat16, strict=True):
        assert np.abs(a - b).mean() < 1e-3  # 20 steps of 1e-3 moved them by up to 20 times as much
    again, _ = trained(digits, of(tmp_path / "d"), precision="float32", fastest="measure", xla="off")
    tried, _ = trained(digits, of(tmp_path / "e"), fastest="measure")
    way = json.loads((tmp_path / "e" / "run.json").read_text())["way"]
    fixed, _ = trained(digits, of(tmp_path / "f"), precision=way["precision"], xla="on" if way["xla"] else "off")
    for one, other in ((weights, again), (tried, fixed)):  # a trial leaves no trace: to the bit
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_run_goes_on_in_the_way_that_it_began(digits, tmp_path, monkeypatch):
    whole, _ = trained(digits, of(tmp_path / "whole"), precision="float32", xla="on")

    def stop(model, epoch):
        raise KeyboardInterrupt

    run = of(tmp_path / "run")
    model, settings, schedule = prepared(digits, run, precision="float32", xla="on")
    with pytest.raises(KeyboardInterrupt):
        train(model, digits, run, settings.training, schedule, show=stop)
    # As if the machine had chosen that; now it would choose otherwise.
    monkeypatch.setenv("ZOO_DTYPE_POLICY", "mixed_bfloat16")
    run = of(tmp_path / "run", resume=True)
    model, settings, schedule = prepared(digits, run)
    assert run.way == {"precision": "float32", "xla": True}
    model, _ = train(model, digits, run, settings.training, schedule)
    assert model.jit_compile
    for one, other in zip(whole, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_trying_wants_one_cpu(digits, tmp_path):
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        with pytest.raises(UserError, match="fastest: measure expected one CPU"):
            prepared(digits, of(tmp_path / "run"), fastest="measure")
        model, *_ = prepared(digits, of(tmp_path / "run"), precision="float32")
    assert not model.jit_compile


def test_threads_of_an_operation():
    program = """
from recipes import UserError
from recipes.machines.strategies import strategy_for
from recipes.settings import Machine
import tensorflow as tf
strategy_for(Machine(threads=1), 8)
assert tf.config.threading.get_intra_op_parallelism_threads() == 1
tf.zeros(1)
strategy_for(Machine(threads=1), 8)
try:
    strategy_for(Machine(threads=2), 8)
except UserError as error:
    print(error)
"""
    done = run_python("-c", program)
    assert (
        done.stdout == "threads: expected a process in which TensorFlow has done nothing yet; start Python again.\n"
    ), done.stderr
