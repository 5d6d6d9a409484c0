"""Who searches: the public ways of this project and its peers, each gets the terms once and then answers texts.

Every peer gets its texts folded as this project folds them (simplified, narrow, no spaces), which it would not do.
"""

from __future__ import annotations

import csv
import itertools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from scaling.work import Work

Answer = list[list[str]]  # for each text its best terms, best first
Answerer = Callable[[Sequence[str]], Answer]
TOP = 20


def _matcher(work: Work, folder: Path) -> Any:
    """A matcher of the terms as a code list whose codes are their numbers: compiled and indexed in the cache."""
    import zhengming as zm

    path = folder / f"{len(work.terms)}.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle)
        rows.writerow(("code", "name"))
        rows.writerows(enumerate(work.terms))
    # What `zm dict import` makes of a list: the whole cell is one value.
    from zhengming.dictionary import code_list

    columns = code_list.Columns("code", "name")
    return zm.Matcher(code_list.load(path, "term", columns, cell="value"), "term")


def nearest_many(work: Work, folder: Path) -> Answerer:
    """`Matcher.nearest_many`."""
    matcher = _matcher(work, folder)

    def answer(texts: Sequence[str]) -> Answer:
        return [[one.name for one in found] for found in matcher.nearest_many(texts)]

    def deeply(texts: Sequence[str]) -> Answer:
        return [[one.name for one in found] for found in matcher.nearest_many(texts, top=TOP)]

    answer.deeply = deeply  # type: ignore[attr-defined]  # asked once, for the recall among 20; its time does not count
    return answer


def match_many(work: Work, folder: Path) -> Answerer:
    """`Matcher.match_many`: each text read, judged and explained, five candidates."""
    matcher = _matcher(work, folder)

    def answer(texts: Sequence[str]) -> Answer:
        found = matcher.match_many(texts)
        return [[one.name for mention in cell for one in mention.candidates or [mention]] for cell in found]

    return answer


def unpruned(work: Work, _folder: Path) -> Answerer:
    """The search of this project with nothing left out: every gram, 200 terms scored."""
    from zhengming.dictionary.index import nearest, postings

    postings.COMMONEST = 1 << 60
    nearest.STAGES = (nearest.Stage(1 << 60, 200, 0),)
    index = nearest.NearestIndex(nearest.NearestIndex.build(work.terms))

    def answer(texts: Sequence[str]) -> Answer:
        found: Answer = []
        for first in range(0, len(texts), 100):
            some = index.nearest_many(texts[first : first + 100], top=TOP)
            named, starts = index.keys.many(some.ids), some.starts.tolist()
            found += [named[start:end] for start, end in itertools.pairwise(starts)]
        return found

    return answer


def extract_one(work: Work, _folder: Path) -> Answerer:
    """RapidFuzz, every term for every text, by the ratio this project scores with."""
    from rapidfuzz import fuzz, process

    def answer(texts: Sequence[str]) -> Answer:
        return [[best[0]] for text in texts if (best := process.extractOne(text, work.terms, scorer=fuzz.ratio))]

    return answer


def extract_one_default(work: Work, _folder: Path) -> Answerer:
    """RapidFuzz, every term for every text, with its default WRatio."""
    from rapidfuzz import process

    def answer(texts: Sequence[str]) -> Answer:
        return [[best[0]] for text in texts if (best := process.extractOne(text, work.terms))]

    return answer


def cdist(work: Work, _folder: Path) -> Answerer:
    """RapidFuzz's matrix on all cores, the best 20 of each row."""
    import numpy as np
    from rapidfuzz import fuzz, process

    def answer(texts: Sequence[str]) -> Answer:
        found: Answer = []
        for first in range(0, len(texts), 20):
            scores = process.cdist(texts[first : first + 20], work.terms, scorer=fuzz.ratio, workers=-1)
            best = np.argpartition(-scores, TOP, axis=1)[:, :TOP]
            for row, places in zip(scores, best, strict=True):
                found.append([work.terms[place] for place in places[np.argsort(-row[places], kind="stable")]])
        return found

    return answer


