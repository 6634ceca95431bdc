"""The app killed at random moments of a download."""

from __future__ import annotations

from pathlib import Path

from driver.killed_download import kill_download

_MIB = 1 << 20


def test_a_download_outlives_eight_kills_and_fetches_next_to_nothing_twice(tmp_path: Path) -> None:
    report = kill_download(tmp_path / "data", kills=8, seed=5, size_bytes=40_000_000)

    assert report.kills == 8
    assert report.is_right
    assert report.left_over == []
    assert report.noted_bytes == sorted(report.noted_bytes)
    assert report.noted_bytes[-1] > report.noted_bytes[0]
    assert max(report.lost_bytes) <= _MIB
    assert report.twice_bytes <= report.kills * _MIB
