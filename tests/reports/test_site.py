"""The exported site: complete, the same every time, nothing fetched, safe, and searched in a real browser."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from typer.testing import CliRunner

from zhengming.cli import app
from zhengming.dictionary.folding import key
from zhengming.dictionary.model import Category, Concept, Definition, Dictionary, Term
from zhengming.errors import DictionaryError, UnwritableFile
from zhengming.reports import site

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
HOSTILE = "</script><script>document.title='taken'</script>\u202e\"'&"


def made(category: Category) -> Dictionary:
    """A dictionary of this one category."""
    return Dictionary(
        id="mine",
        version="1.0.0",
        title="甲的词典",
        categories=(category.name,),
        read=lambda _name: category,
        digest=lambda: "0" * 64,
    )


def concept(code: str, name: str, *terms: Term, **more: object) -> Concept:
    """A concept whose terms start with its name."""
    return Concept(code, name, terms=(Term(name, "preferred", "zh"), *terms), **more)


THINGS = Category(
    "thing",
    {"zh": "物品", "en": "Thing"},
    {
        "X0": concept("X0", "一切"),
        "X1": concept("X1", "室间隔缺损", Term("室缺", "short", "zh"), parents=("X0",), mappings={"icd10": ("Q21.0",)}),
        "X2": concept("X2", "膜周部室间隔缺损", parents=("X1", "X0"), attributes={"level": "三级"}),
        "X3": concept("X3", "旧名", status="retired", replaced_by=("X1",), note="合并"),
        "X4": concept("X4", HOSTILE, Term("Ⅱ型", relation="ambiguous"), Term("x y\tz", "local", sender="north")),
    },
    definitions=(Definition("X2", "X1", (("site", "perimembranous"),)),),
    mappings=("icd10",),
    attributes=("level",),
)


class Page(HTMLParser):
    """What a page links to, its identifiers, and its visible text, whole and in pieces."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.pieces: set[str] = set()
        self.scripts: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.links += [str(facts[name]) for name in ("href", "src") if facts.get(name)]
        self.ids += [str(facts["id"])] if "id" in facts else []
        if tag == "script":
            self.scripts.append(facts.get("src"))

    def handle_data(self, data: str) -> None:
        self.text += data
        self.pieces |= {data, *data.split()}


def pages(dictionary: Dictionary, lang: str = "zh") -> dict[str, str]:
    return {name: data.decode() for name, data in site.files(dictionary, lang=lang)}


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled dictionary's site."""
    folder = tmp_path_factory.mktemp("site")
    done = CliRunner().invoke(app, ["dict", "export", "--format", "html", "-o", str(folder), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    return folder


def test_every_link_leads_to_a_page_and_concept_of_the_site(bundled: Path) -> None:
    read = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(bundled.rglob("*.html"))}
    assert len(read) > len(Dictionary.open().categories) * 2
    for path, page in read.items():
        assert len(set(page.ids)) == len(page.ids)
        for link in page.links:
            file, _, fragment = link.partition("#")
            target = (path.parent / unquote(file)).resolve() if file else path.resolve()
            assert target.is_relative_to(bundled.resolve()), link
            assert target.is_file(), link
            if fragment:
                assert unquote(fragment) in read[target].ids, link


def test_every_concept_stands_on_a_page_with_all_its_terms_and_codes(bundled: Path) -> None:
    for category in Dictionary.open():
        shown: set[str] = set()
        for path in sorted((bundled / category.name).glob("concepts-*")):
            shown |= Page(path.read_text(encoding="utf-8")).pieces
        for one in category.concepts.values():
            codes = [code for found in one.mappings.values() for code in found]
            wanted = [
                one.code,
                one.name,
                *(term.text for term in one.terms),
                *codes,
                *filter(None, one.attributes.values()),
            ]
            assert [text for text in wanted if text not in shown] == []


def test_nothing_comes_from_outside_the_folder(bundled: Path) -> None:
    for path in sorted(bundled.rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            assert "default-src 'none'" in text
        if path.name != "terms.js":
            assert not re.search(r"https?:|//[a-z]|@import|url\(", text.replace("// ", "")), path


def test_the_same_dictionary_gives_the_same_bytes() -> None:
    assert dict(site.files(made(THINGS))) == dict(site.files(made(THINGS)))


def test_text_of_the_dictionary_never_becomes_markup() -> None:
    for name, text in pages(made(THINGS)).items():
        if name.endswith(".html"):
            assert all(script and script.startswith(("assets/", "../assets/")) for script in Page(text).scripts)
            assert "\u202e" not in text
            assert "</script><script>" not in text


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", ("物品", "取代", "有歧义", "改用")), ("en", ("Thing", "replaces", "ambiguous", "use instead"))],
)
def test_a_concept_shows_all_that_is_known_of_it_in_the_language_asked_for(lang: str, words: tuple[str, ...]) -> None:
    text = Page(pages(made(THINGS), lang)["thing/concepts-001.html"]).text
    for wanted in (*words, "室缺", "Q21.0", "三级", "site=perimembranous", "合并", "north"):
        assert wanted in text
    assert f'<html lang="{lang}' in pages(made(THINGS), lang)["index.html"]


def test_a_concept_with_two_parents_is_unfolded_under_the_first_only() -> None:
    text = pages(made(THINGS))["thing/index.html"]
    assert text.count("膜周部室间隔缺损") == 2
    assert text.count("↗") == 1


def test_concepts_on_a_ring_are_listed_all_the_same() -> None:
    ring = {"X1": concept("X1", "甲", parents=("X2",)), "X2": concept("X2", "乙", parents=("X1",))}
    text = pages(made(Category("thing", {}, ring)))["thing/index.html"]
    assert "甲" in text
    assert "乙" in text


def test_thousands_of_concepts_make_pages_of_fifty() -> None:
    many = {f"{number:06d}": concept(f"{number:06d}", f"第{number}区") for number in range(site.LISTED + 1)}
    found = pages(made(Category("region", {"zh": "地区"}, many)))
    assert sum(name.startswith("region/concepts-") for name in found) == site.LISTED // site.ON_A_PAGE + 1
    assert "第7区" not in found["region/index.html"]
    assert max(len(text) for name, text in found.items() if name.endswith(".html")) < 100_000


@pytest.mark.parametrize("name", ["../outside", "a/b", "..", "", "assets"])
def test_a_category_that_cannot_name_a_folder_is_refused(name: str) -> None:
    with pytest.raises(DictionaryError, match="folder"):
        list(site.files(made(Category(name, {}, {}))))


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UnwritableFile, match="file"):
        site.write(made(THINGS), tmp_path / "file" / "site")


