"""What importing a code list would change, or changed, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from zhengming.dictionary.importing import CategoryPlan, Plan
from zhengming.findings import words
from zhengming.reports import concise
from zhengming.reports.visible import visible

SHOWN = 5  # examples of each kind of change
MOST_FINDINGS = 50  # findings listed; a wrong column makes one of every row


def render(plan: Plan, *, lang: str = "zh", applied: bool = False) -> str:
    """The plan, category by category, then what the linter found, then what came of it."""
    said = words(lang)
    lines: list[str] = []
    for one in plan.categories:
        head = "import_into_new" if one.is_new else "import_into"
        lines.append(said[head].format(file=plan.file, category=one.category, folder=plan.root.resolve().name))
        lines += [f"  {line}" for line in _category(one, said)]
    if plan.left_out:
        rows = _some([str(row) for row in plan.left_out], said)
        lines.append(said["import_left_out"].format(count=len(plan.left_out), examples=rows))
    if plan.findings:
        lines += concise.render(
            [*plan.errors, *(one for one in plan.findings if one.severity != "error")][:MOST_FINDINGS],
            lang=lang,
            summary={},
        ).splitlines()[:-1]
        if len(plan.findings) > MOST_FINDINGS:
            lines.append(said["and_more"].format(count=len(plan.findings) - MOST_FINDINGS))
    lines.append(said[_outcome(plan, applied)])
    return "\n".join([visible(line) for line in lines]) + "\n"


def _outcome(plan: Plan, applied: bool) -> str:
    if plan.errors:
        return "import_refused"
    if not plan.changes_something:
        return "import_nothing"
    return "import_applied" if applied else "import_preview"


def _category(one: CategoryPlan, said: Mapping[str, str]) -> Iterator[str]:
    changed = {change.code for change in one.changed}
    counts: Sequence[tuple[str, int, list[str]]] = (
        ("import_added", len(one.added), [f"{code} {name}" for code, name in one.added[:SHOWN]]),
        ("import_changed", len(changed), []),
        ("import_unchanged", one.unchanged, []),
        ("import_absent", len(one.absent), list(one.absent[:SHOWN])),
        ("import_retired", len(one.retired), list(one.retired[:SHOWN])),
        ("import_terms", one.terms, []),
        ("import_ambiguous", one.ambiguous, []),
    )
    for name, count, examples in counts:
        if count:
            yield said[name].format(count=count, examples=_some(examples, said, count))
        if name == "import_changed":
            for change in one.changed[:SHOWN]:
                yield "  " + said["import_change"].format(
                    code=change.code, column=change.column, before=change.before, after=change.after
                )
            if len(one.changed) > SHOWN:
                yield "  " + said["and_more"].format(count=len(one.changed) - SHOWN)


def _some(examples: Sequence[str], said: Mapping[str, str], count: int = 0) -> str:
    """The first of the examples, and a mark where there are more."""
    shown = said["import_between"].join(examples[:SHOWN])
    return shown + ("…" if max(count, len(examples)) > SHOWN else "")
