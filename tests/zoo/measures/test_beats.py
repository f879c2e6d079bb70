import numpy as np
import pytest

from zoo.measures import beats


def beat(*hits, steps=4, drums=2):
    """(step, drum, velocity, offset) of each hit -> [1, steps, 3 drums]."""
    made = np.zeros([3, 1, steps, drums])
    for step, drum, velocity, offset in hits:
        made[:, 0, step, drum] = 1, velocity, offset
    return np.concatenate(made, axis=-1)


def test_by_hand():
    real = np.concatenate([beat((0, 0, 0.8, 0.1), (2, 1, 0.4, -0.2)), beat((1, 0, 0.5, 0.0))])
    made = np.concatenate([beat((0, 0, 0.6, -0.1), (3, 1, 0.4, 0.0)), beat((1, 0, 0.9, 0.4))])
    found = beats.compare(real, made, np.array([100, 60]))
    assert found.hits_f1 == pytest.approx(2 * 2 / (3 + 3))
    assert found.hits_right == pytest.approx(1 - 2 / 16)
    assert found.whole_beats == 0.5
    assert found.velocity_error == pytest.approx((0.2 + 0.4) / 2)
    # A sixteenth takes 150 ms at 100 quarter notes a minute, and 250 ms at 60.
    assert found.timing_error == pytest.approx((0.2 * 150 + 0.4 * 250) / 2)


def test_what_is_equal_has_no_error_and_what_is_empty_is_said():
    real = beat((0, 0, 0.8, 0.1), (2, 1, 0.4, -0.2))
    assert beats.compare(real, real, np.array([100])) == (1.0, 1.0, 1.0, 0.0, 0.0)
    nothing = beats.compare(real, np.zeros_like(real), np.array([100]))
    assert (nothing.hits_f1, nothing.whole_beats) == (0.0, 0.0)
    assert np.isnan([nothing.velocity_error, nothing.timing_error]).all()


def test_the_floor_keeps_the_hits_and_nothing_else():
    real = beat((0, 0, 0.8, 0.1), (2, 1, 0.4, -0.3))
    assert beats.mean_velocity(real) == pytest.approx(0.6)
    np.testing.assert_allclose(beats.on_the_grid(real, 0.6), beat((0, 0, 0.6, 0), (2, 1, 0.6, 0)), atol=1e-6)
    floor = beats.compare(real, beats.on_the_grid(real, 0.6), np.array([150]))
    assert floor == pytest.approx((1.0, 1.0, 1.0, 0.2, 20.0), rel=1e-5)
    assert beats.mean_velocity(np.zeros_like(real)) == 0.0


@pytest.mark.parametrize(
    ("real", "made", "tempos", "message"),
    [
        (beat(), beat(steps=5), [100], r"real, made: expected the same shape \[n, steps, 3 drums\]; got "),
        (beat(), beat(), [100, 90], "tempos: expected 1 positive numbers, one for each beat; got "),
        (beat(), beat(), [0], "tempos: expected 1 positive numbers, one for each beat; got "),
    ],
)
def test_what_does_not_fit_is_refused(real, made, tempos, message):
    with pytest.raises(ValueError, match=f"^{message}") as error:
        beats.compare(real, made, np.array(tempos))
    assert "\n" not in str(error.value)
