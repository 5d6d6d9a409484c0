"""What commands import: starting must stay light, however heavy the library becomes. Told by modules, not a clock."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = frozenset(
    {"numpy", "openpyxl", "pandas", "pandera", "polars", "python_calamine", "scipy", "sparse_dot_topn", "xlsxwriter"}
)
COMMANDS = {
    "version": (["--version"], 450),
    "help": (["--help"], 450),
    "lookup": (["lookup", "室间隔缺损"], 900),
    "explain": (["explain", "室缺"], 900),
    "rules": (["rules", "ZM401"], 900),
}
RUN = """
import sys
sys.argv = ["zm", *{arguments!r}]
from zhengming.__main__ import main
try:
    main()
except SystemExit as end:
    code = end.code
print(len(sys.modules), *sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""


@pytest.mark.parametrize("command", COMMANDS)
def test_a_light_command_imports_nothing_heavy(command: str) -> None:
    arguments, most = COMMANDS[command]
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(arguments=arguments)],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={"PYTHONIOENCODING": "utf-8", "PATH": ""},
    )
    count, *names = done.stderr.splitlines()[-1].split()
    assert not HEAVY & set(names)
    assert int(count) < most
