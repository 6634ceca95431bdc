"""Weights that are built, not trained: an exact bigram model of a text, in a llama's shape.

The residual stream is the embedding of the last token: one direction that all tokens share, and
one of its own for each token that has a successor. The output matrix is solved so that the logits
of a state are the logarithms of its successors' frequencies. Attention and feed-forward blocks do
their full work, but what they write back is scaled down until it does not matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.text import ANSWERS, END_OF_TURN, START_OF_ANSWER, THOUGHTS
from models.vocabulary import Vocabulary, spell

_IMPOSSIBLE = -20.0
"""Logit of a token that never follows."""
_EMBEDDING_SCALE = 0.25
_SHARE = float(np.sqrt(0.5))
"""Half of each embedding's energy is the common direction, half its own."""

Matrix = NDArray[np.float64]
Successors = dict[int, Counter[int]]


def build_bigram_weights(
    vocabulary: Vocabulary,
    size: int,
    *,
    thinks: bool,
    ends: bool,
    random: np.random.Generator,
    answers: tuple[str, ...] = ANSWERS,
) -> tuple[Matrix, Matrix]:
    """The embeddings and the output matrix, each of vocabulary x `size`."""
    successors = _count_successors(vocabulary, answers, thinks=thinks, ends=ends)
    states = sorted(successors)
    count = len(vocabulary.tokens)
    if len(states) + 2 > size:
        raise ValueError(f"The text has {len(states)} states, an embedding only {size} numbers.")
    basis, _ = np.linalg.qr(random.normal(size=(size, size)))
    common, own, free = basis[:, 0], basis[:, 1 : 1 + len(states)], basis[:, 1 + len(states) :]

    spare = random.normal(size=(count, free.shape[1]))
    spare /= np.linalg.norm(spare, axis=1, keepdims=True)
    embeddings = _SHARE * common[None] + _SHARE * spare @ free.T
    embeddings[states] = _SHARE * common[None] + _SHARE * own.T

    default, wanted = _logits(vocabulary, answers, successors)
    # The last RMS norm makes a unit vector x into x * sqrt(size).
    output = (np.outer(default, common) + (wanted - default).T @ own.T) / (_SHARE * np.sqrt(size))
    return embeddings * np.sqrt(size) * _EMBEDDING_SCALE, output


def _count_successors(
    vocabulary: Vocabulary, answers: tuple[str, ...], *, thinks: bool, ends: bool
) -> Successors:
    counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
    start, end = vocabulary.id_of(START_OF_ANSWER), vocabulary.id_of(END_OF_TURN)
    think, answer = vocabulary.id_of("<think>"), vocabulary.id_of("</think>")
    new_paragraph = vocabulary.id_of(spell("\n\n"))
    for ids in map(vocabulary.encode, answers):
        _chain(counts, ids)
        counts[ids[-1]][end if ends else new_paragraph] += 1
        counts[new_paragraph][ids[0]] += 1
        counts[answer][new_paragraph] += 1
        if not thinks:
            counts[start][ids[0]] += 1
    for ids in map(vocabulary.encode, THOUGHTS if thinks else ()):
        _chain(counts, ids)
        counts[start][think] += 1
        counts[think][ids[0]] += 1
        counts[ids[-1]][answer] += 3
    return dict(counts)


def _chain(counts: defaultdict[int, Counter[int]], ids: list[int]) -> None:
    for before, after in pairwise(ids):
        counts[before][after] += 1


def _logits(
    vocabulary: Vocabulary, answers: tuple[str, ...], successors: Successors
) -> tuple[Matrix, Matrix]:
    """The logits after a token without a state, and those after each state, in order of ids."""
    default = np.full(len(vocabulary.tokens), _IMPOSSIBLE)
    default[vocabulary.special_ids()] = 2 * _IMPOSSIBLE
    wanted = np.tile(default, (len(successors), 1))
    for row, state in zip(wanted, sorted(successors), strict=True):
        total = successors[state].total()
        for token, count in successors[state].items():
            row[token] = np.log(count / total)
    default[[vocabulary.encode(text)[0] for text in answers]] = 0.0
    return default, wanted
