"""The review workbook, written: a sheet to fill in, instructions, and hidden sheets with lists, answers and the stamp.

Answers are offered by references to the hidden sheets, for a list written into a cell's own check ends at 255
characters. Programs that know nothing of the hidden sheets keep them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from zhengming.dictionary.model import Dictionary
from zhengming.findings import Place, words
from zhengming.review.items import Answer, Item, Stamp, dump
from zhengming.tables.sheets_out import OURS, CellOut, Entry, Mark, SheetOut
from zhengming.tables.write import write_xlsx

LISTS, OPTIONS, STAMP = "zm_lists", "zm_options", "zm_stamp"  # hidden sheets; need no quoting in a reference
COLUMNS = (
    "item",
    "category",
    "text",
    "cell",
    "count",
    "first_place",
    "reason",
    "candidates",
    "dispute",
    "decision",
    "other_code",
    "comment",
    "reviewer",
    "check",
)
FIELDS = ("reviewer_of_all", "day_of_all")  # above the table, for all rows that say nothing themselves
VERDICT_WORDS = ("no-match", "new-concept", "reject")
_WIDTHS = {"item": 7, "category": 10, "text": 26, "cell": 34, "count": 8, "first_place": 24, "reason": 22}
_WIDTHS |= {"candidates": 34, "dispute": 30, "decision": 34, "other_code": 26, "comment": 22, "reviewer": 11}
_FROZEN = 3


def write(
    path: str | Path,
    items: Sequence[Item],
    stamp: Stamp,
    dictionary: Dictionary,
    answers: Mapping[int, Sequence[Answer]] | None = None,
) -> None:
    """Write the review workbook of `items`; `answers` by item number fill in what was said already.

    Where all answers of an item say the same it is filled in, else left open with what each reviewer said beside it.

    Raises:
        UnwritableFile: the target cannot be written.
    """
    lists = _code_lists(items, dictionary)
    answers = answers or {}
    sheets = [
        _form(items, dictionary, lists, answers, stamp.lang),
        _guide(stamp),
        _lists(lists),
        _options(items, stamp.lang),
        _stamp(items, stamp),
    ]
    names = {
        _list_name(category): f"{LISTS}!${letters}$2:${letters}${len(codes) + 1}"
        for letters, (category, codes) in zip(map(_letters, range(1, len(lists) + 1)), lists.items(), strict=True)
    }
    write_xlsx(path, sheets, names=names)


def verdict_word(verdict: str, lang: str) -> str:
    """How a verdict that names no code is written in the dropdown."""
    return words(lang)[f"verdict_{verdict.replace('-', '_')}"]


def _form(
    items: Sequence[Item],
    dictionary: Dictionary,
    lists: Mapping[str, Sequence[str]],
    answers: Mapping[int, Sequence[Answer]],
    lang: str,
) -> SheetOut:
    spoken = words(lang)
    disputed = {number for number, said in answers.items() if len({one.said for one in said}) > 1}
    shown = [name for name in COLUMNS if name != "dispute" or disputed]
    at = {name: index for index, name in enumerate(shown)}
    rows: list[Sequence[CellOut]] = []
    marks: dict[tuple[int, int], Mark] = {}
    for index, item in enumerate(items):
        cells = _cells(item, dictionary, answers.get(item.number, ()), lang)
        rows.append([cells[name] for name in shown])
        if item.number in disputed:
            marks |= {(index, at["dispute"]): "unmatched"}
        elif item.status == "unmatched":
            marks[index, at["reason"]] = "unmatched"
    how = spoken["review_how"].format(guide=spoken["review_guide_name"])
    entries = [entry for index, item in enumerate(items) for entry in _entries(index, item, at, lists, spoken)]
    return SheetOut(
        spoken["sheet_to_review"],
        [spoken[f"review_{name}"] for name in shown],
        rows,
        cell_marks=marks,
        legend=[(how, None), (spoken["review_done"], "done")],
        fields=[(spoken[f"review_{name}"], None) for name in FIELDS],
        names=[f"{OURS}{name}" if name == "item" else name for name in shown],
        headings={at[name]: "entry" for name in ("decision", "other_code", "comment", "reviewer")},
        frozen=_FROZEN,
        text_columns=frozenset(at[name] for name in ("text", "cell", "other_code", "comment", "reviewer", "check")),
        widths={at[name]: width for name, width in _WIDTHS.items() if name in at},
        hidden_columns=frozenset({at["check"]}),
        wrapped=True,
        entries=entries,
        done_when=(at["decision"], at["other_code"]),
    )


def _cells(item: Item, dictionary: Dictionary, said: Sequence[Answer], lang: str) -> dict[str, CellOut]:
    spoken = words(lang)
    agreed = len({one.said for one in said}) == 1
    choice = _choice(item, said[0], dictionary, lang) if agreed else ("", "")
    comments = dict.fromkeys(one.comment for one in said if one.comment)
    return {
        "item": item.number,
        "category": _title(item.category, dictionary, lang),
        "text": item.text,
        "cell": item.cell,
        "count": item.count,
        "first_place": f"{item.file}\n{item.place}",
        "reason": spoken.get(f"reason_{item.reason.replace('-', '_')}", item.reason),
        "candidates": "\n".join(one.label for one in item.options),
        "dispute": "" if agreed else "\n".join(f"{one.reviewer}：{_told(one, dictionary, lang)}" for one in said),
        "decision": choice[0] or None,
        "other_code": choice[1] or None,
        "comment": "\n".join(comments) or None,
        "reviewer": "；".join(dict.fromkeys(one.reviewer for one in said)) if agreed else None,
        "check": item.check,
    }


def _choice(item: Item, answer: Answer, dictionary: Dictionary, lang: str) -> tuple[str, str]:
    """An answer as it is filled in: in the dropdown, or as a free code."""
    if answer.verdict != "match":
        return verdict_word(answer.verdict, lang), ""
    for option in item.options:
        if option.codes == answer.codes:
            return option.label, ""
    return "", _told(answer, dictionary, lang)


def _told(answer: Answer, dictionary: Dictionary, lang: str) -> str:
    if answer.verdict != "match":
        return verdict_word(answer.verdict, lang)
    concepts = dictionary.category(answer.item.category).concepts
    return " + ".join(f"{code} {concepts[code].name}" if code in concepts else code for code in answer.codes)


def _entries(
    index: int, item: Item, at: Mapping[str, int], lists: Mapping[str, Sequence[str]], spoken: Mapping[str, str]
) -> list[Entry]:
    """The dropdowns of one row."""
    row, last = index + 2, _letters(len(item.options) + len(_verdicts(item)) + 1)
    return [
        Entry(
            at["decision"],
            index,
            index,
            "list",
            f"{OPTIONS}!$B${row}:${last}${row}",
            title=spoken["review_decision"],
            prompt=spoken["review_decision_prompt"],
            complaint=spoken["review_decision_complaint"],
            strict="stop",
        ),
        Entry(
            at["other_code"],
            index,
            index,
            "list",
            _list_name(item.category),
            title=spoken["review_other_code"],
            prompt=spoken["review_other_code_prompt"],
        ),
    ]


def _verdicts(item: Item) -> tuple[str, ...]:
    """The answers without a code that make sense for an item: only what is offered can be turned down."""
    return VERDICT_WORDS if item.options else VERDICT_WORDS[:2]


def _guide(stamp: Stamp) -> SheetOut:
    spoken = words(stamp.lang)
    lines = spoken["review_guide"].strip().split("\n")
    rows: list[Sequence[CellOut]] = [("", *line.split("\t")) for line in lines]
    about = f"{stamp.dictionary_id} {stamp.dictionary_version} {stamp.dictionary_sha256[:12]}"
    rows.append(("", spoken["dictionary"], about))
    header = [f"{OURS}guide", spoken["review_guide_column"], spoken["review_guide_how"]]
    return SheetOut(
        spoken["review_guide_name"],
        header,
        rows,
        hidden_columns=frozenset({0}),
        widths={1: 16, 2: 90},
        filtered=False,
        wrapped=True,
    )


def _lists(lists: Mapping[str, Sequence[str]]) -> SheetOut:
    longest = max(map(len, lists.values()), default=0)
    rows = [tuple(codes[row] if row < len(codes) else None for codes in lists.values()) for row in range(longest)]
    header = [f"{OURS}{category}" for category in lists] or [f"{OURS}lists"]
    return SheetOut(LISTS, header, rows, filtered=False, visible=False)


def _options(items: Sequence[Item], lang: str) -> SheetOut:
    rows: list[Sequence[CellOut]] = [
        (item.number, *(one.label for one in item.options), *(verdict_word(one, lang) for one in _verdicts(item)))
        for item in items
    ]
    return SheetOut(OPTIONS, [f"{OURS}options"], rows, filtered=False, visible=False)


def _stamp(items: Sequence[Item], stamp: Stamp) -> SheetOut:
    facts: list[tuple[str, str]] = [(name, str(value)) for name, value in asdict(stamp).items()]
    rows = [*facts, *((f"item {item.number}", dump(item)) for item in items)]
    return SheetOut(
        STAMP,
        [f"{OURS}review", ""],
        rows,
        filtered=False,
        visible=False,
        text_columns=frozenset({0, 1}),
        widths={1: 40},
    )


def _code_lists(items: Sequence[Item], dictionary: Dictionary) -> dict[str, list[str]]:
    """Every code in use of each category that is asked about, with its name."""
    return {
        category: [
            f"{one.code} {one.name}"
            for one in dictionary.category(category).concepts.values()
            if one.status == "active"
        ]
        for category in dict.fromkeys(item.category for item in items)
    }


def _title(category: str, dictionary: Dictionary, lang: str) -> str:
    return dictionary.category(category).titles.get(lang, category)


def _list_name(category: str) -> str:
    return f"zm_codes_{category}"


def _letters(column: int) -> str:
    return Place(column=column).cell
