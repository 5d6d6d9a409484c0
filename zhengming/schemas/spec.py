"""Table specs: the declared shape of one kind of table, read from TOML.

A spec names its fields in the order of the output, says of each which kind of value it holds, whether it must be
there, how private it is, and which rules must hold between fields. Specs are data (`data/tables/*.toml`, or a file of
the user's own); adding a table is adding a file.
"""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Constrained

from zhengming.errors import SpecError
from zhengming.findings import Severity, rules
from zhengming.normalizers import measures
from zhengming.schemas import CHECKS

if TYPE_CHECKING:
    from zhengming.dictionary.model import Category, Dictionary

Kind = Literal[
    "date", "age", "amount", "percentage", "measurement", "resident_id", "id_document", "credit_code", "phone",
    "person_name", "text", "identifier", "coded",
]  # fmt: skip
Privacy = Literal["direct", "quasi", "sensitive", "free_text", "none"]
Name = Annotated[str, Constrained(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Title = Annotated[str, Constrained(min_length=1, max_length=200)]
Bound = int | float | datetime.date

# A date for dates; a number of days for ages; a number in the unit of the others. Other kinds have no order.
_BOUND_TYPES: Mapping[str, tuple[type, ...]] = {
    "date": (datetime.date,), "age": (int,), "amount": (int, float), "percentage": (int, float),
    "measurement": (int, float),
}  # fmt: skip
_PATTERNED = frozenset({"identifier", "text", "phone", "person_name", "id_document", "resident_id", "credit_code"})
_MAX_PATTERN = 500  # characters


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Field(_Frozen):
    """One field of a table: its name and titles, the kind of value, and what is asked of it.

    `required` asks for the column and for a value in every row. `min` and `max` are included; they are dates, days
    of age, yuan, percent, or in the own unit of the `quantity` that a measurement measures. `pattern` is a regular
    expression for the whole of a text, in the syntax of Rust's regex crate, which runs in linear time. `future` lets a
    date lie after the day of the run. `privacy` says how the value points to a person.

    A coded field has a `category`; `under` limits it to these concepts and all below them. With `holds = "codes"` its
    cells hold codes, `names` then being the field whose names they must agree with.
    """

    name: Name
    zh: Title
    en: Title
    kind: Kind
    category: Name | None = None
    required: bool = False
    unique: bool = False
    privacy: Privacy
    min: Bound | None = None
    max: Bound | None = None
    pattern: Annotated[str, Constrained(min_length=1, max_length=_MAX_PATTERN)] | None = None
    future: bool = False
    quantity: Name | None = None
    under: tuple[str, ...] = Constrained(default=(), strict=False)
    holds: Literal["names", "codes"] = "names"
    names: Name | None = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if (self.kind == "coded") != (self.category is not None):
            raise ValueError("a field has a category exactly when its kind is coded")
        if self.kind != "coded" and (self.under or self.holds == "codes" or self.names):
            raise ValueError("under, holds and names are for coded fields")
        if (self.kind == "measurement") != (self.quantity is not None):
            raise ValueError("a field has a quantity exactly when its kind is measurement")
        if self.quantity is not None and not measures.written(self.quantity):
            raise ValueError(f"no such quantity; there are {', '.join(measures.quantities())}")
        if self.pattern is not None and self.kind not in _PATTERNED:
            raise ValueError("pattern is for texts, names and numbers that are kept as text")
        if self.future and self.kind != "date":
            raise ValueError("future is for dates")
        for bound in (self.min, self.max):
            if bound is not None and not isinstance(bound, _BOUND_TYPES.get(self.kind, ())):
                raise ValueError("min and max are dates for a date, whole days for an age, numbers for other measures")
        return self

    def title(self, lang: str) -> str:
        """The title in `lang` ("zh" or "en")."""
        return self.zh if lang == "zh" else self.en

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a normalized table that carry this field.

        >>> load("aid_case").field("sex").columns
        ('sex', 'sex_codes', 'sex_names', 'sex_status')
        """
        if self.kind != "coded":
            return (self.name,)
        return (self.name, f"{self.name}_codes", f"{self.name}_names", f"{self.name}_status")


class Check(_Frozen):
    """One thing that must hold: `check` (a name of `CHECKS`) over `fields`.

    Breaking it is a finding of `rule`, placed at the first of the fields. With `across`, the rule by which a value of
    one file that another file of the run has as well is found.
    """

    rule: str
    check: str
    fields: tuple[Name, ...] = Constrained(min_length=1, strict=False)
    severity: Severity | None = None
    options: Mapping[str, str | Bound] = Constrained(default_factory=dict)
    across: str | None = None

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.rule not in rules():
            raise ValueError("no such rule; `zm rules` lists them all")
        if self.check not in CHECKS:
            raise ValueError(f"no such check; there are {', '.join(CHECKS)}")
        if self.across is not None and (self.check != "unique" or self.across not in rules()):
            raise ValueError("across is a rule, and for the check unique")
        return self


class Waiver(_Frozen):
    """A rule that does not count for a while: findings of `rule` are remarks until the day it `expires`.

    It may be limited to a `field` and to a `sender`. The last day counts. Which day it is, is told to the run; without
    a day no waiver is in force.
    """

    rule: str
    field: Name | None = None
    sender: str = ""
    reason: Title
    expires: datetime.date

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.rule not in rules():
            raise ValueError("no such rule; `zm rules` lists them all")
        return self


class TableSpec(_Frozen):
    """The declared shape of one kind of table.

    `totals` are the fields of amounts whose totals row must be the sum of the rows above it.

    >>> spec = load("aid_case")
    >>> spec.field("birth_date").kind, spec.field("diagnosis").category, len(spec.fields)
    ('date', 'disease', 22)
    """

    name: Name
    version: int = Constrained(ge=1)
    zh: Title
    en: Title
    fields: tuple[Field, ...] = Constrained(min_length=1, strict=False)
    checks: tuple[Check, ...] = Constrained(default=(), strict=False)
    totals: tuple[Name, ...] = Constrained(default=(), strict=False)
    waivers: tuple[Waiver, ...] = Constrained(default=(), strict=False)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [field.name for field in self.fields]
        columns = [column for field in self.fields for column in field.columns]
        if len(set(columns)) < len(columns):
            raise ValueError("two fields share a name, or a field has the name of a coded field's extra column")
        if any(name not in names for check in self.checks for name in check.fields):
            raise ValueError("a check names a field that the table does not have")
        if any(field.names not in (None, *names) for field in self.fields):
            raise ValueError("names is a field of the table")
        if any(waiver.field not in (None, *names) for waiver in self.waivers):
            raise ValueError("a waiver names a field that the table does not have")
        if any(name not in names or self.field(name).kind != "amount" for name in self.totals):
            raise ValueError("totals are fields of amounts")
        return self

    @property
    def every_check(self) -> tuple[Check, ...]:
        """The checks declared between fields, after those that single fields imply by being unique or bounded.

        >>> [check.rule for check in load("aid_case").every_check][:3]
        ['ZM407', 'ZM408', 'ZM408']
        """
        implied = []
        for field in self.fields:
            if field.unique:
                implied.append(Check(rule="ZM407", check="unique", fields=(field.name,)))
            bounds = {name: bound for name, bound in (("min", field.min), ("max", field.max)) if bound is not None}
            if bounds:
                implied.append(Check(rule="ZM408", check="within", fields=(field.name,), options=bounds))
            if field.pattern is not None:
                options = {"pattern": field.pattern}
                implied.append(Check(rule="ZM412", check="pattern", fields=(field.name,), options=options))
        return (*implied, *self.checks)

    def checks_of(self, today: datetime.date | None, dictionary: Dictionary | None) -> tuple[Check, ...]:
        """Every check, and those that need to know the day of the run or the dictionary.

        Dates may not lie after `today`; codes must be in use in `dictionary`, and below those that a field is limited
        to.
        """
        more = []
        for field in self.fields:
            if today is not None and field.kind == "date" and not field.future:
                options: dict[str, str | Bound] = {"max": today}
                more.append(Check(rule="ZM414", check="within", fields=(field.name,), options=options))
            if dictionary is not None and field.category is not None:
                more += _code_checks(field, dictionary.category(field.category))
        return (*self.every_check, *more)

    def to_pandera(
        self,
        backend: Literal["polars", "pandas"] = "polars",
        *,
        today: datetime.date | None = None,
        dictionary: Dictionary | None = None,
    ) -> Any:
        """The pandera schema of a normalized table, for frames of polars or of pandas.

        >>> sorted(load("aid_case").to_pandera().columns)[:3]
        ['admission_date', 'age', 'birth_date']
        """
        from zhengming.schemas import compiled, compiled_pandas

        if backend == "pandas":
            return compiled_pandas.to_pandera(self, today=today, dictionary=dictionary)
        return compiled.to_pandera(self, today=today, dictionary=dictionary)

    def to_json_schema(self, dictionary: Dictionary | None = None) -> dict[str, Any]:
        """JSON Schema (2020-12) of one row of a normalized table.

        >>> load("aid_case").to_json_schema()["properties"]["birth_date"]["format"]
        'date'
        """
        from zhengming.schemas import exchange

        return exchange.json_schema(self, dictionary)

    def to_table_schema(self, dictionary: Dictionary | None = None) -> dict[str, Any]:
        """Frictionless Table Schema (v1) of a normalized table.

        >>> load("aid_case").to_table_schema()["fields"][0]["name"]
        'case_no'
        """
        from zhengming.schemas import exchange

        return exchange.table_schema(self, dictionary)

    def title(self, lang: str) -> str:
        """The title in `lang` ("zh" or "en")."""
        return self.zh if lang == "zh" else self.en

    def field(self, name: str) -> Field:
        """The field with this name.

        Raises:
            SpecError: the table has no such field.
        """
        for field in self.fields:
            if field.name == name:
                return field
        remedy = f"there are {', '.join(field.name for field in self.fields)}"
        raise SpecError(f"no field {name!r}", where=f"table {self.name}", remedy=remedy)

    def titles(self, name: str) -> dict[str, Any]:
        """Both titles of a field, as parameters of a finding: its message then says the title, not the field's name.

        >>> load("aid_case").titles("phone")
        {'field_zh': '联系电话', 'field_en': 'phone'}
        """
        field = self.field(name)
        return {"field_zh": field.zh, "field_en": field.en}


def _code_checks(field: Field, category: Category) -> list[Check]:
    """The checks of codes against the release: known, in use, and below what the field is limited to."""
    known = _joined(category.concepts)
    active = _joined(code for code, concept in category.concepts.items() if concept.status == "active")
    made = [
        Check(rule="ZM320", check="codes-among", fields=(field.name,), options={"codes": known}),
        Check(rule="ZM306", check="no-retired", fields=(field.name,), options={"known": known, "active": active}),
    ]
    if field.under:
        missing = [code for code in field.under if code not in category.concepts]
        if missing:
            raise SpecError("under names a code that the dictionary does not have", where=f"field {field.name}")
        inside = (c for c in category.concepts if c in field.under or category.ancestors(c) & set(field.under))
        options = {"codes": _joined(inside), "known": known}
        made.append(Check(rule="ZM411", check="codes-under", fields=(field.name,), options=options))
    return made


def _joined(codes: Iterable[str]) -> str:
    return ";".join(sorted(codes))


def names() -> tuple[str, ...]:
    """The names of the bundled specs, sorted.

    >>> "aid_case" in names()
    True
    """
    folder = resources.files("zhengming") / "data" / "tables"
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def load(name_or_path: str | Path) -> TableSpec:
    """The bundled spec of this name, or the spec in this TOML file (a path that ends in `.toml`).

    Raises:
        SpecError: no such spec, or a malformed one; the message names the place in the file and never quotes a value.
    """
    if str(name_or_path).endswith(".toml"):
        return parse(_read(Path(name_or_path)), where=str(name_or_path))
    if name_or_path not in names():
        remedy = f"there are {', '.join(names())}; or give the path of a .toml file"
        raise SpecError(f"no table spec {str(name_or_path)!r}", remedy=remedy)
    page = resources.files("zhengming") / "data" / "tables" / f"{name_or_path}.toml"
    return parse(page.read_text(encoding="utf-8"), where=f"table {name_or_path}")


def parse(text: str, *, where: str = "") -> TableSpec:
    """The spec written in `text`; `where` names it in errors.

    Raises:
        SpecError: the text is not TOML, or no spec.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise SpecError("not valid TOML", where=where, remedy="check quotes and brackets") from None
    try:
        return TableSpec.model_validate(data)
    except ValidationError as error:
        # `input`, `ctx` and the exception itself quote what was written; place and message do not.
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        what = f"{place}: {first['msg']}" if place else first["msg"]
        more = error.error_count() - 1
        raise SpecError(f"{what} (and {more} more)" if more else what, where=where) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError("not UTF-8 text", where=str(path), remedy="save it as UTF-8") from None
    except OSError as error:
        raise SpecError(error.strerror or "cannot be read", where=str(path)) from None
