"""Table specs: the declared shape of each kind of table, and the checks a normalized table must pass.

    spec       reads a spec from TOML
    relations  what may be required between the fields of a row, as polars expressions; code_relations likewise of codes
    compiled   a spec as a pandera schema for polars; compiled_pandas the same for pandas
    checks     runs the schema over a normalized table and says what it found, cell by cell
    totals     holds a totals row against the sum of its rows
    across     compares the children of one file with those of the others
    waivers    makes remarks of findings that a waiver covers
    exchange   a spec as JSON Schema and as Frictionless Table Schema

`CHECKS` names every check a spec may use. Adding one: a function in `relations` (or another module) that returns a
boolean expression, true where all is well and null where nothing can be said, and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping

CHECKS: Mapping[str, str] = {
    "age-fits-birth": "zhengming.schemas.relations:age_fits_birth",
    "age-fits-id": "zhengming.schemas.relations:age_fits_id",
    "codes-among": "zhengming.schemas.code_relations:codes_among",
    "codes-under": "zhengming.schemas.code_relations:codes_under",
    "covers-sum": "zhengming.schemas.relations:covers_sum",
    "different": "zhengming.schemas.relations:different",
    "id-has-birth-date": "zhengming.schemas.relations:id_has_birth_date",
    "id-has-sex": "zhengming.schemas.relations:id_has_sex",
    "in-order": "zhengming.schemas.relations:in_order",
    "no-retired": "zhengming.schemas.code_relations:no_retired",
    "pattern": "zhengming.schemas.relations:pattern",
    "sum-equals": "zhengming.schemas.relations:sum_equals",
    "unique": "zhengming.schemas.relations:unique",
    "within": "zhengming.schemas.relations:within",
}
