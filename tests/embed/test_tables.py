from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from guerdon.embed.tables import Table, ppmi, tfidf
from guerdon.metrics.alignment import cosine
from guerdon.metrics.text import words

TEXTS = [
    "a red cat sleeps on the mat", "a black cat sleeps on the sofa", "the red mat lies on the floor",
    "stock markets fell on friday", "the markets rose and stock prices rose", "prices fell on friday morning",
]  # fmt: skip


def shouted(text: str) -> list[str]:
    return text.upper().split()


def test_tfidf_vectors_are_those_of_scikit_learn() -> None:
    from sklearn.decomposition import TruncatedSVD  # type: ignore[import-untyped]
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]

    theirs = TfidfVectorizer(analyzer=words)
    reduced = TruncatedSVD(3, algorithm="arpack", random_state=0).fit(theirs.fit_transform(TEXTS))
    queries = ["the red cat", "stock prices on monday", "a cat on the floor"]
    a, b = tfidf(TEXTS, dimensions=3).encode(queries), reduced.transform(theirs.transform(queries))
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert float(cosine(a[i], a[j])) == pytest.approx(float(cosine(b[i], b[j])), abs=1e-9)


def dense_ppmi(texts: list[str], window: int) -> tuple[list[str], Any]:
    """The definition, pair by pair."""
    names = list(dict.fromkeys(word for text in texts for word in text.split()))
    counts = np.zeros((len(names), len(names)))
    for text in texts:
        found = [names.index(word) for word in text.split()]
        for i, a in enumerate(found):
            for j, b in enumerate(found):
                counts[a, b] += 0 < abs(i - j) <= window
    total, share = counts.sum(), counts.sum(axis=1) / counts.sum()
    with np.errstate(divide="ignore"):
        return names, np.maximum(np.log(counts / total / np.outer(share, share)), 0.0)


def test_ppmi_vectors_multiply_to_the_matrix_they_were_made_of() -> None:
    names, matrix = dense_ppmi(TEXTS, window=2)
    table = ppmi(TEXTS, dimensions=len(names) - 1, window=2)
    rows = table.vectors[[table.vocabulary[name] for name in names]]
    # W = U√S, so W·Wᵀ = U·S·Uᵀ, which squared is M·Mᵀ; one dimension of many is left out.
    assert np.abs((rows @ rows.T) @ (rows @ rows.T) - matrix @ matrix.T).max() < 0.02 * (matrix @ matrix.T).max()


def test_words_that_keep_the_same_company_are_alike() -> None:
    frames = ["we saw a {} in the street", "a {} was sold today", "my {} is very fast"]
    texts = [f.format(w) for f in frames for w in ("car", "automobile")] + [f"we ate a {w}" for w in ("pie",)]
    car, automobile, pie = ppmi(texts, dimensions=5).encode(["car", "automobile", "pie"])
    assert float(cosine(car, automobile)) == pytest.approx(1.0)
    assert float(cosine(car, pie)) < 0.5


def test_a_text_is_the_mean_of_its_known_words_and_zeros_without_any() -> None:
    table = Table({"a": 0, "b": 1}, np.array([[1.0, 0.0], [0.0, 3.0]]))
    assert table.encode(["A b b x!", "x", ""]).tolist() == [[1 / 3, 2.0], [0.0, 0.0], [0.0, 0.0]]
    assert tfidf(TEXTS).encode([]).shape == (0, 5)


def test_centring_tells_words_apart_that_share_a_direction() -> None:
    table = Table({"a": 0, "b": 1}, np.array([[10.0, 1.0], [10.0, -1.0]]))
    a, b = table.encode(["a", "b"])
    c, d = table.centred().encode(["a", "b"])
    assert float(cosine(a, b)) > 0.9
    assert float(cosine(c, d)) == pytest.approx(-1.0)


def test_a_digest_tells_tables_apart_and_survives_pickling() -> None:
    table = tfidf(TEXTS, dimensions=3)
    other = [tfidf(TEXTS, dimensions=2), table.centred(), Table(table.vocabulary, table.vectors, shouted)]
    assert table.digest not in {t.digest for t in other}
    assert pickle.loads(pickle.dumps(table)).digest == table.digest == tfidf(TEXTS, dimensions=3).digest


def test_a_model_brings_its_own_tokenizer() -> None:
    table = Table({"CAT": 0}, np.array([[1.0, 2.0]]), shouted)
    assert table.encode(["a cat"]).tolist() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: tfidf(["one text"]), "two or more texts"),
        (lambda: tfidf(["x", "x"]), "two or more texts and words"),
        (lambda: tfidf(TEXTS, dimensions=0), "dimensions=0"),
        (lambda: ppmi(["a", "b"]), "no two words"),
        (lambda: Table({"a": 1}, np.zeros((1, 2))), "words that name rows"),
        (lambda: Table({"a": 0}, np.zeros(2)), r"not vectors \[2\]"),
    ],
)
def test_what_cannot_be_a_table_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
