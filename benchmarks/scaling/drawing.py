"""Tables and pictures of what was measured; the same figures give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scaling.picture import Line, picture

OURS = "zhengming nearest_many"
READ = "zhengming match_many"


def draw(results: Path, images: Path) -> None:
    """Print the tables and write the pictures."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("search-*.json"))]
    by_size: dict[str, dict[str, Any]] = {}
    for one in sorted(found, key=lambda one: (one["terms"], _per_text(one))):
        by_size.setdefault(one["size"], {})[one["name"]] = one
    for size, of in by_size.items():
        print(f"\n{size}: {next(iter(of.values()))['terms']:,} terms\n")
        print("\n".join(search_table(of)))
        print("\n".join(["", *kinds_table(of)]))
    names = list(dict.fromkeys(name for of in by_size.values() for name in of))
    points = {
        name: [(of[name]["terms"], 1e3 * _per_text(of[name])) for of in by_size.values() if name in of]
        for name in names
    }
    lines = [Line(name, found, strong=name == OURS) for name, found in points.items()]
    title = ("Time against terms", "terms", "milliseconds of one processor a text")
    (images / "scale-terms.svg").write_text(picture(*title, lines), encoding="utf-8", newline="")
    path = results / "rows.json"
    if path.exists():
        taken = json.loads(path.read_text(encoding="utf-8"))
        rows = {int(count): one for count, one in taken["rows"].items()}
        print("\n".join(["", *rows_table(taken, rows)]))
        lines = [
            Line("seconds of the processor", [(count, one["processor"]) for count, one in rows.items()]),
            Line("seconds", [(count, one["seconds"]) for count, one in rows.items()]),
        ]
        title = ("Time against rows", f"rows, three columns each, {taken['terms']:,} terms", "seconds")
        (images / "scale-rows.svg").write_text(picture(*title, lines), encoding="utf-8", newline="")


def _per_text(one: Mapping[str, Any]) -> float:
    return one["processor"] / max(one["texts"] - 1, 1)


def _share(flags: str) -> str:
    return f"{100 * flags.count('1') / len(flags):.1f}"


def search_table(of: Mapping[str, Any]) -> Iterable[str]:
    """One row a system; what ours reached with the same texts stands beside it."""
    ours = of[OURS]
    columns = (
        "texts",
        "ms a text",
        "ours is faster by",
        "right",
        "ours on these",
        "among 20",
        "ours on these",
        "build",
        "GB",
    )
    yield f"| system | {' | '.join(columns)} |"
    yield f"|---|{'---:|' * len(columns)}"
    for name, one in of.items():
        many = one["texts"]
        among = (_share(one["among"]), _share(ours["among"][:many])) if one["several"] else ("", "")
        if name == READ:
            among = ("", "")
        cells = (
            f"{name} {one['version']}", f"{many:,}", f"{1e3 * _per_text(one):.3g}",
            "" if name == OURS else f"{_per_text(one) / _per_text(ours):,.0f}" if name != READ else "",
            _share(one["right"]), _share(ours["right"][:many]), *among,
            f"{one['build_processor']:.0f}", f"{one['gigabytes']:.1f}",
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


def kinds_table(of: Mapping[str, Any]) -> Iterable[str]:
    """The share of right answers by kind of noise."""
    chosen = [one for name, one in of.items() if one["texts"] >= 40]
    yield f"| noise | {' | '.join(one['name'] for one in chosen)} |"
    yield f"|---|{'---:|' * len(chosen)}"
    kinds = chosen[0]["kinds"]
    for place, kind in enumerate(kinds):
        yield f"| {kind} | {' | '.join(_share(one['right'][place :: len(kinds)]) for one in chosen)} |"


def rows_table(taken: Mapping[str, Any], rows: Mapping[int, Any]) -> Iterable[str]:
    """What was done with all terms, and what it took."""
    yield f"| of {taken['terms']:,} distinct terms | seconds | of the processor | memory, all processes |"
    yield "|---|---:|---:|---:|"
    done = [
        (what, taken[what]) for what in ("import", "build", "index", "lookup known", "lookup mistyped") if what in taken
    ]
    done += [(f"code {count:,} rows", one) for count, one in rows.items()]
    for what, one in done:
        yield f"| {what} | {one['seconds']:.2f} | {one['processor']:.2f} | {one['rss']:.2f} GB ({one['pss']:.2f}) |"
    opened = taken["open"]
    yield f"| open and ask once | {opened['seconds']:.2f} | {opened['processor']:.2f} | {opened['megabytes']:.0f} MB |"
