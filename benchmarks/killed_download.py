"""A download whose app is killed 50 times: what came twice, and whether the file is right.

PYTHONPATH=tests python -m benchmarks.killed_download [KILLS] [SEED]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from driver.killed_download import kill_download

_KIB = 1024


def main(kills: int = 50, seed: int = 1) -> int:
    """Kill, count, print; 1: a byte was wrong, or a kill cost more than 1 MiB."""
    with tempfile.TemporaryDirectory(prefix="llama-desktop-kill-") as name:
        report = kill_download(
            Path(name) / "data", kills=kills, seed=seed, size_bytes=kills * 5_000_000
        )
    largest = max(report.lost_bytes)
    print(f"{report.kills} kills; the file is {'right' if report.is_right else 'WRONG'}")
    print(
        "fetched again although it was on the disk, for each kill: "
        f"median {statistics.median(report.lost_bytes) / _KIB:.0f} KiB, "
        f"largest {largest / _KIB:.0f} KiB"
    )
    print(
        "sent twice by the server, what lay in sockets included: "
        f"{report.twice_bytes / report.kills / _KIB:.0f} KiB for each kill"
    )
    return 0 if report.is_right and largest <= 1024 * _KIB else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
