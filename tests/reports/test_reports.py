"""Reports: one contract for every output format, and what each format owes its reader."""

from __future__ import annotations

import html
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengming.errors import UsageError
from zhengming.findings import Finding, Place, finding
from zhengming.reports import OUTPUTS, render
from zhengming.reports.visible import visible
from zhengming.schemas.spec import load

CANARY = "鹦鹉7391"
TITLES = load("aid_case").titles("birth_date")
FOUND = [
    finding("ZM203", Place("收件/a,1:2.xlsx", "病例", 7, 4), field="birth_date", value=CANARY, **TITLES),
    finding("ZM001", Place("b.xlsx"), kind_zh="文件已损坏", kind_en="damaged"),
    finding("ZM105", Place("c.csv", "", 9), kind_zh="合计行", kind_en="total"),
    finding("ZM404", Place("c.csv", "", 3, 17), field="total_cost", value=CANARY, other_zh="甲", other_en="a"),
]
SUMMARY = {"version": "0.1.0", "rows_in": 12, "dictionary": "chd 2026.11"}
each_output = pytest.mark.parametrize("output", list(OUTPUTS))
each_lang = pytest.mark.parametrize("lang", ["zh", "en"])


@each_output
@each_lang
def test_no_value_is_shown_unless_asked_for(output: str, lang: str) -> None:
    hidden = render(output, FOUND, lang=lang, summary=SUMMARY)
    shown = render(output, FOUND, lang=lang, summary=SUMMARY, show_values=True)
    assert CANARY not in html.unescape(unquote(hidden.encode().decode("unicode_escape", "replace")))
    assert CANARY not in hidden
    assert CANARY in shown


@each_output
def test_the_order_in_which_findings_come_does_not_matter(output: str) -> None:
    assert render(output, FOUND) == render(output, FOUND[::-1]) == render(output, iter(FOUND))


@each_output
@each_lang
def test_a_report_of_nothing_can_be_written(output: str, lang: str) -> None:
    text = render(output, [], lang=lang)
    assert text == "" or text.endswith("\n")


@each_output
@each_lang
def test_every_finding_is_there_and_the_text_ends_its_last_line(output: str, lang: str) -> None:
    text = render(output, FOUND, lang=lang, summary=SUMMARY)
    assert all(one.code in text for one in FOUND)
    assert text.endswith("\n")


@each_output
def test_what_would_act_on_a_terminal_is_made_visible(output: str) -> None:
    evil = "\x1b]0;x\x07\u202e\x85\u2028\ud800\r\n::error::x"
    found = [finding("ZM203", Place(f"a{evil}.csv", f"s{evil}", 1, 1), field="x", value=f"v{evil}", field_zh=evil)]
    text = render(output, found, show_values=True, summary={"version": evil})
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202e\ud800]", text)
    assert not re.search("(?m)^::error::x", text)
    text.encode("utf-8")


@each_output
@given(name=st.text(max_size=30))
def test_any_name_of_a_sheet_can_be_reported(output: str, name: str) -> None:
    text = render(output, [finding("ZM203", Place("a.xlsx", name, 1, 1), field="day", value=name)], show_values=True)
    text.encode("utf-8")
    if output in ("json", "sarif"):
        json.loads(text)
    if output == "junit":
        ET.fromstring(text)


def test_an_unknown_format_is_told_the_known_ones() -> None:
    with pytest.raises(UsageError, match="concise"):
        render("pdf", [])


def test_concise_has_one_line_for_each_finding_and_one_that_counts() -> None:
    lines = render("concise", FOUND, lang="en").splitlines()
    assert lines[-2] == "收件/a,1:2.xlsx[病例]!D7: ZM203 date of birth gives only a year or a month"
    assert lines[-1] == "errors: 2, warnings: 1, notes: 1, files concerned: 3"
    assert len(lines) == len(FOUND) + 1


def test_full_groups_by_rule_errors_first_and_cuts_long_lists() -> None:
    many = [finding("ZM203", Place(f"{n}.csv", "", 2, 4), field="birth_date", **TITLES) for n in range(30)]
    text = render("full", [*many, FOUND[1]], lang="en", summary=SUMMARY)
    assert text.index("ZM001") < text.index("ZM203")
    assert text.count("date of birth gives only") == 1
    assert "× 30" in text
    assert "… and 10 more" in text
    assert "Rows read: 12" in text


def test_json_and_json_lines_have_the_same_objects() -> None:
    data = json.loads(render("json", FOUND, summary=SUMMARY))
    lines = [json.loads(line) for line in render("jsonl", FOUND).splitlines()]
    assert data["findings"] == lines
    assert data["counts"] == {"error": 2, "warning": 1, "info": 1, "files": 3}
    assert data["summary"] == SUMMARY
    assert lines[-1]["cell"] == "D7"
    assert "value" not in lines[-1]


