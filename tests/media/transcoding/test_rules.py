"""The ladder, the frame grid and the plan, for any source."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.inspection.source import AudioTrack, Source, VideoTrack
from media.transcoding import rules
from media.transcoding.growing.queueing import priority_of


def source(
    width: int = 1920,
    height: int = 1080,
    rate: Fraction = Fraction(30),
    seconds: Fraction = Fraction(60),
    *,
    variable: bool = False,
    sound: bool = True,
) -> Source:
    video = VideoTrack(
        index=0,
        codec="h264",
        width=width,
        height=height,
        coded_width=width,
        coded_height=height,
        rotation=0,
        sar=Fraction(1),
        pix_fmt="yuv420p",
        bit_depth=8,
        frame_rate=rate,
        variable_rate=variable,
        transfer="",
        primaries="",
        matrix="",
        color_range="",
    )
    audio = AudioTrack(1, "aac", 2, 48_000) if sound else None
    return Source("mp4", "mov", seconds, 1_000, video, audio)


sides = st.integers(16, 4096)
rates = st.builds(Fraction, st.integers(1, 240_000), st.just(1001)).filter(lambda r: r <= 245)
lengths = st.builds(Fraction, st.integers(500, 10_800_000), st.just(1000))


class TestLadder:
    """Never upscaled, even, the source's own shape."""

    @given(sides, sides)
    def test_rungs_fit_the_source(self, width: int, height: int) -> None:
        rungs = rules.rungs_of(width, height, Fraction(30))
        assert rungs
        assert [rung.pixels for rung in rungs] == sorted({rung.pixels for rung in rungs})
        assert len({rung.name for rung in rungs}) == len(rungs)
        for rung in rungs:
            assert rung.width % 2 == 0
            assert rung.height % 2 == 0
            # a pixel more than the source at most, where the source is odd
            assert 2 <= rung.width <= width + 1
            assert 2 <= rung.height <= height + 1
            box = sorted((rung.width, rung.height))
            assert box[0] <= 1080 + 1
            assert box[1] <= 1920 + 1

    @given(sides.filter(lambda s: s >= 360), sides.filter(lambda s: s >= 360))
    def test_the_shape_is_kept(self, width: int, height: int) -> None:
        for rung in rules.rungs_of(width, height, Fraction(30)):
            scale = min(rung.width / width, rung.height / height)
            assert abs(rung.width - width * scale) <= 1 + 2 * max(1, width / height)
            assert abs(rung.height - height * scale) <= 1 + 2 * max(1, height / width)

    @pytest.mark.parametrize(
        ("size", "expected"),
        [
            ((1920, 1080), ["v360 640x360", "v540 960x540", "v720 1280x720", "v1080 1920x1080"]),
            ((1080, 1920), ["v360 360x640", "v540 540x960", "v720 720x1280", "v1080 1080x1920"]),
            ((3840, 2160), ["v360 640x360", "v540 960x540", "v720 1280x720", "v1080 1920x1080"]),
            ((1440, 1080), ["v360 480x360", "v540 720x540", "v720 960x720", "v1080 1440x1080"]),
            ((640, 480), ["v360 480x360", "v480 640x480"]),
            ((641, 363), ["v360 636x360"]),
            ((177, 101), ["v101 176x100"]),
            ((2560, 1080), ["v360 640x270", "v540 960x404", "v720 1280x540", "v1080 1920x810"]),
        ],
    )
    def test_ladders(self, size: tuple[int, int], expected: list[str]) -> None:
        rungs = rules.rungs_of(*size, Fraction(30))
        assert [f"{rung.name} {rung.width}x{rung.height}" for rung in rungs] == expected

    def test_caps_grow_with_the_rungs_and_with_the_rate(self) -> None:
        slow = rules.rungs_of(1920, 1080, Fraction(30))
        fast = rules.rungs_of(1920, 1080, Fraction(60))
        assert [rung.bits_max for rung in slow] == sorted(rung.bits_max for rung in slow)
        assert all(b.bits_max > a.bits_max for a, b in zip(slow, fast, strict=True))


class TestGrid:
    """A constant rate, near the source's, on which segments stand."""

    @pytest.mark.parametrize(
        ("rate", "variable", "expected"),
        [
            (Fraction(30), False, Fraction(30)),
            (Fraction(2997, 100), False, Fraction(30_000, 1001)),
            (Fraction(29_87, 100), True, Fraction(30_000, 1001)),
            (Fraction(120), False, Fraction(60)),
            (Fraction(240), False, Fraction(60)),
            (Fraction(90), False, Fraction(45)),
            (Fraction(1), False, Fraction(10)),
            (Fraction(17), True, Fraction(20)),
            (Fraction(29), False, Fraction(29)),
            (Fraction(60), True, Fraction(60)),
        ],
    )
    def test_rates(self, rate: Fraction, *, variable: bool, expected: Fraction) -> None:
        assert rules.output_rate(rate, variable=variable) == expected

    @given(rates, st.booleans(), lengths)
    def test_segments_are_about_two_seconds(
        self, rate: Fraction, variable: bool, seconds: Fraction
    ) -> None:
        made = source(rate=rate, variable=variable, seconds=seconds)
        grid = rules.grid_of(made.video, seconds)
        assert Fraction(99, 10) <= grid.rate <= Fraction(601, 10)
        assert Fraction(19, 10) <= grid.gop / grid.rate <= Fraction(21, 10)
        assert abs(grid.seconds - seconds) <= 1 / grid.rate
        assert Fraction(grid.timescale, grid.ticks) == grid.rate
        assert grid.timescale < 2**31


