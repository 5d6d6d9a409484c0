"""Masking a file: nothing that points to a person leaves that the profile does not let out."""

from __future__ import annotations

import csv
import datetime as dt
import pickle
import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.errors import UsageError
from zhengming.masking import ACTIONS, profiles
from zhengming.masking.pseudonyms import VARIABLE, Key
from zhengming.masking.table import under
from zhengming.schemas import spec as specs

HEAD = (
    "案例编号,患儿姓名,性别,出生日期,年龄,身份证号,监护人,与患儿关系,联系电话,户籍所在地,就诊医院,入院日期,诊断,"
    "总费用,备注,邻居说的话"
)
ROWS = (
    "JZ20240001,张小明,男,2021-07-06,2岁,,李建国,父亲,15400001234,四川省凉山州西昌市,华西二院,2024-02-03,VSD,"
    "52340,小明父亲李建国15400001234,老张家的",
    "JZ20240002,欧阳若曦,女,2009-05-01,14岁,,王芳,母亲,15400005678,河南省周口市,华西二院,2024-02-04,ASD,"
    "41499.5,住某村3组,隔壁的",
    "JZ20240003,待定张,女,,3岁,990101201107060012,王芳,母亲,电话不详,朝阳区,华西二院,2024-02-04,可能是什么病,10,,",
)
SECRETS = (
    *("小明", "若曦", "建国", "王芳", "1234", "5678", "JZ2024", "990101", "西昌", "村", "老张", "隔壁", "什么病"),
    *("02-03", "07-06"),
)
KEY = {VARIABLE: "a secret of more than sixteen bytes"}
ON = "2024-05-01"


