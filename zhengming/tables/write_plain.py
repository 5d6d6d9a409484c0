"""Writing one table without a workbook: csv that Excel opens, parquet for machines."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengming.files import atomic_write, write_bytes
from zhengming.tables.model import cell_text
from zhengming.tables.sheets_out import CellOut
from zhengming.tables.written_text import harmless

if TYPE_CHECKING:
    import polars


_ROWS_OF_A_GROUP = 10_000  # of parquet that is written in parts: a group is held until it is full


def write_csv(path: str | Path, header: Sequence[str], rows: Iterable[Sequence[CellOut]]) -> None:
    """Write one table as UTF-8 csv with a BOM, so that Excel opens it with its characters intact.

    Text that Excel would run as a formula gets an apostrophe in front; numbers, also negative ones, stay as they are.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    with atomic_write(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")
        writer = csv.writer(text)
        writer.writerow([_csv_cell(cell) for cell in header])
        writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
        text.flush()
        text.detach()


def write_parquet(path: str | Path, frame: polars.DataFrame) -> None:
    """Write one frame as parquet.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    write_bytes(path, buffer.getvalue())


def write_parquet_parts(
    path: str | Path, schema: Mapping[str, Any], parts: Callable[[], Iterator[polars.DataFrame]]
) -> None:
    """Write frames of one `schema` as one parquet file, of which only some rows are in memory at a time.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    from polars.io.plugins import register_io_source

    def each(
        with_columns: list[str] | None, predicate: object, n_rows: int | None, batch_size: int | None
    ) -> Iterator[polars.DataFrame]:
        return parts()  # of a plain copy nothing else is asked

    with atomic_write(path) as handle:
        frames = register_io_source(each, schema=schema)
        frames.sink_parquet(handle, maintain_order=True, row_group_size=_ROWS_OF_A_GROUP)


def _csv_cell(value: CellOut) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(str(value))
    if isinstance(value, Decimal):
        return f"{value:.2f}" if value.is_finite() else str(value)
    return cell_text(value)
