"""Spark against one process: the same rows, the same results. Two workers on this machine."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from zhengming import columns, spark
from zhengming.dictionary import release, source
from zhengming.dictionary.model import Dictionary
from zhengming.errors import UsageError
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.pipeline import Run

pytest.importorskip("pyspark", reason="needs pip install 'zhengming[spark]'")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17"),
    pytest.mark.filterwarnings("ignore"),  # of pyspark's own, about newer pandas and unclosed sockets
]

DIAGNOSES = ("室缺 0.6cm，PDA术后", "法四", "无室间隔缺损", "完全不是病", None, "", "VSD、ASD(Ⅱ)", "室间膈缺损")
FIELDS = ("序号", "姓名", "性别", "出生日期", "诊断")
SCHEMA = ", ".join(f"`{name}` {'long' if name == FIELDS[0] else 'string'}" for name in FIELDS)
SEXES = ("男", "女", "女童", "?", None)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = (
        SparkSession.builder.master("local[2]")
        .appName("zhengming")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "50")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield made
    made.stop()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "chd.sqlite"
    release.build(source.bundled(), path)
    return path


def rows() -> list[dict[str, Any]]:
    return [
        {
            "序号": number,
            "姓名": f"测试{number}" if number % 7 else None,
            "性别": SEXES[number % len(SEXES)],
            "出生日期": f"2019-0{number % 9 + 1}-15" if number % 5 else "不详",
            "诊断": DIAGNOSES[number % len(DIAGNOSES)],
        }
        for number in range(400)
    ]


def test_columns_are_coded_as_in_one_process(session: Any, built: Path) -> None:
    wanted = {"诊断": "disease", "性别": "sex"}
    frame = session.createDataFrame(rows(), SCHEMA)
    made = spark.code_columns(frame.repartition(4), wanted, dictionary=built).orderBy("序号").collect()
    dictionary = Dictionary.open(built)
    matchers = {name: Matcher(dictionary, category) for name, category in wanted.items()}
    expected = columns.code_columns(pl.DataFrame(rows()), matchers)
    assert [row.asDict() for row in made] == expected.to_dicts()


def test_rows_are_checked_as_in_one_process(session: Any, built: Path) -> None:
    header = list(rows()[0])
    frame = session.createDataFrame(rows(), SCHEMA).coalesce(1)
    made = spark.check_rows(frame, dictionary=built).orderBy("序号").collect()
    run = Run(dictionary=Dictionary.open(built))
    batches = [rows()[first : first + 50] for first in range(0, 400, 50)]
    expected = [found for batch in batches for found in spark.row_findings(run, header, batch)]
    assert [row[spark.FINDINGS] for row in made] == expected
    assert {"ZM406"} <= {one["code"] for found in expected for one in json.loads(found)}


def test_what_is_not_there_is_told_before_anything_runs(session: Any, tmp_path: Path) -> None:
    frame = session.createDataFrame([("室缺",)], "a string")
    with pytest.raises(UsageError, match="hospital"):
        spark.code_columns(frame, {"hospital": "hospital"})
    with pytest.raises(UsageError, match="release"):
        spark.code_columns(frame, {"a": "disease"}, dictionary=tmp_path / "none.sqlite")
