"""A sender's profile: made from a file, corrected by hand, obeyed by later runs, and wiser than a new layout."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from zhengming import configuration, profiling
from zhengming.configuration import SenderProfile
from zhengming.dictionary.model import Dictionary
from zhengming.errors import UsageError
from zhengming.pipeline import Run

HEADERS = ["内部批号", "姓名", "xb", "病种名", None, "总费用"]


@cache
def dictionary() -> Dictionary:
    return Dictionary.open()


def run(profile: SenderProfile | None = None) -> Run:
    return Run(dictionary=dictionary(), profile=profile)


def saved(folder: Path, headers: list[str | None], name: str = "a.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["救助名单"])
    sheet.append(headers)
    for number in range(6):
        disease = ("室间隔缺损", "房间隔缺损", "法洛四联症")[number % 3]
        sheet.append(
            [f"x{number}", f"赵一{number}", "女" if number % 2 else "男", disease, ("女", "男")[number % 2], number]
        )
    path = folder / name
    book.save(path)
    return path


def codes(path: Path, profile: SenderProfile | None) -> list[str]:
    return [finding.code for finding in run(profile).validate(path).findings]


def test_what_is_understood_is_told_column_by_column(tmp_path: Path) -> None:
    found = profiling.profile(run(), saved(tmp_path, HEADERS))
    told = [(one.place, one.header, one.field, one.how, one.suggested) for one in found.understood[0]]
    assert told == [
        ("A2", "内部批号", "", "", ""),
        ("B2", "姓名", "child_name", "header", ""),
        ("C2", "xb", "", "", ""),
        ("D2", "病种名", "diagnosis", "values", ""),
        ("E2", "", "sex", "values", ""),
        ("F2", "总费用", "total_cost", "header", ""),
    ]
    said = profiling.render(found, run(), "zh")
    assert "D2    病种名 → diagnosis 诊断 (按内容)" in said
    assert "赵一" not in said + profiling.as_json(found)


def test_values_help_only_where_the_header_leaves_it_open(tmp_path: Path) -> None:
    assert "ZM115" in codes(saved(tmp_path, HEADERS), None)
    column = profiling.profile(run(), saved(tmp_path, ["a", "姓名", "xb", "病种名", "天气", "总费用"])).understood[0][4]
    assert (column.field, column.suggested) == ("", "sex")


def test_a_corrected_profile_is_obeyed_and_silent(tmp_path: Path) -> None:
    path = saved(tmp_path, HEADERS)
    made, unknown = profiling.learned(profiling.profile(run(), path), SenderProfile())
    assert unknown == ["内部批号", "xb"]
    corrected = made.model_copy(update={"headers": {**made.headers, "内部批号": "", "xb": "sex"}})
    result = run(corrected).clean(path)
    assert result.data["sex_codes"].to_list() == ["1", "2"] * 3
    assert {one.code for one in result.findings} & {"ZM102", "ZM115", "ZM116"} == set()


def test_a_changed_layout_is_noticed(tmp_path: Path) -> None:
    path = saved(tmp_path, HEADERS)
    made, _ = profiling.learned(profiling.profile(run(), path), SenderProfile())
    assert "ZM116" not in codes(path, made)
    for changed in ([*HEADERS[:5], "住院总费用"], [HEADERS[1], HEADERS[0], *HEADERS[2:]]):
        assert "ZM116" in codes(saved(tmp_path, changed, "b.xlsx"), made)


def test_learning_twice_changes_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path, HEADERS)
    once, _ = profiling.learned(profiling.profile(run(), path), SenderProfile())
    twice, _ = profiling.learned(profiling.profile(run(once), path), once)
    assert twice == once


def test_a_profile_takes_its_place_in_the_configuration_and_leaves_the_rest(tmp_path: Path) -> None:
    target = tmp_path / configuration.NAME
    target.write_text(
        '# 我们的\ndictionary = "x"\n\n[sender.b]\nencoding = "gb18030"\n\n[validate]\nignore = ["ZM106"]\n', "utf-8"
    )
    first = SenderProfile(headers={'姓"名\\': "child_name"}, layouts=(('姓"名\\', "诊断"),))
    profiling.save(tmp_path, "a", first, ["批号"])
    profiling.save(tmp_path, "b", SenderProfile(encoding="big5"))
    profiling.save(tmp_path, "a", first)
    text = target.read_text("utf-8")
    found = configuration.find(tmp_path)
    assert text.startswith('# 我们的\ndictionary = "x"\n')
    assert found.sender == {"a": first, "b": SenderProfile(encoding="big5")}
    assert found.validation.ignore == ("ZM106",)
    assert tomllib.loads(text).keys() == {"dictionary", "sender", "validate"}


def test_a_name_that_is_none_for_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="letters"):
        profiling.save(tmp_path, "a.b]", SenderProfile())
