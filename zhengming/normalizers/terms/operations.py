"""Operations: what a word of an operation is said of, by what such an operation treats.

D-TGA，ASD，PDA，Switch术后: the switch is of the transposition, not of the ductus before the comma; and VSD、PH修补术后
says of no hypertension that it was repaired. What treats what is data: `[treatments]` and `untreated` of the category.
Where that says nothing, an operation is said of what stands before it, as any other word.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, NamedTuple

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SENTENCE, Cue, Vocabulary

OPERATED: Final = "post_procedure"
PLANNED: Final = "planned"
UNOPERATED: Final = frozenset({PLANNED, "unoperated"})  # values of words behind a name that was not operated on
OPERATING: Final = frozenset({"timing", "procedure"})  # axes of words of operations
_BETWEEN: Final = frozenset({"modifier", "number", "part"})  # kinds of words between a name and its operation
# Values that later ones replace: 胎儿期发现室缺，术后.
EARLIER: Final = frozenset({"fetal", "neonatal", "current", "history", "patient"})


class Operated(NamedTuple):
    """A concept that was operated on, with the tokens and the text of its operation."""

    found: Found
    said: list[int]
    operation: str


class Operations:
    """The operations that a category knows of."""

    def __init__(self, category: Category, lexicon: Lexicon) -> None:
        """Read the policy of the category; `lexicon` has its names."""
        self._lexicon = lexicon
        self._names = category.concepts
        self._ancestors = category.ancestors
        self._untreated = frozenset(category.policy.untreated)
        self._together = frozenset(category.policy.together)
        treatments = {key(word): frozenset(codes) for word, codes in category.policy.treatments.items()}
        self._treatments = sorted(treatments.items(), key=lambda one: (-len(one[0]), one[0]))
        self._treatable = frozenset(code for codes in treatments.values() for code in codes)
        alone = {key(word): codes[0] for word, codes in category.policy.operations.items()}
        self._telling = {word: (code, treatments.get(word, frozenset()) | {code}) for word, code in alone.items()}
        self._tells = re.compile("|".join(map(re.escape, alone))) if alone else None
        self._known: dict[str, frozenset[str]] = {}
        self._ended = [(key(word), frozenset(codes)) for word, codes in category.policy.ended.items()]

    def treated(self, reading: Reading, index: int, cue: Cue) -> list[Found]:
        """The concepts before token `index` that its operation treats; none where it does not say, or treats none."""
        treats = self._treats(cue.text, folded=False)
        if not treats or reading.bracket_host(index):
            return []
        start, found, alone = index, list[Found](), True
        while not found and alone and start > 0 and reading.separations[start] < SENTENCE:
            own = start == index and _belongs(reading, start)
            start, found, only = self._listed(reading, start - 1, treats)
            alone = only or not own
        return found

    def read_alone(self, reading: Reading) -> None:
        """Let an operation tell what it was done for, where nothing that it treats is named: PBPV术后."""
        if self._tells is None or not self._tells.search(reading.view.text):
            return
        for index, token in enumerate(reading.tokens):
            told = self._tells.search(reading.text(token)) if token.kind == "cue" else None
            if told is None or token.entry is None or OPERATED not in token.entry.values:
                continue
            cue = next(one for one in token.entry.cues if one.value == OPERATED)
            code, treated = self._telling[told[0]]
            planned = as_planned(reading, index, cue, self._lexicon.vocabulary)[1].value != OPERATED
            if planned or is_unperformed(reading, index) or self._is_named(reading, index, code, treated):
                continue
            entry = self._lexicon.terms[self._name(code)]
            token.kind, token.entry = "term", entry
            found = Found(index, token.start, token.end, (code,), entry, "shared-head")
            found.qualifiers["timing"] = OPERATED
            found.steps.append(("shared-head", f"{reading.raw(token)} → {entry.senses[0][1].text}"))
            reading.add(found)

    def _is_named(self, reading: Reading, index: int, code: str, treated: frozenset[str]) -> bool:
        """Whether the cell names what the operation at token `index` may be of: before it, or behind what it treats.

        What is above all that it tells of (先心病) names nothing; a word glued to it that is not read may.
        """
        if reading.glued(index) and reading.tokens[index - 1].kind == "unknown":
            return True
        above = self._ancestors(code)
        return any(
            [
                self._is_below(one, treated) or (one.token < index and above.isdisjoint(one.codes))
                for one in reading.found
            ]
        )

    def read_objects(self, reading: Reading) -> None:
        """Let an operation, or a word that says that something has ended, say of what, where only the part is named.

        Of an operation that is the one concept among those it treats whose name begins with the part
        (动脉导管结扎术后); what has closed is what is called unclosed (卵圆孔已闭合).
        """
        for index in range(1, len(reading.tokens)):
            token, before = reading.tokens[index], reading.tokens[index - 1]
            if before.kind != "unknown" or token.kind != "cue" or token.entry is None or not reading.glued(index):
                continue
            part, entry = reading.text(before), None
            if any(cue.value == OPERATED and cue.position != "before" for cue in token.entry.cues):
                entry = self._object(part, token.entry.key)
                if entry and any([one.token < index and one.codes == entry.codes for one in reading.found]):
                    before.kind = "part"  # 肺动脉瓣狭窄，肺动脉瓣球囊扩张术后
                    continue
            elif "resolved" in token.entry.values:
                entry = self._unclosed(part, token.entry.key)
            if entry and len(entry.codes) == 1:
                before.kind, before.entry = "term", entry
                found = Found(index - 1, before.start, before.end, entry.codes, entry, "shared-head")
                found.steps.append(("shared-head", f"{part} → {entry.written}"))
                reading.add(found)

    def _object(self, part: str, operation: str) -> Entry | None:
        """The name of the one concept that such an operation treats and that begins with the part."""
        codes = [code for code in self._treats(operation) if self._name(code).startswith(part)]
        return self._lexicon.terms.get(self._name(codes[0])) if len(codes) == 1 and len(part) > 1 else None

    def _unclosed(self, part: str, ended: str) -> Entry | None:
        """The name of the part with a negator and what the word says has come about: 未闭 for 已闭合."""
        said = {ended[first:last] for first in range(len(ended)) for last in range(first + 1, len(ended) + 1)}
        names = [part + negator + one for negator in self._lexicon.vocabulary.negators for one in sorted(said)]
        return next((entry for name in names if (entry := self._lexicon.terms.get(name))), None)

    def operated(self, reading: Reading) -> list[Operated]:
        """The concepts that have an operation behind them, in the order of the text, with its words.

        Before them, those listed with one that such an operation treats too: both of VSD+ASD修补术后.
        """
        found: list[Operated] = []
        for index in sorted(reading.hosts):
            said = _operation_behind(reading, index)
            if not said:
                continue
            words = [reading.tokens[place].entry for place in said]
            text = "".join([word.key for word in words if word])
            treats = self._treats(text)
            found += [
                Operated(one, said, text)
                for one in _listed_before(reading, index)
                if not self.is_untreated(one) and (not treats or self._is_below(one, treats))
            ]
            found.append(Operated(reading.hosts[index], said, text))
        return found

    def word(self, text: str) -> str:
        """The word in the name of an operation that says what it treats; nothing where it has none."""
        return next((word for word, _codes in self._treatments if word in text), "")

    def is_treatable(self, found: Found) -> bool:
        """Whether any operation that the category knows of treats the concept."""
        return self._is_below(found, self._treatable)

    def _name(self, code: str) -> str:
        return self._lexicon.key(self._names[code].name)

    def spared(self, reached: list[Found], reading: Reading, index: int) -> list[Found]:
        """Those of a list which the operation behind it, at token `index`, is not of; none, if it would be all.

        None ever is of some, or another is a kind of it, or no mark parts it from one that is operated on and it is
        not mended together with others (主动脉瓣反流室缺术后).
        """
        spared = [found for found in reached if self._is_spared(found, reached)]
        left = [found for found in reached if found not in spared]
        if not spared or not left:
            spared = []
        if self._together and len(left) > 1:
            last = max([found.token for found in left])
            for found in left:
                alone = found.token < min(last, index) and not self._is_below(found, self._together)
                if alone and max(reading.separations[found.token + 1 : index + 1]) < LIST:
                    spared.append(found)
        return spared

    def _is_spared(self, found: Found, others: list[Found]) -> bool:
        return self.is_untreated(found) or any(
            found is not other and self._is_kind(other, found.codes) for other in others
        )

    def _is_kind(self, found: Found, above: tuple[str, ...]) -> bool:
        return any(not self._ancestors(code).isdisjoint(above) for code in found.codes)

    def is_untreated(self, found: Found) -> bool:
        """Whether no operation is of the concept: hypertension, a failing heart, a syndrome."""
        return bool(found.codes) and all(self._is_one_below(code, self._untreated) for code in found.codes)

    def may_end(self, found: Found, text: str) -> bool:
        """Whether the concept may end as a word says (已闭合); a word that the category does not know fits any."""
        codes = next((codes for word, codes in self._ended if word in text), None)
        return codes is None or self._is_below(found, codes)

    def _treats(self, text: str, *, folded: bool = True) -> frozenset[str]:
        """What an operation treats: the longest word that its name has decides."""
        known = self._known.get(text)
        if known is None:
            name = text if folded else key(text)
            known = next((codes for word, codes in self._treatments if word in name), frozenset())
            self._known[text] = known
        return known

    def _listed(self, reading: Reading, last: int, treats: frozenset[str]) -> tuple[int, list[Found], bool]:
        """Of the list that ends with token `last`: where it starts, what is treated, whether it has nothing else."""
        found: list[Found] = []
        alone = True
        for position in range(last, -1, -1):
            if position < last and not _belongs(reading, position + 1):
                return position + 1, found, alone
            host = reading.hosts.get(position)
            if host is None:
                if found and _is_unoperated(reading.tokens[position]):
                    return position, found, alone
                alone = alone and reading.tokens[position].kind != "unknown"
            elif self._is_below(host, treats):
                if host.qualifiers.get("timing", "fetal") not in EARLIER:
                    return position, found, alone
                found.append(host)
            else:
                alone = alone and self.is_untreated(host)
        return 0, found, alone

    def _is_below(self, found: Found, above: frozenset[str]) -> bool:
        return any(self._is_one_below(code, above) for code in found.codes)

    def _is_one_below(self, code: str, above: frozenset[str]) -> bool:
        return code in above or not self._ancestors(code).isdisjoint(above)


def _is_unoperated(token: Token) -> bool:
    return token.kind == "cue" and token.entry is not None and not token.entry.values.isdisjoint(UNOPERATED)


def _operation_behind(reading: Reading, index: int) -> list[int]:
    """The tokens of the operation behind the concept at token `index`, beyond what says its kind or size."""
    said, place = list[int](), index + 1
    while place < len(reading.tokens):
        if is_said(reading, place, "timing", OPERATED) or (said and _is_interval(reading, place)):
            said.append(place)
        elif (
            said
            or reading.separations[place] > BRACKET
            or place in reading.hosts
            or reading.tokens[place].kind not in _BETWEEN
        ):
            break
        place += 1
    return said


def _listed_before(reading: Reading, index: int) -> list[Found]:
    """The concepts of which a list has the one at token `index` behind it, nothing but kinds and sizes between."""
    found: list[Found] = []
    for position in range(index - 1, -1, -1):
        if reading.separations[position + 1] > LIST:
            break
        host = reading.hosts.get(position)
        if host:
            found.insert(0, host)
        elif reading.tokens[position].kind not in _BETWEEN and not _is_link(reading.tokens[position]):
            break
    return found


def _is_link(token: Token) -> bool:
    return token.entry is not None and token.entry.joins == LIST


def is_said(reading: Reading, index: int, axis: str, value: str) -> bool:
    """Whether token `index`, in or behind the clause before it, is a word of the axis (with that value, if given)."""
    token = reading.tokens[index]
    if token.kind not in ("cue", "modifier") or token.entry is None or reading.separations[index] > CLAUSE:
        return False
    said = [(one.axis, one.value) for one in token.entry.cues]
    said += [(one.axis, one.value) for one in token.entry.modifiers]
    return any(one == axis and value in ("", what) for one, what in said)


def _is_interval(reading: Reading, index: int) -> bool:
    """Whether token `index` says how long ago the operation was."""
    measure = reading.tokens[index].measure
    return measure is not None and measure.quantity == "interval" and reading.glued(index)


def _belongs(reading: Reading, index: int) -> bool:
    """Whether a token is of one list with the one before it: no comma parts them, at most a word (室缺合并房缺)."""
    separation = reading.separations[index]
    return separation <= LIST or (separation == CLAUSE and reading.view.gaps[reading.tokens[index].start] <= LIST)


def considers(reading: Reading, index: int, entry: Entry, vocabulary: Vocabulary) -> bool:
    """Whether the doubt at token `index` is whether to operate: 房缺考虑手术, but not 考虑术后改变."""
    if "certainty" not in entry.axes or not entry.key.endswith(vocabulary.ahead):
        return False
    place = index + 1
    while reading.glued(place) and place not in reading.hosts:
        following = reading.tokens[place].entry
        if following is None or following.axes.isdisjoint(OPERATING):
            return False
        if OPERATED in following.values and not any([one in following.key for one in vocabulary.performed]):
            return True
        place += 1
    return False


def as_planned(reading: Reading, index: int, cue: Cue, vocabulary: Vocabulary) -> tuple[int, Cue]:
    """The operation as one that is planned, if the words glued before it say so: 拟择期行根治术."""
    listed = reading.side(index, -1, NONE)
    if listed and cue.position != "before" and _goes_on_with_plan(reading, listed[2]):
        return index, replace(cue, axis="procedure", value=PLANNED)
    before, after = index, index + 1
    if reading.glued(after) and after not in reading.hosts:
        entry = reading.tokens[after].entry
        if entry and any(one.value == PLANNED and one.position == "after" for one in entry.cues):
            return index, replace(cue, axis="procedure", value=PLANNED)  # 封堵术前
    while reading.glued(before):
        before -= 1
        if reading.tokens[before].measure:
            continue  # 拟3岁封堵
        entry = reading.tokens[before].entry
        said = {one.value for one in entry.cues if one.axis in OPERATING} if entry else set()
        if PLANNED in said or (entry and considers(reading, before, entry, vocabulary)):
            return before, replace(cue, axis="procedure", value=PLANNED)
        if not said:
            break
    return index, cue


def is_unperformed(reading: Reading, index: int) -> bool:
    """Whether the words glued before the operation at token `index` say that it was not done: 未行根治手术.

    What it treats may stand between: 家属拒绝VSD手术.
    """
    named = False
    while reading.glued(index):
        index -= 1
        if index in reading.hosts and reading.separations[index] == NONE:
            if named:
                return False
            named = True
            continue
        entry = reading.tokens[index].entry
        if entry and "unperformed" in entry.values:
            return True
    return False


def _goes_on_with_plan(reading: Reading, found: Found) -> bool:
    """Whether the concept is listed behind one whose operation is planned: 拟行VSD修补+PDA结扎."""
    if reading.separations[found.token] != LIST:
        return False
    before = reading.side(found.token, -1, LIST)
    return before is not None and before[2].qualifiers.get("procedure") == PLANNED
