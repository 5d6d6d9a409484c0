"""What is compiled when a wheel is built can be compiled, and means the same then."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOOK = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"][
    "hooks"
]
PATHS = [path for pattern in HOOK["custom"]["compiled"] for path in ROOT.glob(pattern)]
INTERPRETED = {"__init__", *HOOK["custom"]["interpreted"]}


def test_no_compiled_module_has_a_cached_property() -> None:
    # The compiler takes it for a property, which is then worked out each time.
    compiled = [path for path in PATHS if path.stem not in INTERPRETED]
    assert len(compiled) > 20
    assert [path.stem for path in compiled if "import cached_property" in path.read_text("utf-8")] == []


def test_every_module_that_is_left_out_is_there() -> None:
    assert {path.stem for path in PATHS} >= INTERPRETED
