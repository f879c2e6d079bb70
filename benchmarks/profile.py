"""Where the time of a training step goes, by TensorFlow's profiler, beside the arithmetic that this machine can do.

    python -m benchmarks.profile
    python -m benchmarks.profile --models=dcgan --out_dir=runs/profile_dcgan

The models of `benchmarks.training`, in our setting. For each: milliseconds of a step, without the profiler; the
arithmetic of its products and convolutions, as TensorFlow counts it; and the operations that take longest, in
milliseconds a step. Those may run side by side, and the profiler costs some time and loses a few operations, so that
their sum is not that of a step. The peak is that of products of 2048 x 2048 matrices. Nothing else should run beside.

Makes in --out_dir: profile.md, and a folder for each model, for TensorBoard with its plugin tensorboard-plugin-profile.
"""

import os
import time
from pathlib import Path

from absl import flags

from benchmarks.core import session, workload
from recipes.harness.flags import define_path

SHOWN = 10  # operations of a model
SIDE = 2048  # of the matrices that show the peak
BATCHES = {workload.DENSE_VAE: 128, workload.CONV_VAE: 128, workload.DCGAN: 64}
NAMES = [load.name for load in BATCHES]

FLAGS = flags.FLAGS
flags.DEFINE_list("models", NAMES, "What to train; comma-separated.")
define_path("out_dir", "runs/benchmark_profile", "Where the results go; replaces those of an earlier run.")
flags.register_validator("models", lambda names: bool(names) and set(names) <= set(NAMES), f"expected some of {NAMES}")


def main():
    out_dir = Path(FLAGS.out_dir)
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    with session.one_line_errors("profile", out_dir):
        from export.startup import start_tensorflow

        start_tensorflow()
        _hush()
        text = "\n\n".join([_peaks(), *(_profile(load, out_dir) for load in BATCHES if load.name in FLAGS.models)])
        (out_dir / "profile.md").write_text(text + "\n", encoding="utf-8")
    print(f"{text}\n\nAlso in {out_dir}: profile.md, and a folder for each model.")


def _hush():
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # counting floating point operations warns of its own age


def _peaks():
    import tensorflow as tf

    peaks = []
    for dtype in (tf.float32, tf.bfloat16):
        matrix = tf.cast(tf.random.stateless_normal([SIDE, SIDE], [0, 1]), dtype)
        times = []
        for _ in range(10):
            start = time.perf_counter()
            tf.matmul(matrix, matrix)
            times.append(time.perf_counter() - start)
        peaks.append(f"{dtype.name} {2 * SIDE**3 / min(times) / 1e9:,.0f}")
    return f"Peak of products, GFLOP/s: {', '.join(peaks)}."


def _profile(load, out_dir):
    import tensorflow as tf

    from benchmarks import profiled
    from benchmarks.peers import ours

    prepared = ours.prepare(load, ours.image_set(load.draw(load.image_count)), BATCHES[load])
    steps, folder = prepared.steps, str(out_dir / load.name)
    work = profiled.arithmetic(prepared.model, BATCHES[load]) / 1e9
    prepared.fit(epochs=1)  # compiles
    start = time.perf_counter()
    prepared.fit(epochs=1)
    milliseconds = 1e3 * (time.perf_counter() - start) / steps
    # By default the profiler leaves out whatever has proved cheap, so that operations would be counted too few.
    tf.profiler.experimental.start(folder, tf.profiler.experimental.ProfilerOptions(host_tracer_level=3))
    prepared.fit(epochs=1)
    tf.profiler.experimental.stop()
    seen = profiled.operations(folder)
    longest = sorted(seen, key=lambda kind: seen[kind][1], reverse=True)[:SHOWN]
    rows = [f"| {kind} | {seen[kind][0] / steps:.1f} | {seen[kind][1] / steps:.3g} |" for kind in longest]
    return (
        f"{load.name}, batch {BATCHES[load]}, {prepared.setting}: {milliseconds:.3g} ms and {work:.3g} GFLOP a step, "
        f"{1e3 * work / milliseconds:,.0f} GFLOP/s.\n\n"
        "| operation | a step | ms a step |\n|---|---|---|\n" + "\n".join(rows)
    )


if __name__ == "__main__":
    session.start(main)