def test_github_commands_escape_what_would_end_a_property() -> None:
    lines = render("github", FOUND, lang="en").splitlines()
    assert lines[0] == "::error file=b.xlsx,title=ZM001 File cannot be read::the file cannot be read: damaged"
    assert lines[1].startswith("::error file=c.csv,line=3,title=ZM404 ")
    assert lines[2].startswith("::warning file=收件/a%2C1%3A2.xlsx,title=")
    assert "::病例 D7: " in lines[2]
    assert lines[3].startswith("::notice file=c.csv,line=9,")


@pytest.mark.parametrize("output", ["full", "github", "html"])
def test_similar_findings_are_told_once_with_the_ranges_of_their_cells(output: str) -> None:
    rows = [*range(2, 302), 400]
    many = [finding("ZM203", Place("a.xlsx", "病例", row, 4), field="birth_date", **TITLES) for row in rows]
    other = finding("ZM203", Place("a.xlsx", "病例", 7, 5), field="x")
    text = render(output, [*many, other], lang="en")
    assert "D2:D301 D400" in text
    assert text.count("date of birth gives only") == 1
    assert "E7" in text


def test_groups_of_the_json_report_add_up_to_its_findings() -> None:
    found = [*FOUND, *(finding("ZM105", Place("c.csv", "", row), kind="total") for row in (4, 5, 6, 20))]
    data = json.loads(render("json", found))
    assert sum(group["count"] for group in data["groups"]) == len(data["findings"]) == len(found)
    assert "4:6 20:20" in [group["cells"] for group in data["groups"]]


def test_junit_counts_what_failed() -> None:
    root = ET.fromstring(render("junit", FOUND))
    assert (root.get("tests"), root.get("failures")) == ("4", "3")
    assert [suite.get("name") for suite in root] == ["b.xlsx", "c.csv", "收件/a,1:2.xlsx"]
    assert len(root.findall(".//skipped")) == 1
    passed = ET.fromstring(render("junit", []))
    assert (passed.get("tests"), passed.get("failures")) == ("1", "0")


def test_sarif_results_point_to_their_rules_and_cells() -> None:
    log = json.loads(render("sarif", FOUND, summary=SUMMARY))
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], run["tool"]["driver"]["name"]) == ("2.1.0", "zhengming")
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    last = run["results"][-1]["locations"][0]
    assert unquote(last["physicalLocation"]["artifactLocation"]["uri"]) == "收件/a,1:2.xlsx"
    assert last["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 4}
    assert last["logicalLocations"] == [{"fullyQualifiedName": "病例!D7"}]
    assert {one["level"] for one in run["results"]} == {"error", "warning", "note"}


def test_a_fingerprint_does_not_depend_on_the_value() -> None:
    def printed(value: str) -> object:
        one = finding("ZM203", Place("a.csv", "", 1, 1), field="birth_date", value=value)
        return json.loads(render("sarif", [one]))["runs"][0]["results"][0]["partialFingerprints"]

    assert printed("甲") == printed("乙")


class _Page(HTMLParser):
    """The tags of a page that are still open, and everything it would fetch or run."""

    VOID = frozenset({"meta", "rect", "br", "img", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.fetched += [name for name, _value in attrs if name in ("src", "href") or name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)


@each_lang
@pytest.mark.parametrize("found", [[], FOUND])
def test_the_page_is_whole_and_fetches_and_runs_nothing(lang: str, found: list[Finding]) -> None:
    page = _Page()
    page.feed(render("html", found, lang=lang, summary=SUMMARY, show_values=True))
    assert page.open == []
    assert page.fetched == []
    assert "script" not in page.seen
    assert ("svg" in page.seen) == bool(found)


def test_markup_in_a_cell_stays_text_in_the_page() -> None:
    evil = "<script>alert(1)</script>"
    found = [finding("ZM203", Place(evil, evil, 1, 1), field="x", value=evil)]
    assert "<script" not in render("html", found, show_values=True)


def test_a_long_list_is_cut_in_the_page_and_says_so() -> None:
    many = [finding("ZM203", Place(f"{n}.csv", "", 2, 4), field="birth_date", **TITLES) for n in range(700)]
    text = render("html", many, lang="en")
    assert text.count("<tr><td>") == 500
    assert "Only the first 500 places" in text


@given(st.text())
def test_making_text_visible_twice_changes_nothing_more(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    assert "\n" not in once
