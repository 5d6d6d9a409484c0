"""Mistyped names and words: what stands there but for characters that are commonly mistaken for others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.vocabulary import Vocabulary

_LEAST_BY_SOUND: Final = 4  # characters a term needs for each one in it that only sounds like what was typed
_LEAST_WITH_A_WORD: Final = 6  # characters of a term of which two side by side sound like a word that was typed
_LEAST_CLEAR: Final = 3  # characters of a cue that a mere likeness of sound settles
_RIGHT_FOR_A_WRONG: Final = 3  # characters a term needs for each wrong one of any sort
_KEPT: Final = 50_000  # texts that are kept with the term they are but for such characters, some 10 MB


def mistyped(text: str, term_keys: Iterable[str], lexicon: Lexicon) -> tuple[Entry | None, int]:
    """The term of one concept that the text is but for fewest characters mistaken for others, and how many those are.

    None where it is as near to terms of two concepts: 主动脉瓣夏窄. `term_keys` are those that look like the text.
    """
    known = lexicon.mistyped.get(text)
    if known is None:
        if len(lexicon.mistyped) >= _KEPT:
            lexicon.mistyped.clear()
        known = lexicon.mistyped[text] = _meant(text, term_keys, lexicon)
    return known


def _meant(text: str, term_keys: Iterable[str], lexicon: Lexicon) -> tuple[Entry | None, int]:
    least, likely = len(text) // _RIGHT_FOR_A_WRONG, list[Entry]()
    for term_key in term_keys:
        wrong = _wrong_characters(text, term_key, least, lexicon.vocabulary)
        if wrong:
            entry: Entry = lexicon.entries[term_key]
            if not entry.misspelt or _is_confused(text, term_key, lexicon.vocabulary):
                if wrong < least:
                    least, likely = wrong, []
                likely.append(entry)
    if not likely or any(one.codes != likely[0].codes for one in likely):
        return None, 0
    return likely[0], least


def _is_confused(typed: str, meant: str, vocabulary: Vocabulary) -> bool:
    """Whether the characters that differ are known to be confused: 卞 only sounds like the 辨 put for 瓣."""
    return all(one == other or (one, other) in vocabulary.confused for one, other in zip(typed, meant, strict=True))


def _wrong_characters(typed: str, meant: str, most: int, vocabulary: Vocabulary) -> int:
    """How many characters differ, every one for one that looks or sounds alike; 0 if one differs otherwise.

    It is also 0 if more than `most` differ. Sound alone proves little: for each character that is not known to be
    confused, a name needs several that are right; fewer for two side by side, which are typed as one word (总和征 for
    综合征).
    """
    wrong = [place for place, one in enumerate(typed) if one != meant[place]]
    if len(wrong) > most:
        return 0
    sounding = 0
    for place in wrong:
        one, other = typed[place], meant[place]
        if one in vocabulary.inside:
            return 0  # 肺动脉不扩张 is no 肺动脉干扩张
        if (one, other) not in vocabulary.confused:
            if one in vocabulary.naming or not vocabulary.sounds_alike(one, other):
                return 0
            sounding += 1
    if sounding > len(typed) // _LEAST_BY_SOUND:
        a_word = len(wrong) == 2 and wrong[1] - wrong[0] == 1 and len(typed) >= _LEAST_WITH_A_WORD
        if not a_word:
            return 0  # 胆管畸形 sounds like 单冠畸形
    return len(wrong)


def mistyped_modifier(text: str, lexicon: Lexicon) -> Entry | None:
    """The sub-type word that the text is but for one character mistaken for another; None where it may be several."""
    found = [
        entry
        for entry in lexicon.alike_modifiers.get(lexicon.alike_key(text), ())
        if mistyped_cue(text, entry, entry, lexicon.vocabulary)
    ]
    return found[0] if len(found) == 1 else None


def mistyped_cue(text: str, entry: Entry, doubting: Entry, vocabulary: Vocabulary) -> tuple[Entry, int] | None:
    """The word that the text is but for one character mistaken for another, and the place of that character.

    Where a short word has one that only sounds like what was typed, the text may be another word (可以, 可疑): it
    doubts.
    """
    wrong = [place for place, one in enumerate(text) if one != entry.key[place]]
    if len(wrong) != 1:
        return None
    place = wrong[0]
    typed, meant = text[place], entry.key[place]
    if vocabulary.looks_alike(typed, meant):
        return entry, place
    if not vocabulary.sounds_alike(typed, meant):
        return None
    return (entry if len(text) >= _LEAST_CLEAR else doubting), place


def reach(unknown: set[int], gaps: list[int], most: int) -> tuple[int, int]:
    """Where words may stand that have an unknown character and inside them nothing stronger than `most`."""
    first, after = min(unknown), max(unknown) + 1
    while first > 0 and gaps[first] <= most:
        first -= 1
    while after < len(gaps) - 1 and gaps[after] <= most:
        after += 1
    return first, after
