"""Commands on decisions: what reviewers agree on becomes part of the dictionary, or a request for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from zhengming.cli.root import CLEAN, FINDINGS, DictOption, Lang, dictionary_app, open_dictionary, spoken_words

if TYPE_CHECKING:
    from zhengming.dictionary.model import Dictionary

Log = Annotated[Path, typer.Argument(help="Log of reviewers' decisions.", show_default=False)]
Categories = Annotated[list[str] | None, typer.Option("--category", "-c", help="Only this category. Repeatable.")]
_ALARMING = frozenset({"disputed", "two-decisions", "refused"})  # what someone must see to
_NEAREST = 3  # concepts shown beside a request


@dictionary_app.command("promote")
def dict_promote(
    decisions: Log,
    into: Annotated[Path, typer.Option("--into", help="Source folder of the dictionary.", show_default=False)],
    categories: Categories = None,
    reviewers: Annotated[int, typer.Option("--reviewers", min=1, help="How many reviewers must agree.")] = 1,
    apply: Annotated[bool, typer.Option("--apply", help="Write it; otherwise only tell what would be done.")] = False,
    lang: Lang = None,
) -> None:
    """Make names of what reviewers agree on: show which decisions become terms and which do not, and why."""
    from zhengming import display
    from zhengming.dictionary.rulings import Decisions
    from zhengming.review import promotion

    said = spoken_words(lang)
    found = promotion.preview(Decisions.read(decisions), into, least=reviewers, categories=categories or ())
    if apply:
        found = promotion.apply(found, into)
    rows = [
        (
            said[f"promotion_{one.reason.replace('-', '_')}" if one.reason else "promotion_term"]
            + (f" ({one.detail})" if one.detail else ""),
            one.ruling.category,
            one.ruling.text,
            one.ruling.sender,
            one.code,
            one.name,
            ", ".join(one.ruling.reviewers),
        )
        for one in found
    ]
    head = ("what", "category", "text", "sender", "code", "name", "reviewers")
    display.table([said[f"promotion_head_{name}"] for name in head], rows)
    terms = sum(one.term is not None for one in found)
    ended = "promotion_applied" if apply else "promotion_preview"
    display.note(said[ended].format(terms=terms, left=len(found) - terms))
    raise typer.Exit(FINDINGS if any(one.reason in _ALARMING for one in found) else CLEAN)


@dictionary_app.command("propose")
def dict_propose(
    decisions: Log,
    dictionary: DictOption = None,
    categories: Categories = None,
    form: Annotated[Literal["text", "json"], typer.Option("--format", help="How to tell it.")] = "text",
    terms: Annotated[
        Path | None, typer.Option("--terms", help="Also write terms mined from the decisions, with counts, as CSV.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Collect the requests for new concepts, with how many values ask for each, examples, and what is nearest."""
    from zhengming import display
    from zhengming.dictionary.rulings import Decisions
    from zhengming.review import proposals

    opened = open_dictionary(dictionary)
    held = Decisions.read(decisions).of_dictionary(opened.id)
    found = proposals.collect(held, categories=categories or (), nearest=_nearest(opened))
    if terms:
        from zhengming.learning import material, mining

        named = [one for one in opened.categories if one in (categories or {ruling.category for ruling in held})]
        mined = mining.write(terms, [material.of_log(held, opened.category(one)) for one in named], opened)
        display.note(spoken_words(lang)["mined"].format(count=mined, path=terms))
    if form == "json":
        display.result(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
        return
    said = spoken_words(lang)
    rows = [
        (
            one.values,
            one.category,
            one.name,
            "; ".join(one.examples),
            ", ".join(one.senders),
            ", ".join(one.reviewers),
            one.last,
            "; ".join(one.near),
        )
        for one in found
    ]
    head = ("values", "category", "name", "examples", "senders", "reviewers", "last", "near")
    display.table([said[f"proposal_head_{name}"] for name in head], rows)


def _nearest(dictionary: Dictionary) -> Callable[[str, str], list[str]]:
    """Names the concepts nearest to a text, if its category is one of the dictionary."""
    from zhengming.normalizers.terms.matcher import Matcher

    matchers: dict[str, Matcher] = {}

    def nearest(category: str, text: str) -> list[str]:
        if category not in dictionary.categories:
            return []
        if category not in matchers:
            matchers[category] = Matcher(dictionary, category)
        found = {
            code: name
            for mention in matchers[category].match(text)
            for code, name in ((mention.code, mention.name), *((one.code, one.name) for one in mention.candidates))
            if code
        }
        return [f"{code} {name}" for code, name in found.items()][:_NEAREST]

    return nearest