def sparse_dot_topn(work: Work, _folder: Path) -> Answerer:
    """TF-IDF over all character bigrams, every common one included, then the best by RapidFuzz."""
    import numpy as np
    from rapidfuzz import fuzz, process
    from scipy.sparse import csr_matrix
    from sparse_dot_topn import sp_matmul_topn

    numbers: dict[str, int] = {}
    for term in work.terms:
        for gram in _bigrams(term):
            numbers.setdefault(gram, len(numbers))

    def matrix(texts: Sequence[str]) -> Any:
        columns, starts = [], [0]
        for text in texts:
            columns += [number for gram in _bigrams(text) if (number := numbers.get(gram)) is not None]
            starts.append(len(columns))
        return csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=(len(texts), len(numbers)))

    counted = matrix(work.terms)
    many = np.bincount(counted.indices, minlength=len(numbers))
    rarity = (np.log((1 + len(work.terms)) / (1 + many)) + 1).astype("f4")

    def weighed(plain: Any) -> Any:
        plain.data *= rarity[plain.indices]
        lengths = np.sqrt(np.asarray(plain.power(2).sum(axis=1)).ravel())
        plain.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(plain.indptr)).astype("f4")
        return plain

    by_gram = weighed(counted).T.tocsr()

    def answer(texts: Sequence[str]) -> Answer:
        threads = len(os.sched_getaffinity(0))
        product = sp_matmul_topn(weighed(matrix(texts)), by_gram, TOP, sort=True, n_threads=threads)
        found = []
        for text, start, end in zip(texts, product.indptr[:-1], product.indptr[1:], strict=True):
            pool = [work.terms[place] for place in product.indices[start:end]]
            found.append([term for term, _score, _at in process.extract(text, pool, scorer=fuzz.ratio, limit=TOP)])
        return found

    return answer


def _bigrams(text: str) -> list[str]:
    return sorted({text[at : at + 2] for at in range(len(text) - 1)} or {text})


def string_grouper(work: Work, _folder: Path) -> Answerer:
    """string-grouper over bigrams; its defaults (ASCII only, 80 % alike) would find nothing."""
    import pandas
    from string_grouper import match_strings

    terms = pandas.Series(work.terms)

    def answer(texts: Sequence[str]) -> Answer:
        found = match_strings(
            terms, pandas.Series(list(texts)), ngram_size=2, min_similarity=0.2, max_n_matches=TOP, regex="",
            normalize_to_ascii=False, number_of_processes=len(os.sched_getaffinity(0)),
        )  # fmt: skip
        best: dict[str, list[tuple[float, str]]] = {}
        for term, text, score in zip(found["left_side"], found["right_side"], found["similarity"], strict=True):
            best.setdefault(text, []).append((-score, term))
        return [[term for _score, term in sorted(best.get(text, ()))] for text in texts]

    return answer


def tantivy(work: Work, _folder: Path) -> Answerer:
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
            hits = searcher.search(engine.Query.boolean_query(parts), TOP).hits
            found.append([searcher.doc(place)["term"][0] for _score, place in hits])
        return found

    return answer


def duckdb(work: Work, folder: Path) -> Answerer:
    """DuckDB's jaro_winkler_similarity over every term."""
    import duckdb as engine

    path = folder / "terms.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        rows = csv.writer(handle, quoting=csv.QUOTE_ALL)
        rows.writerows([term] for term in work.terms)
    connection = engine.connect()
    connection.execute(
        f"CREATE TABLE listed AS SELECT term FROM read_csv('{path}', header=false, columns={{'term': 'VARCHAR'}})"
    )

    def answer(texts: Sequence[str]) -> Answer:
        best = "SELECT term FROM listed ORDER BY jaro_winkler_similarity(term, ?) DESC LIMIT 20"
        return [[term for (term,) in connection.execute(best, [text]).fetchall()] for text in texts]

    return answer


# Name, package, what makes it, how many texts of each list it is given: all, or what it can do in about a minute;
# and whether it answers with several terms.
CONTESTANTS: tuple[tuple[str, str, Callable[[Work, Path], Answerer], dict[str, int], bool], ...] = (
    ("zhengming nearest_many", "zhengming", nearest_many, {}, True),
    ("zhengming match_many", "zhengming", match_many, {}, True),
    ("zhengming, nothing pruned", "zhengming", unpruned, {"40k": 2_200, "665k": 660, "2m": 330}, True),
    ("sparse-dot-topn, nothing pruned", "sparse-dot-topn", sparse_dot_topn, {"665k": 2_200, "2m": 660}, True),
    ("RapidFuzz extractOne, ratio", "rapidfuzz", extract_one, {"40k": 660, "665k": 110, "2m": 44}, False),
    ("RapidFuzz extractOne, WRatio", "rapidfuzz", extract_one_default, {"40k": 220, "665k": 44, "2m": 22}, False),
    ("RapidFuzz cdist", "rapidfuzz", cdist, {"40k": 2_200, "665k": 660, "2m": 110}, True),
    ("tantivy, bigrams", "tantivy", tantivy, {"40k": 1_100, "665k": 660, "2m": 330}, True),
    ("string-grouper, bigrams", "string-grouper", string_grouper, {"40k": 1_100, "665k": 660, "2m": 330}, True),
    ("DuckDB jaro_winkler", "duckdb", duckdb, {"40k": 110, "665k": 22, "2m": 11}, True),
)  # fmt: skip
