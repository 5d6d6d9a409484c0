"""Table specs: the declared shape of each kind of table, and the checks a normalized table must pass.

    spec       reads a spec from TOML
    relations  what may be required between the fields of a row, as polars expressions
    compiled   a spec as a pandera schema for polars
    checks     runs the schema over a normalized table and says what it found, cell by cell

`CHECKS` names every check a spec may use. Adding one: a function in `relations` (or another module) that returns a
boolean expression, true where all is well and null where nothing can be said, and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping

CHECKS: Mapping[str, str] = {
    "covers-sum": "zhengming.schemas.relations:covers_sum",
    "different": "zhengming.schemas.relations:different",
    "id-has-birth-date": "zhengming.schemas.relations:id_has_birth_date",
    "id-has-sex": "zhengming.schemas.relations:id_has_sex",
    "in-order": "zhengming.schemas.relations:in_order",
    "unique": "zhengming.schemas.relations:unique",
    "within": "zhengming.schemas.relations:within",
}
