"""How long the checks of a table take once its cells are normalized: 200,000 rows of `aid_case`, 20 columns filled.

    python benchmarks/checks.py [ROWS]

The rows are invented; one in a hundred has a broken check. Prints seconds of processor time and of the clock.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from decimal import Decimal

import polars as pl

import zhengming as zm
from zhengming.schemas import compiled
from zhengming.schemas.checks import check


def table(rows: int) -> pl.DataFrame:
    """A normalized table with `rows` different children."""
    spec = zm.schema("aid_case")
    first = dt.date(2010, 1, 1)
    born = pl.Series([first + dt.timedelta(days=one % 3000) for one in range(rows)])
    late = [dt.date(2021, 7, 9) if one % 100 else dt.date(2021, 6, 9) for one in range(rows)]
    made = {
        "case_no": [f"A{one:07}" for one in range(rows)],
        "child_name": [f"张{chr(0x4E00 + one % 5000)}{chr(0x4E00 + one // 5000)}" for one in range(rows)],
        "sex": ["男"] * rows, "sex_codes": ["1"] * rows,
        "birth_date": born,
        "age": [(dt.date(2021, 7, 1) - day).days for day in born],
        "id_number": [f"110101{day:%Y%m%d}{one // 3000 * 2 + 1:03}0" for one, day in enumerate(born)],
        "guardian_name": ["张大明"] * rows,
        "guardian_relation": ["父亲"] * rows, "guardian_relation_codes": ["R01"] * rows,
        "phone": ["13900000000"] * rows,
        "region": ["石家庄市长安区"] * rows, "region_codes": ["130102"] * rows,
        "hospital": ["阜外医院"] * rows, "hospital_codes": ["H0001"] * rows,
        "admission_date": [dt.date(2021, 7, 1)] * rows,
        "procedure_date": [dt.date(2021, 7, 4)] * rows,
        "discharge_date": late,
        "diagnosis": ["VSD、PDA"] * rows, "diagnosis_codes": ["D0032;D0310"] * rows,
        "procedure": ["室缺修补"] * rows, "procedure_codes": ["P0001"] * rows,
        "total_cost": [Decimal(50000)] * rows, "insurance_paid": [Decimal(30000)] * rows,
        "grant_amount": [Decimal(10000)] * rows, "remark": ["无"] * rows,
    }  # fmt: skip
    frame = pl.DataFrame(made)
    schema = compiled.polars_schema(spec)
    more = [pl.lit(None).alias(name) for name in schema if name not in frame.columns]
    return frame.with_columns(more).select(pl.col(name).cast(type_) for name, type_ in schema.items())


def main() -> None:
    """Make the table, check it, tell the time."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    spec, dictionary = zm.schema("aid_case"), zm.Dictionary.open()
    frame = table(rows)
    columns = {field.name: number for number, field in enumerate(spec.fields, 1)}
    for named, known in (("without the dictionary", None), ("with the dictionary", dictionary)):
        clock, processor = time.perf_counter(), time.process_time()
        numbers = range(2, rows + 2)
        found = check(frame, spec, rows=numbers, columns=columns, today=dt.date(2021, 12, 31), dictionary=known)
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        print(f"{rows} rows, {named}: {len(found)} findings, {clock:.1f} s ({processor:.1f} s of processor time)")


if __name__ == "__main__":
    main()
