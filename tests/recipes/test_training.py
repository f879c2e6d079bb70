import dataclasses
import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import zoo
from recipes import UserError, vae_mnist
from recipes.data import binarization, embedded_digits
from recipes.data.batches import training_batches
from recipes.harness.fastest import compiled
from recipes.harness.history import History
from recipes.harness.run_directory import RunDirectory
from recipes.harness.schedule import schedule_for
from recipes.harness.training import train as train_model
from recipes.machines.strategies import strategy_for
from recipes.report import shows
from recipes.report.reporting import protocol_of
from recipes.report.trained import Trained
from recipes.settings import Machine, Training, VAESettings
from zoo.domains import Images

SMALL = Training(epochs=3, batch_size=50, learning_rate=3e-3)
NETWORKS = {"encoder": "dense", "decoder": "dense", "prior": "normal"}  # what takes the least time to compile


@pytest.fixture(scope="module")
def images():
    """400 of the embedded digits to train on, drawn as the VAE's recipe has it."""
    digits = binarization.binarized(embedded_digits.load(), "dynamic")
    return digits._replace(train=digits.train.take(400), train_size=400)


def opened(directory):
    return RunDirectory(directory, {}, resume=(directory / "run.json").exists())


def four_samples(run, images):
    return shows.after_epochs(run, images.domain, lambda model: shows.sampled(model, 0, range(4)))


def train(images, directory, show=None, latent_dim=4, watchers=(), **changes):
    """Trains as the recipe does, with a small network; (the model, its history)."""
    training = dataclasses.replace(SMALL, **changes)
    settings = vae_mnist.Settings(training=training, vae=VAESettings(latent_dim=latent_dim, **NETWORKS))
    keras.utils.set_random_seed(0)
    run = opened(directory)
    schedule = schedule_for(training, images.train_size)
    model = compiled(vae_mnist.build_model, lambda vae: [schedule.optimizer()], images, None, settings, schedule, run)
    show = show or four_samples(run, images)
    return train_model(model, images, run, training, schedule, watchers=watchers, show=show)


def train_gan(images, directory, show=None):
    """The same for a conditional GAN with all that has a state."""
    keras.utils.set_random_seed(0)
    gan = zoo.GAN(
        zoo.networks.dcgan.generator([28, 28, 1], latent_dim=4, width=2, num_classes=10),
        zoo.networks.dcgan.discriminator([28, 28, 1], width=2, num_classes=10),
        penalties=[zoo.penalties.R1(every=3)],
        augmentation=zoo.augmentation.AdaptiveAugmentation(),
        num_classes=10,
    )
    schedule = schedule_for(SMALL, images.train_size)
    optimizers = schedule.optimizer(0.5), schedule.optimizer(0.5)
    gan.compile(*optimizers, steps_per_execution=schedule.steps_per_execution)
    labels = np.arange(400, dtype=np.int32) % 10
    return train_model(gan, images, opened(directory), SMALL, schedule, condition=labels, show=show)


def test_replicas_learn_what_one_device_does(images, tmp_path, capsys):
    """On four logical CPUs (see conftest.py), resumed once; with SGD, as Adam hides gradients of a wrong scale."""

    def train(name, strategy, epochs):
        training = Training(epochs=epochs, batch_size=40, learning_rate=3e-3, precision="float32")
        networks = VAESettings(latent_dim=4, **NETWORKS)
        keras.utils.set_random_seed(0)
        run = opened(tmp_path / name)
        with strategy_for(Machine(strategy=strategy), 40).scope():
            model = vae_mnist.build_model(images.domain, vae_mnist.Settings(training=training, vae=networks))
            schedule = schedule_for(training, images.train_size)
            model.compile(keras.optimizers.SGD(1e-4), steps_per_execution=schedule.steps_per_execution)
        return train_model(model, images, run, training, schedule)[0]

    one = train("one", "one_device", 2)
    assert "replicas" not in capsys.readouterr().out
    train("four", "one_device", 1)  # with several steps an execution, which replicas can't do
    four = train("four", "mirrored", 2)
    assert "Training on 4 replicas, 10 rows of each batch on each." in capsys.readouterr().out
    assert four.distribute_strategy.num_replicas_in_sync == 4
    np.testing.assert_allclose(weights(four), weights(one), atol=1e-5)
    of_four, of_one = (shows.sampled(model, 1, range(4)) for model in (zoo.in_float32(four), one))
    np.testing.assert_allclose(of_four, of_one, atol=1e-4)


