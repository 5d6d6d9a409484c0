"""The linter's last question: does the matcher understand the dictionary as it is meant?

Each term alone must come back as its concept, each ambiguous one undecided, each retired one as nothing but its
successor; names must differ by more than characters that change nothing; what definitions ask for, a cell must be
able to say. Asked of a source without other errors, for it needs a dictionary that can be used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from zhengming.dictionary import source
from zhengming.dictionary.folding import key
from zhengming.dictionary.lint.category import LintedCategory, numbered
from zhengming.dictionary.model import Dictionary
from zhengming.findings import Finding
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Mention
from zhengming.normalizers.terms.vocabulary import vocabulary


def check(root: Path) -> list[Finding]:
    """Every finding in the source folder `root`, in order of file and line.

    Raises:
        DictionaryError: the folder is no dictionary, or a file of it cannot be read.
    """
    dictionary = source.load(root)
    found: list[Finding] = []
    for name in dictionary.categories:
        category = LintedCategory.read(root, name)
        for one_check in (_names, _terms):
            found += one_check(category, dictionary)
        found += _definitions(category)
    return sorted(found, key=lambda one: (one.place, one.code))


def _names(category: LintedCategory, dictionary: Dictionary) -> Iterator[Finding]:
    """The preferred names alone, and pairs of them that differ only by characters that change no name (法洛氏)."""
    matcher = Matcher(dictionary, category.name)
    fillers = str.maketrans(dict.fromkeys(vocabulary().fillers, ""))
    first: dict[str, tuple[str, str]] = {}
    for line, row in numbered(category.concepts):
        for column, name in (("name", row[1]), ("name_en", row[2])):
            relation = "ambiguous" if (row[0], key(name)) in category.ambiguous else "exact"
            kind = _misread(category, row[0], relation, matcher.match(name)) if name else ""
            if kind:
                yield category.say("ZM520", category.concepts, line, column, code=row[0], kind=kind)
        if row[0] in category.active:
            folded = key(row[1])
            code, name = first.setdefault(folded.translate(fillers) or folded, (row[0], folded))
            if name != folded:
                yield category.say("ZM513", category.concepts, line, "name", code=row[0], other=code)


def _terms(category: LintedCategory, dictionary: Dictionary) -> Iterator[Finding]:
    """The further names alone, those of one sender as coming from that sender."""

    @cache
    def matcher(sender: str) -> Matcher:
        return Matcher(dictionary, category.name, sender=sender)

    for line, row in numbered(category.terms):
        code, text, _kind, _lang, sender, relation, *_rest = row
        kind = _misread(category, code, relation, matcher(sender).match(text))
        if kind:
            yield category.say("ZM520", category.terms, line, "term", code=code, kind=kind)


def _misread(category: LintedCategory, code: str, relation: str, mentions: Sequence[Mention]) -> str:
    """In which way a term was not read as meant, or an empty string."""
    accepted = [mention.code for mention in mentions if mention.status == "accepted"]
    meant = category.heir(code)
    if relation in ("ambiguous", "broad"):
        # A name that several places bear may be read as the one they all lie in.
        allowed = {meant, *category.above(meant)} if category.about.matching.cell == "place" else set()
        return "read-accepted" if any(one not in allowed for one in accepted) else ""
    if any(one != meant for one in accepted):
        return "read-other"
    if len(mentions) > 1:
        return "read-several"
    if accepted or code not in category.active:
        return ""
    return "read-review" if mentions and mentions[0].status == "review" else "read-unmatched"


def _definitions(category: LintedCategory) -> Iterator[Finding]:
    """Definitions that ask for a sub-type which neither the category nor the general cues have a word for."""
    table = category.tables.get("definitions.csv")
    if table is None:
        return
    general = [cue for cues in (vocabulary().cues, vocabulary().marks) for found in cues.values() for cue in found]
    known = {(cue.axis, cue.value) for cue in general}
    if "qualifiers.csv" in category.tables:
        known |= {(axis, value) for axis, value, *_rest in category.tables["qualifiers.csv"].rows}
    for line, (code, _core, qualifiers, *_rest) in numbered(table):
        for one in source.split(qualifiers):
            axis, _, value = one.partition("=")
            if (axis, value) not in known:
                yield category.say("ZM519", table, line, "qualifiers", code=code, found=one)
