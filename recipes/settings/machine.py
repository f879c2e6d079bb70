"""What a training runs on."""

from recipes.settings.field import group, setting


@group
class Machine:
    """The devices and hosts; a run may go on with others, but rounds as it did only with as many threads."""

    strategy: str = setting(
        "auto",
        "mirrored: a replica of the model on each GPU of this machine, which learns from its part of each batch; the "
        "result is that of one device. multi_worker: the same on all GPUs of several hosts, "
        "which TF_CONFIG names, or Slurm. auto: multi_worker where there is one of these, else mirrored where there "
        "are several GPUs.",
        choices=("auto", "one_device", "mirrored", "multi_worker", "tpu"),
        kept=False,
    )
    cpu_devices: int = setting(1, "Divides the CPU, to try --strategy=mirrored without GPUs.", at_least=1, kept=False)
    threads: int | None = setting(
        None, "Threads that share the work of one operation. Default: as many as there are cores.", at_least=1
    )
    worker_timeout: int = setting(300, "Seconds that --strategy=multi_worker waits for all.", at_least=1, kept=False)
