"""The model: what was learned from a team's decisions for one category of one release of a dictionary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from zhengming.dictionary.model import Category, Dictionary
from zhengming.errors import UsageError
from zhengming.learning import storage
from zhengming.learning.catalogue import Catalogue
from zhengming.learning.decision import Calibration
from zhengming.learning.evidence import Back, Evidence, Kept, Reviewed, Targets, characters_of
from zhengming.learning.material import Material, frequent
from zhengming.learning.quality import Judged, Quality, measure
from zhengming.learning.texts import plain
from zhengming.learning.training import Learned, Names, judge
from zhengming.learning.trees import Trees
from zhengming.normalizers.terms.learned import Proposal

_BATCH = 512  # cells judged at a time: some 60,000 pairs
_THREADS = 2  # batches at a time: half of the work is arithmetic that lets others run
_WORTH_SHOWING = 0.02  # confidence below which a candidate is not proposed
_SHOWN = 8  # candidates of a cell


@dataclass(frozen=True, slots=True)
class About:
    """What a model is: for what it was trained, on what, and how good it is by cross-validation."""

    category: str
    dictionary: str
    version: str
    release: str  # SHA-256 of the dictionary's content
    decisions: str  # SHA-256 of the training data
    seed: int
    features: tuple[str, ...]
    quality: Quality


class Model:
    """Proposes concepts for texts. Made by `zhengming.learn`, kept as a file, used by a `Matcher`."""

    def __init__(self, data: bytes, *, where: str = "model") -> None:
        """Open the bytes of a model's file.

        Raises:
            UnreadableFile: they are no model, or damaged.
        """
        facts, self._arrays, self._trees = storage.unpack(data, where)
        self._data = data
        self._where = where
        about = dict(facts["about"])
        about["features"] = tuple(about["features"])
        about["quality"] = Quality.from_dict(about["quality"])
        self.about = About(**about)
        self._thresholds = [float(one) for one in facts["thresholds"]]
        self.material = Material(
            self.about.category, tuple(facts["texts"]), tuple(tuple(one) for one in facts["codes"])
        )

    @staticmethod
    def load(path: str | Path) -> Model:
        """The model in the file at `path`.

        Raises:
            UnreadableFile: there is none, or it is damaged.
        """
        return Model(storage.read(path), where=str(path))

    def save(self, path: str | Path) -> None:
        """Write the model as one file; the same model is the same bytes. It holds the reviewed texts.

        Raises:
            UnwritableFile: it cannot be written.
        """
        storage.write(path, self._data)

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the model's file: what results that used it depend on."""
        return storage.sha256(self._data)

    def migrated(self, dictionary: Dictionary, note: Callable[[str], None] = lambda _text: None) -> Model:
        """The model for another release: its decisions carried forward along `replaced_by`, and learned again."""
        from zhengming.learning import learn_from

        carried = self.material.carried(dictionary.category(self.about.category))
        return learn_from(carried, dictionary, seed=self.about.seed, note=note)

    def bound(self, dictionary: Dictionary, category: str) -> BoundModel:
        """What proposes concepts of `category` with this model.

        Raises:
            UsageError: the model is of another category or another release.
        """
        if category != self.about.category:
            raise UsageError(
                f"the model is of the category {self.about.category!r}, not {category!r}", where=self._where
            )
        if dictionary.sha256 != self.about.release:
            raise UsageError(
                f"the model is of {self.about.dictionary} {self.about.version} ({self.about.release[:12]}), "
                f"not of {dictionary.id} {dictionary.version} ({dictionary.sha256[:12]})",
                where=self._where,
                remedy="carry it over with `zm learn --migrate`",
            )
        return BoundModel(self, dictionary.category(category))

    def learned(self, catalogue: Catalogue) -> Learned:
        """The parts of the model over the names of its release."""
        arrays = self._arrays
        reviewed = Reviewed.of(self.material.texts, self.material.codes, catalogue)
        targets = Targets.from_columns(arrays["names"], arrays["groups"], arrays["grams"], catalogue)
        back = Back(
            characters_of(reviewed), arrays["back_columns"], storage.large(arrays["back"], arrays["back_scale"])
        )
        kept = Kept(targets, storage.large(arrays["weights"], arrays["weights_scale"]), back)
        calibration = Calibration(arrays["scores"], arrays["confidences"], *self._thresholds)
        evidence = Evidence(reviewed, catalogue, kept)
        return Learned(evidence, self._trained("pairs"), self._trained("sets"), calibration)

    def _trained(self, name: str) -> Trees:
        return Trees([text for key, text in sorted(self._trees.items()) if key.startswith(f"{name}_")])

    def test(self, material: Material, dictionary: Dictionary, *, prefer_new: bool = True) -> Quality:
        """How good the model is on other reviewed texts of its category.

        Without `prefer_new` names never reviewed are said from the same score on as others: better F1, fewer of them.

        Raises:
            UsageError: the model is of another category or another release.
        """
        self.bound(dictionary, material.category)
        names = Names.of(Catalogue.of(dictionary.category(material.category)))
        reviewed = Reviewed.of(material.texts, material.codes, names.catalogue)
        learned = self.learned(names.catalogue)
        parts = [
            judge(material.texts[start : start + _BATCH], learned, names)
            for start in range(0, len(material.texts), _BATCH)
        ]
        cell = np.concatenate([part[0].cell + number * _BATCH for number, part in enumerate(parts)])
        entry = np.concatenate([part[0].entry for part in parts])
        score, confidence = (np.concatenate([part[place] for part in parts]) for place in (1, 2))
        new = learned.evidence.counts.used == 0
        right = np.asarray(reviewed.labels[cell, entry]).ravel() > 0
        judged = Judged(cell, score, confidence, right, new[entry])
        wanted = reviewed.labels.indices
        return measure(
            judged,
            learned.calibration if prefer_new else learned.calibration.impartial(),
            texts=len(material.texts),
            wanted=len(wanted),
            new_wanted=int(new[wanted].sum()),
        )

    def __repr__(self) -> str:
        """Category, release and quality."""
        about = self.about
        return f"Model({about.category!r}, {about.dictionary}@{about.version}, F1 {about.quality.f1:.3f})"


