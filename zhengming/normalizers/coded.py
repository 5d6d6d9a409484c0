"""A coded cell: what the mentions of one cell come to together, under the policy of their category.

The codes of a row are those of its accepted mentions, without what only says the same more generally, and without
what the category's policy merely notes (a denied disease is no diagnosis). Anything undecided makes the cell a review.
A cell may hold codes instead of names, or beside them; then they must agree.

Reasons of codes: `known-code`, and `unmapped-code` for one of another system that no concept carries; `retired`,
`unknown-code`, `other-category`, `mistyped-code`, `coarse-code` (several concepts carry it), `not-a-code`,
`name-code-disagree`. Of cells that name nothing: `states-none`, `names-nothing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhengming.normalizers.cells import settled
from zhengming.normalizers.codes import CodeBook, WrittenCode
from zhengming.normalizers.outcome import Status
from zhengming.normalizers.terms.decided import METHOD, NO_MATCH
from zhengming.normalizers.terms.matcher import Matcher
from zhengming.normalizers.terms.mention import Candidate, Mention


@dataclass(frozen=True, slots=True)
class CodedCell:
    """The codes and names of one cell, its status and reason, and the mentions behind them.

    `undecided` counts the mentions a human must look at.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    status: Status
    reason: str
    mentions: tuple[Mention, ...]
    undecided: int = 0


def normalize(text: str, matcher: Matcher, *, beside: str = "") -> CodedCell:
    """What one cell says in the matcher's category, by names, by codes, or by both.

    `beside` is the text of other cells of its row; it settles an ambiguous abbreviation that the cell does not.

    >>> from zhengming.dictionary.model import Dictionary
    >>> normalize("女孩", Matcher(Dictionary.open(), "sex")).codes
    ('2',)
    >>> disease = Matcher(Dictionary.open(), "disease")
    >>> normalize("D0033", disease).names, normalize("D0108 室间隔缺损", disease).reason
    (('膜周部室间隔缺损',), 'name-code-disagree')
    """
    cell = _by_names(text, matcher, beside)
    book = matcher.codes
    written = book.find(text)
    if not written or any(one.method == METHOD for one in cell.mentions):
        return cell
    if book.only_codes(text, written):
        return cell if cell.codes else _of_codes(written, matcher)
    if not cell.codes:
        named = _by_names(_without(text, written), matcher, beside)
        cell = named if named.codes else cell
    return _agreeing(cell, written, book) if cell.codes else cell


def normalize_codes(text: str, matcher: Matcher) -> CodedCell:
    """What one cell of a column of codes says: each must be a code of the category, or of a system it maps to.

    >>> from zhengming.dictionary.model import Dictionary
    >>> disease = Matcher(Dictionary.open(), "disease")
    >>> normalize_codes("D0033；D0108", disease).codes, normalize_codes("室缺", disease).reason
    (('D0033', 'D0108'), 'not-a-code')
    """
    plain = settled(text)
    if plain is not None:
        stated = plain.reason == "stated-none"
        return CodedCell((), (), "accepted" if stated else plain.status, "states-none" if stated else plain.reason, ())
    book = matcher.codes
    written = book.find(text)
    if book.only_codes(text, written):
        return _of_codes(written, matcher)
    if book.is_of_a_known_system(text):
        return CodedCell((), (), "accepted", "unmapped-code", ())
    return CodedCell((), (), "unmatched", "not-a-code", (), 1)


def _of_codes(written: Sequence[WrittenCode], matcher: Matcher) -> CodedCell:
    """A cell of nothing but codes."""
    mentions = tuple(_mention(one, matcher) for one in written)
    codes = tuple(dict.fromkeys(one.codes[0] for one in written if not one.problem))
    undecided = [mention for mention in mentions if mention.status != "accepted"]
    if not undecided:
        return CodedCell(codes, tuple(matcher.name(code) for code in codes), "accepted", "known-code", mentions)
    status: Status = "review" if codes or any(one.status == "review" for one in undecided) else "unmatched"
    names = tuple(matcher.name(code) for code in codes)
    return CodedCell(codes, names, status, undecided[0].reason, mentions, len(undecided))


