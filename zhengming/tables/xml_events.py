"""XML as events: names without their prefixes in lower case, no entity declared, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Protocol
from xml.parsers import expat

from zhengming.errors import UnreadableFile

_CHUNK = 1 << 20


class Listener(Protocol):
    """What follows a document."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Some text, perhaps not all of it at once."""


class Malformed(Exception):
    """The document is no well-formed XML."""


def feed(document: bytes | str, listener: Listener) -> None:
    """Tell `listener` what happens in `document`.

    Raises:
        Malformed: it is not well-formed; what came before was told.
        UnreadableFile: it declares entities.
    """
    pushed = Pushed(listener)
    for start in range(0, len(document), _CHUNK):
        pushed.push(document[start : start + _CHUNK])
    pushed.close()


class Pushed:
    """A document that comes in pieces; what happens in each is told when it is pushed."""

    def __init__(self, listener: Listener) -> None:
        """Tell `listener`."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: listener.start(
            local(name), {local(key): value for key, value in attributes.items()} if attributes else attributes
        )
        parser.EndElementHandler = lambda name: listener.end(local(name))
        parser.CharacterDataHandler = listener.data
        parser.EntityDeclHandler = _refuse
        self._parser = parser

    def push(self, piece: bytes | str, *, last: bool = False) -> None:
        """The next piece.

        Raises:
            Malformed: it is not well-formed; what came before was told.
            UnreadableFile: it declares entities.
        """
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, ValueError, LookupError):
            raise Malformed from None

    def close(self) -> None:
        """There is no more.

        Raises:
            Malformed: something is missing.
        """
        self.push(b"", last=True)


def feed_patiently(document: str, listener: Listener) -> None:
    """The same for what only looks like XML: a bare `&`, a control character, an unknown entity, a cut end.

    Raises:
        UnreadableFile: it declares entities.
    """
    if "<!ENTITY" in document[:65_536]:
        _refuse()
    patient = _Patient(listener)
    patient.feed(document)
    patient.close()


class _Patient(HTMLParser):
    def __init__(self, listener: Listener) -> None:
        super().__init__(convert_charrefs=True)
        self._listener = listener

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._listener.start(local(tag), {local(key): value or "" for key, value in attrs})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._listener.end(local(tag))

    def handle_data(self, data: str) -> None:
        self._listener.data(data)

    def unknown_decl(self, data: str) -> None:
        if data.startswith("CDATA["):
            self._listener.data(data[6:])


def local(name: str) -> str:
    """A name without its prefix, in lower case.

    >>> local("ss:Index")
    'index'
    """
    return name.rpartition(":")[2].lower()


def _refuse(*_: object) -> None:
    raise UnreadableFile("an XML part declares entities", remedy="open it in Excel or WPS and save it again as .xlsx")


def whole(attributes: Mapping[str, str], name: str, default: int) -> int:
    """A whole number among attributes."""
    text = attributes.get(name, "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else default
