import json
import sys

import pytest

from benchmarks.core import measurement, session
from benchmarks.core.measurement import Comparison, Measurement, Side, WorkerError

REPORT = "from benchmarks.core.measurement import Measurement, report; "


def side(name, *speeds):
    return Side(name, [], [Measurement(speed, 100.0 + speed, "float32") for speed in speeds])


@pytest.fixture
def comparisons():
    """Two models; of one, two cases."""
    return [
        Comparison("vae", "batch 32", [side("ours", 300, 200, 400), side("peer", 100, 200, 50)]),
        Comparison("vae", "batch 128", [side("ours", 3000), side("peer", 1500)]),
        Comparison("gan", "batch 64", [side("ours", 10), side("peer", 20), side("other", 5)]),
    ]


def program(text):
    return ["-c", text]


def test_a_process_reports_what_it_measured(tmp_path):
    log = tmp_path / "log"
    command = program(REPORT + "print('chatter'); report(lambda: Measurement(2.5, -1.0, 'float32'))")
    assert measurement.run(command, log) == Measurement(2.5, -1.0, "float32")
    assert "chatter" in log.read_text()


def test_a_command_line_names_a_function_and_its_arguments(monkeypatch, capsys):
    def train(model, epochs):
        return Measurement(2.0 * epochs, 0.0, model)

    _, _, *arguments = measurement.call("ours", "train", "vae", 3)
    monkeypatch.setattr(sys, "argv", ["ours.py", *arguments])
    measurement.report_one(print, train)
    assert json.loads(capsys.readouterr().out) == {"images_per_second": 6.0, "outcome": 0.0, "setting": "vae"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (REPORT + "report(lambda: {}['batch'])", "KeyError: 'batch'"),
        (REPORT + r"report(lambda: int('a\nb'))", "ValueError: invalid literal"),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by signal 9"),
        ("print('no measurement')", "expected a measurement in its last line; got 'no measurement'"),
        ("import os; os._exit(3)", "exit status 3"),
    ],
)
def test_a_failure_is_one_line(text, reason, tmp_path):
    log = tmp_path / "log"
    log.write_text("an earlier line\n")
    broken = Comparison("vae", "batch 32", [Side("ours", program(text))])
    with pytest.raises(WorkerError) as caught:
        measurement.measure_all([broken], rounds=1, log_path=log)
    message = str(caught.value)
    assert message.startswith(f"vae, batch 32, ours failed ({reason}")
    assert message.endswith(f"see {log}.")
    assert "\n" not in message


def test_every_side_is_first_once(monkeypatch):
    order = []

    def run(command, log_path):
        order.append(command)
        return Measurement(float(len(order)), 0.0, "")

    monkeypatch.setattr(measurement, "run", run)
    comparison = Comparison("vae", "batch 32", [Side(name, name) for name in "abc"])
    measurement.measure_all([comparison], rounds=3, log_path=None)
    assert order == list("abcbcacab")
    assert comparison.sides[1].speeds == [2, 4, 9]


def test_ratios(comparisons):
    first = comparisons[0]
    assert first.ratio(first.peers[0]) == 300 / 100  # of the medians, not the median 3 of the ratios by chance
    assert first.ratios(first.peers[0]) == [3, 1, 8]
    assert [comparisons[2].ratio(peer) for peer in comparisons[2].peers] == [0.5, 2]


def test_the_table(comparisons):
    head, *rows = session.table(comparisons).splitlines()
    assert head.split() == ["model", "case", "side", "images/s", "ours", "is", "faster", "by", "(rounds)", "setting"]
    assert len(rows) == 7
    assert rows[0].split() == ["vae", "batch", "32", "ours", "300", "(200-400)", "float32"]
    assert rows[1].split() == ["vae", "batch", "32", "peer", "100", "(50-200)", "3.00", "(1.00-8.00)", "float32"]
    assert rows[2].split() == ["vae", "batch", "128", "ours", "3,000", "(3,000-3,000)", "float32"]


def test_files(comparisons, tmp_path):
    (tmp_path / "speed.json").write_text("of an earlier run")
    session.save(tmp_path, "speed", comparisons, {"epochs": 4}, title="a machine")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["speed.json", "speed.png"]
    saved = json.loads((tmp_path / "speed.json").read_text())
    assert saved["epochs"] == 4
    result = saved["results"][0]
    assert (result["model"], result["case"]) == ("vae", "batch 32")
    assert result["sides"]["ours"]["images_per_second"] == [300, 200, 400]
    assert result["sides"]["ours"]["outcome"] == [400, 300, 500]
    assert result["sides"]["peer"]["median_images_per_second"] == 100
    assert result["ratio_of_medians"] == {"peer": 3}
    assert result["ratios"] == {"peer": [3, 1, 8]}


def test_nothing_is_saved_when_the_plot_fails(comparisons, tmp_path, monkeypatch):
    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(session, "save_plot", fail)
    with pytest.raises(OSError, match="disk full"):
        session.save(tmp_path, "speed", comparisons, {}, title="")
    assert not list(tmp_path.iterdir())


def test_the_machine():
    machine = measurement.machine(["numpy"])
    assert machine["cores"] >= 1
    assert machine["numpy"] == sys.modules["numpy"].__version__
