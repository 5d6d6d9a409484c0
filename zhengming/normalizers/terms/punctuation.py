"""Punctuation: what the marks of a cell may say, worked out once for cells that have the same marks."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zhengming.normalizers.terms.vocabulary import Cue

_KEPT: Final = 20_000  # texts of marks that are kept, some 20 MB


class Punctuation:
    """What is in some marks: whether any `speaks`, those `behind` which a name is spoken of, and what these say.

    `denies`: whether one of these denies; `assigns`: whether one gives what stands behind it to the name before;
    `boxes` and `signs` are those of a form.
    """

    __slots__ = ("assigns", "behind", "boxes", "denies", "signs", "speaks")

    def __init__(
        self,
        speaks: bool,
        assigns: bool,
        behind: Mapping[str, tuple[Cue, ...]],
        boxes: Mapping[str, Cue],
        signs: Mapping[str, Cue],
    ) -> None:
        """Written out, for what `dataclass` makes is not compiled."""
        self.speaks = speaks
        self.assigns = assigns
        self.behind = behind
        self.denies = any(cues[0].value == "refuted" for cues in behind.values())
        self.boxes = boxes
        self.signs = signs


class Punctuations(dict[str, Punctuation]):
    """The punctuation of each text of marks that was met."""

    def __init__(
        self,
        speaking: Collection[str],
        assigning: Collection[str],
        behind: Mapping[str, tuple[Cue, ...]],
        boxes: Mapping[str, Cue],
        signs: Mapping[str, Cue],
    ) -> None:
        """Keep all marks that say something, and those of each kind."""
        super().__init__()
        self._speaking = re.compile("|".join(map(re.escape, sorted(speaking))))
        self._assigning = assigning
        self._behind = behind
        self._boxes = boxes
        self._signs = signs

    def __missing__(self, marks: str) -> Punctuation:
        """What is in these marks, which were not met yet."""
        if len(self) >= _KEPT:
            self.clear()
        speaks = self._speaking.search(marks) is not None
        self[marks] = found = Punctuation(
            speaks,
            any(one in marks for one in self._assigning),
            {one: cues for one, cues in self._behind.items() if one in marks} if speaks else {},
            {one: cue for one, cue in self._boxes.items() if one in marks} if speaks else {},
            {one: cue for one, cue in self._signs.items() if one in marks} if speaks else {},
        )
        return found
