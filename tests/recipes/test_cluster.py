"""Who trains together, and what happens where someone is missing."""

import json
import socket
import threading

import pytest
from conftest import free_addresses, run_python, start_workers, wait_for

from recipes import UserError
from recipes.machines import cluster
from recipes.machines.cluster import Cluster
from recipes.settings import Machine

TWO = ["a:1", "b:2"]


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch):
    for name in ("TF_CONFIG", "SLURM_STEP_NUM_TASKS"):
        monkeypatch.delenv(name, raising=False)


def tf_config(jobs, job="worker", index=0):
    return json.dumps({"cluster": jobs, "task": {"type": job, "index": index}})


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (tf_config({"worker": TWO}), Cluster(TWO, 0)),
        (tf_config({"worker": TWO}, index=1), Cluster(TWO, 1)),
        (tf_config({"worker": TWO, "chief": ["c:3"]}, "chief"), Cluster(["c:3", *TWO], 0)),
        (tf_config({"worker": TWO, "chief": ["c:3"]}, "worker", "1"), Cluster(["c:3", *TWO], 2)),
        (tf_config({"worker": ["a:1"]}), None),  # alone
    ],
)
def test_tf_config(config, expected, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config)
    assert cluster.from_environment() == expected
    assert cluster.is_first(Machine()) == (expected is None or expected.index == 0)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{worker", "can't be read"),
        ("[]", "can't be read"),
        ('{"cluster": {"worker": ["a:1"]}}', r"KeyError: 'task'"),
        (tf_config({"worker": ["a:one", "b:2"]}), "can't be read"),
        (tf_config({"worker": ["a:1", "a:1"]}), "addresses of their own"),
        (tf_config({"worker": ["a:1", "b:70000"]}), "addresses of their own"),
        (tf_config({"worker": TWO}, index=2), "no worker 2"),
        (tf_config({"worker": TWO}, "chief"), "no chief 0"),
        (tf_config({"worker": TWO, "ps": ["c:3"]}), "jobs are worker, ps"),
    ],
)
def test_a_malformed_tf_config(config, message, monkeypatch):
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(UserError, match=f"TF_CONFIG: .*{message}.*expected e.g.*got") as error:
        cluster.from_environment()
    assert "\n" not in str(error.value)


def test_slurm(monkeypatch):
    """With the environment that srun gives to each of four tasks on three hosts."""
    step = {"NUM_TASKS": "4", "NODELIST": "n[8-10]", "TASKS_PER_NODE": "2,1(x2)"}
    for name, value in step.items():
        monkeypatch.setenv(f"SLURM_STEP_{name}", value)
    monkeypatch.setenv("SLURM_JOB_ID", "20005")
    found = []
    for rank, (host, place) in enumerate([("n8", 0), ("n8", 1), ("n9", 0), ("n10", 0)]):
        for name, value in {"SLURM_PROCID": rank, "SLURMD_NODENAME": host, "SLURM_LOCALID": place}.items():
            monkeypatch.setenv(name, str(value))
        workers, index = cluster.from_environment()
        assert workers[index] == f"{host}:{12005 + place}"
        assert cluster.is_first(Machine()) == (index == 0)
        found.append((tuple(workers), index))
    assert len({workers for workers, _ in found}) == 1  # all have the same list,
    assert sorted(index for _, index in found) == [0, 1, 2, 3]  # and each its own place


def test_alone():
    assert cluster.from_environment() is None
    assert cluster.is_first(Machine())


def test_waiting_for_all():
    addresses = free_addresses(3)
    all_there, gone_on = threading.Barrier(3), []

    def worker(index):
        cluster.wait_for_all(Cluster(addresses, index), 30)
        gone_on.append(index)
        # From here on TensorFlow answers on the port, for those that have not seen it yet.
        with socket.create_server(("127.0.0.1", int(addresses[index].split(":")[1]))):
            all_there.wait(30)

    threads = [threading.Thread(target=worker, args=[index]) for index in range(3)]
    for thread in threads[:2]:
        thread.start()
    threads[0].join(0.5)
    assert gone_on == []
    threads[2].start()
    for thread in threads:
        thread.join()
    assert sorted(gone_on) == [0, 1, 2]


def test_a_worker_that_never_comes_is_named():
    addresses = free_addresses(3)
    with (
        socket.create_server(("127.0.0.1", int(addresses[1].split(":")[1]))),
        pytest.raises(UserError, match=f"workers: {addresses[2]} did not come within 1 s"),
    ):
        cluster.wait_for_all(Cluster(addresses, 0), 1)


def test_a_port_that_is_taken():
    (address,) = free_addresses(1)
    with (
        socket.create_server(("127.0.0.1", int(address.split(":")[1]))),
        pytest.raises(UserError, match=f"worker 0 can't listen on {address}"),
    ):
        cluster.wait_for_all(Cluster([address, "127.0.0.1:1"], 0), 1)


