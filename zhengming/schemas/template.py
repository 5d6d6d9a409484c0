"""The entry form of a table spec: a workbook to fill in, so that the next file comes clean.

One sheet to fill in, with the spec's titles for headers; each cell offers the names of the dictionary or says what
belongs there. One sheet of instructions. One hidden sheet with the lists, behind defined names: a list written into
the cell's own check ends at 255 characters. The last two begin with a mark by which reading leaves them alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from zhengming.dictionary.model import Dictionary
from zhengming.findings import Place, words
from zhengming.normalizers import coded, headers
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.schemas.spec import Field, TableSpec
from zhengming.tables.sheets_out import OURS, CellOut, Entry, Heading, SheetOut
from zhengming.tables.write import write_xlsx

ROWS = 1_000  # to fill in
LISTS = "zm_lists"  # the hidden sheet, in letters that need no quoting in a reference
_WITH_MORE = ("mentions", "place")  # cells that may hold more than a name of the list
_FIRST_DAY, _LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
_TEXT_KINDS = frozenset({"identifier", "resident_id", "phone"})
_WIDTHS: Mapping[str, int] = {"date": 13, "age": 12, "amount": 14, "resident_id": 22, "phone": 15, "person_name": 12}
# The check digit of GB 11643-1999: the weights are powers of two modulo 11; X stands for ten.
_ID_CHECK = (
    'IF(LEN({0})=18,IFERROR(MID("10X98765432",MOD(SUMPRODUCT(MID({0},ROW($1:$17),1)*2^(18-ROW($1:$17))),11)+1,1)'
    "=UPPER(RIGHT({0},1)),FALSE),FALSE)"
)


def write(path: str | Path, spec: TableSpec, dictionary: Dictionary, *, lang: str = "zh", rows: int = ROWS) -> None:
    """Write the entry form of `spec` with room for `rows` rows.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    lists = offered(spec, dictionary, lang)
    sheets = [_form(spec, dictionary, lists, lang, rows), _guide(spec, dictionary, lists, lang), _lists(lists)]
    names = {
        _list_name(category): f"{LISTS}!${letters}$2:${letters}${len(lists[category]) + 1}"
        for category, letters in zip(lists, map(_letters, range(1, len(lists) + 1)), strict=True)
    }
    write_xlsx(path, sheets, names=names)


def offered(spec: TableSpec, dictionary: Dictionary, lang: str) -> dict[str, list[str]]:
    """The names that each list offers, those that will be accepted without a question; see `list_of`."""
    found: dict[str, list[str]] = {}
    matchers: dict[str, Matcher] = {}
    for field in spec.fields:
        if field.category is None or list_of(field) in ("", *found):
            continue
        if field.category not in matchers:
            matchers[field.category] = Matcher(dictionary, field.category)
        names = _sure_names(field, matchers[field.category], lang)
        if names:
            found[list_of(field)] = names
    return found


def list_of(field: Field) -> str:
    """The list that a coded field chooses from: its category's, or its own where only a part of that is allowed.

    A field of codes has none: what people choose from are names.
    """
    if field.category is None or field.holds == "codes":
        return ""
    return f"{field.category}_{field.name}" if field.under else field.category


def _sure_names(field: Field, matcher: Matcher, lang: str) -> list[str]:
    category, under = matcher.category, set(field.under)
    concepts = [
        one
        for one in category.concepts.values()
        if one.status == "active" and (not under or one.code in under or category.ancestors(one.code) & under)
    ]
    named = {one.code: (one.name_en if lang == "en" and one.name_en else one.name) for one in concepts}
    if category.policy.cell == "place":
        named = {one.code: category.path(one.code) for one in concepts}
    read = coded.normalize_many(named.values(), matcher)
    sure = [name for code, name in named.items() if read[name].status == "accepted" and read[name].codes == (code,)]
    return list(dict.fromkeys(sure))


def _form(spec: TableSpec, dictionary: Dictionary, lists: Mapping[str, list[str]], lang: str, rows: int) -> SheetOut:
    spoken = words(lang)
    head: list[Heading] = ["required" if field.required else "entry" for field in spec.fields]
    legend = [
        (spoken["form_title"].format(table=spec.title(lang)), None),
        (spoken["form_how"].format(row=6, guide=spoken["form_guide"]), None),
        (spoken["form_required"], "unmatched"),
        (spoken["form_entry"], "review"),
    ]
    top = len(legend) + 1
    entries = [_entry(index, field, dictionary, lists, lang, top, rows) for index, field in enumerate(spec.fields)]
    names = _headers(spec, dictionary, lang)
    person = next((index for index, field in enumerate(spec.fields) if field.kind == "person_name"), 0)
    return SheetOut(
        spec.title(lang),
        names,
        [],
        legend=legend,  # type: ignore[arg-type]  # literals in a list display widen to str
        headings=dict(enumerate(head)),
        frozen=person + 1 if person < 4 else 0,
        text_columns=frozenset(index for index, field in enumerate(spec.fields) if field.kind in _TEXT_KINDS),
        number_formats={
            index: _NUMBERS[field.kind] for index, field in enumerate(spec.fields) if field.kind in _NUMBERS
        },
        widths={
            index: _WIDTHS.get(field.kind, max(18, 2 * len(names[index]) + 4))
            for index, field in enumerate(spec.fields)
        },
        filtered=False,
        entries=entries,
    )


