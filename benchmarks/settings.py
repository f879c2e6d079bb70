"""What each setting of a DCGAN's training is worth on this machine: ours, and each with one thing changed.

    python -m benchmarks.settings

The networks are those of `benchmarks.training`; the batches are of 64 digits. Every variant trains in turn, for so many
rounds; printed is the median of its images a second, and of its ratio to ours in the same round, with the slowest and
the fastest. Nothing else should run meanwhile.
"""

import statistics

from absl import flags
from tqdm import tqdm

from benchmarks.core import session

BATCH, STEPS, CALL = 64, 64, 16  # images, steps of a round, steps of a call
FLAGS = flags.FLAGS
flags.DEFINE_integer("rounds", 5, "How often each variant is timed.", lower_bound=1)


def main():
    from export.startup import start_tensorflow

    start_tensorflow()
    import zoo
    from benchmarks import settings_parts as parts

    ours = zoo.fastest_policy()
    other = "float32" if ours != "float32" else "mixed_bfloat16"
    variants = {
        f"ours: {ours}, {CALL} steps a call, depth-to-space": parts.variant(ours, CALL),
        other: parts.variant(other, CALL),
        "XLA": parts.variant(ours, CALL, jit_compile=True),
        f"XLA, {other}": parts.variant(other, CALL, jit_compile=True),
        "one step a call": parts.variant(ours, 1),
        "transposed convolutions": parts.variant(ours, CALL, upsampling=parts.transposed),
        "nearest pixels, then convolutions": parts.variant(ours, CALL, upsampling=parts.nearest),
    }
    speeds = {name: [] for name in variants}
    for gan in tqdm(variants.values(), desc="compiling", dynamic_ncols=True):
        parts.images_per_second(gan, BATCH, STEPS)
    for _ in tqdm(range(FLAGS.rounds), desc="timing", unit=" rounds", dynamic_ncols=True):
        for name, gan in variants.items():
            speeds[name].append(parts.images_per_second(gan, BATCH, STEPS))
    reference, *_ = speeds.values()
    print("\n| setting | images/s | / ours (rounds) |\n|---|---|---|")
    for name, values in speeds.items():
        ratios = [value / ours for value, ours in zip(values, reference)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        print(f"| {name} | {statistics.median(values):,.0f} | {spread} |")


if __name__ == "__main__":
    session.start(main)
