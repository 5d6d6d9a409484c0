"""How other forms name code systems: addresses, prefixes, vocabularies, as `data/interchange/systems.csv` says."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class System:
    """One code system: its canonical `uri` (FHIR), `prefix` and `prefix_uri` (CURIEs), its OMOP vocabulary if any.

    `prefixed`: its codes say the prefix themselves, as those of HPO do.
    """

    name: str
    title: str
    uri: str
    prefix: str
    prefix_uri: str
    omop_vocabulary: str
    prefixed: bool = False

    def local(self, code: str) -> str:
        """The code without its prefix."""
        return code.removeprefix(f"{self.prefix}:") if self.prefixed else code

    def whole(self, local: str) -> str:
        """The code as the dictionary has it, of what stands behind the prefix."""
        return f"{self.prefix}:{local}" if self.prefixed else local


@cache
def _listed() -> dict[str, System]:
    text = (resources.files("zhengming") / "data" / "interchange" / "systems.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines())
    next(rows)
    return {
        name: System(name, title, uri, prefix, prefix_uri, omop, prefixed == "yes")
        for name, title, uri, prefix, prefix_uri, omop, prefixed, _source in rows
    }


def system(name: str) -> System:
    """The code system of this name; one that no one has listed gets addresses of its own."""
    known = _listed().get(name)
    own = f"urn:zhengming:system:{name}"
    return known or System(name, name, own, name.upper().replace("_", ""), f"{own}:", "")


def by_uri(uri: str) -> str:
    """The name of the system with this canonical address."""
    named = next((one.name for one in _listed().values() if one.uri == uri), "")
    return named or uri.rsplit(":", 1)[-1]


def by_prefix(prefix: str) -> str:
    """The name of the system whose CURIEs have this prefix."""
    return next((one.name for one in _listed().values() if one.prefix == prefix), prefix.lower())


def by_prefix_uri(uri: str) -> tuple[str, str]:
    """The system that an address of a code belongs to, and the code."""
    for one in _listed().values():
        if uri.startswith(one.prefix_uri):
            return one.name, one.whole(uri.removeprefix(one.prefix_uri))
    head, _colon, local = uri.rpartition(":")
    return head.rsplit(":", 1)[-1], local
