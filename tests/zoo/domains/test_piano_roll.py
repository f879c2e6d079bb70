import numpy as np
from PIL import ImageColor

from zoo.domains.piano_roll import COLOURS, GAP, PANEL, draw
from zoo.domains.windows import as_score

HELD = [-2] * 7


def pixels(scores, columns=1):
    return np.asarray(draw(scores, columns)).astype(int)


def is_near(pixel, colour):
    return np.abs(pixel - ImageColor.getrgb(colour)).max() < 40


def test_a_note_is_where_its_time_and_pitch_are():
    """16 steps of 16 pixels; pitches 59 to 73, from the bottom to the top, of 8 pixels each."""
    picture = pixels([as_score([60, *HELD, 72, *HELD])])
    assert picture.shape == (15 * 8 + 2 * GAP, 16 * 16 + 2 * GAP, 3)
    x = lambda step: GAP + 16 * step + 8  # noqa: E731
    y = lambda pitch: GAP + 8 * (73 - pitch) + 4  # noqa: E731
    assert is_near(picture[y(60), x(3)], COLOURS[0])
    assert is_near(picture[y(72), x(12)], COLOURS[0])
    for pitch, step in ((60, 12), (72, 3), (66, 3), (61, 3)):
        assert is_near(picture[y(pitch), x(step)], PANEL)
    assert picture[0, 0].tolist() == [255, 255, 255]


def test_a_note_that_is_played_again_is_seen_as_two():
    once, twice = (pixels([as_score([60, *HELD[:3], second, *HELD[:3]])]) for second in (-2, 60))
    row, begin = GAP + 8 + 4, GAP + 4 * 16
    assert is_near(once[row, begin + 2], COLOURS[0])
    assert twice[row, begin + 3].sum() < 0.7 * once[row, begin + 3].sum()  # its dark head
    assert twice[row, begin - 1].sum() > 1.2 * once[row, begin - 1].sum()  # the gap before it


def test_voices_have_colours_of_their_own_and_are_both_seen_where_they_meet():
    columns = [[72, 60, 60, 48], *[[-2] * 4] * 7]
    picture = pixels([as_score(np.array(columns))])
    for colour in COLOURS:
        assert (np.abs(picture - ImageColor.getrgb(colour)).max(-1) < 40).any()


def test_bars_beats_and_octaves_are_faint_and_not_the_same():
    picture = pixels([as_score([61, *HELD, *HELD, -2, 61, *HELD, *HELD, -2])])
    row = picture[GAP + 2]
    beat, bar, between = (row[GAP + 16 * step] for step in (4, 16, 6))
    assert bar.sum() < beat.sum() < between.sum()
    assert bar.min() > 150


def test_panels_stand_in_rows_and_share_their_pitches():
    low, high = as_score([48, *HELD]), as_score([72, *HELD])
    picture = pixels([low, high, low], columns=2)
    width = (picture.shape[1] - GAP) // 2 - GAP
    height = (picture.shape[0] - GAP) // 2 - GAP
    panels = [picture[y : y + height, x : x + width] for y in (GAP, 2 * GAP + height) for x in (GAP, 2 * GAP + width)]
    np.testing.assert_array_equal(panels[0], panels[2])
    assert (panels[3] == 255).all()
    middle = width // 2
    (top,), (bottom,) = (
        {i // (height // 2) for i in range(height) if is_near(panel[i, middle], COLOURS[0])} for panel in panels[1::-1]
    )
    assert (top, bottom) == (0, 1)


def test_a_hundred_panels_fit_a_screen_and_silence_has_a_picture():
    windows = [as_score(np.full([32], -1)), *[as_score([60, *HELD, 67, *HELD, *HELD, *HELD, -2, -2])] * 99]
    width, height = draw(windows, 10).size
    assert width <= 1_900
    assert height <= 1_900
    assert draw([as_score(np.full([32], -1))], 1).size[0] > 0
