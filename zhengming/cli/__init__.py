"""The command line: each command parses, makes one library call, and prints through `display`.

Commands stand in one module per subject; importing them here declares them, in the order in which help lists them.
"""

from zhengming.cli import (  # noqa: I001 — the order of the help
    matching,
    learning,
    cleaning,
    profiles,
    coding,
    validating,
    masking,
    workbooks,
    reviewing,
    catalogue,
    schemas,
    dictionaries,
    interchanging,
    lifecycle,
    merging,
    releases,
    changes,
    decisions,
)
from zhengming.cli.root import app, main

__all__ = [
    "app",
    "catalogue",
    "changes",
    "cleaning",
    "coding",
    "decisions",
    "dictionaries",
    "interchanging",
    "learning",
    "lifecycle",
    "main",
    "masking",
    "matching",
    "merging",
    "profiles",
    "releases",
    "reviewing",
    "schemas",
    "validating",
    "workbooks",
]
