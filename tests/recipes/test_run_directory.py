import json

import pytest

from recipes import UserError
from recipes.harness.run_directory import RunDirectory

SETTINGS = {"epochs": 3, "beta": 1.0}


def begin(path, settings=SETTINGS, data="9 images", fingerprint=None, **options):
    run = RunDirectory(path, settings, **{"recipe": "vae", **options})
    run.begin(data, fingerprint)
    return run


def test_another_run_is_refused_and_left_alone(tmp_path):
    begin(tmp_path)
    with pytest.raises(UserError, match=r"holds another run \(run\.json\); give --resume"):
        RunDirectory(tmp_path, {"epochs": 4})
    saved = json.loads((tmp_path / "run.json").read_text())
    assert saved.pop("id")
    assert saved == {"recipe": "vae", **SETTINGS, "trained_on": "9 images"}


def test_a_run_has_an_id_of_its_own_that_it_keeps(tmp_path):
    run = begin(tmp_path)
    assert begin(tmp_path, resume=True).id == run.id == RunDirectory(tmp_path, SETTINGS, writes=False).id
    assert begin(tmp_path / "other").id != run.id
    assert RunDirectory(tmp_path / "empty", SETTINGS).id is None


def test_overwrite_removes_what_a_run_wrote_and_nothing_else(tmp_path):
    run = begin(tmp_path)
    run.write_json("metrics.json", {})
    (tmp_path / "notes.txt").write_text("mine")
    unused = RunDirectory(tmp_path, {"epochs": 4}, overwrite=True)
    assert (tmp_path / "metrics.json").exists()  # not before the new run begins
    unused.begin("9 images")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "run.json", "run_files.txt"]


def test_overwrite_removes_files_of_any_kind_and_no_strangers(tmp_path):
    run = begin(tmp_path)
    for name in ("samples.wav", "progress/epoch_0001.wav"):
        with run.new_file(name) as path:
            path.write_text("sound")
    run.written.claim("logs/")
    (tmp_path / "logs" / "train").mkdir(parents=True)
    (tmp_path / "logs" / "train" / "events").write_text("curves")
    (tmp_path / "progress" / "mine.wav").write_text("mine")
    (tmp_path / "notes.png").write_text("mine")
    (tmp_path / ".samples.wav").write_text("what a killed process was writing")
    begin(tmp_path, overwrite=True)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["notes.png", "progress/mine.wav", "run.json", "run_files.txt"]


@pytest.mark.parametrize("option", ["resume", "overwrite"])
def test_what_a_run_would_write_over_at_its_end_is_said_at_its_start(tmp_path, option):
    begin(tmp_path)
    (tmp_path / "samples.png").write_text("mine")
    with pytest.raises(UserError, match=r"holds samples\.png, and no run made it; move it away"):
        begin(tmp_path, **{option: True})


def test_a_run_never_writes_over_what_it_did_not_make(tmp_path):
    run = begin(tmp_path)
    (tmp_path / "samples.wav").write_text("mine")
    with (
        pytest.raises(UserError, match=r"samples\.wav is there, and no run made it; move it away and go on"),
        run.new_file("samples.wav"),
    ):
        raise AssertionError
    assert (tmp_path / "samples.wav").read_text() == "mine"
    with run.new_file("samples.mid") as path:
        path.write_text("one")
    with begin(tmp_path, resume=True).new_file("samples.mid") as path:  # its own it may
        path.write_text("two")
    assert (tmp_path / "samples.mid").read_text() == "two"


