"""Verifying: agreement is proved, and of a disagreement the place is told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from zhengming.dictionary import history, lint, publishing, release, verification
from zhengming.dictionary.publishing import Order
from zhengming.dictionary.store import Store
from zhengming.errors import DictionaryError, UsageError

FLIPS = 300  # bytes of a release that are flipped, one at a time, spread over all of it


@dataclass(frozen=True)
class Released:
    root: Path
    file: Path
    log: Path


@pytest.fixture
def released(mine: Path, kept: Path) -> Released:
    made = publishing.publish(mine, Order("2026-11-25"), check=lint.check)
    made.path.chmod(0o644)
    return Released(mine, made.path, kept / "mine" / history.NAME)


def flipped(path: Path, at: int, bit: int = 1) -> None:
    with path.open("r+b") as handle:
        handle.seek(at)
        old = handle.read(1)[0]
        handle.seek(at)
        handle.write(bytes([old ^ bit]))


def test_release_log_and_source_agree(released: Released) -> None:
    found = verification.verify(released.file, root=released.root)
    assert found.ok
    assert found.checked == [str(released.log), str(released.file), str(released.root)]
    assert found.head == history.read(released.log)[0].head
    assert verification.verify(released.log).ok
    assert verification.verify(released.log.parent).ok
    assert verification.verify(released.root, root=released.root).ok


def test_wherever_one_byte_of_a_release_is_flipped_the_part_is_named(released: Released) -> None:
    size = released.file.stat().st_size
    for at in [*range(120), *range(120, size, max(1, size // FLIPS)), size - 1]:
        flipped(released.file, at)
        found = verification.verify(released.file)
        flipped(released.file, at)
        assert not found.ok
        within = re.search(r"bytes (\d+)–(\d+)", " ".join(found.wrong))
        assert within, found.wrong
        assert int(within[1]) <= at <= int(within[2])
        assert str(released.file) in found.wrong[-1]
    assert verification.verify(released.file).ok


def test_without_a_log_a_flipped_byte_is_found_by_what_the_release_says_of_itself(released: Released) -> None:
    alone = released.root.parent / "alone.sqlite"
    alone.write_bytes(released.file.read_bytes())
    assert verification.verify(alone).ok
    size = alone.stat().st_size
    for at in range(7, size, size // 40):
        flipped(alone, at, 0x04)
        found = verification.verify(alone)
        flipped(alone, at, 0x04)
        assert found.wrong, at


def test_a_release_cut_short_or_longer_is_told(released: Released) -> None:
    whole = released.file.read_bytes()
    for data in (whole[:-1], whole + b"x", whole[:50], b""):
        released.file.write_bytes(data)
        found = verification.verify(released.file)
        assert any("bytes" in one for one in found.wrong)


def test_a_flipped_byte_of_the_log_names_its_line(released: Released) -> None:
    for at in range(0, released.log.stat().st_size, 50):
        flipped(released.log, at)
        found = verification.verify(released.file)
        flipped(released.log, at)
        assert any(str(released.log) in one and "line 1" in one for one in found.wrong)


def test_the_first_line_of_the_source_that_differs_is_named(released: Released) -> None:
    terms = released.root / "categories" / "sex" / "terms.csv"
    lines = terms.read_text(encoding="utf-8").split("\n")
    lines[6] = lines[6].replace("exact", "broad")
    terms.write_text("\n".join(lines), encoding="utf-8")
    found = verification.verify(released.file, root=released.root)
    assert found.wrong == [f"{terms}: line 7 is not that of the release"]
    found = verification.verify(released.log, root=released.root)
    assert len(found.wrong) == 1


def test_a_file_that_only_one_of_them_has_is_named(released: Released) -> None:
    (released.root / "categories" / "sex" / "qualifiers.csv").write_text(
        "axis,value,term,lang,source\n", encoding="utf-8"
    )
    found = verification.verify(released.file, root=released.root)
    assert [one.partition(": ")[2] for one in found.wrong] == ["is only in the source"]


def test_a_release_that_its_log_does_not_name_is_told(released: Released, tmp_path: Path) -> None:
    (released.root / "dictionary.toml").write_text('id = "mine"\nversion = "9.0.0"\n', encoding="utf-8")
    other = tmp_path / "other.sqlite"
    release.build(released.root, other)
    found = verification.verify(other, log=released.log)
    assert [one.partition(": ")[2] for one in found.wrong] == ["no line names mine@9.0.0"]


def test_a_folder_without_a_log_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match="no log"):
        verification.verify(tmp_path)


def test_a_release_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DictionaryError, match="no such release"):
        verification.verify(tmp_path / "none.sqlite")


def test_a_release_unpacks_to_its_source(released: Released, tmp_path: Path) -> None:
    verification.unpack(Store(released.file), tmp_path / "again")
    for path in released.root.rglob("*.*"):
        if path.suffix in (".csv", ".toml"):
            assert (tmp_path / "again" / path.relative_to(released.root)).read_bytes() == path.read_bytes()


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    pem = serialization.Encoding.PEM
    (tmp_path / "private.pem").write_bytes(
        private.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "public.pem").write_bytes(
        private.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return tmp_path / "private.pem", tmp_path / "public.pem"


def test_a_signed_release_is_known_by_its_key(mine: Path, kept: Path, keys: tuple[Path, Path]) -> None:
    from zhengming.dictionary import signing

    made = publishing.publish(mine, Order("2026-11-25", signer=signing.Signer(keys[0])), check=lint.check)
    key = signing.public_key(keys[1])
    assert made.entry.key == key
    assert verification.verify(made.path, keys=[key]).ok
    found = verification.verify(made.path, keys=["00" * 32])
    assert "line 1 (mine@1.0.0) is not signed" in found.wrong[0]


def test_a_line_written_anew_without_the_key_is_not_signed(mine: Path, kept: Path, keys: tuple[Path, Path]) -> None:
    from dataclasses import replace

    from zhengming.dictionary import signing

    made = publishing.publish(mine, Order("2026-11-25", signer=signing.Signer(keys[0])), check=lint.check)
    log = kept / "mine" / history.NAME
    log.write_bytes(history.dumped([replace(made.entry, date="2026-11-24")]))
    assert verification.verify(log).ok  # the chain alone proves nothing against who can write it
    assert not verification.verify(log, keys=[made.entry.key]).ok


def test_a_file_that_is_no_key_is_an_error(keys: tuple[Path, Path], tmp_path: Path) -> None:
    from zhengming.dictionary import signing

    (tmp_path / "text").write_text("no key", encoding="utf-8")
    for path in (tmp_path / "text", keys[1]):
        with pytest.raises(UsageError, match="private"):
            signing.Signer(path)
    for path in (tmp_path / "text", keys[0]):
        with pytest.raises(UsageError, match="public"):
            signing.public_key(path)
