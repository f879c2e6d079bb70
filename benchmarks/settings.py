"""What each setting of a DCGAN's training is worth on this machine: ours, and each with one thing changed.

    python -m benchmarks.settings

The networks are those of `benchmarks.training`; the batches are of 64 digits. Every variant trains in turn, for so many
rounds; printed is the median of its images per second, and of its ratio to ours in the same round, with the slowest and
the fastest. Nothing else should run meanwhile.
"""

import statistics
import time

from absl import flags
from tqdm import tqdm

from benchmarks.core import session

BATCH, STEPS, CALL = 64, 64, 16  # images, steps of a round, steps of a call
FLAGS = flags.FLAGS
flags.DEFINE_integer("rounds", 5, "How often each variant is timed.", lower_bound=1)


def variants():
    """{what is changed: a compiled GAN}; first ours."""
    import zoo
    from benchmarks.peers import ours

    policy = zoo.fastest_policy()
    other = "float32" if policy != "float32" else "mixed_bfloat16"
    return {
        f"ours: {policy}, {CALL} steps a call, depth-to-space": ours.dcgan_variant(policy, CALL),
        other: ours.dcgan_variant(other, CALL),
        "XLA": ours.dcgan_variant(policy, CALL, jit_compile=True),
        f"XLA, {other}": ours.dcgan_variant(other, CALL, jit_compile=True),
        "one step a call": ours.dcgan_variant(policy, 1),
        "transposed convolutions": ours.dcgan_variant(policy, CALL, upsampling=ours.transposed),
        "nearest pixels, then convolutions": ours.dcgan_variant(policy, CALL, upsampling=ours.nearest),
    }


def images_per_second(gan):
    """Trains for a round, and says how fast it was."""
    from benchmarks.core import workload
    from benchmarks.peers import ours
    from recipes.data.batches import training_batches

    images = ours.image_set(workload.binary_digits(STEPS * BATCH))
    batches = training_batches(images, BATCH, seed=0)
    start = time.perf_counter()
    gan.fit(batches, steps_per_epoch=STEPS, epochs=1, verbose=0, shuffle=False)
    return STEPS * BATCH / (time.perf_counter() - start)


def table(speeds):
    """Markdown: {what is changed: images/s, one a round}, and beside ours."""
    reference, *_ = speeds.values()
    rows = ["| setting | images/s | / ours (rounds) |", "|---|---|---|"]
    for name, values in speeds.items():
        ratios = [value / ours for value, ours in zip(values, reference)]
        spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
        rows.append(f"| {name} | {statistics.median(values):,.0f} | {spread} |")
    return "\n".join(rows)


def main():
    from export.startup import start_tensorflow

    start_tensorflow()
    gans = variants()
    speeds = {name: [] for name in gans}
    for gan in tqdm(gans.values(), desc="compiling", dynamic_ncols=True):
        images_per_second(gan)
    for _ in tqdm(range(FLAGS.rounds), desc="timing", unit=" rounds", dynamic_ncols=True):
        for name, gan in gans.items():
            speeds[name].append(images_per_second(gan))
    print(f"\n{table(speeds)}")


if __name__ == "__main__":
    session.start(main)
