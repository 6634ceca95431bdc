"""How often the kernel ended a program for memory: from files as Linux has them."""

from __future__ import annotations

from pathlib import Path

from llama_desktop.infrastructure.llama.oom_killer import count_oom_kills


def test_the_machine_and_our_container_are_both_asked(tmp_path: Path) -> None:
    vmstat, cgroup = tmp_path / "vmstat", tmp_path / "cgroup"
    vmstat.write_text("nr_free_pages 1\noom_kill 3\n")
    cgroup.write_text("12:x:/old\n0::/app.slice\n")
    events = tmp_path / "app.slice" / "memory.events"
    events.parent.mkdir()
    events.write_text("low 0\noom 6\noom_kill 5\noom_group_kill 0\n")
    assert count_oom_kills(vmstat=vmstat, cgroup=cgroup, cgroups=tmp_path) == 5
    events.unlink()
    assert count_oom_kills(vmstat=vmstat, cgroup=cgroup, cgroups=tmp_path) == 3


def test_a_system_that_does_not_tell_is_believed_nothing(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert count_oom_kills(vmstat=gone, cgroup=gone, cgroups=gone) is None
