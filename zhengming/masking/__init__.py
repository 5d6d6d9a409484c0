"""Masking: a table made fit to be passed on, to donors, to researchers, to everybody.

    profiles     what becomes of each field, by its name, kind and privacy class
    actions      what can be done to a column of values
    pseudonyms   keyed names for numbers: the same for the same number, and not to be guessed back
    scrub        free text without the names, numbers and addresses in it
    anonymity    how many rows share a combination of quasi-identifiers, and suppressing the rare ones
    table        all of it over one cleaned file

`ACTIONS` names every action a profile may use. Adding one: a function in `actions` and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "city": "zhengming.masking.actions:city",
        "drop": "zhengming.masking.actions:drop",
        "keep": "zhengming.masking.actions:keep",
        "month": "zhengming.masking.actions:month",
        "months": "zhengming.masking.actions:months",
        "province": "zhengming.masking.actions:province",
        "pseudonym": "zhengming.masking.actions:pseudonym",
        "scrub": "zhengming.masking.actions:scrub",
        "stars": "zhengming.masking.actions:stars",
        "surname": "zhengming.masking.actions:surname",
        "thousands": "zhengming.masking.actions:thousands",
        "year": "zhengming.masking.actions:year",
        "years": "zhengming.masking.actions:years",
    }
)
