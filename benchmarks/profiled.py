"""What a step of a model of `benchmarks.training` has to do, and what the profiler saw it do."""

import collections
from pathlib import Path

import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2


def arithmetic(model, batch_size):
    """Floating point operations of the matrix products and convolutions of one training step, as TensorFlow counts."""
    images = tf.TensorSpec([batch_size, *model.image_shape], tf.float32)
    graph = tf.function(model.train_step).get_concrete_function(images).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    options = options.with_accounted_types(["MatMul", "Conv2D.*"]).with_empty_output().build()
    return tf.compat.v1.profiler.profile(graph, cmd="op", options=options).total_float_ops


def operations(folder):
    """{type of operation: (how many the profiler saw, their milliseconds)} of the newest profile in a folder."""
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
