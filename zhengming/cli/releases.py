"""Commands on the versions of a dictionary: build, release, verify, install, log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zhengming.cli.root import CLEAN, FINDINGS, Lang, dictionary_app, spoken_words
from zhengming.errors import UsageError

if TYPE_CHECKING:
    from zhengming.dictionary.steps import Reason
    from zhengming.findings import Finding

MAX_REASONS = 20  # reasons told of a step; more of them convince nobody

Source = Annotated[Path, typer.Argument(help="Source folder.")]
Log = Annotated[Path | None, typer.Option("--log", help="Log of the release; default: RELEASES.jsonl beside it.")]


@dictionary_app.command("build")
def dict_build(
    path: Source,
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write.", show_default=False)],
) -> None:
    """Compile a source folder to one file: the same bytes for the same source.

    The search indexes of its large categories are built beside it.
    """
    from zhengming import display, files
    from zhengming.dictionary import release

    content = release.build(path, output)
    _index(output)
    display.result(f"{output} sha256:{files.sha256(output)}\ncontent sha256:{content}")


@dictionary_app.command("index")
def dict_index(
    target: Annotated[str, typer.Argument(help="Release file, id@version, or source folder.", show_default=False)],
) -> None:
    """Make the search indexes of large categories now, not when they are first used."""
    from zhengming import display

    for name in _index(Path(target)):
        display.result(name)


def _index(path: Path) -> tuple[str, ...]:
    from zhengming.dictionary.model import Dictionary
    from zhengming.normalizers.terms.stored import build_indexes

    return build_indexes(Dictionary.open(path))


@dictionary_app.command("release")
def dict_release(
    path: Source,
    date: Annotated[str, typer.Option("--date", help="Day of the release: 2026-11-25.", show_default=False)],
    summary: Annotated[str, typer.Option("--summary", help="What is new, in words.")] = "",
    previous: Annotated[
        Path | None, typer.Option("--previous", help="File of the release before, if this machine does not keep it.")
    ] = None,
    sign: Annotated[Path | None, typer.Option("--sign", help="Private key (Ed25519, PEM) to sign with.")] = None,
    lang: Lang = None,
) -> None:
    """Check the source and its version, freeze it, and note it in RELEASES.jsonl."""
    from zhengming import display
    from zhengming.dictionary import publishing
    from zhengming.dictionary.signing import Signer

    spoken = spoken_words(lang)
    order = publishing.Order(date, summary, Signer(sign) if sign else None, previous)
    try:
        made = publishing.publish(path, order, check=_lint)
    except publishing.WrongStep as error:
        display.result(_told(error.reasons, spoken))
        raise
    if made.reasons:
        display.result(_told(made.reasons, spoken))
    facts = {name: getattr(made.entry, name) for name in ("id", "version", "step", "concepts", "terms")}
    display.result(spoken["release_made" if made.new else "release_there"].format(**facts, path=made.path))
    display.result(spoken["release_head"].format(head=made.entry.head))


@dictionary_app.command("verify")
def dict_verify(
    target: Annotated[str, typer.Argument(help="Release file, id@version, log, or folder with a log.")],
    log: Log = None,
    source: Annotated[Path | None, typer.Option("--source", help="Source folder that must agree with it.")] = None,
    key: Annotated[
        list[Path] | None, typer.Option("--key", help="Public key (PEM) that must have signed it. Repeatable.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Prove that a release, its log and its source agree, or say where they do not."""
    from zhengming import display
    from zhengming.dictionary import local, signing, verification

    named = None if Path(target).exists() else local.pinned(target)
    path = local.find(*named) if named else Path(target)
    keys = [signing.public_key(one) for one in key or ()]
    found = verification.verify(path, log=log, root=source, keys=keys)
    spoken = spoken_words(lang)
    lines = [spoken["verify_wrong"].format(what=what) for what in found.wrong]
    if found.ok:
        lines = [spoken["verify_ok"].format(what=what) for what in found.checked]
    if found.head:
        lines.append(spoken["release_head"].format(head=found.head))
    display.result("\n".join(lines))
    raise typer.Exit(CLEAN if found.ok else FINDINGS)


@dictionary_app.command("install")
def dict_install(
    file: Annotated[Path, typer.Argument(help="Release file.")],
    log: Log = None,
) -> None:
    """Keep a release on this machine, so that --dict id@version finds it."""
    from zhengming import display
    from zhengming.dictionary import history, local

    entry, path = local.install(file, log or file.parent / history.NAME)
    display.result(f"{entry.id}@{entry.version} {path}")


@dictionary_app.command("log")
def dict_log(
    target: Annotated[str, typer.Argument(help="Source folder, RELEASES.jsonl, or the id of a dictionary kept here.")],
    lang: Lang = None,
) -> None:
    """List the releases of a dictionary."""
    from zhengming import display
    from zhengming.dictionary import history, local

    path = Path(target)
    if path.is_dir():
        path = path / history.NAME
    elif not path.exists():
        path = local.log_of(target)
        if not path.exists():
            raise UsageError("no such folder, log or dictionary", where=target, remedy="name one of them")
    entries = history.read(path)
    spoken = spoken_words(lang)
    if not entries:
        display.result(spoken["release_none"])
        return
    columns = ("version", "date", "step", "concepts", "terms", "content", "signed", "summary")
    rows = [
        (one.version, one.date, one.step, one.concepts, one.terms, one.sha256[:12], one.key[:12], one.summary)
        for one in entries
    ]
    display.table([spoken[f"log_{name}"] for name in columns], rows)
    display.result(spoken["release_head"].format(head=entries[-1].head))


def _lint(root: Path) -> list[Finding]:
    from zhengming.dictionary import lint
    from zhengming.normalizers.terms import roundtrip

    found = lint.check(root)
    return found if any(one.severity == "error" for one in found) else found + roundtrip.check(root)


def _told(reasons: tuple[Reason, ...], spoken: dict[str, str]) -> str:
    """The reasons of a step, a line each, the greatest first."""
    lines = [
        " ".join(filter(None, (one.step, one.category, one.code, one.name))) + f": {spoken[f'step_{one.kind}']}"
        for one in reasons[:MAX_REASONS]
    ]
    if len(reasons) > MAX_REASONS:
        lines.append(spoken["and_more"].format(count=len(reasons) - MAX_REASONS))
    return "\n".join(lines)
