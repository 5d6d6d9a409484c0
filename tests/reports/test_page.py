"""The HTML report in a real browser: whole, drawn to scale, offline, and readable on a phone."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from zhengming.findings import Place, finding
from zhengming.reports import render
from zhengming.schemas.spec import load

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
SPEC = load("aid_case")
SCRIPT = "<script>document.title='taken'</script>"
FOUND = [
    *(
        finding("ZM203", Place("收件/二月.xlsx", "病例", row, 4), field="birth_date", **SPEC.titles("birth_date"))
        for row in range(2, 42)
    ),
    *(finding("ZM406", Place("a.csv", "", row, 9), field="diagnosis", **SPEC.titles("diagnosis")) for row in (3, 9)),
    finding("ZM001", Place(f"{SCRIPT}.xlsx"), kind="unreadable"),
    finding("ZM105", Place("很长的文件夹名称/另一个很长的文件夹名称/三月.xlsx", "表", 9), kind="total"),
]
# Measured in the page itself, for a browser without a driver can only say what it has: into the title it goes.
MEASURE = """<script>
addEventListener("load", () => {
  const wide = document.documentElement.scrollWidth > innerWidth + 1;
  const ends = [...document.querySelectorAll("svg text")].map(text => text.getBoundingClientRect());
  const frames = [...document.querySelectorAll("svg")].map(svg => svg.getBoundingClientRect());
  const inside = ends.every(box => frames.some(f => box.left >= f.left - 1 && box.right <= f.right + 1));
  const bars = [...document.querySelectorAll("figure:first-of-type rect")].map(bar => Math.round(bar.getBBox().width));
  const fetched = performance.getEntriesByType("resource").length;
  document.title = JSON.stringify({wide, inside, bars, fetched, width: innerWidth});
});
</script>"""


def browse(page: Path, *options: str) -> str:
    if not CHROMIUM and not os.environ.get("CI"):
        pytest.skip("no Chromium here")
    words = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={page.parent / '.profile'}", *options]
    done = subprocess.run([CHROMIUM, *words, page.as_uri()], capture_output=True, check=True, encoding="utf-8")
    return done.stdout


def written(folder: Path, *, measured: bool = False, lang: str = "zh") -> Path:
    text = render("html", FOUND, lang=lang, summary={"version": "0.1.0", "dictionary": "f" * 90, "rows_in": 100})
    if measured:  # the page's own policy forbids scripts, so that of the test needs it away
        text = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        text = text.replace("</head>", MEASURE + "</head>")
    page = folder / "report.html"
    page.write_text(text, encoding="utf-8")
    return page


@pytest.mark.browser
def test_the_page_tells_everything_and_runs_nothing(tmp_path: Path) -> None:
    dom = browse(written(tmp_path), "--dump-dom")
    assert "<title>数据检查报告</title>" in dom
    for told in ("ZM203", "ZM406", "ZM001", "ZM105", "D2:D41", "出生日期", "按字段", "三月.xlsx"):
        assert told in dom
    assert "<script" not in dom
    assert "&lt;script&gt;" in dom


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 500])
def test_the_charts_are_to_scale_and_nothing_runs_over(tmp_path: Path, width: int) -> None:
    page = written(tmp_path, measured=True)
    dom = browse(page, f"--window-size={width},900", "--virtual-time-budget=4000", "--dump-dom")
    title = re.search("<title>(.*?)</title>", dom)
    assert title
    assert f'"wide":false,"inside":true,"bars":[310,15,7,7],"fetched":0,"width":{width}' in title[1]


@pytest.mark.browser
def test_the_page_can_be_printed_and_pictured(tmp_path: Path) -> None:
    page = written(tmp_path, lang="en")
    browse(page, f"--print-to-pdf={tmp_path / 'page.pdf'}", "--no-pdf-header-footer")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    browse(page, "--window-size=900,1200", f"--screenshot={tmp_path / 'page.png'}")
    picture = (tmp_path / "page.png").read_bytes()
    assert struct.unpack(">II", picture[16:24]) == (900, 1200)
    assert len(picture) > 20_000  # an empty page of this size is a tenth of that
