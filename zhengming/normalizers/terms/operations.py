"""Operations: what a word of an operation is said of, by what such an operation treats.

D-TGA，ASD，PDA，Switch术后: the switch is of the transposition, not of the ductus before the comma; and VSD、PH修补术后
says of no hypertension that it was repaired. What treats what is data: `[treatments]` and `untreated` of the category.
Where that says nothing, an operation is said of what stands before it, as any other word.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.cell import Token
from zhengming.normalizers.terms.entry import Entry
from zhengming.normalizers.terms.lexicon import Lexicon
from zhengming.normalizers.terms.performed import (
    EARLIER,
    OPERATED,
    as_planned,
    is_unoperated,
    is_unperformed,
)
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, SENTENCE, SOFT, Cue

_BETWEEN: Final = frozenset({"modifier", "number", "part"})  # kinds of words between a name and its operation
_SILENT: Final = frozenset({"neutral"})
_SAID: Final = frozenset({"cue", "modifier", "number"})  # kinds of words that may be glued before an operation


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
        self._contexts = frozenset(category.policy.contexts)
        self._known: dict[str, frozenset[str]] = {}
        self._ended = [(key(word), frozenset(codes)) for word, codes in category.policy.ended.items()]

    def treated(self, reading: Reading, index: int, cue: Cue) -> list[Found]:
        """The concepts before token `index` that its operation treats; none where it does not say, or treats none."""
        treats = self._treats(cue.text, folded=False)
        if not treats or reading.bracket_host(index):
            return []
        told = reading.hosts.get(index - 1) if reading.glued(index) else None
        if told and told.qualifiers.get("timing") == OPERATED and self._is_below(told, treats):
            return [told]  # 房间隔缺损，已行TAPVC矫治术
        start, found, alone = index, list[Found](), True
        while not found and alone and start > 0:
            if reading.separations[start] >= SENTENCE and any([one in reading.hosts for one in range(start, index)]):
                break  # an operation may be a sentence of its own: WPW；消融术后
            own = start == index and _belongs(reading, start)
            start, found, only = self._listed(reading, start - 1, treats, index)
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
            if (
                planned
                or is_unperformed(reading, index, self._lexicon.vocabulary.negators)
                or self._is_named(reading, index, code, treated)
            ):
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

    def ahead(self, reading: Reading, index: int, cue: Cue) -> list[Found]:
        """What an operation that opens the cell treats of the list behind the comma: Glenn术后，功能性单心室.

        How long ago it was may be told in between (术后1月，法四); what is not read before it may mean another time.
        """
        treats, after = self._treats(cue.text, folded=False) or self._treatable, index + 1
        if any([token.kind != "cue" for token in reading.tokens[:index]]):
            return []
        while after < len(reading.tokens) and _tells_when(reading.tokens[after]) and reading.separations[after] <= SOFT:
            after += 1
        if after == len(reading.tokens) or reading.separations[after] != CLAUSE:
            return []
        found: list[Found] = []
        for position in range(after, len(reading.tokens)):
            if (position > after and not _belongs(reading, position)) or reading.tokens[position].kind == "unknown":
                break
            host = reading.hosts.get(position)
            if host and self._is_below(host, treats) and not self.is_untreated(host):
                found.append(host)
        return found

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
                same = entry and any([one.token < index and one.codes == entry.codes for one in reading.found])
                if same or (entry is None and self._has_treated(part, token.entry.key, reading, index)):
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

    def _has_treated(self, part: str, operation: str, reading: Reading, index: int) -> bool:
        """Whether a name before the operation begins with the part and is treated so: 二尖瓣狭窄，二尖瓣置换术后."""
        treats, begins = self._treats(operation), [one for one in reading.found if one.token < index]
        return len(part) > 1 and any([self._is_below(one, treats) and one.entry.key.startswith(part) for one in begins])

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

    def settles(self, found: Found, reading: Reading) -> list[str]:
        """Which of an abbreviation's concepts the operation behind it treats, or else any operation: ASD封堵术后."""
        said = [reading.tokens[place].entry for place in _operation_behind(reading, found.token)]
        treats = self._treats("".join([word.key for word in said if word])) or self._treatable
        return [code for code in found.codes if self._is_one_below(code, treats)] or list(found.codes)

    def of_both(self, reading: Reading, index: int) -> list[Found]:
        """The concepts that an operation of anything is of, beyond the word that joins them: 缩窄合并室缺矫治术后.

        None where something between is not read. What is never operated on is passed over (室缺，肺高压，术后).
        """
        place, found = index, list[Found]()
        while reading.glued(place) and place - 1 not in reading.hosts:
            place -= 1
            if reading.tokens[place].kind not in _SAID:
                return []
        depth = reading.view.depth
        for position in range(place - 1, -1, -1):
            host, after = reading.hosts.get(position), position + 1
            if depth[reading.tokens[position].start] < depth[reading.tokens[index].start]:
                break  # 肺静脉狭窄（TAPVC术后）
            if not _belongs(reading, after):
                passed = after == place or after in reading.hosts
                if found or not passed or reading.separations[after] >= SENTENCE:
                    break
            if host is None and (reading.tokens[position].kind == "unknown" or is_unoperated(reading.tokens[position])):
                break
            alone = position == index - 1 and reading.separations[position] >= CLAUSE and reading.glued(index)
            if host and (not self.is_untreated(host) or (alone and self._is_meant(host, self._treatable))):
                timed = host.qualifiers.get("timing", "fetal") not in EARLIER
                if timed or not self.is_treatable(host) or (found and not self._keeps_company(host, found[0])):
                    break
                found.append(host)
        return found

    def _keeps_company(self, found: Found, other: Found) -> bool:
        """Whether the two are of one kind, as heart and lip are not."""
        above = [self._ancestors(one.codes[0]) & self._contexts for one in (found, other)]
        return not above[0].isdisjoint(above[1])

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

    def is_foreign(self, found: Found, cue: Cue) -> bool:
        """Whether the operation is of something else than the concept, for none is of that, or this one is not."""
        return self.is_untreated(found) and not self._is_below(found, self._treats(cue.text, folded=False))

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

    def _listed(self, reading: Reading, last: int, treats: frozenset[str], index: int) -> tuple[int, list[Found], bool]:
        """Of the list that ends with token `last`: where it starts, what is treated, whether it has nothing else.

        It does not go on before the bracket that the operation at token `index` stands in: 肺静脉狭窄（TAPVC术后）.
        """
        depth, tokens = reading.view.depth, reading.tokens
        found: list[Found] = []
        alone = True
        for position in range(last, -1, -1):
            inside = depth[tokens[position].start] >= depth[tokens[index].start]
            if position < last and not (inside and _belongs(reading, position + 1)):
                return position + 1, found, alone
            host = reading.hosts.get(position)
            if host is None:
                if found and is_unoperated(reading.tokens[position]):
                    return position, found, alone
                alone = alone and reading.tokens[position].kind != "unknown"
            elif self._is_below(host, treats) and (not self.is_untreated(host) or self._is_meant(host, treats)):
                if host.qualifiers.get("timing", "fetal") not in EARLIER:
                    return position, found, alone
                found.append(host)
            else:
                alone = alone and self.is_untreated(host)
        return 0, found, alone

    def _is_meant(self, found: Found, treats: frozenset[str]) -> bool:
        """Whether the operation is expressly of what no other operation is of: an ablation of an arrhythmia."""
        return self._is_below(found, frozenset([code for code in treats if self._is_one_below(code, self._untreated)]))

    def _is_below(self, found: Found, above: frozenset[str]) -> bool:
        return any(self._is_one_below(code, above) for code in found.codes)

    def _is_one_below(self, code: str, above: frozenset[str]) -> bool:
        return code in above or not self._ancestors(code).isdisjoint(above)


def _tells_when(token: Token) -> bool:
    """Whether the token says how long ago, or nothing: 术后第3天, 术后随访."""
    return token.kind == "number" or (token.kind == "cue" and token.entry is not None and token.entry.axes == _SILENT)


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
    if separation != CLAUSE:
        return separation <= LIST
    numbered = reading.tokens[index].kind == "number" or reading.tokens[index - 1].kind == "number"
    return not numbered and reading.view.gaps[reading.tokens[index].start] <= LIST