def test_a_strategy_that_the_machine_can_not_give(monkeypatch):
    def refuses(message, batch_size=48, **settings):
        with pytest.raises(UserError, match=message):
            strategy_for(Machine(**settings), batch_size)

    refuses("multiple of the 4", 50, strategy="mirrored")
    refuses("expected several workers.*none", strategy="multi_worker")
    refuses("strategy: tpu expected a TPU", strategy="tpu")
    refuses("cpu_devices: expected a process in which TensorFlow has done nothing yet", cpu_devices=3)
    alone = tf.config.list_logical_devices("CPU")[:1]
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: alone if kind == "CPU" else [])
    refuses("several.*CPU:0.*_devices=2", strategy="mirrored")
    assert strategy_for(Machine(), 50).num_replicas_in_sync == 1


def weights(model):
    return np.concatenate([w.ravel() for w in model.get_weights()])


def everything(model):
    """The weights, and the state of the optimizers."""
    optimizers = [model.optimizer, getattr(model, "discriminator_optimizer", model.optimizer)]
    states = [variable.numpy().ravel() for optimizer in optimizers for variable in optimizer.variables]
    return np.concatenate([weights(model), *states])


@pytest.mark.parametrize("train", [train, train_gan])
def test_an_interrupted_run_goes_on_to_the_same_end(train, images, tmp_path):
    whole, history = train(images, tmp_path / "whole")

    def interrupt(model, epoch):
        if epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(images, tmp_path / "resumed", show=interrupt)
    resumed, again = train(images, tmp_path / "resumed")
    for one, other in zip(history.rows, again.rows, strict=True):
        assert {**one, "seconds": 0} == {**other, "seconds": 0}
    assert int(resumed.optimizer.iterations) == int(whole.optimizer.iterations) == 24 > whole.steps_per_execution > 1
    np.testing.assert_array_equal(everything(resumed), everything(whole))


@pytest.mark.parametrize(("epoch_images", "epochs"), [(100, 12), pytest.param(600, 2, marks=pytest.mark.slow)])
def test_an_epoch_may_be_a_part_of_the_images_or_more(epoch_images, epochs, images, tmp_path):
    one, _ = train(images, tmp_path / "one")
    other, _ = train(images, tmp_path / "other", epochs=epochs, epoch_images=epoch_images)
    np.testing.assert_array_equal(everything(one), everything(other))
    assert len((tmp_path / "other" / "history.csv").read_text().splitlines()) == 1 + epochs
    with pytest.raises(UserError, match="epoch_images: expected at least the batch size, 50; got 49"):
        train(images, tmp_path / "more", epoch_images=49)


def test_a_run_leaves_its_history(images, tmp_path):
    start = time.perf_counter()
    _, history = train(images, tmp_path)
    pictures = sorted((tmp_path / "progress").iterdir())
    assert [path.name for path in pictures] == ["epoch_0001.png", "epoch_0002.png", "epoch_0003.png"]
    assert Image.open(pictures[0]).width == 8 * 28 * 2
    first, *rows = (tmp_path / "history.csv").read_text().splitlines()
    assert first == "epoch,elbo,kl,loss,reconstruction,seconds"
    assert [row.partition(",")[0] for row in rows] == ["0", "1", "2"]
    assert History.read(opened(tmp_path), 3).rows == history.rows
    assert len(History.read(opened(tmp_path), 2).rows) == 2
    elbo, seconds = history.column("elbo"), history.column("seconds")
    assert len(elbo) == len(seconds) == 3
    assert elbo[2] > elbo[0] + 10
    assert 0 < min(seconds) <= sum(seconds) < time.perf_counter() - start
    assert list((tmp_path / "logs").rglob("events.out.tfevents*"))


