"""Releasing: only what the linter passes, at the right version, once, and with all that came before."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from zhengming.dictionary import history, lint, local, publishing, release, verification
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.publishing import Order, WrongStep
from zhengming.errors import DictionaryError, UsageError

DAY = Order("2026-11-25")


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def raise_version(root: Path, old: str, new: str) -> None:
    change(root, "dictionary.toml", f'"{old}"', f'"{new}"')


def add_term(root: Path, term: str) -> None:
    path = root / "categories" / "sex" / "terms.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    rows.append(f"1,{term},synonym,zh,,exact,test,,")
    path.write_text("\n".join([header, *sorted(rows)]) + "\n", encoding="utf-8")


def test_a_release_is_kept_noted_and_opened_by_its_version(mine: Path, kept: Path) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    assert made.path == kept / "mine" / "mine-1.0.0.sqlite"
    assert history.read(mine / history.NAME) == history.read(kept / "mine" / history.NAME) == [made.entry]
    opened = Dictionary.open("mine@1.0.0")
    assert (opened.sha256, opened.head) == (Dictionary.open(mine).sha256, made.entry.head)
    assert Dictionary.open(mine).head == made.entry.head
    assert made.entry.concepts == len(opened.category("sex").concepts)


@pytest.mark.skipif(os.name != "posix", reason="files are not marked read-only on Windows")
def test_the_file_of_a_release_is_read_only(mine: Path, kept: Path) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    assert made.path.stat().st_mode & 0o222 == 0


def test_the_head_of_the_chain_is_in_every_manifest_and_report(mine: Path, kept: Path) -> None:
    from zhengming import pipeline

    made = publishing.publish(mine, DAY, check=lint.check)
    run = pipeline.Run(dictionary=Dictionary.open("mine@1.0.0"))
    assert run.facts()["dictionary_chain_head"] == made.entry.head
    assert run.summary()["chain_head"] == made.entry.head


def test_releasing_the_same_again_changes_nothing(mine: Path, kept: Path) -> None:
    first = publishing.publish(mine, DAY, check=lint.check)
    again = publishing.publish(mine, Order("2027-01-01"), check=lint.check)
    assert (again.entry, again.path) == (first.entry, first.path)
    assert len(history.read(mine / history.NAME)) == 1


def test_a_release_lost_by_the_store_is_put_back_as_it_was(mine: Path, kept: Path) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    made.path.unlink()
    (kept / "mine" / history.NAME).unlink()
    publishing.publish(mine, DAY, check=lint.check)
    assert verification.verify(kept / "mine").ok
    assert made.path.exists()


def test_another_content_under_a_released_version_is_refused(mine: Path, kept: Path) -> None:
    publishing.publish(mine, DAY, check=lint.check)
    add_term(mine, "男的呀")
    with pytest.raises(WrongStep, match=r"1\.0\.1 \(patch\)") as caught:
        publishing.publish(mine, DAY, check=lint.check)
    assert [one.kind for one in caught.value.reasons] == ["terms-changed"]


@pytest.mark.parametrize("version", ["1.0.1", "1.1.0", "2.0.0"])
def test_a_greater_step_than_needed_is_allowed(mine: Path, kept: Path, version: str) -> None:
    publishing.publish(mine, DAY, check=lint.check)
    add_term(mine, "男的呀")
    raise_version(mine, "1.0.0", version)
    made = publishing.publish(mine, DAY, check=lint.check)
    assert made.entry.previous == history.read(mine / history.NAME)[0].head
    assert made.entry.step == "patch"


@pytest.mark.parametrize("version", ["1.0.0", "1.0.1", "1.1.0", "0.9.0", "1.0.3", "3.0.0"])
def test_a_smaller_or_other_step_is_refused_and_changes_nothing(mine: Path, kept: Path, version: str) -> None:
    publishing.publish(mine, DAY, check=lint.check)
    change(mine, "categories/sex/concepts.csv", "男性", "男人")
    if version != "1.0.0":
        raise_version(mine, "1.0.0", version)
    before = (mine / history.NAME).read_bytes()
    with pytest.raises(WrongStep, match=r"2\.0\.0 \(major\)"):
        publishing.publish(mine, DAY, check=lint.check)
    assert (mine / history.NAME).read_bytes() == before
    assert sorted(path.name for path in (kept / "mine").glob("[!.]*")) == [history.NAME, "mine-1.0.0.sqlite"]
    assert list((kept / "mine").glob(".zm-*")) == []
    assert verification.verify(kept / "mine").ok


def test_what_the_linter_calls_an_error_is_not_released(mine: Path, kept: Path) -> None:
    change(mine, "categories/sex/terms.csv", "synonym", "nickname")
    with pytest.raises(DictionaryError, match="ZM509"):
        publishing.publish(mine, DAY, check=lint.check)
    assert not (mine / history.NAME).exists()


@pytest.mark.parametrize("version", ["2026", "1.0", "v1.0.0", "1.0.0-rc1", "1.00.0", "一.零.零"])
def test_a_version_has_three_numbers(mine: Path, kept: Path, version: str) -> None:
    raise_version(mine, "1.0.0", version)
    with pytest.raises(DictionaryError, match="three numbers"):
        publishing.publish(mine, DAY, check=lint.check)


@pytest.mark.parametrize("date", ["", "yesterday", "20261125", "2026-02-30"])
def test_the_date_is_a_day(mine: Path, kept: Path, date: str) -> None:
    with pytest.raises(UsageError, match="day"):
        publishing.publish(mine, Order(date), check=lint.check)


def test_without_the_release_before_the_step_cannot_be_judged(mine: Path, kept: Path, tmp_path: Path) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    elsewhere = tmp_path / "carried.sqlite"
    made.path.rename(elsewhere)
    add_term(mine, "男的呀")
    raise_version(mine, "1.0.0", "1.0.1")
    with pytest.raises(DictionaryError, match="missing"):
        publishing.publish(mine, DAY, check=lint.check)
    other = tmp_path / "other.sqlite"
    release.build(mine, other)
    with pytest.raises(DictionaryError, match=r"not the release 1\.0\.0"):
        publishing.publish(mine, Order("2026-11-25", previous=other), check=lint.check)
    assert publishing.publish(mine, Order("2026-11-25", previous=elsewhere), check=lint.check).entry.version == "1.0.1"


def test_a_log_that_was_changed_is_not_continued(mine: Path, kept: Path) -> None:
    publishing.publish(mine, DAY, check=lint.check)
    change(mine, history.NAME, "2026-11-25", "2026-11-24")
    with pytest.raises(DictionaryError, match="line 1"):
        publishing.publish(mine, DAY, check=lint.check)


def test_a_release_carried_to_another_machine_is_taken_in(
    mine: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    monkeypatch.setenv(local.VARIABLE, str(tmp_path / "other"))
    with pytest.raises(DictionaryError, match=r"no release mine@1\.0\.0 .*there: none"):
        Dictionary.open("mine@1.0.0")
    local.install(made.path, mine / history.NAME)
    assert Dictionary.open("mine@1.0.0").head == made.entry.head
    assert verification.verify(tmp_path / "other" / "mine").ok


def test_a_release_that_is_not_what_its_log_says_is_not_taken_in(mine: Path, kept: Path, tmp_path: Path) -> None:
    publishing.publish(mine, DAY, check=lint.check)
    add_term(mine, "男的呀")
    other = tmp_path / "other.sqlite"
    release.build(mine, other)
    with pytest.raises(DictionaryError, match="not the file that its log names"):
        local.install(other, mine / history.NAME)
    raise_version(mine, "1.0.0", "1.0.1")
    release.build(mine, other)
    with pytest.raises(DictionaryError, match=r"no line for mine@1\.0\.1"):
        local.install(other, mine / history.NAME)


def test_two_histories_of_one_dictionary_do_not_mix(mine: Path, kept: Path, tmp_path: Path) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    (mine / history.NAME).unlink()
    publishing.publish(mine, Order("2026-11-26", kept=tmp_path / "other"), check=lint.check)
    with pytest.raises(DictionaryError, match="another history"):
        local.install(made.path, mine / history.NAME)


def test_two_copies_of_a_source_do_not_release_past_each_other(mine: Path, kept: Path, tmp_path: Path) -> None:
    publishing.publish(mine, DAY, check=lint.check)
    shutil.copytree(mine, tmp_path / "copy")
    for root, term in ((mine, "男的呀"), (tmp_path / "copy", "男的嘛")):
        add_term(root, term)
        raise_version(root, "1.0.0", "1.0.1")
    first = publishing.publish(mine, DAY, check=lint.check)
    with pytest.raises(DictionaryError, match=r"lacks a release .*1\.0\.1"):
        publishing.publish(tmp_path / "copy", DAY, check=lint.check)
    assert Dictionary.open("mine@1.0.1").sha256 == first.entry.sha256
    assert verification.verify(kept / "mine").ok


def test_a_release_beside_a_log_that_names_another_is_refused(mine: Path, kept: Path) -> None:
    made = publishing.publish(mine, DAY, check=lint.check)
    data = bytearray(made.path.read_bytes())
    data[-1] ^= 1
    made.path.chmod(0o644)
    made.path.write_bytes(data)
    with pytest.raises(DictionaryError, match=history.NAME):
        Dictionary.open("mine@1.0.0")


@pytest.mark.parametrize("identity", ["../elsewhere", "a/b", "..", "", "a\\\\b", "a b", "x" * 200])
def test_an_id_that_would_lead_out_of_the_store_is_refused(
    mine: Path, kept: Path, tmp_path: Path, identity: str
) -> None:
    change(mine, "dictionary.toml", '"mine"', f'"{identity}"')
    with pytest.raises(DictionaryError, match="name of a file"):
        publishing.publish(mine, DAY, check=lint.check)
    assert list(tmp_path.rglob("*.sqlite")) == []


def test_the_store_is_where_the_variable_says_else_where_the_system_keeps_data() -> None:
    assert local.folder({local.VARIABLE: "/somewhere"}) == Path("/somewhere")
    assert local.folder({}).parts[-2:] == ("zhengming", "releases")
