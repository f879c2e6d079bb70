import re

from conftest import run_python


def test_a_profile_names_the_operations_and_counts_their_arithmetic(tmp_path):
    process = run_python("-m", "benchmarks.profile", "--models=dense_vae", f"--out_dir={tmp_path}")
    assert process.returncode == 0, process.stderr
    text = (tmp_path / "profile.md").read_text()
    assert text in process.stdout
    products = [784 * 512, 512 * 40, 20 * 512, 512 * 784]
    # Forwards, then two backwards; the images need no gradient.
    expected = 2 * 128 * (3 * sum(products) - products[0]) / 1e9
    (work,) = re.findall(r"ms and ([\d.]+) GFLOP a step", text)
    assert float(work) == round(expected, 3)
    rows = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("| ")][1:]
    kinds = {kind.strip(): (float(count), float(ms)) for kind, count, ms in rows}
    if "with XLA" in text:  # which makes the step a single operation, and the profiler sees that of the input alone
        assert "GatherV2" in kinds
    else:
        assert any("MatMul" in kind for kind in kinds)
        # A weight and a bias for each of four layers, of which the profiler may lose some.
        assert kinds["ResourceApplyAdam"][0] <= 8
    assert all(count > 0 and ms > 0 for count, ms in kinds.values())