def test_watchers_add_to_the_history_in_their_order(images, tmp_path):
    def first(model, history):
        assert history.rows[-1]["seconds"] > 0
        return {"twice": 2 * history.rows[-1]["elbo"]}

    def second(model, history):
        assert not (tmp_path / "checkpoints" / f"epoch_{len(history.rows):06}.keras").exists()
        return {"four_times": 2 * history.rows[-1]["twice"]}

    _, history = train(images, tmp_path, watchers=[first, second], epochs=2)
    assert history.column("four_times") == [4 * elbo for elbo in history.column("elbo")]
    written = (tmp_path / "history.csv").read_text().splitlines()[0]
    assert written == "epoch,elbo,kl,loss,reconstruction,seconds,twice,four_times"
    assert History(history.rows).column("unknown") is None


@pytest.mark.parametrize(("limit", "expected"), [(3, 3), (10, 8), (16, 16), (1000, 24)])
def test_steps_is_an_upper_limit(images, tmp_path, limit, expected):
    # 8 steps an epoch, all in one execution; with fewer steps than an epoch has, just those.
    assert int(train(images, tmp_path, steps=limit)[0].optimizer.iterations) == expected


def of(model, history, images, run):
    """What a report is about; with what its protocol is made of."""
    settings = vae_mnist.Settings(training=SMALL)
    return Trained(model, history, images, None, None, run, settings, tf.distribute.get_strategy())


def test_a_run_that_steps_ended_is_not_trained_on(images, tmp_path):
    train(images, tmp_path, steps=10)
    again, history = train(images, tmp_path, steps=10)
    assert int(again.optimizer.iterations) == 8
    protocol = protocol_of(of(again, history, images, opened(tmp_path)))
    assert (protocol["steps"], protocol["train_images"]) == (8, 400)  # what was done, not what was asked for
    assert protocol["training_seconds"] > 0
    assert protocol["trained_in"] == zoo.fastest_policy()


def test_a_history_without_times_is_known_to_have_none(images, tmp_path):
    train(images, tmp_path, steps=8)
    (tmp_path / "history.csv").write_text("epoch,loss\n0,200.0\n")
    model, history = train(images, tmp_path, steps=8)
    assert protocol_of(of(model, history, images, opened(tmp_path)))["training_seconds"] is None


def test_a_loss_that_is_not_a_number_stops_and_keeps_the_checkpoint(images, tmp_path):
    def poison(model, epoch):
        model.decoder.layers[-2].kernel.assign(model.decoder.layers[-2].kernel * np.nan)

    with pytest.raises(UserError, match=r"loss became nan in epoch 2, by step 8; .* is kept.*--learning_rate"):
        train(images, tmp_path, show=poison)
    checkpoint = keras.models.load_model(tmp_path / "checkpoints" / "epoch_000001.keras")
    assert int(checkpoint.optimizer.iterations) == 8
    assert np.all(np.isfinite(weights(checkpoint)))


def test_a_loss_that_is_not_a_number_in_the_first_epoch_promises_no_checkpoint(images, tmp_path):
    with pytest.raises(UserError, match=r"loss became nan in epoch 1, by step \d+\. Try a smaller") as error:
        train(images, tmp_path, learning_rate=1e30, precision="float32")
    assert "checkpoint" not in str(error.value)


def test_a_damaged_record_ends_the_training_with_one_line(images, tmp_path):
    record = tmp_path / "digits.tfrecord"
    with tf.io.TFRecordWriter(str(record)) as writer:
        for image in images.train.as_numpy_iterator():
            writer.write(image.tobytes())
    record.write_bytes(record.read_bytes()[:-1000])
    damaged = tf.data.TFRecordDataset(str(record)).map(
        lambda record: tf.reshape(tf.io.decode_raw(record, tf.uint8), [28, 28, 1])
    )
    with pytest.raises(UserError, match="a record of mnist-5000 is truncated"):
        train(images._replace(train=damaged), tmp_path / "run")