def run(folder: Path, *options: str, suffix: str = ".csv", env: dict[str, str] | None = None) -> tuple[int, str, Path]:
    source, target = folder / "in.csv", folder / f"out{suffix}"
    source.write_text("\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["mask", str(source), "-o", str(target), "--lang", "zh", *options], env=env or KEY)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output, target


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.mark.parametrize("profile", profiles.names())
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_nothing_personal_leaves_by_any_profile(tmp_path: Path, profile: str, suffix: str) -> None:
    _code, said, target = run(tmp_path, "-p", profile, suffix=suffix)
    if suffix == ".csv":
        text = target.read_text(encoding="utf-8-sig")
    else:
        sheet = openpyxl.load_workbook(target).worksheets
        text = "\n".join(str(cell.value) for one in sheet for row in one.iter_rows() for cell in row)
    for secret in SECRETS:
        assert secret not in text
        assert secret not in said
    assert KEY[VARIABLE] not in text + said


def test_donors_see_a_surname_a_month_and_a_city(tmp_path: Path) -> None:
    _code, _said, target = run(tmp_path, "-p", "donor_list", "--on", ON)
    first, second, third = rows(target)
    assert first["child_name"] == "张*"
    assert second["child_name"] == "欧*"
    assert first["phone"] == "15*********"
    assert (first["birth_date"], first["age"], first["region"]) == ("2021-07", "2", "四川省凉山彝族自治州")
    assert first["under_14"] == "yes"
    assert (second["under_14"], third["under_14"]) == ("no", "unknown")
    assert third["diagnosis"] == ""
    assert third["region"] == ""
    assert "remark" not in first
    assert "邻居说的话" not in first


def test_researchers_see_the_same_pseudonym_for_the_same_number_and_scrubbed_text(tmp_path: Path) -> None:
    _code, _said, target = run(tmp_path, "-p", "research")
    found = rows(target)
    assert len({row["case_no"] for row in found}) == 3
    assert all(re.fullmatch("[a-z2-7]{16}", row["case_no"]) for row in found)
    assert found[0]["remark"] == "〔姓名〕父亲〔姓名〕〔号码〕"
    assert "child_name" not in found[0]
    _code, _said, again = run(tmp_path, "-p", "research", env={VARIABLE: "another secret of sixteen bytes"})
    assert {row["case_no"] for row in rows(again)}.isdisjoint(row["case_no"] for row in found)


def test_the_public_sees_no_rare_combination(tmp_path: Path) -> None:
    code, said, target = run(tmp_path, "-p", "public")
    assert code == 1  # three rows can never be five
    assert "不足" in said
    code, _said, target = run(tmp_path, "-p", "public", "--k", "3")
    assert code == 0
    quasi = ("sex", "birth_date", "age", "region", "admission_date")
    assert len({tuple(row[name] for name in quasi) for row in rows(target)}) == 1


def test_k_over_chosen_columns(tmp_path: Path) -> None:
    _code, said, target = run(tmp_path, "-p", "donor_list", "--k", "2", "--quasi", "sex")
    assert [row["sex"] for row in rows(target)] in (["*", "*", "*"], ["*", "女性", "女性"])
    assert "准标识符：性别" in said


def test_an_unknown_column_is_a_direct_identifier_until_it_is_given_a_class(tmp_path: Path) -> None:
    _code, said, target = run(tmp_path, "-p", "donor_list", "--class", "邻居说的话=sensitive")
    assert rows(target)[0]["邻居说的话"] == "老张家的"
    assert "邻居" not in said  # a header nobody knows may itself be personal
    _code, _said, target = run(tmp_path, "-p", "donor_list", "--class", "邻居说的话=free_text")
    assert "邻居说的话" not in rows(target)[0]


@pytest.mark.parametrize(
    "options",
    [
        ("-p", "nobody"),
        ("-p", "donor_list", "--class", "没有这一列=none"),
        ("-p", "donor_list", "--class", "患儿姓名=none"),
        ("-p", "donor_list", "--class", "备注=public"),
        ("-p", "donor_list", "--on", "明天"),
        ("-p", "donor_list", "--k", "2", "--quasi", "phone_number"),
        ("-p", "public", "--quasi", "child_name"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error_and_nothing_is_written(tmp_path: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as error:
        run(tmp_path, *options)
    assert not (tmp_path / "out.csv").exists()
    assert "张小明" not in str(error.value)


def test_pseudonyms_need_a_key_that_is_not_on_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="key-file"):
        run(tmp_path, "-p", "research", env={VARIABLE: ""})
    with pytest.raises(UsageError, match="too short"):
        run(tmp_path, "-p", "research", env={VARIABLE: "short"})
    (tmp_path / "key").write_text(KEY[VARIABLE] + "\n", encoding="utf-8")
    _code, _said, target = run(tmp_path, "-p", "research", "--key-file", str(tmp_path / "key"), env={VARIABLE: ""})
    by_file = rows(target)
    run(tmp_path, "-p", "research")
    assert rows(target) == by_file


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("\n".join([HEAD, *ROWS]), encoding="utf-8")
    done = CliRunner().invoke(app, ["mask", str(tmp_path / "in.csv"), "-o", str(tmp_path / "in.csv"), "-p", "public"])
    assert done.exit_code != 0
    assert "张小明" in (tmp_path / "in.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", specs.names())
@pytest.mark.parametrize("name", profiles.names())
def test_every_field_of_every_table_has_an_action_that_fits_its_kind(name: str, table: str) -> None:
    profile = profiles.load(name)
    fits = {
        "month": {"date"},
        "year": {"date"},
        "years": {"age"},
        "months": {"age"},
        "thousands": {"amount"},
        "surname": {"person_name"},
        "city": {"coded", "text", "region"},
        "province": {"coded", "text", "region"},
    }
    for field in specs.load(table).fields:
        action = profile.action(field)
        assert field.kind in fits.get(action, {field.kind}), (field.name, action)
        if field.privacy == "direct":
            assert action in ("drop", "surname", "stars", "pseudonym"), (field.name, action)
        if field.privacy == "free_text":
            assert action in ("drop", "scrub")
        if field.kind == "date":
            assert action in ("month", "year", "drop")


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('zh = "甲"\nen = "A"\nk = 0\n[kinds]\nperson_name = "surname"\n', encoding="utf-8")
    _code, _said, target = run(tmp_path, "-p", str(own))
    assert list(rows(target)[0]) == ["number", "child_name", "guardian_name"]
    own.write_text('zh = "甲"\nen = "A"\nk = 0\n[kinds]\nperson_name = "show"\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"own\.toml.*kinds\.person_name"):
        run(tmp_path, "-p", str(own))


def test_every_action_is_used_or_offered() -> None:
    assert list(ACTIONS) == sorted(ACTIONS)


@pytest.mark.parametrize(
    ("birth", "on", "is_under"),
    [
        ("2010-05-01", "2024-04-30", True),
        ("2010-05-01", "2024-05-01", True),
        ("2010-05-01", "2024-05-02", False),
        ("2012-02-29", "2026-02-28", True),
        ("2012-02-29", "2026-03-01", False),
        ("2010-12-31", "2025-01-01", False),
        ("2024-01-01", "2023-01-01", True),
    ],
)
def test_fourteen_is_reached_on_the_day_after_the_birthday(birth: str, on: str, is_under: bool) -> None:
    assert under(dt.date.fromisoformat(birth), dt.date.fromisoformat(on)) is is_under


def test_a_key_shows_itself_nowhere() -> None:
    key = Key(b"a secret of more than sixteen bytes")
    assert "secret" not in f"{key} {key!r}"
    with pytest.raises(TypeError):
        pickle.dumps(key)
