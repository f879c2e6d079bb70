"""The side of a plain PyTorch loop in `benchmarks.training`: float32, eager, Adam as it comes.

    python -m benchmarks.torch_plain dcgan 64 4

The loop is that of benchmarks/peers/torch.py.
"""

from benchmarks.core import workload
from benchmarks.peers import torch as torch_peer

if __name__ == "__main__":
    torch_peer.run({load.name: torch_peer.Setting() for load in workload.WORKLOADS})
