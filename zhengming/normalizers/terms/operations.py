"""Operations: what a word of an operation is said of, by what such an operation treats.

D-TGA，ASD，PDA，Switch术后: the switch is of the transposition, not of the ductus before the comma; and VSD、PH修补术后
says of no hypertension that it was repaired. What treats what is data: `[treatments]` and `untreated` of the category.
Where that says nothing, an operation is said of what stands before it, as any other word.
"""

from __future__ import annotations

from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category
from zhengming.normalizers.terms.denials import is_denied
from zhengming.normalizers.terms.lexicon import Entry, Lexicon
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, LIST, NONE, SENTENCE, Cue

OPERATED = "post_procedure"
PLANNED = "planned"
OPERATING = frozenset({"timing", "procedure"})  # axes of words of operations
EARLIER = frozenset({"fetal", "current", "patient"})  # values that a later one replaces: 胎儿期发现室缺，术后


class Operations:
    """The operations that a category knows of."""

    def __init__(self, category: Category, lexicon: Lexicon) -> None:
        """Read the policy of the category; `lexicon` has its names."""
        self._lexicon = lexicon
        self._names = category.concepts
        self._ancestors = category.ancestors
        self._untreated = frozenset(category.policy.untreated)
        treatments = {key(word): frozenset(codes) for word, codes in category.policy.treatments.items()}
        self._treatments = sorted(treatments.items(), key=lambda one: (-len(one[0]), one[0]))
        self._treatable = frozenset(code for codes in treatments.values() for code in codes)
        self._known: dict[str, frozenset[str]] = {}

    def treated(self, reading: Reading, index: int, cue: Cue) -> list[Found]:
        """The concepts before token `index` that its operation treats; none where it does not say, or treats none."""
        treats = self._treats(key(cue.text))
        if not treats or reading.bracket_host(index):
            return []
        start, found, alone = index, list[Found](), True
        while not found and alone and start > 0 and reading.separations[start] < SENTENCE:
            own = start == index and _belongs(reading, start)
            start, found, only = self._listed(reading, start - 1, treats)
            alone = only or not own
        return found

    def read_objects(self, reading: Reading) -> None:
        """Let an operation say what it was of, where only the part of the heart is named: 动脉导管结扎术后.

        That is the one concept among those it treats whose name begins with the part.
        """
        for index in range(1, len(reading.tokens)):
            token, before = reading.tokens[index], reading.tokens[index - 1]
            if before.kind != "unknown" or token.kind != "cue" or token.entry is None or not reading.glued(index):
                continue
            if not any(cue.value == OPERATED and cue.position != "before" for cue in token.entry.cues):
                continue
            part = reading.text(before)
            codes = [code for code in self._treats(token.entry.key) if self._name(code).startswith(part)]
            entry = self._lexicon.terms.get(self._name(codes[0])) if len(codes) == 1 and len(part) > 1 else None
            if entry and len(entry.codes) == 1:
                before.kind, before.entry = "term", entry
                found = Found(index - 1, before.start, before.end, entry.codes, entry, "shared-head")
                found.steps.append(("shared-head", f"{part} → {entry.senses[0][1].text}"))
                reading.add(found)

    def read_results(self, reading: Reading) -> None:
        """Let what an operation left behind be the concept that has such a name: 室缺修补术后，残余分流.

        One that is denied or doubted is a mention of its own beside what was operated.
        """
        for found in list(reading.found):
            said, place = list[int](), found.token + 1
            while place < len(reading.tokens) and (
                _is_said(reading, place, "timing", OPERATED) or (said and _is_interval(reading, place))
            ):
                said.append(place)
                place += 1
            if not said or place == len(reading.tokens) or not _is_said(reading, place, "course", ""):
                continue
            entry = self._left(reading, found, said, place)
            if entry is None:
                continue
            token = reading.tokens[place]
            if _is_open(reading, place, self._lexicon):
                token.kind, token.entry = "term", entry
                left = Found(place, token.start, token.end, entry.codes, entry, "shared-head")
                left.steps.append(("shared-head", entry.senses[0][1].text))
                reading.add(left)
                continue
            found.codes, found.entry, found.method = entry.codes, entry, "shared-head"
            found.end = token.end
            found.steps.append(("shared-head", entry.senses[0][1].text))
            for index in (*said, place):
                reading.tokens[index].kind = "part"
                reading.separations[index] = NONE

    def _left(self, reading: Reading, found: Found, said: list[int], place: int) -> Entry | None:
        """The name of the concept, of the operation on it (at tokens `said`), and of what was left (at `place`)."""
        words = [reading.tokens[index] for index in said]
        operation = "".join([word.entry.key for word in words if word.entry])
        left = reading.text(reading.tokens[place])
        names = (found.entry.key, *(self._name(code) for code in found.codes[:1]))
        keys = [name + between + left for between in (operation, "") for name in names]
        entry = next((entry for one in keys if (entry := self._lexicon.terms.get(one))), None)
        return entry if entry and len(entry.codes) == 1 else None

    def is_treatable(self, found: Found) -> bool:
        """Whether any operation that the category knows of treats the concept."""
        return self._is_below(found, self._treatable)

    def _name(self, code: str) -> str:
        return self._lexicon.key(self._names[code].name)

    def is_spared(self, found: Found, others: list[Found]) -> bool:
        """Whether an operation behind a list is not of this concept: none ever is, or another is a kind of it."""
        return self.is_untreated(found) or any(
            found is not other and self._is_kind(other, found.codes) for other in others
        )

    def _is_kind(self, found: Found, above: tuple[str, ...]) -> bool:
        return any(not self._ancestors(code).isdisjoint(above) for code in found.codes)

    def is_untreated(self, found: Found) -> bool:
        """Whether no operation is of the concept: hypertension, a failing heart, a syndrome."""
        return bool(found.codes) and all(self._is_one_below(code, self._untreated) for code in found.codes)

    def _treats(self, text: str) -> frozenset[str]:
        """What an operation treats: the longest word that its name has decides."""
        known = self._known.get(text)
        if known is None:
            known = next((codes for word, codes in self._treatments if word in text), frozenset())
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


def _is_said(reading: Reading, index: int, axis: str, value: str) -> bool:
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


def _is_open(reading: Reading, index: int, lexicon: Lexicon) -> bool:
    """Whether what an operation left, at token `index`, is denied or doubted by the words or marks beside it."""
    marks = reading.view.between(reading.tokens[index].end)
    if is_denied(reading, index) or any(mark in marks for mark in lexicon.vocabulary.marks_behind):
        return True
    if index + 1 == len(reading.tokens) or reading.separations[index + 1] > BRACKET:
        return False
    after = reading.tokens[index + 1].entry
    return after is not None and "certainty" in after.axes


def _belongs(reading: Reading, index: int) -> bool:
    """Whether a token is of one list with the one before it: no comma parts them, at most a word (室缺合并房缺)."""
    separation = reading.separations[index]
    return separation <= LIST or (separation == CLAUSE and reading.view.gaps[reading.tokens[index].start] <= LIST)
