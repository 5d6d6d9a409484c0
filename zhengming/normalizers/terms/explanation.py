"""Explaining a cell: the way of each mention through the matcher's steps, in words a steward can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Mention


def explain(text: str, matcher: Matcher, words: Mapping[str, str]) -> list[str]:
    """The lines that tell how `text` was read; `words` are the messages of one language."""
    explained = matcher.explain(text)
    if not explained:
        return [words["step_nothing_read"]]
    lines: list[str] = []
    for mention, steps in explained:
        lines.append(words["step_read"].format(start=mention.start + 1, end=mention.end, text=mention.text))
        lines += [f"  · {line}" for line in _steps(mention, steps, words)]
        if mention.status == "accepted" and matcher.action(mention) != "keep":
            lines.append(f"  · {words['step_noted']}")
    return lines


def _steps(mention: Mention, steps: list[tuple[str, str]], words: Mapping[str, str]) -> Iterator[str]:
    for step, detail in steps:
        yield words[f"step_{step.replace('-', '_')}"].format(detail=detail)
    facts = {
        "status": words[f"status_{mention.status}"],
        "reason": words.get(f"reason_{mention.reason.replace('-', '_')}", mention.reason),
        "code": mention.code or "",
        "name": mention.name or "",
        "confidence": f"{mention.confidence:.3f}",
    }
    yield words["step_decided" if mention.code else "step_decided_nothing"].format(**facts)
    if mention.status == "review" and mention.candidates:
        yield words["step_candidates"].format(detail="; ".join(f"{one.code} {one.name}" for one in mention.candidates))
    if mention.covered_by:
        yield words["step_covered"].format(code=mention.covered_by)
