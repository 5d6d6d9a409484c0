"""What a category says of itself in `category.toml`, checked by pydantic where it enters."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhengming.dictionary.folding import fold
from zhengming.dictionary.model import Action, CellKind
from zhengming.errors import DictionaryError


class Matching(BaseModel):
    """How cells of the category are read, and from which confidence on a match is accepted or shown for review."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cell: CellKind = "value"
    accept: float = Field(default=0.95, ge=0, le=1)
    review: float = Field(default=0.6, ge=0, le=1)
    retired: Literal["review", "follow"] = "review"
    beside: tuple[str, ...] = ()


class CategoryManifest(BaseModel):
    """The data of `category.toml`: titles by language, code pattern, columns beyond the fixed ones, matching policy.

    `roots` are the codes that have no parent, where the category is a hierarchy; `one_to_one` those of `mappings` that
    are as fine as the category, so that a code of theirs stands for one concept and what is below it. `contexts` are
    the codes whose descendants keep company, each with words that speak of them without naming any; `treatments` says
    for a word of an operation what such an operation treats, `untreated` what none treats,
    `operations` of what one tells where nothing is named,
    `together` what one that says nothing of itself treats in a list without marks,
    `ended` for a word of an end what may end so, `signs` of
    what 待查 asks for the cause, `graded` what has a degree, `parts` for a context the
    abbreviations that may mean a part of the body there, `measured` for a quantity
    which concepts have it, `elsewhere` for an abbreviation the words beside which it means something else. `wordings`
    gives for a word how else it is written, in as many characters; of the qualifiers in `exclusive` a concept has one
    of each axis.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: dict[str, str]
    code_pattern: str = ""
    mappings: list[str] = []
    attributes: list[str] = []
    roots: list[str] = []
    one_to_one: list[str] = []
    matching: Matching = Matching()
    qualifiers: dict[str, Action] = {}
    usual_etiology: dict[str, tuple[str, ...]] = {}
    contexts: dict[str, tuple[str, ...]] = {}
    treatments: dict[str, tuple[str, ...]] = {}
    operations: dict[str, tuple[str, ...]] = {}
    ended: dict[str, tuple[str, ...]] = {}
    measured: dict[str, tuple[str, ...]] = {}
    elsewhere: dict[str, tuple[str, ...]] = {}
    signs: tuple[str, ...] = ()
    graded: tuple[str, ...] = ()
    parts: dict[str, tuple[str, ...]] = {}
    untreated: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    exclusive: tuple[str, ...] = ()
    inclusive: tuple[str, ...] = ()
    wordings: dict[str, tuple[str, ...]] = {}

    @classmethod
    def from_data(cls, data: dict[str, object], *, where: str) -> CategoryManifest:
        """Check the data of a TOML file.

        Raises:
            DictionaryError: a key is unknown, missing or of the wrong type.
        """
        try:
            about = cls.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise DictionaryError(f"{key}: {first['msg']}", where=where) from None
        strange = sorted(set(about.one_to_one) - set(about.mappings))
        if strange:
            raise DictionaryError(f"one_to_one: {strange[0]} is none of mappings", where=where)
        for word, others in about.wordings.items():
            if any(len(fold(other)) != len(fold(word)) for other in others):
                raise DictionaryError(f"wordings.{word}: has not as many characters in every wording", where=where)
        return about
