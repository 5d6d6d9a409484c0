"""What was understood of a sender's file, shown to be corrected, and kept as the sender's profile.

    [sender.hospital_a.headers]
    "患儿/姓名" = "child_name"      # this header means this field
    "内部批号" = ""                 # this one means none, and is no longer reported

The profile is a part of `zhengming.toml`; what else stands there is left as it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengming import configuration
from zhengming.configuration import SenderProfile
from zhengming.errors import UnknownCode, UsageError
from zhengming.findings import Finding, words
from zhengming.normalizers import columns
from zhengming.pipeline import Run
from zhengming.tables import Workbook, cell_text
from zhengming.tables.locate import Column, Located

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Understood:
    """One column: its address, header, the field and how it was told, another field its values suggest, and counts."""

    place: str
    header: str
    field: str
    how: str
    suggested: str
    filled: int
    rows: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A file as understood: its tables, their columns, and the findings on the way."""

    book: Workbook
    tables: Sequence[Located]
    understood: Sequence[Sequence[Understood]]
    findings: Sequence[Finding]


def profile(run: Run, path: str | Path) -> Profile:
    """What is understood of a file.

    Raises:
        FileError: the file cannot be read, or no table is found in it.
    """
    book, tables, findings = run.located(path)
    return Profile(book, tables, [list(_columns(run, table)) for table in tables], findings)


def _columns(run: Run, table: Located) -> Iterator[Understood]:
    taken = {column.field for column in table.columns if column.field}
    header = max((one.row for one in table.explained if one.kind == "header"), default=0)
    for position, column in enumerate(table.columns):
        cells = [row.cells[position] for row in table.rows if cell_text(row.cells[position]).strip()]
        hint = None
        if not column.field:
            hint = columns.suggested(cells, [one for one in run.wanted if one.name not in taken], run.matcher)
        place = table.place("", header or (table.rows[0].number if table.rows else 0), column.index).cell
        how = column.how if column.field or column.how == "profile" else ""
        yield Understood(place, column.header, column.field or "", how, hint or "", len(cells), len(table.rows))


def render(found: Profile, run: Run, lang: str) -> str:
    """The same in words, for a terminal."""
    spoken = words(lang)
    lines = [spoken["profile_file"].format(file=found.book.file, format=found.book.format, tables=len(found.tables))]
    for table, understood in zip(found.tables, found.understood, strict=True):
        kinds = Counter(one.kind for one in table.explained)
        explained = "、" if lang == "zh" else ", "
        told = explained.join(
            f"{spoken[f'kind_{kind.replace(chr(45), chr(95))}']} {count}" for kind, count in sorted(kinds.items())
        )
        lines += [
            "",
            spoken["profile_table"].format(sheet=table.sheet or found.book.file, rows=len(table.rows), explained=told),
        ]
        lines += [_line(run, one, spoken, lang) for one in understood]
    if found.findings:
        lines += ["", *(f"{one.place}: {one.code} {one.message(lang)}" for one in found.findings)]
    return "\n".join(lines) + "\n"


def _line(run: Run, one: Understood, spoken: Mapping[str, str], lang: str) -> str:
    header = " ".join(one.header.split()) or spoken["profile_no_header"]
    if one.field:
        means = f"{one.field} {_title(run, one.field, lang)} ({spoken[f'profile_by_{one.how}']})"
    elif one.how == "profile":
        means = spoken["profile_set_aside"]
    else:
        means = spoken["profile_unknown"]
        if one.suggested:
            means += spoken["profile_suggested"].format(field=f"{one.suggested} {_title(run, one.suggested, lang)}")
    return f"  {one.place:<5} {header} → {means}  {one.filled}/{one.rows}"


def _title(run: Run, name: str, lang: str) -> str:
    try:
        concept = run.dictionary.concept("field", name)
    except UnknownCode:
        return ""  # a field of the spec that the dictionary has no header words for
    return concept.name if lang == "zh" else concept.name_en


