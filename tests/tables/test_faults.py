"""Each fault of hospital exports, five of each kind, ends in the right table or is called by its name."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from zhengming.errors import FileError
from zhengming.tables import Limits, read, xlsx
from zhengming.tables.contents import Source


def _faults() -> ModuleType:
    spec = importlib.util.spec_from_file_location("faults", Path(__file__).with_name("faults.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["faults"] = module
    spec.loader.exec_module(module)
    return module


FAULTS = [(f"{make.__name__}-{number}", fault) for make in _faults().FAULTS for number, fault in enumerate(make(), 1)]


@pytest.mark.parametrize("fault", [fault for _, fault in FAULTS], ids=[name for name, _ in FAULTS])
def test_a_fault_ends_right_or_named(tmp_path: Path, fault: Any) -> None:
    path = tmp_path / fault.name
    path.write_bytes(fault.data)
    if fault.code:
        with pytest.raises(FileError) as caught:
            read(path)
        assert caught.value.code == fault.code
        assert "\n" not in str(caught.value)
        return
    book = read(path)
    if fault.rows is not None:
        assert [list(row) for row in book.sheets[0].rows] == fault.rows
    assert fault.told <= {notice.kind for notice in book.notices}


BOOKS = [(name, fault) for name, fault in FAULTS if fault.data[:2] == b"PK" and fault.rows and fault.name == "a.xlsx"]


@pytest.mark.parametrize("fault", [fault for _, fault in BOOKS], ids=[name for name, _ in BOOKS])
def test_the_fast_and_the_patient_reader_find_the_same(tmp_path: Path, fault: Any) -> None:
    path = tmp_path / fault.name
    path.write_bytes(fault.data)
    fast, patient = (xlsx.read_contents(Source(path, path.name, Limits(), engine)) for engine in xlsx.ENGINES)
    for one, other in zip(fast.sheets, patient.sheets, strict=True):
        assert [list(row) for row in one.rows] == [list(row) for row in other.rows]
        assert replace(one, rows=[]) == replace(other, rows=[])
    assert {notice.kind for notice in fast.notices} | {"other-reader"} == {notice.kind for notice in patient.notices}


def test_there_are_five_of_each_kind() -> None:
    assert len(FAULTS) >= 5 * 26