def _agreeing(cell: CodedCell, written: Sequence[WrittenCode], book: CodeBook) -> CodedCell:
    """A cell of names with codes beside them: each code must be of something that is named."""
    for one in written:
        if "." in one.text and not one.text[0].isalpha():
            continue  # 35.53 beside a name may be a temperature
        names_something = one.problem in ("", "coarse-code")
        if names_something and not any(book.related(code, cell.codes) for code in one.codes):
            return replace(cell, status="review", reason="name-code-disagree", undecided=max(cell.undecided, 1))
        if one.problem in ("unknown-code", "retired") and one.text[0].isalpha():  # digits may be a postal code
            return replace(cell, status="review", reason=one.problem, undecided=max(cell.undecided, 1))
    return cell


def _without(text: str, written: Sequence[WrittenCode]) -> str:
    """`text` with blanks for its codes, so that positions stay."""
    for one in written:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _mention(one: WrittenCode, matcher: Matcher) -> Mention:
    """A code as a mention of its concept."""
    concept = one.codes[0] if one.codes else None
    status: Status = "accepted" if not one.problem else "review" if concept else "unmatched"
    return Mention(
        one.text,
        one.start,
        one.end,
        matcher.category.name,
        concept,
        matcher.name(concept) if concept else None,
        status,
        1.0 if status == "accepted" else 0.5 if concept else 0.0,
        "code",
        one.problem or "known-code",
        one.system or None,
        () if status == "accepted" else tuple(Candidate(code, matcher.name(code), 0.5) for code in one.codes),
        None,
        {"certainty": "affirmed", "subject": "patient"},
    )


def is_ambiguous(cell: CodedCell) -> bool:
    """Whether the row's other cells may settle what the cell names."""
    return any(mention.reason == "ambiguous" for mention in cell.mentions)


def _by_names(text: str, matcher: Matcher, beside: str) -> CodedCell:
    """What the names of a cell come to."""
    mentions = matcher.match(text, beside)
    if not any([mention.code for mention in mentions]):
        plain = settled(text)
        if plain is not None and plain.reason != "stated-none":
            return CodedCell((), (), plain.status, plain.reason, (), int(plain.status != "accepted"))
        if plain is not None or matcher.denies_all(text):
            return CodedCell((), (), "accepted", "states-none", ())
    if not mentions:
        return CodedCell((), (), "unmatched", "names-nothing", (), 1)
    kept = [
        one for one in mentions if one.status == "accepted" and not one.covered_by and matcher.action(one) == "keep"
    ]
    codes = tuple(dict.fromkeys([one.code for one in kept if one.code]))
    names = tuple([matcher.name(code) for code in codes])
    if codes and len(kept) == len(mentions):  # most cells
        return CodedCell(codes, names, "accepted", "known", tuple(mentions))
    status, reason, undecided = _decide(mentions, bool(codes), matcher)
    return CodedCell(codes, names, status, reason, tuple(mentions), undecided)


def disagree(codes: object, names: object, book: CodeBook) -> bool:
    """Whether the codes of one cell and the names of another mean different concepts.

    Each code must be a concept that is named, one above it or one below it. Nothing can be said of cells without.
    """
    if not isinstance(codes, CodedCell) or not isinstance(names, CodedCell) or not names.codes:
        return False
    stated = [one.codes for one in book.find(";".join(mention.text for mention in codes.mentions)) if one.codes]
    return any(not any(book.related(code, names.codes) for code in several) for several in stated)


def normalize_many(texts: Iterable[str], matcher: Matcher, *, codes: bool = False) -> dict[str, CodedCell]:
    """Each distinct text with what it says; with `codes`, the column holds codes and no names."""
    distinct = list(dict.fromkeys(texts))
    if codes:
        return {text: normalize_codes(text, matcher) for text in distinct}
    matcher.match_many(distinct)
    return {text: normalize(text, matcher) for text in distinct}


def _decide(mentions: Sequence[Mention], coded: bool, matcher: Matcher) -> tuple[Status, str, int]:
    waiting = [one for one in mentions if one.reason != NO_MATCH]
    if not waiting:
        return "unmatched", NO_MATCH, 0
    mentions = waiting
    review = [one for one in mentions if one.status == "review"]
    unmatched = [one for one in mentions if one.status == "unmatched"]
    if review:
        return "review", review[0].reason, len(review) + len(unmatched)
    if unmatched:
        noted = any(one.status == "accepted" for one in mentions)
        return "review" if noted else "unmatched", unmatched[0].reason, len(unmatched)
    if coded:
        return "accepted", "known", 0
    certainty = {str(one.qualifiers.get("certainty")) for one in mentions if matcher.action(one) == "note"}
    if certainty == {"refuted"}:
        return "review", "only-refuted", len(mentions)
    return "review", "only-suspected" if "suspected" in certainty else "only-noted", len(mentions)
