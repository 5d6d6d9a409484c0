"""Judging: what speaks against accepting a concept that was found, and what an ambiguous text means in its cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from zhengming.dictionary.model import Action, Category
from zhengming.normalizers.terms.composing import Composer
from zhengming.normalizers.terms.compounds import Compounds
from zhengming.normalizers.terms.denials import is_doubted, is_no_degree
from zhengming.normalizers.terms.evidence import (
    EARLIEST,
    in_short_company,
    leaves_out,
    may_be_part,
    parts,
    speaks,
    stands,
    written_out,
)
from zhengming.normalizers.terms.guard import Guard
from zhengming.normalizers.terms.hosts import has_degrees
from zhengming.normalizers.terms.lexicon import ENDING_SIZES, Lexicon
from zhengming.normalizers.terms.mention import Mention
from zhengming.normalizers.terms.operations import Operations
from zhengming.normalizers.terms.performed import is_operated
from zhengming.normalizers.terms.reading import Found, Reading
from zhengming.normalizers.terms.vocabulary import BRACKET, CLAUSE, NONE, SOFT

_LEAST_SAID: Final = 2  # characters of unread text that only repeats what the name says
_LITTLE: Final = 2  # characters of unread text that may be the mistyped rest of a mistyped name
_MANY_KINDS: Final = 60  # kinds below a concept beyond which any text would say one of them


class Judge:
    """Decides which concepts of a reading may be accepted; a concept's `problem` says why not."""

    def __init__(
        self,
        category: Category,
        lexicon: Lexicon,
        guard: Guard,
        compounds: Compounds,
        speciality: frozenset[str],
    ) -> None:
        """Judge by the category's policy, definitions, contrasts; `speciality` is what a sender's cells are about."""
        self.category = category
        self.speciality = speciality
        self._lexicon = lexicon
        self._guard = guard
        self._compounds = compounds
        self._composer = Composer(category, lexicon)
        self._exclusive = {
            (axis, value) for axis, _, value in (one.partition("=") for one in category.policy.exclusive)
        }
        self._ruled = {one.partition("=")[0] for one in category.policy.qualifiers}
        self._reviews = "review" in category.policy.qualifiers.values()
        self._elsewhere = {
            lexicon.key(one): [lexicon.key(word) for word in words] for one, words in category.policy.elsewhere.items()
        }
        self._parts = parts(lexicon)
        self._degrees = _degrees(lexicon)
        self._congenital = [
            word
            for word, cues in lexicon.vocabulary.cues.items()
            if any((cue.axis, cue.value) == ("etiology", "congenital") for cue in cues)
        ]
        self._operations = Operations(category, lexicon)
        self._words = {code: [lexicon.key(word) for word in words] for code, words in category.policy.contexts.items()}

    def judge(self, reading: Reading) -> None:
        """Compose core and sub-type, then look for problems, in every concept of the reading."""
        for found in list(reading.found):
            self._composer.compose(found, reading)
        self._compounds.join_said(reading)
        for found in reading.found:
            found.problem = found.problem or self._own_problem(found, reading)
        if any([token.kind == "unknown" for token in reading.tokens]):
            for found in reading.found:
                found.problem = found.problem or self._unread(found, reading)

    def judge_alone(self, found: Found) -> Found:
        """Compose and look for problems in the one concept of a cell that is nothing but its name."""
        self._composer.compose(found, None)
        return self.judge_value(found)

    def judge_value(self, found: Found) -> Found:
        """Look for problems in the one concept of a cell that is one value."""
        found.problem = found.problem or self._own_problem(found, None)
        return found

    def action(self, qualifiers: Mapping[str, str | float]) -> Action:
        """What the category's policy does with a mention: the strictest word on any of its qualifiers."""
        policy, axes = self.category.policy.qualifiers, self._ruled
        actions = [policy.get(f"{axis}={value}") for axis, value in qualifiers.items() if axis in axes]
        return "review" if "review" in actions else "note" if "note" in actions else "keep"

    def blamed(self, reading: Reading) -> Iterator[int]:
        """Tokens of unread stretches that are already the reason of a neighbour's review."""
        for found in reading.found:
            if found.problem == "unread-before":
                yield found.token - 1
            elif found.problem == "unread-after":
                yield found.token + 1

    def prepare(self) -> None:
        """Work out now what is otherwise worked out when first needed."""
        _all = self._composer.implied

    def _own_problem(self, found: Found, reading: Reading | None) -> str:
        unclear = len(found.codes) > 1 or (found.entry.ambiguous and found.method != "composed")
        if unclear and (reading is None or not self._resolve(found, reading)):
            return "ambiguous"
        short = found.entry.abbreviation or found.method == "composed"
        if short and reading is not None and self._means_another(found, reading):
            return "ambiguous"
        if found.entry.broad and not self._was_born_with(found):
            return "too-broad"
        if self.category.concepts[found.codes[0]].status == "retired":
            return "retired"
        etiology = found.qualifiers.get("etiology")
        if etiology is not None and etiology not in self._usual_etiology(found):
            return "other-etiology"
        if found.stated and not self._exclusive.isdisjoint(found.stated) and self._says_other_kind(found):
            return "other-kind"
        if reading is not None and found.token - 1 in reading.hosts and self._may_leave_degree(found, reading):
            return "confusable"
        return "policy" if self._reviews and self.action(found.qualifiers) == "review" else ""

    def _may_leave_degree(self, found: Found, reading: Reading) -> bool:
        """Whether the degree that a name begins with may be that of the name it is glued to: 三尖瓣反流重度肺炎."""
        key, former = found.entry.key, reading.hosts[found.token - 1]
        if not reading.glued(found.token) or "severity" in former.qualifiers or found.method == "composed":
            return False
        rests = [key[len(one) :] for one in self._degrees if key.startswith(one)]
        return any([one in self._lexicon.terms for one in rests]) and has_degrees(former, self._lexicon)

    def _was_born_with(self, found: Found) -> bool:
        """Whether a name that says too little is said of a child unborn or newly born, of what is congenital: 膈疝."""
        if found.qualifiers.get("timing") not in EARLIEST:
            return False
        terms, key = self._lexicon.terms, found.entry.key
        return any((whole := terms.get(word + key)) and whole.codes == found.codes for word in self._congenital)

    def _says_other_kind(self, found: Found) -> bool:
        """Whether a sub-type is said that makes no kind of the concept, where one that excludes it does."""
        code, exclusive = found.codes[0], self._exclusive
        making = {one for needed, _code in self._lexicon.defined.get(code, ()) for one in needed} & exclusive
        axes = {axis for axis, _value in making}
        other = (found.stated.keys() & exclusive) - making - set(self._composer.implied.get(code, ()))
        return any(axis in axes for axis, _value in other)

    def _usual_etiology(self, found: Found) -> tuple[str, ...]:
        """Origins that change nothing: the definition's own, and those that go without saying for the concept."""
        code = found.codes[0]
        said = [
            value for _axis, value in self._composer.implied.get(code, ())
        ]  # 特发性 is a sub-type of some, an origin of others
        usual = self.category.policy.usual_etiology
        for above in sorted({code, *self.category.ancestors(code)} & usual.keys()):
            said.extend(usual[above])
        return tuple(said)

    def _resolve(self, found: Found, reading: Reading) -> bool:
        """An ambiguous abbreviation means what its sub-type or its sure neighbours are about, if that leaves one."""
        short = found.entry.abbreviation or leaves_out(found) or self._is_told(found, reading)
        if not short or self._has_unread_neighbour(reading, found.token):
            return False
        named = written_out(found, reading)
        if len(named) == 1:
            return self._settle(found, reading, named[0])
        measured = self._measured(found)
        if measured is not None:
            if not measured:
                return False
            if len(measured) == 1 < len(found.codes):
                return self._settle(found, reading, measured[0])
            found.codes = tuple(measured)
        fitting = [code for code in found.codes if self._has_such_a_kind(code, found.qualifiers)]
        if len(fitting) == 1 or len({self._composer.made_of(code, found) for code in fitting}) == 1:
            return self._settle(found, reading, fitting[0])
        sure = [
            other
            for other in reading.found
            if other is not found and not other.problem and len(other.codes) == 1 and not other.entry.ambiguous
        ]
        contexts = self._parts.get(found.entry.key)
        if not contexts and len(found.codes) > 1 and is_operated(found):
            found.codes = tuple(self._operations.settles(found, reading))
            if len(found.codes) == 1:
                return self._settle(found, reading, found.codes[0])
        company = [other.codes[0] for other in sure if speaks(other, self.category)]
        company += in_short_company(found, reading, self.category, self._elsewhere.keys())
        code = self._in_line(found, sure) or self._in_company(found, reading, company)
        if not code or (contexts and may_be_part(code, contexts, found, reading, sure, self.category)):
            return False
        return self._settle(found, reading, code)

    def _is_told(self, found: Found, reading: Reading) -> bool:
        """Whether a word said of a name makes the full name of its concept with it: 新生儿 of 新生儿重度窒息."""
        terms, key = self._lexicon.terms, found.entry.key
        wholes = [terms.get(reading.text(reading.tokens[place]) + key) for place in found.stated.values()]
        return any([whole is not None and whole.codes == found.codes and not whole.ambiguous for whole in wholes])

    def _in_line(self, found: Found, sure: Iterable[Found]) -> str:
        """The one sense that lies above, else below, a concept that the cell has for certain.

        What is denied has nothing below it: ASD，未见先心病.
        """
        denied = found.qualifiers.get("certainty") == "refuted"
        there = [one.codes[0] for one in sure if denied or one.qualifiers.get("certainty") != "refuted"]
        above = {code for other in sure for code in self.category.ancestors(other.codes[0])}
        for line in (
            [code for code in found.codes if code in above],
            [code for code in found.codes if not self.category.ancestors(code).isdisjoint(there)],
        ):
            if len(line) == 1:
                return line[0]
        return ""

    def _in_company(self, found: Found, reading: Reading, sure: Iterable[str]) -> str:
        """The one sense that alone is of what the cell, else its row, else its sender is about."""
        spoken_of = self._spoken_of(reading.view.text)
        company = {
            code: sum(not self._contexts(code).isdisjoint(self._contexts(other)) for other in sure)
            + len(self._contexts(code) & spoken_of)
            for code in found.codes
        }
        for further in (reading.beside, self.speciality):
            if not any(company.values()):
                company = {code: len(self._contexts(code) & further) for code in found.codes}
        most = max(company.values())
        related = [code for code, count in company.items() if count == most]
        return related[0] if most > 0 and len(related) == 1 else ""

    def _means_another(self, found: Found, reading: Reading) -> bool:
        """Whether the cell has a word beside which the abbreviation means something else: VSD负压引流."""
        words = self._elsewhere.get(reading.text(reading.tokens[found.token]), ())
        return any(stands(word, reading.view.folded) for word in words)

    def _measured(self, found: Found) -> list[str] | None:
        """Which of the concepts an abbreviation may mean have such a quantity as it has, if it has one."""
        above = [codes for axis, codes in self.category.policy.measured.items() if axis in found.qualifiers]
        if not above:
            return None
        kin = {code: {code, *self.category.ancestors(code)} for code in found.codes}
        return [code for code in found.codes if all(not kin[code].isdisjoint(codes) for codes in above)]

    def contexts(self, text: str, mentions: Iterable[Mention]) -> frozenset[str]:
        """What another cell of the row is about: its words, and the concepts it names for certain."""
        sure = [one.code for one in mentions if one.code and one.status == "accepted"]
        return self._spoken_of(self._lexicon.key(text)).union(*map(self._contexts, sure))

    def _spoken_of(self, text: str) -> frozenset[str]:
        """The contexts of which the text has a word."""
        return frozenset(code for code, words in self._words.items() if any(word in text for word in words))

    def _settle(self, found: Found, reading: Reading, code: str) -> bool:
        found.codes = (code,)
        found.method = "abbreviation-in-context"
        found.steps.append(("abbreviation-in-context", self._name(code)))
        self._composer.compose(found, reading)
        return True

    def _has_such_a_kind(self, code: str, qualifiers: Mapping[str, str | float]) -> bool:
        """Whether a definition makes another concept of this one by a qualifier that is stated."""
        return any(code in self._lexicon.cores.get((axis, str(value)), ()) for axis, value in qualifiers.items())

    def _contexts(self, code: str) -> set[str]:
        """The contexts a concept belongs to: those the category declares, else its topmost ancestors."""
        above = self.category.ancestors(code) | {code}
        declared = self.category.policy.contexts
        return {one for one in above if (one in declared if declared else not self.category.concepts[one].parents)}

    def _has_unread_neighbour(self, reading: Reading, index: int) -> bool:
        """Whether an unknown stretch or a number is glued to the token: it may be part of another expression."""
        tokens = reading.tokens
        before = index > 0 and reading.glued(index) and tokens[index - 1].kind == "unknown"
        if index > 0 and tokens[index - 1].kind == "unknown" and reading.separations[index] == BRACKET:
            return True  # 肺动脉（PA）增宽 explains what is not read
        beyond = index + 1
        while beyond < len(tokens) and tokens[beyond].kind == "modifier" and reading.glued(beyond):
            beyond += 1
        if beyond < len(tokens) and tokens[beyond].kind == "unknown" and reading.glued(beyond):
            return True  # PA分支狭窄 speaks of the artery
        if index + 1 == len(tokens) or not reading.glued(index + 1):
            return before
        follower = tokens[index + 1]
        if follower.entry and "neutral" in follower.entry.axes and reading.separations[index + 2] != NONE:
            return True  # PA血流加速
        # The 3 of VSD③PDA and of 1VSD2ASD3PDA starts an item, that of PDA3mm is a size; that of PA35 may be a pressure.
        opens = reading.view.gaps[follower.end] != NONE or index + 2 in reading.hosts
        starts = reading.separations[index + 1] >= CLAUSE and opens
        sized = follower.measure is not None and follower.measure.quantity == "length_mm"
        return before or follower.kind == "unknown" or (follower.kind == "number" and not starts and not sized)

    def _unread(self, found: Found, reading: Reading) -> str:
        """The problem that an unread stretch next to the name makes, if it may belong to the name."""
        names = self._lexicon.names(found.codes[0])
        if is_doubted(reading, found, names, self._lexicon):
            return "unclear-negation"
        return self._unread_before(found, reading) or self._unread_after(found, names, reading)

    def _unread_before(self, found: Found, reading: Reading) -> str:
        before = reading.tokens[found.token - 1] if found.token else None
        if before is None or before.kind != "unknown":
            return ""
        stretch = reading.text(before)
        gap = reading.view.gaps[found.start]
        former = (
            reading.hosts.get(found.token - 2) if stretch in self._lexicon.vocabulary.then and gap == NONE else None
        )
        if former and self._contexts(former.codes[0]) & self._contexts(found.codes[0]):
            return ""  # 川崎病后冠状动脉瘤, but not 烧伤后小耳畸形
        if stretch in self._lexicon.vocabulary.ago and is_operated(found):
            return ""  # 5年前行法四根治
        if gap == NONE and self._is_slipped(found, reading, stretch):
            return "unread-before"
        if self._is_named_so(stretch):
            return ""
        changes = gap <= SOFT and stretch.isascii() and self._denies_word(stretch)
        return "unread-before" if changes or (gap == NONE and self._guard.changes_before(stretch)) else ""

    def _is_named_so(self, stretch: str) -> bool:
        """Whether unread text ends as names do, with no part of the body, and so is one by itself: 低蛋白血症贫血."""
        lexicon = self._lexicon
        ends = [stretch[-size:] for size in ENDING_SIZES if len(stretch) > size + 1]
        return any([end in lexicon.endings for end in ends]) and not any([lexicon.begins_name(end) for end in ends])

    def _unread_after(self, found: Found, names: str, reading: Reading) -> str:
        tokens, gaps, depth = reading.tokens, reading.view.gaps, reading.view.depth
        after = found.token + 1
        while after < len(tokens) and tokens[after].start < found.end:
            after += 1
        if after == len(tokens):
            return ""
        if tokens[after].kind != "unknown":
            return self._ends_otherwise(found, after, names, reading)
        stretch = reading.text(tokens[after])
        if len(stretch) >= _LEAST_SAID and stretch in names:
            contrary = any([one + stretch in names for one in self._lexicon.vocabulary.negators])
            return "unread-after" if contrary and gaps[found.end] == NONE else ""  # PDA关闭, but not PDA未闭
        if gaps[found.end] == NONE:
            if found.entry.key[-1].isascii() and stretch in self._lexicon.vocabulary.fillers:
                return ""  # 共同动脉干（II形）
            changes = self._guard.changes_after(stretch) and not is_no_degree(stretch, self._lexicon)
            changes = changes or self._is_slipped(found, reading, stretch)
            return "unread-after" if changes else ""
        label = after + 1
        if label < len(tokens) and tokens[label].measure and reading.glued(label):
            return ""  # 瓣环12mm
        bracketed = gaps[found.end] <= BRACKET and depth[tokens[after].start] > depth[found.start]
        changes = self._guard.changes_before(stretch) or self._says_a_kind(found, stretch)
        return "unread-after" if bracketed and changes else ""

    def _is_slipped(self, found: Found, reading: Reading, stretch: str) -> bool:
        """Whether little unread text is glued to a name with a slip: the two may be a name with more of them."""
        token = reading.tokens[found.token]
        slipped = token.typed > 0 and reading.text(token) != found.entry.key
        return slipped and len(stretch) <= _LITTLE and not stretch.isascii()

    def _ends_otherwise(self, found: Found, after: int, names: str, reading: Reading) -> str:
        """The problem of a name behind whose degree there is an unread end of a name: 共同房室瓣重度反流."""
        tokens = reading.tokens
        while after < len(tokens) and tokens[after].kind == "cue" and reading.separations[after] == NONE:
            after += 1
        if after == len(tokens) or tokens[after].kind != "unknown" or not reading.glued(after):
            return ""
        stretch = reading.text(tokens[after])
        return "unread-after" if stretch in self._lexicon.endings and stretch not in names else ""

    def _says_a_kind(self, found: Found, stretch: str) -> bool:
        """Whether unread text has two neighbours that names of a kind of the concept have, and its own have not."""
        own = self._lexicon.names(found.codes[0])
        kinds = self.category.descendants(found.codes[0])
        if len(kinds) > _MANY_KINDS or stretch.isascii():
            return False
        pairs = {stretch[at : at + 2] for at in range(len(stretch) - 1)}
        foreign = [pair for pair in pairs if pair not in own]
        return any(pair in self._lexicon.names(kind) for kind in kinds for pair in foreign)

    def _denies_word(self, stretch: str) -> bool:
        """Whether a Latin word makes another thing of the one it stands before, space or no space: non, pseudo."""
        return stretch in self._lexicon.vocabulary.changes_before

    def _name(self, code: str) -> str:
        return self.category.concepts[code].name


def _degrees(lexicon: Lexicon) -> tuple[str, ...]:
    """The words that are steps of a scale, and so may stand behind a name as well: 重度 beside 中度, but no 重症."""
    words = lexicon.vocabulary.cues.items()
    said = [(word, cue.value) for word, cues in words for cue in cues if cue.axis == "severity"]
    scales = {word[1:] for word, value in said if value == "moderate" and not word.isascii()}
    return tuple([word for word, _value in said if word[1:] and word[1:] in scales])