class BoundModel:
    """A model over the names of its release, ready to propose."""

    def __init__(self, model: Model, category: Category) -> None:
        """Nothing is built before the first text."""
        self.trusts_known = trusts(model.about.quality, category.policy.accept)
        self._model = model
        self._category = category

    @cached_property
    def _names(self) -> Names:
        return Names.of(Catalogue.of(self._category))

    @cached_property
    def _learned(self) -> Learned:
        return self._model.learned(self._names.catalogue)

    @cached_property
    def _code(self) -> tuple[str, ...]:
        """The code an entry is proposed by: of several that bear its name, the one reviewers gave most."""
        given = frequent(self._model.material.codes)
        return tuple(
            max(codes, key=lambda code: (given[code], -codes.index(code))) for codes in self._names.catalogue.codes
        )

    def propose(self, texts: Sequence[str]) -> list[list[Proposal]]:
        """For each text the concepts it may name, best first; one that holds nothing has none."""
        found: list[list[Proposal]] = [[] for _text in texts]
        worth = [place for place, text in enumerate(texts) if plain(text)]
        parts = [worth[start : start + _BATCH] for start in range(0, len(worth), _BATCH)]
        if parts:
            first = self._judged([texts[one] for one in parts[0]])  # builds what the threads share
            with ThreadPoolExecutor(max_workers=_THREADS) as pool:
                others = pool.map(self._judged, [[texts[one] for one in part] for part in parts[1:]])
                for part, proposals in zip(parts, [first, *others], strict=True):
                    for place, listed in zip(part, proposals, strict=True):
                        found[place] = listed
        return found

    def _judged(self, texts: Sequence[str]) -> list[list[Proposal]]:
        ranked, score, confidence = judge(texts, self._learned, self._names)
        new = self._learned.evidence.counts.used[ranked.entry] == 0
        chosen = self._learned.calibration.said(score, new)
        found: list[list[Proposal]] = [[] for _text in texts]
        for place in np.lexsort((ranked.entry, -score, ranked.cell)):
            listed = found[ranked.cell[place]]
            if chosen[place] or (len(listed) < _SHOWN and score[place] >= _WORTH_SHOWING):
                code = self._code[ranked.entry[place]]
                listed.append(
                    Proposal(
                        code, round(float(confidence[place]), 4), round(float(score[place]), 4), bool(chosen[place])
                    )
                )
        return found


def trusts(quality: Quality, accept: float) -> bool:
    """Whether the decisions bear out what the dictionary's own terms accept: at least a share of `accept` was right."""
    return quality.known_right >= accept * quality.known
