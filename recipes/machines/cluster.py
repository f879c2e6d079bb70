"""The processes that train one model together: who they are, and waiting until all are there.

TF_CONFIG names them (by hand, or from Kubeflow), or Slurm does, which starts them by `srun`. The first one is the
chief: it alone writes.
"""

import contextlib
import json
import os
import socket
import time
from typing import NamedTuple

from export.startup import start_tensorflow
from recipes import UserError
from recipes.settings import Machine

SLURM_PORTS = 12_000, 20_000  # the first and how many: jobs that share a host get different ones


class Cluster(NamedTuple):
    """The workers of a training."""

    workers: list[str]  # "host:port" of each, the chief's first
    index: int  # which of them this process is


def from_environment() -> Cluster | None:
    """The `Cluster` that this process is one of, or None where it works alone.

    Raises:
        UserError: TF_CONFIG is malformed.
    """
    if "TF_CONFIG" in os.environ:
        cluster = _from_tf_config(os.environ["TF_CONFIG"])
    elif int(os.environ.get("SLURM_STEP_NUM_TASKS", 1)) > 1:
        cluster = _from_slurm()
    else:
        return None
    return cluster if len(cluster.workers) > 1 else None


def of(machine: Machine) -> Cluster | None:
    """The `Cluster` that this process trains in by its settings, or None where it works alone."""
    return from_environment() if machine.strategy in ("auto", "multi_worker") else None


def is_first(machine: Machine) -> bool:
    """Whether this process writes: it is the first one of its cluster, or alone."""
    cluster = of(machine)
    return cluster is None or cluster.index == 0


def wait_for_all(cluster: Cluster, seconds: float) -> None:
    """Returns when every worker has called it, too.

    TensorFlow itself would wait for ever, and not say for whom. Until all are there, each listens on its port without
    TensorFlow; one that sees all others goes on, and TensorFlow answers on the port in its place.

    Raises:
        UserError: one has not come within the time, or another program has this one's port.
    """
    end = time.monotonic() + seconds
    host, port = _split(cluster.workers[cluster.index])
    missing = [worker for worker in cluster.workers if worker != cluster.workers[cluster.index]]
    try:
        listening = socket.create_server(("", port), backlog=len(cluster.workers))
    except OSError as error:
        raise UserError(f"workers: worker {cluster.index} can't listen on {host}:{port}: {error.strerror}.") from error
    with listening:
        print(f"Worker {cluster.index} of {len(cluster.workers)}: waiting for {', '.join(missing)} ...", flush=True)
        while missing:
            missing = [worker for worker in missing if not _answers(worker)]
            if missing and time.monotonic() > end:
                raise UserError(
                    f"workers: {', '.join(missing)} did not come within {seconds} s (--worker_timeout). Each worker "
                    "needs the same list of workers in TF_CONFIG, and its own index."
                )


def _answers(worker):
    with contextlib.suppress(OSError), socket.create_connection(_split(worker), timeout=1):
        return True
    time.sleep(0.2)
    return False


def _split(worker):
    host, _, port = worker.rpartition(":")
    return host, int(port)


def _from_tf_config(text):
    def bad(what):
        return UserError(
            f'TF_CONFIG: {what}; expected e.g. {{"cluster": {{"worker": ["host0:2222", "host1:2222"]}}, "task": '
            f'{{"type": "worker", "index": 0}}}}, got {text!r}.'
        )

    try:
        config = json.loads(text)
        jobs, job, index = config["cluster"], config["task"]["type"], int(config["task"]["index"])
        workers = [worker for name in ("chief", "worker") for worker in jobs.get(name, [])]
        ports = [_split(worker)[1] for worker in workers]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise bad(f"can't be read ({type(error).__name__}: {error})") from error
    if set(jobs) - {"chief", "worker"}:
        raise bad(f"the jobs are {', '.join(jobs)}, and only chief and worker train here")
    if len(set(workers)) < len(workers) or not all(0 < port < 65536 for port in ports):
        raise bad("the workers need addresses of their own")
    if job not in jobs or not 0 <= index < len(jobs[job]):
        raise bad(f"there is no {job} {index}")
    return Cluster(workers, workers.index(jobs[job][index]))


def _from_slurm():
    start_tensorflow()
    import tensorflow as tf

    first, count = SLURM_PORTS
    port = first + int(os.environ.get("SLURM_JOB_ID", 0)) % count
    # Slurm gives each task its GPUs; the resolver, which could do that as well, wants to be told of some.
    resolver = tf.distribute.cluster_resolver.SlurmClusterResolver(
        port_base=port, gpus_per_node=int(os.environ["SLURM_STEP_NUM_TASKS"]), gpus_per_task=1, auto_set_gpu=False
    )
    workers = resolver.cluster_spec().as_dict()["worker"]
    # The resolver sorts the hosts by name, Slurm numbers its tasks in another order.
    mine = f"{os.environ['SLURMD_NODENAME']}:{port + int(os.environ['SLURM_LOCALID'])}"
    return Cluster(workers, workers.index(mine))
