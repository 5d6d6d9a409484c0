"""Text from a stranger's file made safe to show: what would move the cursor or turn the line around becomes visible.

A cell, a sheet name or a file name can hold terminal escapes (which rewrite the screen) or bidi overrides (which show
text in another order than it has). They are shown as JSON writes them, so that the text of a JSON document stays one
with the same strings.
"""

from __future__ import annotations

import re

# C0, DEL and C1 controls; soft hyphen; Arabic letter mark; zero-width and bidi marks; line and paragraph separators;
# bidi embeddings, isolates and invisible operators; surrogates; byte order mark; interlinear annotations; tags.
# (Unicode 16, general categories Cc, Cf, Zl, Zp, Cs as far as they act on the display.)
_ACTING = (
    "\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[{_ACTING}]")
_UNSAFE_BUT_LAYOUT = re.compile(f"(?![\\n\\t])[{_ACTING}]")
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str) -> str:
    r"""The text on one line, with every character that acts on the display shown as an escape.

    >>> print(visible("室缺\x1b[2J\n(\u202eabc)"))
    室缺\u001b[2J\n(\u202eabc)
    """
    return _UNSAFE.sub(_escaped, text)


def visible_lines(text: str) -> str:
    """As `visible`, leaving line feeds and tabs: for a text that has lines of its own, such as a JSON document."""
    return _UNSAFE_BUT_LAYOUT.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    if found[0] in _NAMED:
        return _NAMED[found[0]]
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