def test_a_run_of_before_they_noted_their_files(tmp_path):
    begin(tmp_path)
    (tmp_path / "run_files.txt").unlink()
    for name in ("samples.png", "checkpoints/epoch_000001.keras", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("made by a run, but for the notes")
    resumed = begin(tmp_path, resume=True)
    assert resumed.can_be_resumed
    with resumed.new_file("samples.png") as path:
        path.write_text("new")
    (tmp_path / "run_files.txt").unlink()
    begin(tmp_path, overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "run.json", "run_files.txt"]


def test_a_run_that_was_killed_while_it_replaced_another(tmp_path):
    run = begin(tmp_path)
    run.write_json("metrics.json", {})
    (tmp_path / "run.json").unlink()
    begin(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.json", "run_files.txt"]


def test_a_run_goes_on_with_the_data_that_it_began_with(tmp_path):
    begin(tmp_path)
    begin(tmp_path, resume=True)
    with pytest.raises(UserError, match="resume: .* is trained on 9 images; got 8 images. See --data_dir"):
        begin(tmp_path, data="8 images", resume=True)


def test_a_run_notices_that_its_data_were_replaced_by_as_many_others(tmp_path):
    begin(tmp_path / "new", fingerprint="1234abcd")
    begin(tmp_path / "new", fingerprint="1234abcd", resume=True)
    with pytest.raises(UserError, match="resume: the 9 images are not those that the run at .* is trained on") as error:
        begin(tmp_path / "new", fingerprint="ffffffff", resume=True)
    assert "\n" not in str(error.value)
    begin(tmp_path / "old")  # one that was begun before runs had fingerprints
    begin(tmp_path / "old", fingerprint="ffffffff", resume=True)


def test_numbers_that_json_has_not_are_null(tmp_path):
    run = begin(tmp_path)
    run.write_json("metrics.json", {"nll": 1.5, "error": float("nan"), "parts": [{"worst": float("inf")}], "count": 2})
    text = (tmp_path / "metrics.json").read_text()
    assert json.loads(text) == {"nll": 1.5, "error": None, "parts": [{"worst": None}], "count": 2}
    assert "NaN" not in text


def test_a_run_can_be_resumed_once_it_has_a_checkpoint(tmp_path):
    run = begin(tmp_path)
    assert not run.can_be_resumed
    with run.new_checkpoint(1) as path:
        path.write_text("weights")
    assert run.can_be_resumed
    replaced = RunDirectory(tmp_path, SETTINGS, overwrite=True, recipe="vae")
    assert not replaced.can_be_resumed  # not by this one
    replaced.begin("9 images")
    assert not replaced.can_be_resumed


def test_a_strangers_file_is_not_taken_for_ours(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    begin(tmp_path)  # nothing of ours there: welcome
    other = tmp_path / "other"
    other.mkdir()
    (other / "model.keras").write_text("mine")
    for options in ({}, {"overwrite": True}):
        with pytest.raises(UserError, match=r"holds model\.keras, and no run made it; move it away"):
            RunDirectory(other, SETTINGS, **options)
    assert (other / "model.keras").read_text() == "mine"


def test_resume_wants_the_same_settings(tmp_path):
    begin(tmp_path)
    RunDirectory(tmp_path, SETTINGS, resume=True, recipe="vae")
    with pytest.raises(UserError, match="--beta is 1.0 in the run.*got 2.0"):
        RunDirectory(tmp_path, {**SETTINGS, "beta": 2.0}, resume=True, recipe="vae")
    with pytest.raises(UserError, match=r"resume: the run at .* is one of recipes\.vae; got recipes\.gan\."):
        RunDirectory(tmp_path, SETTINGS, resume=True, recipe="gan")


def test_what_says_how_to_measure_may_be_another(tmp_path):
    begin(tmp_path, {"epochs": 3, "iw_images": 100})
    begin(tmp_path, {"epochs": 3, "iw_images": 200}, resume=True, may_change={"iw_images"})
    assert json.loads((tmp_path / "run.json").read_text())["iw_images"] == 100
    with pytest.raises(UserError, match="--epochs is 3 in the run"):
        begin(tmp_path, {"epochs": 4, "iw_images": 200}, resume=True, may_change={"iw_images"})


def test_a_run_of_before_a_setting_was_renamed(tmp_path):
    begin(tmp_path, {"average_halflife": 50.0})
    begin(tmp_path, {"ema_halflife": 50.0}, resume=True)
    with pytest.raises(UserError, match="--ema_halflife is 50.0 in the run"):
        begin(tmp_path, {"ema_halflife": 60.0}, resume=True)


def test_resume_wants_a_run(tmp_path):
    with pytest.raises(UserError, match="no run to go on with"):
        RunDirectory(tmp_path, SETTINGS, resume=True)


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="out_dir: .* can't be written"):
        RunDirectory(tmp_path / "file" / "run", SETTINGS)


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    run = begin(tmp_path)
    run.write_json("metrics.json", {"old": 1})
    with pytest.raises(OSError, match="full"), run.new_file("metrics.json") as path:  # noqa: PT012
        path.write_text("half")
        raise OSError("full")
    assert json.loads((tmp_path / "metrics.json").read_text()) == {"old": 1}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["metrics.json", "run.json", "run_files.txt"]


def test_another_programs_list_of_files_is_not_taken_for_ours(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    (tmp_path / "run_files.txt").write_text("letter.txt\n")
    for options in ({}, {"overwrite": True}):
        with pytest.raises(UserError, match=r"holds run_files\.txt, and no run made it"):
            RunDirectory(tmp_path, SETTINGS, **options)
    assert (tmp_path / "letter.txt").exists()


def test_a_list_of_files_names_none_outside(tmp_path):
    out = tmp_path / "out"
    begin(out)
    (tmp_path / "letter.txt").write_text("dear")
    with open(out / "run_files.txt", "a") as note:
        note.write(f"../letter.txt\n{tmp_path / 'letter.txt'}\n")
    begin(out, overwrite=True)
    assert (tmp_path / "letter.txt").exists()


def test_a_note_with_an_empty_line_is_not_the_whole_directory(tmp_path):
    RunDirectory(tmp_path, {}).begin("digits")
    with open(tmp_path / "run_files.txt", "a") as note:
        note.write("\n.\n ../elsewhere\n")
    (tmp_path / "thesis.txt").write_text("mine")
    RunDirectory(tmp_path, {}, overwrite=True).begin("digits")
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_a_damaged_run_is_one_line(tmp_path):
    RunDirectory(tmp_path, {}).begin("digits")
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UserError, match="resume: .*run.json is damaged; give --overwrite"):
        RunDirectory(tmp_path, {}, resume=True)
