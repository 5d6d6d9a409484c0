"""The log of decisions only grows, refuses what is malformed, and two reviewers who disagree have decided nothing."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.dictionary import decisions
from zhengming.dictionary.decisions import COLUMNS, Decision, append, read
from zhengming.dictionary.model import Dictionary
from zhengming.dictionary.rulings import Decisions
from zhengming.errors import UnreadableFile, UnwritableFile, UsageError

DAY, NEXT = "2026-11-25", "2026-11-26"
MATCH = Decision("法四", "disease", "match", "li", DAY, codes=("D0108",))


def match(code: str, reviewer: str = "li", day: str = DAY, **other: str) -> Decision:
    return Decision("法四", "disease", "match", reviewer, day, codes=(code,), **other)


def reject(*codes: str, reviewer: str = "li", day: str = DAY, sender: str = "") -> Decision:
    return Decision("法四", "disease", "reject", reviewer, day, sender, rejected=codes)


def test_what_was_appended_reads_back_and_the_first_lines_stay(tmp_path: Path) -> None:
    log = tmp_path / "decisions.csv"
    second = Decision(
        '房缺，\n或\r卵圆孔"',
        "disease",
        "no-match",
        "王",
        f"{DAY}T10:00:00+08:00",
        "a",
        (),
        ("D1", "D2"),
        "x@1 0123456789ab",
        " ?",
    )
    assert append(log, [MATCH]) == 1
    before = log.read_bytes()
    assert append(log, [second, MATCH]) == 1, "what stands there already is not added again"
    assert log.read_bytes().startswith(before)
    assert read(log) == [MATCH, second]
    assert before.decode().splitlines()[0] == ",".join(COLUMNS)


@given(
    st.lists(
        st.builds(
            Decision,
            text=st.text().filter(lambda text: bool(decisions.folded(text))),
            category=st.just("disease"),
            verdict=st.just("match"),
            reviewer=st.text(min_size=1).filter(lambda text: bool(text.strip())),
            time=st.datetimes().map(lambda one: one.isoformat()),
            codes=st.just(("D1", "D2")),
            comment=st.text(),
        ),
        unique=True,
    )
)
def test_any_decision_reads_back_equal(tmp_path_factory: pytest.TempPathFactory, log: list[Decision]) -> None:
    path = tmp_path_factory.mktemp("log") / "log.csv"
    kept = [one for one in log if not one.problem]
    append(path, kept[:1])
    append(path, kept)
    assert read(path) == kept


def test_a_log_that_excel_saved_is_read_and_appended_to(tmp_path: Path) -> None:
    log = tmp_path / "decisions.csv"
    append(log, [MATCH])
    log.write_bytes(b"\xef\xbb\xbf" + log.read_bytes().replace(b"\n", b"\r\n")[:-2])
    assert append(log, [replace(MATCH, reviewer="wang")]) == 1
    assert [one.reviewer for one in read(log)] == ["li", "wang"]


MALFORMED = [
    (replace(MATCH, text=" "), "the text is empty"),
    (replace(MATCH, text="\u200b"), "nothing visible"),
    (replace(MATCH, category=""), "the category is empty"),
    (replace(MATCH, reviewer=""), "the reviewer is empty"),
    (replace(MATCH, time="yesterday"), "not ISO 8601"),
    (replace(MATCH, time=""), "not ISO 8601"),
    (replace(MATCH, codes=()), "names no code"),
    (replace(MATCH, codes=("A##B",)), "malformed"),
    (replace(MATCH, codes=("",)), "malformed"),
    (replace(MATCH, rejected=("D0108",)), "named twice"),
    (replace(MATCH, verdict="perhaps"), "the verdict is none of"),
    (replace(MATCH, verdict="no-match"), "only a match names codes"),
    (replace(MATCH, verdict="reject", codes=()), "names no rejected code"),
    (replace(MATCH, dictionary="chd 1.0"), "id@version"),
    (replace(MATCH, comment="\ud800"), "half a character"),
]


@pytest.mark.parametrize(("one", "said"), MALFORMED, ids=[said for _one, said in MALFORMED])
def test_a_malformed_decision_is_refused_and_nothing_is_written(tmp_path: Path, one: Decision, said: str) -> None:
    log = tmp_path / "decisions.csv"
    append(log, [MATCH])
    before = log.read_bytes()
    with pytest.raises(UsageError) as caught:
        append(log, [replace(MATCH, reviewer="new"), one])
    assert said in str(caught.value)
    assert "法四" not in str(caught.value)
    assert log.read_bytes() == before


BAD_LOGS = [
    ("text,category\n法四,disease\n", "lacks the column", ""),
    (f"{','.join(COLUMNS)}\n法四,disease\n", "has 2 cells", "line 2"),
    (f"{','.join(COLUMNS)}\n法四,disease,,match,,,li,{DAY},,\n", "names no code", "line 2"),
    (f'{",".join(COLUMNS)}\n"法四', "is not a CSV file", ""),
    ("\ufeff", "lacks the column", ""),
]


@pytest.mark.parametrize(("text", "said", "where"), BAD_LOGS, ids=[said for _text, said, _where in BAD_LOGS])
def test_a_damaged_log_is_refused_by_line_and_left_alone(tmp_path: Path, text: str, said: str, where: str) -> None:
    log = tmp_path / "decisions.csv"
    log.write_text(text, encoding="utf-8")
    for touch in (lambda: read(log), lambda: append(log, [MATCH])):
        with pytest.raises(UnreadableFile) as caught:
            touch()
        assert said in caught.value.what
        assert where in caught.value.where
        assert "法四" not in str(caught.value)
    assert log.read_text(encoding="utf-8") == text


def test_a_missing_log_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        read(tmp_path / "none.csv")
    with pytest.raises(UnwritableFile):
        append(tmp_path / "none" / "log.csv", [MATCH])


def _append_some(log: Path, reviewer: str) -> None:
    for number in range(25):
        append(log, [Decision(f"text {number}", "disease", "no-match", reviewer, DAY)])


def test_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    log = tmp_path / "decisions.csv"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append_some, args=(log, f"reviewer {number}")) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert len(read(log)) == 100


LOGS = [
    ("a match holds", [match("A")], ("match", ("A",), set(), False)),
    ("the later word of one reviewer holds", [match("A"), match("B", day=NEXT)], ("match", ("B",), set(), False)),
    ("time counts, not place", [match("B", day=NEXT), match("A")], ("match", ("B",), set(), False)),
    ("at one time the later line counts", [match("A"), match("B")], ("match", ("B",), set(), False)),
    ("two who agree", [match("A"), match("A", "wang")], ("match", ("A",), set(), False)),
    ("two who disagree decide nothing", [match("A"), match("B", "wang")], ("", (), set(), True)),
    ("agreed at last", [match("A"), match("B", "wang"), match("A", "wang", NEXT)], ("match", ("A",), set(), False)),
    ("a rejection", [reject("A", "B")], ("", (), {"A", "B"}, False)),
    ("rejections of two add up", [reject("A"), reject("B", reviewer="wang")], ("", (), {"A", "B"}, False)),
    ("one matches what another rejects", [match("A"), reject("A", reviewer="wang")], ("", (), set(), True)),
    ("a rejection takes back one's match", [match("A"), reject("A", day=NEXT)], ("", (), {"A"}, False)),
    ("a match takes back one's rejection", [reject("A"), match("A", day=NEXT)], ("match", ("A",), set(), False)),
    ("a rejection leaves another match", [match("A"), reject("B", day=NEXT)], ("match", ("A",), {"B"}, False)),
    (
        "an offset counts",
        [match("A", day="2026-11-25T10:00:00+08:00"), match("B", day="2026-11-25T03:00:00Z")],
        ("match", ("B",), set(), False),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("log", "expected"), [row[1:] for row in LOGS], ids=[row[0] for row in LOGS])
def test_what_holds_of_a_log(log: list[Decision], expected: tuple[str, tuple[str, ...], set[str], bool]) -> None:
    held = Decisions(log)
    ruling = held.ruling("disease", " 法四")
    assert ruling is not None
    assert (ruling.verdict, ruling.codes, ruling.rejected, ruling.disputed) == expected
    assert held.conflicts == ((ruling,) if ruling.disputed else ())
    assert not ruling.disputed or len(ruling.said) == 2


def test_a_senders_ruling_goes_before_the_general_one_and_its_rejections_add_to_it() -> None:
    held = Decisions([match("A"), match("B", sender="a"), reject("C"), reject("A", sender="b")])
    assert held.ruling("disease", "法四", "a").codes == ("B",)
    assert held.ruling("disease", "法四", "a").rejected == {"C"}
    assert held.ruling("disease", "法四", "b").codes == ()
    assert held.ruling("disease", "法四", "b").rejected == {"A", "C"}
    assert held.ruling("disease", "法四", "c").codes == ("A",)
    assert held.ruling("procedure", "法四") is None


def test_a_senders_rejection_keeps_the_general_match_and_the_general_dispute() -> None:
    assert Decisions([match("A"), reject("C", sender="a")]).ruling("disease", "法四", "a").codes == ("A",)
    disputed = Decisions([match("A"), match("B", "wang"), reject("C", sender="a")])
    assert disputed.ruling("disease", "法四", "a").disputed


def test_codes_of_another_dictionary_mean_nothing_here() -> None:
    dictionary = Dictionary.open()
    stamp = decisions.release_stamp(dictionary)
    ours, theirs = match("A", dictionary=stamp), match("B", "wang", dictionary="icd@1 0123456789ab")
    held = Decisions([ours, theirs]).of_dictionary(dictionary.id)
    assert held.ruling("disease", "法四").codes == ("A",)


@pytest.mark.parametrize("text", ["=1+1", "＝SUM(A1)", "+86 室缺", "@室缺", "-1", "'=1", "'室缺"])
def test_a_log_holds_nothing_that_a_spreadsheet_would_run(text: str, tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    one = Decision(text, "disease", "no-match", "甲", "2026-11-25")
    append(path, [one])
    assert text == "'室缺" or f"\n{text}" not in path.read_text(encoding="utf-8")
    assert read(path) == [one]
    assert append(path, [one]) == 0