class TestPieces:
    """Every frame in one piece, every piece on the grid."""

    @given(rates, lengths)
    def test_every_rung_of_every_frame_is_encoded_once(
        self, rate: Fraction, seconds: Fraction
    ) -> None:
        plan = rules.plan_for(source(rate=rate, seconds=seconds))
        made: dict[str, list[int]] = {rung.name: [] for rung in plan.rungs}
        for run, pieces in plan.pictures.items():
            assert [piece.number for piece in pieces] == list(range(len(pieces)))
            for piece in pieces:
                assert piece.count > 0
                for rung in plan.rungs_of(run):
                    made[rung.name] += [piece.first, piece.first + piece.count]
        for edges in made.values():
            inner = sorted(edges)[1:-1]
            assert (min(edges), max(edges)) == (0, plan.grid.frames)
            assert inner[::2] == inner[1::2], "no gap, and nothing twice"

    @given(rates, lengths)
    def test_a_piece_is_whole_segments(self, rate: Fraction, seconds: Fraction) -> None:
        plan = rules.plan_for(source(rate=rate, seconds=seconds))
        for piece in (*plan.early, *plan.ladder, *plan.rest, *plan.av1):
            end = piece.first + piece.count
            assert piece.first % plan.grid.gop == 0
            assert piece.first - piece.warm_up >= 0
            assert piece.warm_up < plan.grid.gop
            assert end + piece.run_out <= plan.grid.frames
            if end < plan.grid.frames:
                assert end % plan.grid.gop == 0
                assert 0 < piece.run_out < plan.grid.gop

    @given(rates, lengths)
    def test_jobs_of_a_film_are_in_the_order_of_its_plan(
        self, rate: Fraction, seconds: Fraction
    ) -> None:
        plan = rules.plan_for(source(rate=rate, seconds=seconds))
        waiting = [
            priority_of(plan, run, each) for run in plan.pictures for each in plan.pictures[run]
        ]
        assert waiting == sorted(waiting, reverse=True)
        assert waiting[-1] > 0, "AV1 is behind everything"

    def test_the_beginning_of_any_film_goes_before_the_later_parts_of_all(self) -> None:
        clip, hour = (rules.plan_for(source(seconds=Fraction(s))) for s in (13, 3600))
        last = priority_of(clip, "ladder", clip.ladder[-1])
        assert all(last > priority_of(hour, "rest", each) for each in hour.rest)
        assert all(last < priority_of(hour, "early", each) for each in hour.early)
        minute = rules.plan_for(source(seconds=Fraction(60)))
        last = priority_of(minute, "rest", minute.rest[-1])
        later = [priority_of(hour, "rest", each) for each in hour.rest if each.first >= 60 * 30]
        assert later[0] < last
        assert len(set(later)) == 3

    def test_the_head_is_a_quarter_of_a_minute(self) -> None:
        plan = rules.plan_for(source(seconds=Fraction(3600)))
        assert [piece.count for piece in plan.early] == [60, 120, 240]
        assert plan.ladder == plan.early, "its frames are held for it"
        assert plan.rest[0].first == 30 * 14
        short = rules.plan_for(source(seconds=Fraction(13)))
        assert [piece.count for piece in short.early] == [60, 120, 210]
        assert short.rest == ()

    def test_the_last_pieces_are_short(self) -> None:
        assert rules.sizes_of(1) == [1]
        assert rules.sizes_of(15) == [5, 4, 2, 2, 1, 1]
        assert rules.sizes_of(60) == [8, 8, 8, 8, 8, 7, 5, 3, 2, 1, 1, 1]

    @given(st.integers(0, 4000))
    def test_nobody_waits_long_for_the_last_piece(self, segments: int) -> None:
        rest = segments
        for size in rules.sizes_of(segments):
            assert 1 <= size <= min(8, -(-rest // 3))
            rest -= size
        assert rest == 0

    def test_one_rung_has_no_ladder_to_wait_for(self) -> None:
        assert rules.plan_for(source(320, 180)).ladder == ()

    def test_the_plan_follows_from_the_source(self) -> None:
        assert rules.plan_for(source()) == rules.plan_for(source())
        assert not rules.plan_for(source(sound=False)).sound


class TestMeasures:
    """Rates and quality."""

    @given(st.lists(st.integers(0, 9_000), min_size=1, max_size=200), st.integers(1, 60))
    def test_no_second_passes_the_peak(self, sizes: list[int], rate: int) -> None:
        peak = rules.peak_bits(sizes, Fraction(rate))
        seconds = [sum(sizes[at : at + rate]) * 8 for at in range(len(sizes))]
        assert peak == max(seconds)
        assert rules.average_bits([100] * 30, Fraction(30)) == 24_000

    def test_rungs_that_show_nothing_more_are_dropped(self) -> None:
        quality = [("v360", 0.93), ("v540", 0.96), ("v720", 0.9645), ("v1080", 0.9655)]
        assert rules.kept_rungs(quality) == ["v360", "v540", "v1080"]
        flat = [("v360", 0.999), ("v540", 0.9995), ("v720", 1.0)]
        assert rules.kept_rungs(flat) == ["v360"]

    @given(st.integers(1, 4000))
    def test_samples_are_spread(self, segments: int) -> None:
        found = rules.sampled_segments(segments)
        assert found == sorted(set(found))
        assert 1 <= len(found) <= 5
        assert found[-1] < segments