def test_the_checkpoint_before_a_broken_one_is_taken(images, tmp_path, capsys):
    whole, _ = train(images, tmp_path)
    checkpoints = sorted((tmp_path / "checkpoints").iterdir())
    assert [path.name for path in checkpoints] == ["epoch_000002.keras", "epoch_000003.keras"]
    checkpoints[1].write_bytes(checkpoints[1].read_bytes()[:-1000])
    again, history = train(images, tmp_path)
    assert f"NOTE: {checkpoints[1]} can't be loaded" in capsys.readouterr().out
    np.testing.assert_array_equal(everything(again), everything(whole))
    assert history.column("epoch") == [0, 1, 2]
    assert History.read(opened(tmp_path), 3).column("epoch") == [0, 1, 2]
    for path in checkpoints:
        path.write_bytes(b"half a file")
    with pytest.raises(UserError, match="resume: none of the checkpoints in .* can be loaded"):
        train(images, tmp_path)


def test_a_checkpoint_of_another_model(images, tmp_path):
    train(images, tmp_path, steps=3)
    (checkpoint,) = (tmp_path / "checkpoints").iterdir()
    keras.Sequential([keras.Input([2]), keras.layers.Dense(1)]).save(checkpoint)
    with pytest.raises(UserError, match="resume: expected a checkpoint of a VAE; .* has a Sequential"):
        train(images, tmp_path)


def test_a_checkpoint_of_other_networks(images, tmp_path):
    train(images, tmp_path, epochs=1)
    with pytest.raises(UserError, match="resume: the checkpoint .* is of networks that are not those"):
        train(images, tmp_path, epochs=2, latent_dim=6)


def test_a_batch_larger_than_the_data_is_refused(images, tmp_path):
    with pytest.raises(UserError, match="batch_size: 401 is more than the 400 training items"):
        train(images, tmp_path / "run", batch_size=401)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("batches", "epoch", "execution"),
    [(468, 468, 26), (937, 936, 26), (35, 34, 17), (17, 17, 17), (23, 23, 23), (29, 29, 29), (3, 3, 3), (1, 1, 1)],
)
def test_an_epoch_is_of_whole_executions(batches, epoch, execution):
    def schedule(**settings):
        training = Training(epochs=2, batch_size=128, learning_rate=1.0, **settings)
        return schedule_for(training, 128 * batches + 100)

    assert (schedule().epoch_steps, schedule().steps_per_execution) == (epoch, execution)
    assert (schedule().steps, schedule().epochs) == (2 * epoch, 2)
    assert schedule(steps=2).epoch_steps == min(2, epoch)


def test_images_that_an_epoch_leaves_out_come_first_in_the_next(images):
    images = images._replace(train=images.train.take(370), train_size=370)
    assert schedule_for(dataclasses.replace(SMALL, batch_size=10), 370).epoch_steps == 36  # of 37 batches
    batches = iter(training_batches(images, 10, seed=0))
    seen = np.concatenate([next(batches).numpy() for _ in range(37)])
    first = 36  # the step that the second epoch begins with, also when resumed
    resumed = next(iter(training_batches(images, 10, seed=0, first_step=first)))
    assert len(np.unique(seen.reshape(370, -1), axis=0)) == 370
    np.testing.assert_array_equal(seen[-10:], resumed)


def test_the_learning_rate_warms_up_and_falls_to_zero():
    training = Training(epochs=100, batch_size=40, learning_rate=0.5)
    rate = schedule_for(training, 400).optimizer()._learning_rate
    assert float(rate(0)) == 0
    assert float(rate(100)) == pytest.approx(0.5)
    assert float(rate(550)) == pytest.approx(0.25)
    assert float(rate(1000)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("prior", "kind"), [("normal", zoo.priors.StandardNormalPrior), ("flow", zoo.priors.RealNVPPrior)]
)
def test_settings_choose_the_prior(prior, kind):
    settings = vae_mnist.Settings(vae=VAESettings(latent_dim=4, prior=prior))
    assert isinstance(vae_mnist.build_model(Images(8, 8, 1), settings).prior, kind)


def test_colour_images_get_a_likelihood_of_levels():
    model = vae_mnist.build_model(Images(8, 8, 3))
    assert isinstance(model.likelihood, zoo.likelihoods.DiscretizedLogistic)
    assert shows.sampled(model, 0, [0]).shape == (1, 8, 8, 3)
