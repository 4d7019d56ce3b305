from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu import sentence_chrf

from guerdon import ContractError, Status
from guerdon.metrics.captions import cider_d, frequencies, references, weighted
from guerdon.metrics.text import words
from guerdon.rules.references import Cider, chrf, mentioned

CORPUS = [
    ["A red cat sleeps on a mat.", "The cat is asleep on the red mat."],
    ["A brown dog runs in the park.", "A dog is running on green grass."],
    ["Two men talk on a bench."],
]
KNOWN = frequencies([map(words, texts) for texts in CORPUS])
CIDER = Cider(KNOWN)


def share(response: str, items: Any) -> float | None:
    return mentioned().one({"response": response, "facts": items}).value


# -- chrF ----------------------------------------------------------------------------------------------


@given(st.text(max_size=30), st.lists(st.text(max_size=30), min_size=1, max_size=3))
def test_chrf_is_sacrebleus_with_the_best_reference(response: str, true: list[str]) -> None:
    value = chrf().one({"response": response, "answer": true}).value
    assert value == pytest.approx(sentence_chrf(response, true).score / 100, abs=1e-12)
    assert value is not None
    assert 0.0 <= value <= 1.0


def test_chrf_by_hand() -> None:
    # "ab" against "abc": unigrams 2 of 2 and 2 of 3, bigrams 1 of 1 and 1 of 2; sacrebleu takes the mean over the
    # orders that both sides have: P = 1, R = (2/3 + 1/2)/2 = 7/12; F = 5·P·R / (4·P + R).
    value = chrf().one({"response": "ab", "answer": "abc"}).value
    assert value == pytest.approx(5 * 7 / 12 / (4 + 7 / 12))


def test_ten_megabytes_are_malformed() -> None:
    for reward, column in ((chrf(), "answer"), (mentioned(), "facts"), (CIDER, "answer")):
        score = reward.one({"response": "word " * 2_000_000, column: ["word"]})
        assert (score.status, score.value) == (Status.MALFORMED, 0.0)


# -- facts ---------------------------------------------------------------------------------------------


def test_a_fact_is_its_words_in_a_row() -> None:
    response = "A man in a Red-Coat walks 2 dogs."
    assert share(response, ["red coat"]) == 1.0
    assert share(response, ["coat red"]) == 0.0
    assert share(response, ["ed coat"]) == 0.0  # part of a word is not the word
    assert share(response, ["the red coat", "2 dogs", "cat", "man"]) == 3 / 4


def test_one_of_several_wordings_will_do_and_saying_both_earns_no_more() -> None:
    items = [["dog", "dogs", "puppy"], "cat"]
    assert share("two dogs", items) == share("two dogs, a dog and a puppy", items) == 0.5


def test_scripts_without_spaces_are_read_by_character() -> None:
    assert share("一只红色的猫坐在垫子上", ["红色", "猫", "狗"]) == pytest.approx(2 / 3)
    assert share("แมวสีแดง", ["สีแดง"]) == 1.0


@pytest.mark.parametrize("items", [[], [""], "red", 3, [["", "!"]]])
def test_no_facts_are_inapplicable(items: Any) -> None:
    assert mentioned().one({"response": "red", "facts": items}).status == Status.INAPPLICABLE


def test_a_tag_can_hold_what_is_checked() -> None:
    row = {"response": "<think>cat</think><answer>dog</answer>", "facts": ["cat", "dog"]}
    assert mentioned(within="answer").one(row).value == 0.5
    assert mentioned(within="answer").one({**row, "response": "dog"}).status == Status.MALFORMED


phrases = st.lists(st.sampled_from(["red cat", "dog", "mat", "blue"]), min_size=1, max_size=4, unique=True)


@given(phrases, phrases)
def test_coverage_has_no_order_and_saying_more_never_lowers_it(said: list[str], items: list[str]) -> None:
    value = share(", ".join(said), items)
    assert value == len(set(said) & set(items)) / len(items)
    assert share(", ".join(said[::-1]), items[::-1]) == value
    assert share(", ".join([*said, "green"]), items) == value


# -- CIDEr ---------------------------------------------------------------------------------------------


def test_the_rule_is_the_metric_on_lower_cased_words() -> None:
    true = references([words(text) for text in CORPUS[0]], KNOWN)
    for response in ("A RED cat sleeps on a mat!", "a dog"):
        expected = cider_d(weighted(response.lower().rstrip("!").split(), KNOWN), true)
        assert CIDER.one({"response": response, "answer": CORPUS[0]}).value == expected


def test_looping_pays_without_the_penalties_alone() -> None:
    row = {"response": " ".join([CORPUS[0][0]] * 3), "answer": CORPUS[0][:1]}
    plain, penalised = Cider(KNOWN, variant="cider").one(row).value, CIDER.one(row).value
    assert plain is not None
    assert penalised is not None
    assert penalised < 0.5 < 9 < plain


def test_a_reference_is_one_text_or_several_in_any_column() -> None:
    text = CORPUS[0][0]
    assert CIDER.one({"response": text, "answer": text}).value == pytest.approx(10.0)
    assert CIDER.reading(answer="captions").one({"response": text, "captions": [text]}).value == pytest.approx(10.0)
    assert CIDER.one({"response": text, "answer": []}).status == Status.INAPPLICABLE
    assert CIDER.one({"response": "", "answer": text}).value == 0.0


def test_other_frequencies_make_another_reward_and_equal_ones_the_same() -> None:
    again = Cider(frequencies([map(words, texts) for texts in CORPUS]))
    assert again == CIDER == pickle.loads(pickle.dumps(CIDER))
    assert Cider(frequencies([map(words, texts) for texts in CORPUS[:2]])) != CIDER
    assert Cider(KNOWN, variant="cider") != CIDER
    with pytest.raises(ContractError, match="write cider_d or cider"):
        Cider(KNOWN, variant="d")  # type: ignore[arg-type]


def test_cider_prefers_another_description_of_the_image_to_one_of_another_image(data_dir: Path) -> None:
    """Image in Words: the model's description against the human one, and against that of the next image."""
    lines = (data_dir / "imageinwords" / "iiw_400.jsonl").read_text().splitlines()
    rows = [row for row in map(json.loads, lines) if row.get("IIW") and row.get("IIW-P5B")]
    known = frequencies([[words(row["IIW"])] for row in rows])
    own = [{"response": row["IIW-P5B"], "answer": row["IIW"]} for row in rows]
    other = [{**row, "answer": rows[i - 1]["IIW"]} for i, row in enumerate(own)]
    assert len(rows) == 100
    assert Cider(known, variant="cider").compare(own, other).accuracy() >= 0.95
