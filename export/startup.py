"""Starting TensorFlow without its chatter.

TensorFlow writes lines about oneDNN and missing CUDA drivers to the file descriptor of stderr before any setting can
stop it. A person who runs a command of ours would have to learn to ignore them.
"""

import os
import sys
import tempfile


def start_tensorflow():
    """Imports TensorFlow and finds the devices; shows what they wrote to stderr only if that fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as chatter:
        os.dup2(chatter.fileno(), 2)
        try:
            import tensorflow as tf

            tf.config.list_physical_devices()
        except BaseException:
            chatter.seek(0)
            os.write(stderr, chatter.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
