"""Slips of the pen and the keyboard."""

import unicodedata
from random import Random

KEYS = {
    "a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj",
    "i": "uo",
    "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et",
    "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
SOUNDS = (
    ("ph", "f"),
    ("ie", "ei"),
    ("ck", "k"),
    ("sh", "ch"),
    ("y", "i"),
    ("ai", "ay"),
    ("ee", "ea"),
)
EXTRA = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o"})


def slip(name: str, random: Random) -> str:
    """One letter wrong, doubled, dropped, two swapped, or written as it sounds."""
    if len(name) < 3:
        return name + name[-1]
    place = random.randrange(1, len(name) - 1)
    kind = random.choices(("key", "drop", "double", "swap", "sound"), (28, 22, 20, 20, 10))[0]
    if kind == "key" and name[place] in KEYS:
        return name[:place] + random.choice(KEYS[name[place]]) + name[place + 1 :]
    if kind == "drop":
        return name[:place] + name[place + 1 :]
    if kind == "swap" and name[place] != name[place + 1]:
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    if kind == "sound":
        for one, other in SOUNDS:
            if one in name:
                return name.replace(one, other, 1)
    return name[:place] + name[place] + name[place:]


def is_marked(name: str) -> bool:
    """Whether a name has anything that a poor system loses: an accent, an apostrophe, a hyphen."""
    return not name.isascii() or "'" in name or "-" in name


def plain(name: str) -> str:
    """The name without accents, apostrophes and hyphens."""
    letters = unicodedata.normalize("NFKD", name.translate(EXTRA))
    return "".join(c for c in letters if c.isascii() and c not in "'-")


def mojibake(name: str) -> str:
    """UTF-8 read as Windows-1252."""
    return name.encode("utf-8").decode("cp1252", errors="replace").replace("\ufffd", "?")
