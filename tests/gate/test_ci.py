"""The gate in other people's pipelines: the hook, the action and the template do what they say, run as they run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import check_jsonschema
import jsonschema
import pytest
from ruamel.yaml import YAML

from zhengming.pipeline import inputs

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(check_jsonschema.__file__).parent / "builtin_schemas" / "vendor"
HEAD = "患儿姓名,出生日期,诊断\n"
GOOD = HEAD + "张三丰,2020-01-02,室间隔缺损\n"
BAD = HEAD + "李四光,2020年1月,室间隔缺损\n"
NAMES = ("张三丰", "李四光")


def loaded(name: str) -> Any:
    return YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))


def valid(name: str, schema: str) -> None:
    jsonschema.validate(loaded(name), json.loads((SCHEMAS / schema).read_text(encoding="utf-8")))


def environ(**more: str) -> dict[str, str]:
    """The environment of a runner: our `zm` comes first, and no pipeline of this repository is seen."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "CI_", "PRE_"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**ours, "PATH": programs, "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8", **more}


def ran(words: list[str], cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=cwd, env=environ(**more), capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a hook of ours, as pre-commit would take it from here but for the installing."""
    hooks = [{**hook, "language": "system"} for hook in loaded(".pre-commit-hooks.yaml")]
    config = {"repos": [{"repo": "local", "hooks": hooks}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(json.dumps(config), encoding="utf-8")
    for words in (
        ["git", "init", "-q"],
        ["git", "config", "user.email", "a@example.org"],
        ["git", "config", "user.name", "a"],
    ):
        assert ran(words, tmp_path).returncode == 0
    return tmp_path


def committed(repository: Path, **files: str) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        (repository / name.replace("__", ".")).write_text(text, encoding="utf-8")
    ran(["git", "add", "-A"], repository)
    home = str(repository / ".cache")
    return ran([sys.executable, "-m", "pre_commit", "run", "--color=never"], repository, PRE_COMMIT_HOME=home)


def test_the_hooks_are_a_valid_manifest() -> None:
    words = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert ran(words, ROOT).returncode == 0


def test_a_hook_lets_a_good_file_pass_and_stops_a_bad_one_without_showing_it(repository: Path) -> None:
    good = committed(repository, good__csv=GOOD, readme__txt="no spreadsheet")
    assert good.returncode == 0, good.stdout
    assert "Passed" in good.stdout
    bad = committed(repository, bad__CSV=BAD)
    assert bad.returncode == 1
    assert "bad.CSV" in bad.stdout
    assert "ZM" in bad.stdout
    assert not any(name in bad.stdout + bad.stderr for name in NAMES)


def test_a_hook_does_not_run_where_no_spreadsheet_changed(repository: Path) -> None:
    done = committed(repository, readme__txt="words")
    assert done.returncode == 0
    assert done.stdout.count("Skipped") == 2


def test_the_hook_looks_at_every_kind_of_file_that_a_folder_stands_for(tmp_path: Path) -> None:
    pattern = re.compile(
        next(hook for hook in loaded(".pre-commit-hooks.yaml") if hook["id"] == "zm-validate")["files"]
    )
    for suffix in ("xlsx", "xlsm", "xls", "csv", "tsv"):
        (tmp_path / f"a.{suffix}").touch()
    assert len(inputs([tmp_path])) == 5
    assert all(pattern.search(str(path)) for path in inputs([tmp_path]))


def test_the_action_is_valid_and_each_input_is_used() -> None:
    valid("action.yml", "github-actions.json")
    action = loaded("action.yml")
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in action["inputs"]:
        assert f"inputs.{name} }}}}" in text, name
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "an input in the text of a script can become a command"


def checked_by_action(folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The step of the action that checks, in bash as GitHub starts it, its inputs filled in."""
    action = loaded("action.yml")
    values = {name: str(about.get("default", "")) for name, about in action["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in given.items()}
    step = next(step for step in action["runs"]["steps"] if step["name"] == "Check the files")
    variables = {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)
        for key, text in step["env"].items()
    }
    script = folder / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)]
    return ran(bash, folder, GITHUB_ACTIONS="true", **variables)


def test_the_action_marks_findings_and_fails_as_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "收件 箱").mkdir()
    (tmp_path / "收件 箱" / "好.csv").write_text(GOOD, encoding="utf-8")
    assert checked_by_action(tmp_path, files="收件 箱").returncode == 0
    (tmp_path / "收件 箱" / "坏.csv").write_text(BAD, encoding="utf-8")
    bad = checked_by_action(tmp_path, files="收件 箱/*.csv\n\n收件 箱/好.csv\n", reports="sarif=a b.sarif\nhtml=c.html")
    assert bad.returncode == 1, bad.stderr
    assert re.search(r"(?m)^::warning file=收件 箱/坏\.csv,line=2,title=ZM\d+ .*::", bad.stdout)
    assert not any(name in bad.stdout + bad.stderr for name in NAMES)
    assert json.loads((tmp_path / "a b.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert "<!DOCTYPE html>" in (tmp_path / "c.html").read_text(encoding="utf-8")
    assert checked_by_action(tmp_path, files="收件 箱", fail_on="error").returncode == 0
    assert checked_by_action(tmp_path, files="收件 箱", ignore="ZM").returncode == 0
    assert checked_by_action(tmp_path, files="nothing.csv").returncode == 2


def test_an_input_of_the_action_cannot_become_a_command_or_an_option(tmp_path: Path) -> None:
    evil = "$(touch taken)`touch taken`; touch taken"
    done = checked_by_action(tmp_path, files=f"{evil}\n--version", table=evil, sender=evil)
    assert done.returncode == 2
    assert not (tmp_path / "taken").exists()
    assert "zhengming 0" not in done.stdout


def test_the_template_for_gitlab_is_valid_and_runs(tmp_path: Path) -> None:
    valid("templates/gitlab-ci.yml", "gitlab-ci.json")
    job = loaded("templates/gitlab-ci.yml")[".zhengming-validate"]
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "bad.csv").write_text(BAD, encoding="utf-8")
    variables = {key: str(value) for key, value in job["variables"].items()}
    for given, code in (({}, 1), ({"ZM_OPTIONS": "--fail-on error --lang en"}, 0), ({"ZM_FILES": "none.csv"}, 2)):
        made = {**variables, "ZM_FILES": "inbox", **given}
        done = ran(["bash", "-e", "-o", "pipefail", "-c", "\n".join(job["script"])], tmp_path, **made)
        assert done.returncode == code, done.stderr
        assert not any(name in done.stdout + done.stderr for name in NAMES)
        assert (tmp_path / job["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8").startswith("<?xml")
        assert all((tmp_path / path).is_file() for path in job["artifacts"]["paths"])
