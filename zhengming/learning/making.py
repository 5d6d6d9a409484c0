"""Making a model: train on a team's decisions, measure, and pack it into the bytes of one file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zhengming.dictionary.model import Dictionary
from zhengming.learning import storage
from zhengming.learning.catalogue import Catalogue
from zhengming.learning.evidence import Reviewed
from zhengming.learning.material import Material
from zhengming.learning.quality import Judged, Quality, measure
from zhengming.learning.training import Learned, Names, Scores, train
from zhengming.learning.trees import required
from zhengming.normalizers.terms.evaluation import evaluate
from zhengming.normalizers.terms.matcher import Matcher

_MOST_READ = 3_000  # reviewed texts on which the dictionary's own terms are judged


def made(material: Material, dictionary: Dictionary, *, seed: int, note: Callable[[str], None]) -> bytes:
    """The bytes of a model that learned from `material`.

    Raises:
        UsageError: it is too little to learn from, or LightGBM is not installed.
    """
    material.demand_enough()
    required()
    names = Names.of(Catalogue.of(dictionary.category(material.category)))
    reviewed = Reviewed.of(material.texts, material.codes, names.catalogue)
    learned = train(material.texts, reviewed, names, seed=seed, note=note)
    known, known_right = known_terms(material, dictionary, seed)
    note("known terms")
    quality = _quality(learned, known, known_right)
    about = {
        "category": material.category,
        "dictionary": dictionary.id,
        "version": dictionary.version,
        "release": dictionary.sha256,
        "decisions": material.sha256,
        "seed": seed,
        "quality": quality.as_dict(),
    }
    return _packed(learned, about, material)


def known_terms(material: Material, dictionary: Dictionary, seed: int) -> tuple[int, int]:
    """How many codes the dictionary's own terms accept in reviewed texts (a sample of them), and how many are right."""
    chosen = np.sort(np.random.default_rng(seed).permutation(len(material.texts))[:_MOST_READ])
    matcher = Matcher(dictionary, material.category)
    gold = [(material.texts[one], frozenset(material.codes[one])) for one in chosen]
    measured = evaluate(gold, matcher)
    return measured.accepted, measured.right


def _quality(learned: Learned, known: int, known_right: int) -> Quality:
    scores = learned.scores
    if scores is None:
        raise ValueError("a model that was loaded is not measured again")
    judged = Judged(scores.cell, scores.score, scores.confidence, scores.right, scores.new)
    measured = measure(
        judged,
        learned.calibration,
        texts=scores.texts,
        wanted=scores.wanted,
        new_wanted=scores.new_wanted,
    )
    return Quality.from_dict({**measured.as_dict(), "known": known, "known_right": known_right})


def _packed(learned: Learned, about: dict[str, Any], material: Material) -> bytes:
    evidence = learned.evidence
    scores: Scores | None = learned.scores
    weights, scale = storage.small(evidence.ridge.weights)
    back, back_scale = storage.small(evidence.counts.back.weights)
    facts = {
        "about": {**about, "features": list(scores.features if scores else ())},
        "thresholds": [learned.calibration.threshold, learned.calibration.threshold_new],
        "texts": list(material.texts),
        "codes": [list(codes) for codes in material.codes],
    }
    arrays = {
        "names": evidence.targets.names,
        "groups": evidence.targets.groups,
        "grams": evidence.targets.grams,
        "weights": weights,
        "weights_scale": scale,
        "back_columns": evidence.counts.back.columns,
        "back": back,
        "back_scale": back_scale,
        "scores": learned.calibration.scores,
        "confidences": learned.calibration.confidences,
    }
    return storage.pack(facts, arrays, _named(learned))


def _named(learned: Learned) -> dict[str, str]:
    both = (("pairs", learned.pairs), ("sets", learned.sets))
    return {f"{name}_{number}": text for name, trees in both for number, text in enumerate(trees.texts)}
