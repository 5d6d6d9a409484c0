"""Speed, memory and accuracy among many terms: the search index against its peers, on the same texts in one run.

    python benchmarks/scale.py search [--terms 40k|665k|2m] [--texts 20000] [--peers]

`search`: distinct noisy texts, the term that each was made from is to be found.

Terms come from the folder --bench (chip-cdn, china_regions.csv.gz, scale_terms.tsv.gz) where there is one, else they
are made by seed. Noise is made by seed: one or two characters left out, doubled, exchanged with the next, replaced by
one that sounds alike or by any other. The peers need `pip install duckdb tantivy string-grouper`; slow ones get a share
of the texts and are compared by texts a second. All contestants run one after the other, so that ratios hold.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import itertools
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from zhengming.dictionary.folding import key
from zhengming.dictionary.index.nearest import NearestIndex

SIZES = ("40k", "665k", "2m")
SEED = 20_261_125
_PARTS = "东西南北中上下前后新老大小长安平和兴福清明永庆德仁义龙凤虎马金银石河江湖山川林桥湾口坪村镇街路门店园里屯寨"


@dataclass
class Work:
    """Distinct noisy texts, and for each the term it was made from."""

    terms: list[str]
    texts: list[str]
    meant: list[str]


Answer = list[list[str]]  # for each text its best terms, best first


def terms_of(size: str, bench: Path) -> list[str]:
    """Distinct folded terms of one size."""
    made = {"40k": _icd_names, "665k": _regions, "2m": _everything}[size](bench)
    found = set(map(key, made)) or set(map(key, _generated({"40k": 40_000, "665k": 665_000, "2m": 2_100_000}[size])))
    return sorted(found - {""})


def _icd_names(bench: Path) -> Iterator[str]:
    path = bench / "chip-cdn" / "icd10_beijing_v601.csv"
    if path.exists():
        with path.open(encoding="utf-8") as handle:
            yield from (row["name"] for row in csv.DictReader(handle))


def _regions(bench: Path) -> Iterator[str]:
    """Names of places, each behind the name of what it belongs to."""
    path = bench / "china_regions.csv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        names = {row["code"]: row["name"] for row in rows}
        yield from (names.get(row["parent"], "") + row["name"] for row in rows)


def _everything(bench: Path) -> Iterator[str]:
    path = bench / "scale_terms.tsv.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as handle:
            yield from (cells[2] for line in handle if len(cells := line.rstrip("\n").split("\t")) > 2)


def _generated(count: int) -> Iterator[str]:
    rng = random.Random(SEED)
    for _number in range(count):
        yield "".join(rng.choice(_PARTS) for _place in range(rng.randrange(4, 12)))


def noisy_texts(terms: Sequence[str], count: int) -> Work:
    """`count` distinct texts that are no terms, each a term with one or two slips."""
    rng = random.Random(SEED)
    known, seen = set(terms), set()
    anything = [character for term in rng.sample(terms, 2_000) for character in term]
    alike = _homophones()
    work = Work(list(terms), [], [])
    while len(work.texts) < count:
        meant = rng.choice(terms)
        text = _slipped(meant, rng, anything, alike)
        if len(text) > 1 and text not in known and text not in seen:
            seen.add(text)
            work.texts.append(text)
            work.meant.append(meant)
    return work


def _homophones() -> dict[str, str]:
    path = resources.files("zhengming") / "data" / "vocabulary" / "homophones.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))[1:]
    return {one: characters for _syllable, characters, *_ in rows for one in characters}


def _slipped(text: str, rng: random.Random, anything: Sequence[str], alike: dict[str, str]) -> str:
    for _slip in range(1 if len(text) < 8 else rng.choice((1, 1, 2))):
        if len(text) < 3:
            break
        at, kind = rng.randrange(len(text) - 1), rng.randrange(5)
        before, here, rest = text[:at], text[at], text[at + 1 :]
        if kind == 0:
            text = before + rest
        elif kind == 1:
            text = before + here + here + rest
        elif kind == 2:
            text = before + rest[0] + here + rest[1:]
        else:
            other = rng.choice(alike.get(here, "") or anything) if kind == 3 else rng.choice(anything)
            text = before + other + rest
    return text


# The contestants: each gets the terms once and answers texts.


def ours(work: Work) -> Callable[[Sequence[str]], Answer]:
    """The search index of this project."""
    index = NearestIndex(NearestIndex.build(work.terms))

    def answer(texts: Sequence[str]) -> Answer:
        found = index.nearest_many(texts, top=20)
        named, starts = index.keys.many(found.ids), found.starts.tolist()
        return [named[start:end] for start, end in itertools.pairwise(starts)]

    return answer


def extract_one(work: Work) -> Callable[[Sequence[str]], Answer]:
    """RapidFuzz, every term for every text."""
    from rapidfuzz import fuzz, process

    def answer(texts: Sequence[str]) -> Answer:
        return [[best[0]] for text in texts if (best := process.extractOne(text, work.terms, scorer=fuzz.ratio))]

    return answer


def cdist(work: Work) -> Callable[[Sequence[str]], Answer]:
    """RapidFuzz's matrix on all cores."""
    import numpy as np
    from rapidfuzz import fuzz, process

    def answer(texts: Sequence[str]) -> Answer:
        found: Answer = []
        for first in range(0, len(texts), 50):
            scores = process.cdist(texts[first : first + 50], work.terms, scorer=fuzz.ratio, workers=-1, dtype=np.uint8)
            found += [[work.terms[place]] for place in scores.argmax(axis=1)]
        return found

    return answer


