"""Waivers: findings that were accepted for a while become remarks, with the reason and the last day.

There is no clock here: the day of the run is told. Without one, no waiver is in force, and that is said; a waiver
whose last day has passed counts no more, and that is said too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from zhengming.findings import Finding, Place, finding
from zhengming.schemas.spec import Waiver


def apply(
    findings: Sequence[Finding], waivers: Sequence[Waiver], *, today: dt.date | None, sender: str = "", file: str = ""
) -> list[Finding]:
    """The findings of one file, those covered by a waiver as remarks; and what is to be said of the waivers."""
    ours = [one for one in waivers if one.sender in ("", sender)]
    force = [one for one in ours if today is not None and today <= one.expires]
    found = [_waived(one, force) for one in findings]
    for waiver in ours:
        if waiver not in force and any(_covers(waiver, one) for one in findings):
            kind = "no-day" if today is None else "expired"
            found.append(finding("ZM418", Place(file), kind=kind, used=waiver.rule, limit=waiver.expires.isoformat()))
    return found


def _waived(found: Finding, waivers: Sequence[Waiver]) -> Finding:
    waiver = next((one for one in waivers if _covers(one, found)), None)
    if waiver is None:
        return found
    params = {**found.params, "waiver": waiver.reason, "until": waiver.expires.isoformat()}
    return replace(found, severity="info", params=params)


def _covers(waiver: Waiver, found: Finding) -> bool:
    return waiver.rule == found.code and waiver.field in (None, found.field)
