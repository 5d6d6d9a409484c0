"""A process that is killed at any moment, or whose disk is full, leaves the old state or the new one."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest

from zhengming.dictionary import history, lint, local, publishing, release, source, verification
from zhengming.dictionary.editing import Why
from zhengming.dictionary.lifecycle import Lifecycle
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.publishing import Order
from zhengming.errors import DictionaryError, UnwritableFile
from zhengming.files import DISK, System

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are forked and killed by signals")

MOMENTS = 34  # for each of three kinds of work; together 102
WHY = Why("li", "2026-11-25", "as agreed")


class Countdown:
    """Ends the process by SIGKILL when it is about to run its `number`-th line; counts lines if that is 0."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.lines = 0

    def trace(self, _frame: FrameType, event: str, _argument: object) -> Callable[..., object]:
        if event == "line":
            self.lines += 1
            if self.lines == self.number:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.trace

    def run(self, work: Callable[[], object]) -> int:
        re.purge()  # a pattern that another test left behind, or this one, would make the work shorter
        before = sys.gettrace()
        sys.settrace(self.trace)
        try:
            work()
        finally:
            sys.settrace(before)
        return self.lines


def killed(work: Callable[[], object], number: int) -> bool:
    """Do the work in a process of its own that is killed at its `number`-th line; whether it was."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the child only computes, and starts no threads
        child = os.fork()
    if not child:
        try:
            Countdown(number).run(work)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def moments(work: Callable[[], object], fresh: Callable[[], None], seed: str) -> Iterator[int]:
    work()  # what is imported and remembered once is not counted
    fresh()
    lines = Countdown(0).run(work)
    assert lines > 1000
    chosen = random.Random(seed)
    # Half of them near the end, where files take their places.
    yield from (chosen.randint(1 if turn % 2 else lines * 3 // 4, lines) for turn in range(MOMENTS))


@pytest.fixture
def fresh(tmp_path: Path, mine: Path, kept: Path) -> Callable[[], None]:
    """Puts the source and the store back to the state they have now: one release, and a source that has gone on."""
    publishing.publish(mine, Order("2026-11-25"), check=lint.check)
    terms = mine / "categories" / "sex" / "terms.csv"
    header, *rows = terms.read_text(encoding="utf-8").splitlines()
    terms.write_text(
        "\n".join([header, *sorted([*rows, "1,男的呀,synonym,zh,,exact,test,,"])]) + "\n", encoding="utf-8"
    )
    (mine / "dictionary.toml").write_text('id = "mine"\nversion = "1.0.1"\n', encoding="utf-8")
    (tmp_path / "saved").mkdir()
    for folder in (mine, kept):
        shutil.copytree(folder, tmp_path / "saved" / folder.name)

    def restore() -> None:
        for folder in (mine, kept):
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / "saved" / folder.name, folder)
        (tmp_path / "a.sqlite").unlink(missing_ok=True)

    return restore


def test_a_lifecycle_command_killed_at_any_moment_has_happened_or_not(mine: Path, fresh: Callable[[], None]) -> None:
    def work() -> None:
        Lifecycle(mine, "sex").unite("9", "0", WHY)

    old = source.digest(mine)
    times = list(moments(work, fresh, "lifecycle"))
    new = source.digest(mine)
    assert old != new
    ends = set()
    for number in times:
        fresh()
        assert killed(work, number)
        digest = Dictionary.open(mine).sha256
        ends.add(digest)
        assert digest in {old, new}
        assert lint.check(mine) == []
        Lifecycle(mine, "sex").rename("1", "男人", WHY)  # nothing is in the way of the next
    assert old in ends


def test_a_release_killed_at_any_moment_is_made_or_not(mine: Path, kept: Path, fresh: Callable[[], None]) -> None:
    def work() -> None:
        publishing.publish(mine, Order("2026-11-26"), check=lint.check)

    for number in moments(work, fresh, "release"):
        fresh()
        assert killed(work, number)
        for folder in (mine, kept / "mine"):
            assert verification.verify(folder).wrong == []
        assert Dictionary.open("mine@1.0.0").version == "1.0.0"
        made = len(history.read(kept / "mine" / history.NAME)) == 2
        try:
            assert Dictionary.open("mine@1.0.1").version == "1.0.1"
        except DictionaryError:
            assert not made
        work()  # the next attempt completes it
        assert verification.verify(local.find("mine", "1.0.1"), root=mine).wrong == []
        assert [one.version for one in history.read(mine / history.NAME)] == ["1.0.0", "1.0.1"]


def test_a_build_killed_at_any_moment_leaves_the_old_file_or_the_new(
    mine: Path, tmp_path: Path, fresh: Callable[[], None]
) -> None:
    target = tmp_path / "a.sqlite"

    def work() -> None:
        release.build(mine, target)

    times = list(moments(work, fresh, "build"))
    new = target.read_bytes()
    for number in times:
        target.write_bytes(b"old")
        assert killed(work, number)
        assert target.read_bytes() in (b"old", new)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("step", ["create", "sync", "replace"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_disk_that_fails_during_a_release_leaves_the_old_state(
    mine: Path, kept: Path, fresh: Callable[[], None], step: str, number: int, code: int
) -> None:
    left = number

    def failing(*arguments: object) -> object:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(code, "")
        return getattr(DISK, step)(*arguments)

    with pytest.raises(UnwritableFile):
        publishing.publish(mine, Order("2026-11-26"), check=lint.check, system=System(**{step: failing}))
    assert verification.verify(kept / "mine").wrong == []
    assert [one.version for one in history.read(kept / "mine" / history.NAME)] == ["1.0.0"]
    publishing.publish(mine, Order("2026-11-26"), check=lint.check)
    assert verification.verify(local.find("mine", "1.0.1"), root=mine).wrong == []


def test_whatever_request_of_a_lifecycle_command_the_disk_refuses_the_old_state_is_left(mine: Path) -> None:
    old = source.digest(mine)
    number = refused = 0
    while source.digest(mine) == old:
        number += 1
        left = number

        def guarded(name: str) -> Callable[..., object]:
            def call(*arguments: object) -> object:
                nonlocal left
                left -= 1
                if left == 0:
                    raise OSError(errno.ENOSPC, "")
                return getattr(DISK, name)(*arguments)

            return call

        steps = {name: guarded(name) for name in ("create", "sync", "replace", "remove")}
        try:
            Lifecycle(mine, "sex", system=System(**steps)).unite("9", "0", WHY)
        except UnwritableFile:
            refused += 1
            assert source.digest(mine) == old
            assert lint.check(mine) == []
    assert refused == number - 1 >= 9


LIMITED = """
import resource, signal, sys
from pathlib import Path
from zhengming.dictionary import release
from zhengming.errors import ZhengmingError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in map(int, sys.argv[3:]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        release.build(Path(sys.argv[1]), Path(sys.argv[2]))
    except ZhengmingError as error:
        print(error.what)
"""


def test_a_disk_that_is_full_while_the_database_is_written_leaves_the_old_file(mine: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.sqlite"
    release.build(mine, target)
    size = target.stat().st_size
    target.write_bytes(b"old")
    limits = [str(limit) for limit in range(0, size, release.PAGE // 2)]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(mine), str(target), *limits], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == len(limits), done.stderr
    assert target.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.sqlite", "mine"]


RACE = """
import sys
from pathlib import Path
from zhengming.dictionary.editing import Why
from zhengming.dictionary.lifecycle import Lifecycle, NewConcept

lifecycle = Lifecycle(Path(sys.argv[1]), "thing")
for edit in range(int(sys.argv[3])):
    lifecycle.add(NewConcept(f"事物{sys.argv[2]}之{edit}"), Why("li", "2026-11-25", f"edit {edit}"))
"""


def test_of_the_changes_of_eight_processes_none_is_lost(tmp_path: Path) -> None:
    """The same with 1,000 changes each is `benchmarks/lifecycle_race.py`."""
    from zhengming.dictionary import starting

    edits = 12
    root = tmp_path / "raced"
    starting.new(root, category="thing")
    folder = root / "categories" / "thing"
    concepts = folder / "concepts.csv"
    concepts.write_text(concepts.read_text(encoding="utf-8") + "T000,零,,,active,,example,\n", encoding="utf-8")
    running = [subprocess.Popen([sys.executable, "-c", RACE, str(root), str(n), str(edits)]) for n in range(8)]
    assert [process.wait() for process in running] == [0] * 8
    wanted = {f"事物{process}之{edit}" for process in range(8) for edit in range(edits)}
    assert {concept.name for concept in Dictionary.open(root).category("thing").concepts.values()} == wanted | {"零"}
    assert {row[0] for row in source.read_table(folder / "changes.csv", ("after",)).rows} == wanted
    assert [one for one in lint.check(root) if one.severity == "error"] == []
