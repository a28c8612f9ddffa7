"""Text as search sees it: one form for what is stored and for what is typed, in Chinese and in English.

PostgreSQL's own trigram search cannot find a two-character Chinese word, so search works on pairs of characters: the stored
array of a row contains the pairs of a query, and a comparison with the normalised text removes the accidental hits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

GRAM = 2


def normalised(text: str) -> str:
    """Lower case in compatibility form (full-width letters become ordinary ones), white space to single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def search_words(text: str) -> list[str]:
    """The words of a query; every one of them must be found, in any order."""
    return list(dict.fromkeys(normalised(text).split()))


def grams(*texts: str) -> list[str]:
    """Every two neighbouring characters inside the words of the texts, sorted and without repetition.

    A word of one character has none. The database function ``app.search_projects`` compares these.
    """
    found: set[str] = set()
    for word in _words(texts):
        found.update(word[at : at + GRAM] for at in range(len(word) - GRAM + 1))
    return sorted(found)


def _words(texts: Iterable[str]) -> Iterable[str]:
    for text in texts:
        yield from normalised(text).split()