def _headers(spec: TableSpec, dictionary: Dictionary, lang: str) -> list[str]:
    """The titles of the fields, each in a wording that reading recognises: if need be with another name in brackets."""
    recognise = headers.recogniser(Matcher(dictionary, "field"))
    known = dictionary.category("field").concepts
    found = []
    for field in spec.fields:
        title = field.title(lang)
        others = [field.zh, field.en, field.name]
        others += [known[field.name].name, known[field.name].name_en] if field.name in known else []
        wordings = [title, *(f"{title} ({other})" for other in others if other and other != title), *others]
        found.append(next((one for one in wordings if one and recognise(one) == field.name), title))
    return found


_NUMBERS: Mapping[str, str] = {"date": "yyyy-mm-dd", "amount": "#,##0.00"}


def _entry(
    column: int,
    field: Field,
    dictionary: Dictionary,
    lists: Mapping[str, list[str]],
    lang: str,
    top: int,
    rows: int,
) -> Entry:
    """The check and the hint of one column."""
    spoken = words(lang)
    title, prompt, last = field.title(lang), how(field, dictionary, lists, lang), rows - 1
    if list_of(field) in lists:
        several = dictionary.category(field.category or "").policy.cell in _WITH_MORE
        strict = "off" if several else "warning"
        source = _list_name(list_of(field))
        complaint = spoken["form_list_complaint"]
        return Entry(column, 0, last, "list", source, title=title, prompt=prompt, complaint=complaint, strict=strict)  # type: ignore[arg-type]  # one of two literals
    if field.kind == "date":
        low, high = field.min or _FIRST_DAY, field.max or _LAST_DAY
        said = spoken["form_date_complaint"].format(low=low, high=high)
        return Entry(column, 0, last, "date", "", low, high, title, prompt, said, "stop")
    if field.kind == "amount":
        least, most = _number(field.min, 0), _number(field.max, 10**12)
        said = spoken["form_amount_complaint"].format(low=least, high=most)
        return Entry(column, 0, last, "number", "", least, most, title, prompt, said, "stop")
    cell = Place(row=top + 1, column=column + 1).cell
    if field.kind == "resident_id":
        formula, said = _ID_CHECK.format(cell), spoken["form_id_complaint"]
        return Entry(column, 0, last, "formula", formula, None, None, title, prompt, said, "warning")
    if field.unique:
        letters = _letters(column + 1)
        formula = f"SUMPRODUCT(--(${letters}${top + 1}:${letters}${top + rows}={cell}))<2"  # COUNTIF sees 15 digits
        said = spoken["form_unique_complaint"]
        return Entry(column, 0, last, "formula", formula, None, None, title, prompt, said, "warning")
    return Entry(column, 0, last, "any", title=title, prompt=prompt)


def how(field: Field, dictionary: Dictionary, lists: Mapping[str, list[str]], lang: str) -> str:
    """What to write into a field, in a sentence or two."""
    spoken = words(lang)
    if list_of(field) not in lists:
        return spoken.get(f"how_{field.kind}", spoken["how_text"])
    several = dictionary.category(field.category or "").policy.cell in _WITH_MORE
    return " ".join([spoken["form_list"], spoken["form_more"]]) if several else spoken["form_list"]


def _guide(spec: TableSpec, dictionary: Dictionary, lists: Mapping[str, list[str]], lang: str) -> SheetOut:
    """The instructions: a line for each column. The first column is ours and out of sight."""
    spoken = words(lang)
    header = ["", spoken["form_column"], spoken["form_must"], spoken["form_how_to"], spoken["form_example"]]
    rows: list[Sequence[CellOut]] = []
    for field in spec.fields:
        names = lists.get(list_of(field), [])
        example = _example(names, dictionary, field) if names else spoken.get(f"example_{field.kind}", "")
        must = spoken["form_yes"] if field.required else spoken["form_no"]
        rows.append(("", field.title(lang), must, how(field, dictionary, lists, lang), example))
    return SheetOut(
        spoken["form_guide"],
        [f"{OURS}guide", *header[1:]],
        rows,
        cell_marks={(index, 1): "unmatched" for index, field in enumerate(spec.fields) if field.required},
        hidden_columns=frozenset({0}),
        filtered=False,
    )


def _example(names: Sequence[str], dictionary: Dictionary, field: Field) -> str:
    """A name of the list or, where a cell may hold several, two."""
    several = dictionary.category(field.category or "").policy.cell == "mentions"
    middle = len(names) // 2
    return "、".join(names[middle : middle + 2]) if several else names[min(1, len(names) - 1)]


def _lists(lists: Mapping[str, list[str]]) -> SheetOut:
    """The hidden sheet: one column for each category."""
    longest = max(map(len, lists.values()), default=0)
    rows = [tuple(names[row] if row < len(names) else None for names in lists.values()) for row in range(longest)]
    header = [f"{OURS}{category}" for category in lists] or [f"{OURS}lists"]
    return SheetOut(LISTS, header, rows, filtered=False, visible=False)


def _list_name(category: str) -> str:
    """The defined name of a category's list; a name as such may be read as a cell's address (`T1`)."""
    return f"zm_list_{category}"


def _letters(column: int) -> str:
    return Place(column=column).cell


def _number(bound: object, default: int) -> int | float:
    return bound if isinstance(bound, int | float) else default
