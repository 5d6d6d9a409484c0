"""A run that is interrupted or killed between two portions, or while it writes, leaves nothing half-written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Kills itself when a function of ours begins for the so-manieth time: the same place on any machine, however fast.
_SCRIPT = """
import os, sys
name, times, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
def watch(frame, event, argument):
    global times
    if event == "call" and frame.f_code.co_qualname == name:
        times -= 1
        if not times:
            sys.setprofile(None)
            os.kill(os.getpid(), number)
sys.setprofile(watch)
sys.argv = ["zm", *sys.argv[4:]]
from zhengming.__main__ import main
main()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "zhengming.toml").write_text("[large]\nbeyond = 20\nportion = 10\n", encoding="utf-8")
    rows = [f"金小树,男,2020-01-{number % 28 + 1:02},室缺,{number}" for number in range(60)]
    (tmp_path / "a.csv").write_text("\n".join(["患儿姓名,性别,出生日期,诊断,总费用", *rows]), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "name", "times"),
    [
        (signal.SIGINT, "Frames.add", 7),
        (signal.SIGINT, "Frames.__getitem__", 4),
        (signal.SIGKILL, "Frames.__getitem__", 4),
    ],
    ids=["interrupted while cleaning", "interrupted while writing", "killed while writing"],
)
def test_nothing_is_half_written(folder: Path, number: int, name: str, times: int) -> None:
    command = [sys.executable, "-c", _SCRIPT, name, str(times), str(int(number)), "clean", "a.csv", "-o", "out"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert done.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL)
    left = [path for path in (folder / "out").rglob("*") if path.is_file() and not path.name.startswith(".zm-")]
    assert left == []
    if number == signal.SIGINT:
        assert list((folder / "out").rglob(".zm-*")) == []