def opened(page: Path, query: str = "", fragment: str = "") -> str:
    """The page as Chromium has it after its scripts ran."""
    if not CHROMIUM and not os.environ.get("CI"):
        pytest.skip("no Chromium here")
    profile = page.parent / f".profile-{os.getpid()}"
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=10000",
        f"--user-data-dir={profile}",
    ]
    address = page.resolve().as_uri() + (f"?q={quote(query)}" if query else "") + (f"#{fragment}" if fragment else "")
    done = subprocess.run(
        [CHROMIUM, *options, "--dump-dom", address], capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout


def hits(dom: str) -> list[str]:
    """Codes of the concepts that the search lists, in order."""
    results = re.search(r'<ol id="results">(.*?)</ol>', dom, re.DOTALL)
    assert results
    return re.findall(r'<span class="code">([^<]+)</span>', results[1])


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "query", "first"),
    [
        ("disease/index.html", "室間隔缺損", "D0032"),  # traditional
        ("disease/index.html", "ＶＳＤ", "D0032"),  # full width
        ("disease/index.html", "q21.001", ""),
        ("disease/index.html", "D0032", "D0032"),
        ("disease/index.html", "septal  VENTRICULAR", "D0032"),  # words in any order
        ("index.html", "外婆", "R07"),
    ],
)
def test_a_search_finds_the_concept_however_it_is_typed(bundled: Path, page: str, query: str, first: str) -> None:
    found = hits(opened(bundled / page, query))
    assert found
    assert not first or first in found[:3]


@pytest.mark.browser
def test_without_a_query_the_page_shows_its_contents_and_a_search_without_hits_says_so(tmp_path: Path) -> None:
    site.write(made(THINGS), tmp_path, lang="en")
    plain = opened(tmp_path / "thing" / "index.html")
    assert '<section id="contents">' in plain
    assert hits(plain) == []
    nothing = opened(tmp_path / "thing" / "index.html", "没有这个")
    assert "nothing found" in nothing
    assert '<section id="contents" hidden="">' in nothing


@pytest.mark.browser
def test_a_hostile_term_is_shown_as_text_and_a_retired_concept_comes_last(tmp_path: Path) -> None:
    site.write(made(THINGS), tmp_path)
    dom = opened(tmp_path / "index.html", "script")
    assert hits(dom) == ["X4"]
    assert "<title>甲的词典</title>" in dom
    assert html.escape("</script><script>", quote=False) in dom
    assert hits(opened(tmp_path / "index.html", "x"))[-1] == "X3"


@pytest.mark.browser
def test_the_browser_folds_as_the_dictionary_does(tmp_path: Path) -> None:
    site.write(made(THINGS), tmp_path)
    texts = sorted(
        {term.text for category in Dictionary.open() for one in category.concepts.values() for term in one.terms}
    )
    texts += [
        "①型",
        "❶型",
        "IVS",
        "房間隔缺損（Ⅱ）",
        "㎜",
        "Straße",
        "♂",
        "I27.0",
        "iv iii",
        "病\u200b名",
        "　全　角　",
        "Ebstein's 畸形",
        "Down’s综合征",
        "ASDⅡ12mm",
    ]
    script = f"document.title = JSON.stringify({json.dumps(texts)}.map((text) => zhengming.key(text)));"
    page = tmp_path / "keys.html"
    sources = "".join(f'<script src="assets/{name}.js"></script>' for name in ("folding", "search"))
    page.write_text(f"<meta charset='utf-8'>{sources}<script>{script}</script>", encoding="utf-8")
    title = re.search(r"<title>(.*?)</title>", opened(page), re.DOTALL)
    assert title
    folded = json.loads(html.unescape(title[1]))
    assert [(text, one, key(text)) for text, one in zip(texts, folded, strict=True) if one != key(text)] == []