def ends(processes, seconds=300):
    """What each of some processes said, on its output and its error output, when they came to their ends."""
    return [process.communicate(timeout=seconds) for process in processes]


@pytest.mark.slow
def test_workers_that_do_not_do_the_same_end(tmp_path):
    recipe = ["-m", "recipes.vae_mnist", "--dataset=mnist-5000", "--steps=2", "--quality_images=50"]
    processes = start_workers(2, [*recipe, "--seed=INDEX", f"--out_dir={tmp_path / 'run'}"])
    errors = [process.communicate(timeout=300)[1] for process in processes]
    assert all("workers: expected the same command" in error for error in errors)
    processes = start_workers(2, [*recipe, f"--out_dir={tmp_path / 'INDEX'}"])
    errors = [process.communicate(timeout=300)[1] for process in processes]
    assert all("--out_dir, which they share" in error for error in errors)


@pytest.mark.slow
def test_two_workers_measure_what_one_process_does(tmp_path):
    out = tmp_path / "run"
    recipe = ["-m", "recipes.cgan_mnist", "--dataset=mnist-5000", "--steps=8", "--width=4", "--quality_images=101"]
    processes = start_workers(2, [*recipe, f"--out_dir={out}"])
    said, said_other = ends(processes)
    assert [process.returncode for process in processes] == [0, 0], said[1]
    assert "WARNING" not in said[1] + said_other[1]
    assert "Measuring" not in said_other[0]
    again = run_python(
        "-m", "recipes.evaluate", f"--artefact={out}/model.tflite", "--dataset=mnist-5000", "--quality_images=101"
    )
    figures = json.loads((out / "metrics.json").read_text())["samples"]["model.tflite"]
    for metric in (name for name in figures if name != "class_shares"):
        (line,) = [line for line in again.stdout.splitlines() if line.startswith(f"{metric} ")]
        assert float(line.split()[1]) == pytest.approx(figures[metric], rel=1e-3, abs=1e-4)


@pytest.mark.slow
def test_all_workers_take_the_number_of_the_first():
    program = (
        "import sys\n"
        "from recipes.machines import strategies, workers\n"
        "from recipes.settings import Machine\n"
        "strategy = strategies.strategy_for(Machine(), 2)\n"
        "print('number', workers.as_the_first(strategy, 3_000_000_000 - int(sys.argv[1])), flush=True)\n"
        "workers.barrier(strategy)\n"
    )
    processes = start_workers(2, ["-c", program, "INDEX"])
    said = ends(processes)
    assert all("number 3000000000\n" in output for output, _ in said), said


@pytest.mark.slow
def test_two_workers_train_a_classifier(tmp_path):
    out = tmp_path / "run"
    processes = start_workers(2, ["-m", "recipes.classifier", "--dataset=mnist-5000", "--epochs=2", f"--out_dir={out}"])
    said, _ = ends(processes)
    assert [process.returncode for process in processes] == [0, 0], said[1]
    assert json.loads((out / "metrics.json").read_text())["accuracy_test"] > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("killed", [0, 1])
def test_a_worker_is_killed_and_all_start_again(killed, tmp_path):
    """The recipe on two workers, of which one is killed; both go on to where one process comes."""
    out = tmp_path / "run"
    recipe = ["recipes.vae_mnist", "--dataset=mnist-5000", "--epochs=6", "--batch_size=100", "--iw_samples=2"]
    recipe += ["--encoder=dense", "--decoder=dense", "--latent_dim=4", "--quality_images=50", "--precision=float32"]

    def start(*flags):
        return start_workers(2, ["-m", *recipe, f"--out_dir={out}", *flags])

    processes = start()
    wait_for(processes[0], out / "checkpoints" / "epoch_000002.keras")
    processes[killed].kill()
    _, error = ends(processes, 60)[1 - killed]
    assert processes[1 - killed].returncode == 1
    assert f"workers: worker {killed} (127.0.0.1:" in error.splitlines()[-1]
    assert "start all workers again with --resume" in error.splitlines()[-1]
    processes = start("--resume")
    (said, error), (said_other, _) = ends(processes)
    assert [process.returncode for process in processes] == [0, 0], error
    assert "Going on after epoch" in said_other
    assert "Made in" in said
    assert "Made in" not in said_other
    assert run_python("-m", *recipe, f"--out_dir={tmp_path / 'alone'}").returncode == 0
    together, alone = (json.loads((path / "metrics.json").read_text()) for path in (out, tmp_path / "alone"))
    assert together["likelihood"]["model.keras"]["elbo"] == pytest.approx(
        alone["likelihood"]["model.keras"]["elbo"], abs=0.5
    )  # rounding grows over 270 steps of Adam
    assert together["protocol"]["steps"] == alone["protocol"]["steps"]
