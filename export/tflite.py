"""Converting a SavedModel to TFLite."""

import re
from pathlib import Path

import tensorflow as tf
from tensorflow.lite.python.convert_phase import ConverterError
from tensorflow.lite.tools import flatbuffer_utils

from export import ExportError
from export.startup import quiet_stderr

LONGEST = 200  # characters of the converter's reason, which can be a whole program


def write_tflite(saved_model, path, signatures, quantized=False):
    """Converts the named signatures of a SavedModel into one TFLite file of built-in ops.

    Args:
        saved_model: directory of the SavedModel.
        path: the file to write.
        signatures: names of the signatures; they share their weights in the file. Naming them keeps out TensorFlow's
            `serving_default` alias, which would store one of them twice.
        quantized: whether the weights of matrix products and convolutions are stored as int8, with a scale for each
            output channel or tensor ("dynamic range"): a quarter of the bytes. The converter leaves tensors of fewer
            than 1,024 numbers alone. What goes in and comes out stays as it is, and so does all that is no such weight,
            the integers of a random generator among it.

    Raises:
        ExportError: an op has no TFLite built-in. Flex ops are not allowed: LiteRT cannot run them.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model), signature_keys=list(signatures))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if quantized:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with quiet_stderr():
        try:
            content = converter.convert()
        except ConverterError as error:
            content, reason = None, _reason(str(error))
    if content is None:
        raise ExportError(
            "export: expected a model of ops that TFLite has built in (for the SavedModel alone, python -m export "
            f"--notflite); got {reason}"
        )
    Path(path).write_bytes(_for_xnnpack(content))


def _for_xnnpack(content):
    """A TFLite file whose subgraphs without operations, such as a signature that gives a constant, come last.

    LiteRT 2.3 lets XNNPACK compute a file only if its first subgraph has operations. The converter sorts signatures by
    name, so that `about` would be the first.
    """
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    order = sorted(range(len(model.subgraphs)), key=lambda index: not model.subgraphs[index].operators)
    if order == sorted(order):
        return content
    place = {before: now for now, before in enumerate(order)}
    for signature in model.signatureDefs:
        signature.subgraphIndex = place[signature.subgraphIndex]
    for graph in model.subgraphs:
        for operation in graph.operators or []:
            options = operation.builtinOptions
            for name in vars(options) if options else ():
                if name.endswith("SubgraphIndex"):  # of a loop, a branch, or what is called once
                    setattr(options, name, place[getattr(options, name)])
    model.subgraphs = [model.subgraphs[index] for index in order]
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _reason(text):
    """What the converter says of the first operation that it can't convert; else its first line."""
    operation = re.search(r"'tf\.\w+' op [^\n]*", text)
    return (operation.group() if operation else text.strip().partition("\n")[0])[:LONGEST]
