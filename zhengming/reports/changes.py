"""What two versions of a dictionary say otherwise, in plain words: as text for a person, as JSON, as one HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any, Protocol

from zhengming.dictionary.changes.difference import CategoryChanges, Difference, Version
from zhengming.dictionary.changes.words import ENDED, KINDS, Change
from zhengming.findings import words
from zhengming.reports.visible import visible

FORMATS = ("text", "json", "html")
SHOWN = 20  # changes of one kind that the text lists
SHOWN_IN_PAGE = 2_000  # and the page; the JSON has all
ROWS_SHOWN = 10  # of one change
_SHA_SHOWN = 12


class OneTouched(Protocol):
    """The rows that one change touches."""

    @property
    def column(self) -> str: ...  # noqa: D102 — as in migration.touching
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def change(self) -> Change: ...  # noqa: D102
    @property
    def rows(self) -> Sequence[str]: ...  # noqa: D102


class Touch(Protocol):
    """What a difference touches in a file."""

    @property
    def file(self) -> str: ...  # noqa: D102 — as in migration.touching
    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def rows_touched(self) -> int: ...  # noqa: D102
    @property
    def touched(self) -> Sequence[OneTouched]: ...  # noqa: D102


def render(difference: Difference, *, form: str = "text", lang: str = "zh", touch: Touch | None = None) -> str:
    """The difference as `text`, `json` or `html`; with `touch`, also which rows of a file it touches."""
    if form == "json":
        return json.dumps(_data(difference, touch), ensure_ascii=False, indent=2) + "\n"
    if form == "html":
        return _page(difference, lang, touch)
    return "\n".join(visible(line) for line in _lines(difference, lang, touch)) + "\n"


def sentence(change: Change, names: Mapping[str, str], said: Mapping[str, str]) -> str:
    """One change in words."""
    about = f"{change.code} {change.name}".strip()
    before, after = _told(change, change.before, names), _told(change, change.after, names)
    column = said.get(f"change_column_{change.column}", change.column)
    arrow = said["change_arrow"]
    if change.kind == "successor-changed" or change.kind in ENDED:
        text = f"{about} {arrow} {after}" if after else about
        direct = _told(change, change.before, names)
        return text if not after or direct == after else f"{text} ({said['change_by_way_of'].format(codes=direct)})"
    if change.kind in ("added", "restored", "remark-changed"):
        return about
    sender = f" [{change.sender}]" if change.sender else ""
    if change.kind == "term-moved":
        return f"“{change.column}”{sender}: {before} {arrow} {after}"
    if change.kind.startswith("term-"):
        detail = f"{before} {arrow} {after}" if before and after else before or after
        return f"{about}: “{change.column}”{sender} ({detail})"
    if change.kind == "renamed":
        return f"{change.code} {before or said['change_nothing']} {arrow} {after or said['change_nothing']}"
    head = f"{about}: {column}" if about else column
    return f"{head}: {before or said['change_nothing']} {arrow} {after or said['change_nothing']}"


def _told(change: Change, values: Sequence[str], names: Mapping[str, str]) -> str:
    """Values one after the other; codes of the category with their names."""
    coded = change.kind in ENDED or change.kind in ("moved", "term-moved")
    return ", ".join(f"{one} {names[one]}" if coded and one in names else one for one in values)


def _lines(difference: Difference, lang: str, touch: Touch | None) -> Iterator[str]:
    said = words(lang)
    yield f"{_version(difference.before)} {said['change_arrow']} {_version(difference.after)}"
    if not difference:
        yield said["change_none"]
    for category in difference.categories:
        yield ""
        yield _title(category, said, lang)
        for kind, changes in _by_kind(category):
            yield f"  {said[_word(kind)]}: {len(changes)}"
            if kind == "remark-changed":
                continue
            yield from (f"    {sentence(one, category.names, said)}" for one in changes[:SHOWN])
            if len(changes) > SHOWN:
                yield f"    {said['and_more'].format(count=len(changes) - SHOWN)}"
    if touch:
        yield ""
        yield said["change_touched"].format(file=touch.file, rows=touch.rows, touched=touch.rows_touched)
        names = {one.category: one.names for one in difference.categories}
        for one in touch.touched:
            rows = ", ".join(one.rows[:ROWS_SHOWN]) + ("…" if len(one.rows) > ROWS_SHOWN else "")
            what = f"{said[_word(one.change.kind)]}: {sentence(one.change, names[one.category], said)}"
            yield f"  {one.column} · {what}"
            yield f"    {said['change_rows'].format(count=len(one.rows), rows=rows)}"


def _title(category: CategoryChanges, said: Mapping[str, str], lang: str) -> str:
    title = f"{category.category} {category.titles.get(lang, '')}".strip()
    if category.state == "kept":
        return title
    return f"{title}: {said[f'change_category_{category.state}'].format(count=category.concepts)}"


def _by_kind(category: CategoryChanges) -> Iterator[tuple[str, list[Change]]]:
    by_kind: dict[str, list[Change]] = {}
    for one in category.changes:
        by_kind.setdefault(one.kind, []).append(one)
    yield from ((kind, by_kind[kind]) for kind in KINDS if kind in by_kind)


def _version(version: Version) -> str:
    return f"{version.id}@{version.version} {version.sha256[:_SHA_SHOWN]}"


def _word(kind: str) -> str:
    return f"change_{kind.replace('-', '_')}"


def _data(difference: Difference, touch: Touch | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "from": _version_data(difference.before),
        "to": _version_data(difference.after),
        "categories": [
            {
                "category": one.category,
                "titles": dict(one.titles),
                "state": one.state,
                "concepts": one.concepts,
                "counts": dict(one.counts),
                "changes": [_change_data(change) for change in one.changes],
                "names": dict(one.names),
            }
            for one in difference.categories
        ],
    }
    if touch:
        data["data"] = {
            "file": touch.file,
            "rows": touch.rows,
            "rows_touched": touch.rows_touched,
            "touched": [
                {
                    "column": one.column,
                    "category": one.category,
                    "change": _change_data(one.change),
                    "rows": list(one.rows),
                }
                for one in touch.touched
            ],
        }
    return data


def _change_data(change: Change) -> dict[str, Any]:
    return {**change._asdict(), "before": list(change.before), "after": list(change.after)}


def _version_data(version: Version) -> dict[str, str]:
    return {"id": version.id, "version": version.version, "sha256": version.sha256}


def _page(difference: Difference, lang: str, touch: Touch | None) -> str:
    from jinja2 import Environment, StrictUndefined

    said = words(lang)
    source = (resources.files("zhengming") / "data" / "reports" / "changes.html").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True).from_string(source)
    names = {one.category: one.names for one in difference.categories}
    categories = [
        {
            "title": visible(_title(one, said, lang)),
            "kinds": [
                {
                    "kind": kind,
                    "title": said[_word(kind)],
                    "count": len(changes),
                    "sentences": []
                    if kind == "remark-changed"
                    else [visible(sentence(change, one.names, said)) for change in changes[:SHOWN_IN_PAGE]],
                    "more": max(0, len(changes) - SHOWN_IN_PAGE),
                }
                for kind, changes in _by_kind(one)
            ],
        }
        for one in difference.categories
    ]
    touched = [
        {
            "column": visible(one.column),
            "what": said[_word(one.change.kind)],
            "sentence": visible(sentence(one.change, names[one.category], said)),
            "count": len(one.rows),
            "rows": visible(", ".join(one.rows[:ROWS_SHOWN]) + ("…" if len(one.rows) > ROWS_SHOWN else "")),
        }
        for one in (touch.touched if touch else ())
    ]
    summary = touch and said["change_touched"].format(
        file=visible(touch.file), rows=touch.rows, touched=touch.rows_touched
    )
    return template.render(
        words=said,
        before=visible(_version(difference.before)),
        after=visible(_version(difference.after)),
        categories=categories,
        touch=summary,
        touched=touched[:SHOWN_IN_PAGE],
    )
