"""What the sides of `benchmarks.sampling` have in common: the command line, and timing calls."""

import argparse
import os
import time

from benchmarks.core import measurement
from benchmarks.core.measurement import Measurement

THREADS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def run(make_draw, ways):
    """Does what the command line asks for, and reports it.

    Args:
        make_draw: (way, decoder, count) -> a function (call number) -> images, an array.
        ways: which there are.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=ways)
    parser.add_argument("decoder", choices=["dense", "conv"])
    parser.add_argument("count", type=int, help="digits that one call draws")
    parser.add_argument("calls", type=int)
    asked = parser.parse_args()

    def measure():
        draw = make_draw(asked.way, asked.decoder, asked.count)
        for number in range(asked.calls // 10):
            images = draw(number)
        start = time.perf_counter()
        for number in range(asked.calls):
            images = draw(number)
        seconds = time.perf_counter() - start
        return Measurement(asked.calls * asked.count / seconds, float(images.mean()), f"float32, {THREADS} threads")

    measurement.report(measure)
