"""Past one machine: columns of a Spark DataFrame coded, and its rows checked, as one process would do it.

    from zhengming.spark import code_columns, check_rows

    coded = code_columns(frame, {"诊断": "disease"}, dictionary="chd.sqlite")
    found = check_rows(frame, table="aid_case", dictionary="chd.sqlite")

The release, and the search indexes beside it, go to each executor once, as files of the Spark context; a worker opens
them once and keeps its matchers. Rows go through in Arrow batches, a batch at a time (`DataFrame.mapInArrow`), so
memory follows the batch. Needs `pip install 'zhengming[spark]'` and Java 17 on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.columns import ADDED
from zhengming.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from zhengming.normalizers.terms.matcher import Matcher
    from zhengming.pipeline import Run

FINDINGS = "zm_findings"  # the column that `check_rows` adds


def code_columns(
    frame: DataFrame, columns: Mapping[str, str], *, dictionary: str | Path | None = None, sender: str = ""
) -> DataFrame:
    """`frame` with four more columns for each one that `columns` names, with its category.

    They are those of `zhengming.columns.code_columns`, and say the same. `dictionary` is a release file on the driver;
    the bundled dictionary by default.

    Raises:
        UsageError: the frame lacks a column.
    """
    from pyspark.sql.types import StringType, StructField, StructType

    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise UsageError(f"there is no column {missing[0]!r}", remedy="name one of the frame's columns")
    shipped = _shipped(frame, dictionary)
    wanted = dict(columns)
    added = [StructField(f"{name}_{part}", StringType()) for name in wanted for part in ADDED]

    def coded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import polars as pl

        from zhengming import columns as here

        matchers = {name: _matcher(shipped, category, sender) for name, category in wanted.items()}
        for batch in batches:
            cells = pl.DataFrame({name: pl.Series(batch.column(name).to_pylist(), strict=False) for name in wanted})
            made = here.code_columns(cells, matchers)
            yield _with(batch, {name: made[name].to_list() for name in made.columns[len(wanted) :]})

    return frame.mapInArrow(coded, StructType([*frame.schema.fields, *added]))


def check_rows(
    frame: DataFrame, *, table: str = "aid_case", dictionary: str | Path | None = None, sender: str = ""
) -> DataFrame:
    """`frame` with the column `zm_findings`: what `zm validate` says of each row, as a JSON array.

    The frame's columns are taken for headers of a sheet. Each finding has `code`, `severity`, `field` and `message`;
    no cell's value. What concerns a whole column stands at the first row of each batch. Whether values are unique is
    not asked: no batch has all rows.
    """
    from pyspark.sql.types import StringType, StructField, StructType

    shipped = _shipped(frame, dictionary)

    def checked(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        run = _run(shipped, table, sender)
        for batch in batches:
            yield _with(batch, {FINDINGS: row_findings(run, batch.schema.names, batch.to_pylist())})

    return frame.mapInArrow(checked, StructType([*frame.schema.fields, StructField(FINDINGS, StringType())]))


def row_findings(run: Run, header: list[str], rows: list[dict[str, Any]]) -> list[str]:
    """The findings of each row of a table in memory as a JSON array: what `check_rows` does with a batch."""
    from zhengming.tables import Sheet

    cells = [[row[name] for name in header] for row in rows]
    if not cells:
        return []
    listed: list[list[dict[str, str]]] = [[] for _row in rows]
    whole = {check.rule for check in run.spec.every_check if check.check == "unique"}
    for one in run.checked(Sheet("", [header, *cells])):
        if one.code not in whole:
            said = {"code": one.code, "severity": one.severity, "field": one.field, "message": one.message("en")}
            listed[max(one.place.row - 2, 0)].append(said)
    return [json.dumps(found, ensure_ascii=False) for found in listed]


def _with(batch: pa.RecordBatch, added: Mapping[str, Sequence[str | None]]) -> pa.RecordBatch:
    import pyarrow as pa

    for name, texts in added.items():
        batch = batch.append_column(name, pa.array(texts, pa.string()))
    return batch


def _shipped(frame: DataFrame, dictionary: str | Path | None) -> str | None:
    """Send a release and its indexes to the executors; gives the name that it has there."""
    if dictionary is None:
        return None
    path = Path(dictionary)
    if not path.is_file():
        raise UsageError("is no release file", where=str(path), remedy="build one with zm dict build")
    context = frame.sparkSession.sparkContext
    for one in (path, *sorted(path.parent.glob(f"{path.name}.*.zmindex"))):
        context.addFile(str(one))
    return path.name


def _local(shipped: str | None) -> Path | None:
    from pyspark import SparkFiles

    return None if shipped is None else Path(SparkFiles.get(shipped))


@cache
def _matcher(shipped: str | None, category: str, sender: str) -> Matcher:
    """The matcher of a category, one for each worker process."""
    from zhengming.dictionary.model import Dictionary
    from zhengming.normalizers.terms.matcher import Matcher

    return Matcher(Dictionary.open(_local(shipped)), category, sender=sender)


@cache
def _run(shipped: str | None, table: str, sender: str) -> Run:
    from zhengming.dictionary.model import Dictionary
    from zhengming.pipeline import Run

    return Run(table=table, dictionary=Dictionary.open(_local(shipped)), sender=sender)
