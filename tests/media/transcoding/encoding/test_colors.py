"""HDR becomes what ordinary screens show: known patches keep their place."""

import numpy as np
import pytest

from media.transcoding.encoding import colors

GREY = np.array([[0.0, 0.0, 0.0], [0.5, 0.5, 0.5], [1.0, 1.0, 1.0]])


def test_pq_and_hlg_are_those_of_the_standards() -> None:
    # BT.2408, table 1: reference white is 58 % of PQ and 75 % of HLG
    assert colors.pq_nits(np.array([0.58]))[0] == pytest.approx(203, rel=0.02)
    assert colors.pq_nits(np.array([0.0, 1.0])) == pytest.approx([0, 10_000])
    white = colors.hlg_nits(np.array([[0.75, 0.75, 0.75]]))[0]
    assert white == pytest.approx([203, 203, 203], rel=0.02)


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_greys_stay_grey_and_in_order(transfer: str) -> None:
    steps = np.linspace(0, 1, 50)
    out = colors.convert(np.stack([steps] * 3, axis=-1), transfer)
    assert np.allclose(out, out[:, :1], atol=1e-4)
    assert (np.diff(out[:, 0]) >= -1e-9).all()
    assert out[0, 0] == pytest.approx(0, abs=0.01)
    assert out[-1, 0] == pytest.approx(1, abs=0.02)
    reference = colors.convert(np.full((1, 3), 0.58 if transfer == "smpte2084" else 0.75), transfer)
    assert 0.75 < reference[0, 0] < 0.95


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_colours_keep_their_hue(transfer: str) -> None:
    red, green, blue = colors.convert(np.eye(3) * 0.5 + 0.1, transfer)
    assert red.argmax() == 0
    assert green.argmax() == 1
    assert blue.argmax() == 2
    for one in (red, green, blue):
        assert (one >= 0).all()
        assert (one <= 1).all()


def test_the_table_has_every_point_once_red_first() -> None:
    lines = colors.cube("smpte2084").splitlines()
    assert lines[0] == f"LUT_3D_SIZE {colors.POINTS}"
    assert len(lines) == 1 + colors.POINTS**3
    second = [float(each) for each in lines[colors.POINTS].split()]
    assert second[0] > second[1] > 0 or second[0] > 0.9
