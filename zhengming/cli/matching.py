"""Commands on one text or on gold data: how the matcher reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from zhengming.cli.root import (
    Category,
    DecisionsOption,
    DictOption,
    Lang,
    ModelOption,
    Sender,
    app,
    chosen_lang,
    open_decisions,
    open_dictionary,
    open_model,
    spoken_words,
)


@app.command()
def lookup(
    text: Annotated[str, typer.Argument(help="Text of a cell.")],
    category: Category = "disease",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    model: ModelOption = None,
    lang: Lang = None,
) -> None:
    """Find the concepts a text names."""
    from zhengming import display
    from zhengming.normalizers.terms.matcher import Matcher

    opened = open_dictionary(dictionary)
    learned = open_model(model, category)
    matcher = Matcher(opened, category, sender=sender, decisions=open_decisions(decisions), model=learned)
    mentions = matcher.match(text)
    if as_json:
        listed = [
            {**one.as_dict(), "mappings": dict(opened.concept(category, one.code).mappings) if one.code else {}}
            for one in mentions
        ]
        about = {"id": opened.id, "version": opened.version, "sha256": opened.sha256}
        answer = {"text": text, "dictionary": about, "mentions": listed}
        display.result(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    spoken = spoken_words(lang)
    rows = []
    for one in mentions:
        mappings = opened.concept(category, one.code).mappings if one.code else {}
        codes = " ".join(codes[0] for codes in mappings.values() if codes)
        said = "; ".join(f"{axis}={value}" for axis, value in one.qualifiers.items())
        status = spoken[f"status_{one.status}"] + (f" ⊂ {one.covered_by}" if one.covered_by else "")
        rows.append((one.text, one.code or "", one.name or "", codes, status, spoken_reason(spoken, one.reason), said))
    head = ("text", "code", "name", "mappings", "status", "reason", "qualifiers")
    display.table([spoken[f"column_{name}"] for name in head], rows)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="Text of a cell.")],
    category: Category = "disease",
    dictionary: DictOption = None,
    sender: Sender = "",
    decisions: DecisionsOption = None,
    model: ModelOption = None,
    lang: Lang = None,
) -> None:
    """Tell step by step how a text was read."""
    from zhengming import display
    from zhengming.normalizers.terms.explanation import explain as explained
    from zhengming.normalizers.terms.matcher import Matcher

    opened, learned = open_dictionary(dictionary), open_model(model, category)
    matcher = Matcher(opened, category, sender=sender, decisions=open_decisions(decisions), model=learned)
    display.result("\n".join(explained(text, matcher, spoken_words(lang))))


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="CSV with columns text and codes (or names), several joined by ;")],
    category: Category = "disease",
    dictionary: DictOption = None,
    sender: Sender = "",
    plot: Annotated[Path | None, typer.Option("--plot", help="Write the calibration as an SVG picture.")] = None,
    model: ModelOption = None,
    lang: Lang = None,
) -> None:
    """Measure the matcher on gold data: precision, recall, F1, bands of confidence, confusions."""
    from zhengming import display
    from zhengming.files import write_bytes
    from zhengming.normalizers.terms import evaluation
    from zhengming.normalizers.terms.matcher import Matcher
    from zhengming.reports import evaluation as report

    matcher = Matcher(open_dictionary(dictionary), category, sender=sender, model=open_model(model, category))
    measured = evaluation.evaluate(evaluation.read_gold(gold, matcher), matcher)
    names = {code: concept.name for code, concept in matcher.category.concepts.items()}
    display.result(report.render(measured, names, lang=chosen_lang(lang)))
    if plot:
        write_bytes(plot, report.plot(measured).encode())


def spoken_reason(spoken: dict[str, str], reason: str) -> str:
    """A reason code in words."""
    return spoken.get(f"reason_{reason.replace('-', '_')}", reason)