def sparse_dot_topn(work: Work) -> Callable[[Sequence[str]], Answer]:
    """TF-IDF over all character bigrams, every common one included, then the best by RapidFuzz."""
    import numpy as np
    from rapidfuzz import fuzz, process
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    numbers: dict[str, int] = {}
    for term in work.terms:
        for gram in _bigrams(term):
            numbers.setdefault(gram, len(numbers))

    def matrix(texts: Sequence[str]) -> csr_matrix:
        columns, starts = [], [0]
        for text in texts:
            columns += [number for gram in _bigrams(text) if (number := numbers.get(gram)) is not None]
            starts.append(len(columns))
        return csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=(len(texts), len(numbers)))

    counted = matrix(work.terms)
    rarity = (np.log((1 + len(work.terms)) / (1 + np.bincount(counted.indices, minlength=len(numbers)))) + 1).astype(
        "f4"
    )

    def weighed(plain: csr_matrix) -> csr_matrix:
        plain.data *= rarity[plain.indices]
        lengths = np.sqrt(np.asarray(plain.power(2).sum(axis=1)).ravel())
        plain.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(plain.indptr)).astype("f4")
        return plain

    by_gram = weighed(counted).T.tocsr()

    def answer(texts: Sequence[str]) -> Answer:
        product = sp_matmul_topn(weighed(matrix(texts)), by_gram, 20, sort=True, n_threads=len(os.sched_getaffinity(0)))
        found = []
        for text, start, end in zip(texts, product.indptr[:-1], product.indptr[1:], strict=True):
            pool = [work.terms[place] for place in product.indices[start:end]]
            found.append([term for term, _score, _at in process.extract(text, pool, scorer=fuzz.ratio, limit=20)])
        return found

    return answer


def _bigrams(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} or {text}


def string_grouper(work: Work) -> Callable[[Sequence[str]], Answer]:
    """string-grouper with its defaults (trigrams, 80 % cosine), lowered to find anything at all."""
    import pandas
    from string_grouper import match_strings

    terms = pandas.Series(work.terms)

    def answer(texts: Sequence[str]) -> Answer:
        asked = pandas.Series(texts)
        found = match_strings(asked, terms, ngram_size=2, min_similarity=0.3, max_n_matches=20)
        best: dict[str, list[tuple[float, str]]] = {}
        for text, term, score in zip(found["left_side"], found["right_side"], found["similarity"], strict=True):
            best.setdefault(text, []).append((-score, term))
        return [[term for _score, term in sorted(best.get(text, ()))] for text in texts]

    return answer


def tantivy(work: Work) -> Callable[[Sequence[str]], Answer]:
    """Tantivy with a tokenizer of bigrams, best first by BM25."""
    import tantivy as engine

    analyzer = engine.TextAnalyzerBuilder(engine.Tokenizer.ngram(2, 2, False)).build()
    schema = engine.SchemaBuilder().add_text_field("term", stored=True, tokenizer_name="bigrams").build()
    index = engine.Index(schema)
    index.register_tokenizer("bigrams", analyzer)
    writer = index.writer(200_000_000)
    for term in work.terms:
        writer.add_document(engine.Document(term=term))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def answer(texts: Sequence[str]) -> Answer:
        found = []
        for text in texts:
            parts = [(engine.Occur.Should, engine.Query.term_query(schema, "term", gram)) for gram in _bigrams(text)]
            hits = searcher.search(engine.Query.boolean_query(parts), 20).hits
            found.append([searcher.doc(place)["term"][0] for _score, place in hits])
        return found

    return answer