def as_json(found: Profile) -> str:
    """The same for programs; no cell's value is in it, but the headers are."""
    tables = [
        {
            "sheet": table.sheet,
            "rows": len(table.rows),
            "explained": dict(sorted(Counter(one.kind for one in table.explained).items())),
            "columns": [
                {name: getattr(one, name) for name in ("place", "header", "field", "how", "suggested", "filled")}
                for one in understood
            ],
        }
        for table, understood in zip(found.tables, found.understood, strict=True)
    ]
    facts = {"file": found.book.file, "sha256": found.book.sha256, "format": found.book.format, "tables": tables}
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def learned(found: Profile, before: SenderProfile) -> tuple[SenderProfile, list[str]]:
    """The sender's profile with this file's headers and layouts added, and the headers that still mean nothing.

    What the profile said before stays as it was.
    """
    headers = dict(before.headers)
    unknown: list[str] = []
    layouts = [tuple(layout) for layout in before.layouts]
    for table in found.tables:
        layout = tuple(column.header for column in table.columns)
        if any(column.field for column in table.columns) and columns.layout_change(layout, layouts or [()]):
            layouts.append(layout)
        for column in table.columns:
            _learn(column, headers, unknown)
    encoding = before.encoding
    return before.model_copy(update={"headers": headers, "layouts": tuple(layouts), "encoding": encoding}), unknown


def _learn(column: Column, headers: dict[str, str], unknown: list[str]) -> None:
    if not column.header or column.header in headers:
        return
    if column.field:
        headers[column.header] = column.field
    elif column.header not in unknown:
        unknown.append(column.header)


def written(name: str, profile: SenderProfile, unknown: Sequence[str] = ()) -> str:
    """The profile as TOML; headers that mean nothing yet are there as comments, to be completed.

    >>> print(written("hospital_a", SenderProfile(headers={"姓名": "child_name"}), ["批号"]))
    [sender.hospital_a]
    layouts = []
    <BLANKLINE>
    [sender.hospital_a.headers]
    "姓名" = "child_name"
    # "批号" = ""
    <BLANKLINE>
    """
    head = [f"[sender.{name}]"]
    if profile.encoding:
        head.append(f"encoding = {_quoted(profile.encoding)}")
    layouts = ["    [" + ", ".join(map(_quoted, layout)) + "]," for layout in profile.layouts]
    head += ["layouts = [", *layouts, "]"] if layouts else ["layouts = []"]
    for category, contexts in profile.specialities.items():
        head.append(f"specialities.{category} = [{', '.join(map(_quoted, contexts))}]")
    body = [f"{_quoted(header)} = {_quoted(field)}" for header, field in profile.headers.items()]
    body += [f'# {_quoted(header)} = ""' for header in unknown]
    return "\n".join([*head, "", f"[sender.{name}.headers]", *body, ""])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def save(folder: Path, name: str, profile: SenderProfile, unknown: Sequence[str] = ()) -> Path:
    """Write the profile of a sender into the `zhengming.toml` of a folder, leaving what else is there as it is.

    Raises:
        UsageError: the sender's name is none for a table of TOML, or the result would not be read back.
        UnwritableFile: the file cannot be written.
    """
    from zhengming.files import write_bytes

    if not _NAME.fullmatch(name):
        raise UsageError("a sender's name in the configuration has letters, digits, - and _ only", where=name)
    target = folder / configuration.NAME
    old = target.read_text(encoding="utf-8-sig") if target.is_file() else ""
    new = without(old, name).rstrip("\n")
    text = (new + "\n\n" if new else "") + written(name, profile, unknown)
    _checked(text, target)
    write_bytes(target, text.encode())
    return target


def _checked(text: str, target: Path) -> None:
    import tomllib

    try:
        configuration.parse(tomllib.loads(text), where=str(target))
    except tomllib.TOMLDecodeError:
        raise UsageError(
            "the profile cannot be added to this file", where=str(target), remedy="add it by hand"
        ) from None


def without(text: str, name: str) -> str:
    r"""A configuration without the tables of one sender.

    >>> without('dictionary = "x"\n[sender.a]\nlayouts = []\n[sender.a.headers]\n"b" = ""\n[validate]\n', "a")
    'dictionary = "x"\n[validate]\n'
    """
    own = re.compile(rf"\[\s*sender\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*(?:\.[^\]]*)?\]")
    kept, inside = [], False
    for line in text.splitlines(keepends=True):
        if re.match(r"\[\[?\s*[A-Za-z]", line):  # lists within a value are indented
            inside = own.match(line) is not None
        if not inside:
            kept.append(line)
    return "".join(kept)


def place_of(folder: Path) -> Path:
    """The folder whose `zhengming.toml` holds in `folder`: that folder, or the nearest above that has one."""
    for one in (folder.resolve(), *folder.resolve().parents):
        if (one / configuration.NAME).is_file():
            return one
    return folder
