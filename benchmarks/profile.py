"""Where the time of a training step goes, by TensorFlow's profiler, beside the arithmetic that this machine can do.

    python -m benchmarks.profile
    python -m benchmarks.profile --models=dcgan --out_dir=runs/profile_dcgan

The models of `benchmarks.training`, in our setting. For each: milliseconds of a step, without the profiler; the
arithmetic of its products and convolutions, as TensorFlow counts it; and the operations that take longest, in
milliseconds a step. Those may run side by side, and the profiler costs some time and loses a few operations, so that
their sum is not that of a step. The peak is that of products of 2048 x 2048 matrices. Nothing else should run beside.

Makes in --out_dir: profile.md, and a folder for each model, for TensorBoard with its plugin tensorboard-plugin-profile.
"""

import collections
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
        text = "\n\n".join([peaks(), *(profile(load, out_dir) for load in BATCHES if load.name in FLAGS.models)])
        (out_dir / "profile.md").write_text(text + "\n", encoding="utf-8")
    print(f"{text}\n\nAlso in {out_dir}: profile.md, and a folder for each model.")


def peaks():
    """A line with the GFLOP/s of large products, by number format."""
    import tensorflow as tf

    found = []
    for dtype in (tf.float32, tf.bfloat16):
        matrix = tf.cast(tf.random.stateless_normal([SIDE, SIDE], [0, 1]), dtype)
        times = []
        for _ in range(10):
            start = time.perf_counter()
            tf.matmul(matrix, matrix)
            times.append(time.perf_counter() - start)
        found.append(f"{dtype.name} {2 * SIDE**3 / min(times) / 1e9:,.0f}")
    return f"Peak of products, GFLOP/s: {', '.join(found)}."


def profile(load, out_dir):
    """Trains a model; returns what a step of it takes, and of what, as Markdown."""
    from benchmarks.peers import ours

    batch_size, folder = BATCHES[load], str(out_dir / load.name)
    prepared = ours.prepare(load, ours.image_set(load.images()), batch_size, fastest="measure")
    work = arithmetic(prepared.model, batch_size) / 1e9
    prepared.fit(epochs=1)  # compiles
    start = time.perf_counter()
    prepared.fit(epochs=1)
    milliseconds = 1e3 * (time.perf_counter() - start) / prepared.steps
    trace(prepared, folder)
    return (
        f"{load.name}, batch {batch_size}, {prepared.setting}: {milliseconds:.3g} ms and {work:.3g} GFLOP a step, "
        f"{1e3 * work / milliseconds:,.0f} GFLOP/s.\n\n{table(operations(folder), prepared.steps)}"
    )


def arithmetic(model, batch_size):
    """Floating point operations of the matrix products and convolutions of one training step, as TensorFlow counts."""
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # counting them warns of its own age
    images = tf.TensorSpec([batch_size, *model.datum.shape], tf.float32)
    graph = tf.function(model.train_step).get_concrete_function(images).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    options = options.with_accounted_types(["MatMul", "Conv2D.*"]).with_empty_output().build()
    return tf.compat.v1.profiler.profile(graph, cmd="op", options=options).total_float_ops


def trace(prepared, folder):
    """Trains for an epoch under the profiler, which writes into the folder."""
    from tensorflow import profiler

    # By default the profiler leaves out whatever has proved cheap, so that operations would be counted too few.
    profiler.experimental.start(folder, profiler.experimental.ProfilerOptions(host_tracer_level=3))
    prepared.fit(epochs=1)
    profiler.experimental.stop()


def operations(folder):
    """{type of operation: (how many the profiler saw, their milliseconds)} of the newest profile in a folder."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    newest = max(Path(folder).rglob("*.xplane.pb"))
    space = xplane_pb2.XSpace.FromString(newest.read_bytes())
    counts, milliseconds = collections.Counter(), collections.Counter()
    for plane in space.planes:
        for event in (event for line in plane.lines for event in line.events):
            node, _, kind = plane.event_metadata[event.metadata_id].name.rpartition(":")
            # "node:Type" is an operation; "Iterator::..." is the input pipeline, which runs beside the step.
            if node and not node.endswith(":") and kind.isidentifier():
                counts[kind] += 1
                milliseconds[kind] += event.duration_ps / 1e9
    return {kind: (counts[kind], milliseconds[kind]) for kind in counts}


def table(seen, steps):
    """Markdown: what `operations` returns of so many steps, the longest first."""
    longest = sorted(seen, key=lambda kind: seen[kind][1], reverse=True)[:SHOWN]
    rows = [f"| {kind} | {seen[kind][0] / steps:.1f} | {seen[kind][1] / steps:.3g} |" for kind in longest]
    return "\n".join(["| operation | a step | ms a step |", "|---|---|---|", *rows])


if __name__ == "__main__":
    session.start(main)