def duckdb(work: Work) -> Callable[[Sequence[str]], Answer]:
    """DuckDB's jaro_winkler_similarity over every term."""
    import duckdb as engine
    import polars as pl

    connection = engine.connect()
    connection.register("terms", pl.DataFrame({"term": work.terms}).to_arrow())
    connection.execute("CREATE TABLE listed AS SELECT term FROM terms")

    def answer(texts: Sequence[str]) -> Answer:
        best = "SELECT arg_max(term, jaro_winkler_similarity(term, ?)) FROM listed"
        return [[connection.execute(best, [text]).fetchall()[0][0]] for text in texts]

    return answer


# How many of the texts a contestant is given: all, or what it can do in about a minute.
CONTESTANTS: tuple[tuple[str, str, Callable[[Work], Callable[[Sequence[str]], Answer]], int], ...] = (
    ("zhengming", "", ours, 1_000_000),
    ("RapidFuzz extractOne", "rapidfuzz", extract_one, 100),
    ("RapidFuzz cdist", "rapidfuzz", cdist, 200),
    ("sparse-dot-topn, nothing pruned", "sparse-dot-topn", sparse_dot_topn, 2_000),
    ("string-grouper", "string-grouper", string_grouper, 500),
    ("tantivy bigrams", "tantivy", tantivy, 500),
    ("DuckDB jaro_winkler", "duckdb", duckdb, 50),
)


def contest(name: str, work: Work, limit: int) -> tuple[float, ...]:
    """What one contestant did.

    Seconds to build; texts a second, and a second of one processor; accuracy, recall among 20, peak GB, texts.
    """
    make = next(one[2] for one in CONTESTANTS if one[0] == name)
    texts = work.texts[:limit]
    begun = time.perf_counter()
    answer = make(work)
    answer(texts[:1])
    built, worked = time.perf_counter(), time.process_time()
    answers = answer(texts)
    took, work_took = time.perf_counter() - built, time.process_time() - worked
    right = sum(bool(found) and found[0] == meant for found, meant in zip(answers, work.meant, strict=False))
    among = sum(meant in found for found, meant in zip(answers, work.meant, strict=False))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    speeds = len(texts) / took, len(texts) / work_took
    return built - begun, *speeds, right / len(texts), among / len(texts), peak, len(texts)


def search(arguments: argparse.Namespace) -> None:
    """One line for each contestant, each in a process of its own."""
    if arguments.only:
        work = noisy_texts(terms_of(arguments.terms, arguments.bench), arguments.texts)
        limit = next(one[3] for one in CONTESTANTS if one[0] == arguments.only)
        print(*contest(arguments.only, work, limit))
        return
    print(f"Distinct noisy texts against {len(terms_of(arguments.terms, arguments.bench)):,} terms\n")
    print("| system | texts | texts/s | ours is faster by | texts/CPU s | by | right | of 20 | build s | GB |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    first: tuple[float, float] | None = None
    for name, package, _make, _limit in CONTESTANTS if arguments.peers else CONTESTANTS[:1]:
        command = [sys.executable, __file__, "search", "--terms", arguments.terms, "--texts", str(arguments.texts)]
        done = subprocess.run(
            [*command, "--bench", str(arguments.bench), "--only", name], capture_output=True, text=True, check=False
        )
        title = f"{name} {version(package or 'zhengming')}"
        if done.returncode:
            print(f"| {title} | failed: {done.stderr.strip().splitlines()[-1][:80]} | | | | | | |", flush=True)
            continue
        build, speed, each, right, among, peak, count = map(float, done.stdout.split())
        first = first or (speed, each)
        print(
            f"| {title} | {count:,.0f} | {speed:,.4g} | {first[0] / speed:,.1f} | {each:,.4g} | {first[1] / each:,.1f} "
            f"| {right:.1%} | {among:.1%} | {build:.0f} | {peak:.2f} |",
            flush=True,
        )


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=Path(__file__).parents[1] / ".." / "shared" / "bench")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("search")
    one.add_argument("--terms", choices=SIZES, default="665k")
    one.add_argument("--texts", type=int, default=20_000)
    one.add_argument("--peers", action="store_true")
    one.add_argument("--only", default="")
    one.add_argument("--bench", type=Path, default=argparse.SUPPRESS)
    one.set_defaults(run=search)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
