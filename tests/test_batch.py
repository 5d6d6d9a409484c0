"""Many files on several processes: the same results as one after another, and a dead worker is one file's error."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from zhengming import batch
from zhengming.batch import Done
from zhengming.errors import EncryptedFile, InternalError, UnreadableFile, ZhengmingError
from zhengming.pipeline import Run

ROWS = "患儿姓名,性别,出生日期,诊断\n甲,男,2020-01-02,VSD\n乙,女,20年1月,室缺\n"
MAKE = partial(Run, lang="en")


def files(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{number}" / "case.csv" for number in range(count)]
    for path in paths:
        path.parent.mkdir()
        path.write_text(ROWS, encoding="utf-8")
    return paths


def validated(run: Run, path: Path, stem: str) -> Done:
    return batch.summarised(run.cleaned(path, stem))


def dies(run: Run, path: Path, stem: str) -> Done:
    """As a worker that the system ends because memory has run out."""
    if path.parent.name == "1":
        os._exit(9)
    return Done((), {"stem": stem})


def fails(run: Run, path: Path, stem: str) -> Done:
    if path.parent.name == "1":
        int("张三110101")
    return Done((), {"stem": stem})


@pytest.mark.parametrize("jobs", [2])
def test_several_processes_give_what_one_gives_in_the_same_order(tmp_path: Path, jobs: int) -> None:
    paths = [*files(tmp_path, 3), tmp_path / "missing.csv"]
    run, results = batch.start(MAKE, paths, validated, jobs=1)
    alone = [(path, str(done) if isinstance(done, ZhengmingError) else done) for path, done in results]
    other, results = batch.start(MAKE, paths, validated, jobs=jobs)
    shared = [(path, str(done) if isinstance(done, ZhengmingError) else done) for path, done in results]
    assert alone == shared
    assert run.files == other.files
    assert run.needs_attention
    assert other.needs_attention


def test_workers_are_forked_before_polars_is_loaded_and_give_the_same(tmp_path: Path) -> None:
    paths = files(tmp_path, 3)
    code = (
        "import sys; from pathlib import Path; from functools import partial; from zhengming import batch;"
        "from zhengming.cli.root import open_run; from zhengming.cli.validating import _validated;"
        "_, results = batch.start(partial(open_run, 'aid_case', None, '', None, 'en'), [Path(p) for p in sys.argv[1:]],"
        " partial(_validated, {}), jobs=2);"
        "print([done.manifest['findings'] for _, done in results], 'polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, *map(str, paths)], capture_output=True, text=True, check=True)
    assert done.stdout == "[3, 3, 3] False\n"
    assert done.stderr == ""


@pytest.mark.parametrize("jobs", [2])
def test_a_worker_that_dies_is_one_files_error_and_the_others_are_done(tmp_path: Path, jobs: int) -> None:
    _run, results = batch.start(MAKE, files(tmp_path, 4), dies, jobs=jobs)
    found = [done for _path, done in results]
    assert [isinstance(done, Done) for done in found] == [True, False, True, True]
    assert isinstance(found[1], UnreadableFile)
    assert "memory" in str(found[1])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_fault_of_ours_is_one_files_error_that_quotes_nothing(tmp_path: Path, jobs: int) -> None:
    _run, results = batch.start(MAKE, files(tmp_path, 3), fails, jobs=jobs)
    found = [done for _path, done in results]
    assert isinstance(found[1], InternalError)
    assert "ValueError at test_batch.py:" in str(found[1])
    assert "张三" not in str(found[1])
    assert [isinstance(done, Done) for done in found] == [True, False, True]


def test_results_of_the_same_name_are_numbered_alike_however_many_processes(tmp_path: Path) -> None:
    paths = files(tmp_path, 4)
    stems = []
    for jobs in (1, 2):
        _run, results = batch.start(MAKE, paths[:1] + paths[2:], dies, jobs=jobs)
        stems.append([done.manifest["stem"] for _path, done in results if isinstance(done, Done)])
    assert stems[0] == stems[1] == ["case", "case (2)", "case (3)"]


def test_an_error_travels_whole_between_processes() -> None:
    error = EncryptedFile("protected", where="a.xlsx", remedy="remove the password")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (EncryptedFile, str(error))
    fault = pickle.loads(pickle.dumps(InternalError.of(ValueError("张三"), where="a.xlsx")))
    assert isinstance(fault, InternalError)
    assert "张三" not in str(fault)
