"""zhengming 正名: a versioned data dictionary that maps inconsistent hospital spreadsheets onto canonical codes.

Everything public is here and is imported when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zhengming.dictionary.decisions import Decision
    from zhengming.dictionary.model import Category, Concept, Dictionary, Term
    from zhengming.dictionary.rulings import Decisions
    from zhengming.errors import ZhengmingError
    from zhengming.findings import Finding, Place
    from zhengming.learning import learn
    from zhengming.learning.model import Model
    from zhengming.normalizers.terms.matcher import Matcher
    from zhengming.normalizers.terms.mention import Candidate, Mention
    from zhengming.pipeline import clean, validate
    from zhengming.results import CleanResult, ValidationReport
    from zhengming.schemas.spec import TableSpec
    from zhengming.schemas.spec import load as schema

__version__ = "0.1.0"

_HOMES = {
    "Candidate": "zhengming.normalizers.terms.mention",
    "Category": "zhengming.dictionary.model",
    "CleanResult": "zhengming.results",
    "Concept": "zhengming.dictionary.model",
    "Decision": "zhengming.dictionary.decisions",
    "Decisions": "zhengming.dictionary.rulings",
    "Dictionary": "zhengming.dictionary.model",
    "Finding": "zhengming.findings",
    "Matcher": "zhengming.normalizers.terms.matcher",
    "Mention": "zhengming.normalizers.terms.mention",
    "Model": "zhengming.learning.model",
    "Place": "zhengming.findings",
    "Term": "zhengming.dictionary.model",
    "TableSpec": "zhengming.schemas.spec",
    "ValidationReport": "zhengming.results",
    "ZhengmingError": "zhengming.errors",
    "clean": "zhengming.pipeline",
    "learn": "zhengming.learning",
    "schema": "zhengming.schemas.spec:load",
    "validate": "zhengming.pipeline",
}

__all__ = [
    "Candidate",
    "Category",
    "CleanResult",
    "Concept",
    "Decision",
    "Decisions",
    "Dictionary",
    "Finding",
    "Matcher",
    "Mention",
    "Model",
    "Place",
    "TableSpec",
    "Term",
    "ValidationReport",
    "ZhengmingError",
    "__version__",
    "clean",
    "learn",
    "schema",
    "validate",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    import importlib

    try:
        home = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module 'zhengming' has no attribute {name!r}") from None
    module, _, attribute = home.partition(":")
    value = getattr(importlib.import_module(module), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)
