"""Speed, memory and accuracy among many terms, against others, and how time grows with terms and with rows.

    python benchmarks/scale.py search [--terms 40k 665k 2m] [--only NAME …] [--texts 22000]
    python benchmarks/scale.py rows [--rows 10000 100000 1000000]
    python benchmarks/scale.py draw

`search`: distinct texts, each a term written badly in one of eleven ways (scaling/work.py); the term is to be found.
`rows`: `zm code` of a csv with three coded columns, a tenth as many distinct values as rows, half of them mistyped,
against all terms; and opening, looking up and building. `draw`: a table and two pictures of what was measured last.

Terms come from the folder --bench (chip-cdn, china_regions.csv.gz, scale_terms.tsv.gz) where there is one, else they
are made by seed. The peers need `pip install duckdb sparse-dot-topn string-grouper tantivy`; slow ones get a share of
the texts, and are compared by seconds a text. Each runs in a process of its own, one after the other, so that ratios
hold; on a machine that does other work as well, those of processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from scaling import drawing, rows
from scaling.contestants import CONTESTANTS
from scaling.work import SIZES, noisy_texts, terms_of

from zhengming.dictionary.folding import key

HERE = Path(__file__).parent
RESULTS = HERE / "scaling" / "results"


def processor() -> float:
    """Seconds of processor time of this process and those it has waited for."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def contest(name: str, size: str, bench: Path, count: int, folder: Path) -> dict[str, object]:
    """What one contestant did with the texts of one list, or with as many of them as it is given."""
    _name, package, make, limits, several = next(one for one in CONTESTANTS if one[0] == name)
    work = noisy_texts(terms_of(size, bench), count)
    texts = work.texts[: limits.get(size, count)]
    asked = texts if package == "zhengming" and "pruned" not in name else [key(text) for text in texts]
    begun = time.perf_counter(), processor()
    answer = make(work, folder)
    answer(asked[:1])
    built = time.perf_counter(), processor()
    answer(asked[:1])  # what one more question costs whoever prepares for each
    once = time.perf_counter() - built[0], processor() - built[1]
    answers = answer(asked)
    took = [time.perf_counter() - built[0] - 2 * once[0], processor() - built[1] - 2 * once[1]]
    right = [bool(found) and found[0] == meant for found, meant in zip(answers, work.meant, strict=False)]
    answers = answer.deeply(asked) if hasattr(answer, "deeply") else answers
    among = [meant in found[:20] for found, meant in zip(answers, work.meant, strict=False)]
    return {
        "name": name, "version": version(package), "size": size, "terms": len(work.terms), "texts": len(texts),
        "build": built[0] - begun[0], "build_processor": built[1] - begun[1],
        "seconds": took[0], "processor": took[1], "several": several,
        "gigabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "right": "".join(map(str, map(int, right))), "among": "".join(map(str, map(int, among))),
        "kinds": work.kinds[: len(list(dict.fromkeys(work.kinds)))],
    }  # fmt: skip


def search(arguments: argparse.Namespace) -> None:
    """Every contestant with every list, each in a process of its own."""
    if arguments.alone:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ZHENGMING_CACHE"] = folder
            found = contest(arguments.alone, arguments.terms[0], arguments.bench, arguments.texts, Path(folder))
        print(json.dumps(found))
        return
    for size in arguments.terms:
        for name, *_rest in CONTESTANTS:
            if arguments.only and name not in arguments.only:
                continue
            command = [sys.executable, __file__, "search", "--terms", size, "--texts", str(arguments.texts)]
            command += ["--bench", str(arguments.bench), "--alone", name]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{size} {name}: failed: {done.stderr.strip().splitlines()[-1][:200]}", flush=True)
                continue
            found = json.loads(done.stdout.splitlines()[-1])
            RESULTS.mkdir(exist_ok=True)
            path = RESULTS / f"search {size} {name}.json".replace(" ", "-").replace(",", "")
            path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            print(size, name, f"{1e3 * found['processor'] / found['texts']:.4g} ms a text", flush=True)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=HERE.parent / ".." / "shared" / "bench")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("search")
    one.add_argument("--terms", nargs="+", choices=SIZES, default=list(SIZES))
    one.add_argument("--texts", type=int, default=22_000)
    one.add_argument("--only", nargs="*")
    one.add_argument("--alone", default="")
    one.set_defaults(run=search)
    two = commands.add_parser("rows")
    two.add_argument("--rows", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    two.add_argument("--release", type=Path, help="one that was built before; its index is built again")
    two.set_defaults(run=lambda one: rows.measure(one.bench, one.rows, RESULTS / "rows.json", one.release))
    three = commands.add_parser("draw")
    three.set_defaults(run=lambda _arguments: drawing.draw(RESULTS, HERE.parent / "docs" / "images"))
    for command in (one, two):
        command.add_argument("--bench", type=Path, default=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
