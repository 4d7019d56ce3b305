"""Rewards as text, YAML and plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests import rewards_for_tests as toy
from tests.test_compose import TREES

from guerdon import ContractError, Reward, SpecError, from_spec, from_tree, from_yaml, reward, route, to_yaml


def test_text_means_what_the_operators_mean() -> None:
    text = "0.9*toy.length + 0.1*toy.has(text='think answer')"
    assert from_spec(text) == 0.9 * toy.length() + 0.1 * toy.has(text="think answer")


def test_a_version_binds_to_its_id_and_not_to_the_product() -> None:
    assert from_spec("0.9*toy.length@1") == 0.9 * toy.length()
    assert from_spec("2 * toy.length@1 + toy.has@1(text='b')") == 2 * toy.length() + toy.has(text="b")


def test_gates_routes_and_names_have_text_forms() -> None:
    assert from_spec("toy.has >> toy.length") == toy.has() >> toy.length()
    text = "route({'a': toy.length, 'b': named(toy.has, 'hit')}, by='task')"
    assert from_spec(text) == route({"a": toy.length(), "b": toy.has().named("hit")}, by="task")
    assert from_spec("reading(toy.length, response='text')") == toy.length().reading(response="text")
    assert from_spec("-toy.length + 1") == 1 - toy.length()


@given(TREES)
def test_any_reward_comes_back_from_its_text_tree_and_yaml(tree: Reward) -> None:
    assert from_spec(tree.spec()) == tree
    assert from_tree(json.loads(json.dumps(tree.tree()))) == tree
    assert from_yaml(to_yaml(tree)) == tree


def test_text_may_stand_within_yaml() -> None:
    yaml = "op: weighted_sum\nof: [toy.length, toy.has(text='b')]\nsettings: {weights: [0.5, 2], constant: 1}"
    assert from_yaml(yaml) == 0.5 * toy.length() + 2 * toy.has(text="b") + 1


def test_a_spec_may_be_a_yaml_file_or_a_name_in_a_python_file(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text(to_yaml(2 * toy.length()))
    assert from_spec(str(tmp_path / "r.yaml")) == 2 * toy.length()
    code = "from guerdon import reward\n@reward('mine.words')\ndef words(response):\n    return len(response.split())\n"
    (tmp_path / "mine.py").write_text(code + "both = 2 * words()\n")
    assert from_spec(f"{tmp_path}/mine.py:words").one({"response": "a b c"}).value == 3.0
    assert from_spec(f"{tmp_path}/mine.py:both").one({"response": "a b c"}).value == 6.0
    with pytest.raises(SpecError, match="no reward called 'other'"):
        from_spec(f"{tmp_path}/mine.py:other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot read"),
        ("toy.length +", "cannot read"),
        ("1 + 2", "is a number, not a reward"),
        ("length", "cannot read 'length'"),
        ("toy.length(text=open('x'))", "is not a literal"),
        ("__import__('os').system('x')", "cannot read"),
        ("toy.length ** 2", "cannot read"),
        ("toy.has(txt='b')", "no setting 'txt'"),
        ("toy.has('b')", "factory"),
        ("frobnicate(toy.length)", "neither a reward id"),
        ("toy.length >> toy.has", "must be 0 or 1"),
        ("toy.length / 0", "division by zero"),
        ("toy.length if toy.has else toy.moody", "cannot read"),
        ("[toy.length for x in y]", "cannot read"),
        ("(" * 300 + "toy.length" + ")" * 300, "cannot read"),
        ("-" * 100 + "toy.length", "nested deeper"),
        ("toy.length + " * 5000 + "toy.length", "characters; at most"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        from_spec(text)


def test_an_unknown_reward_names_the_nearest() -> None:
    with pytest.raises(ContractError, match=r"no reward 'toy.lenght' \(did you mean 'toy.length'\?\)"):
        from_spec("toy.lenght")
    with pytest.raises(ContractError, match=r"toy.length has no version '7'"):
        from_spec("toy.length@7")


@pytest.mark.parametrize(
    "yaml",
    [
        "a: &x [1]\nb: *x",
        "- 1",
        "reward: toy.length\nop: sum",
        "reward: toy.length\ntext: b",
        "op: [",
        "!!python/name:os.system",
    ],
)
def test_hostile_or_wrong_yaml_is_refused(yaml: str) -> None:
    with pytest.raises(SpecError):
        from_yaml(yaml)


def test_an_older_version_keeps_its_version_in_the_text() -> None:
    @reward("here.versioned", version=1)
    def old(response: str) -> float:
        return 1.0

    @reward("here.versioned", version=2)
    def new(response: str) -> float:
        return 2.0

    assert new().spec() == "here.versioned"
    assert old().spec() == "here.versioned@1"
    assert from_spec(old().spec()) == old() != new()


@pytest.mark.parametrize("text", [
    "9" * 400 + "*toy.length", "1e999*toy.length", "reading(toy.length, nope='a')", "reading('a', b='c')",
    "route({**toy.length}, by='t')", "route({'a': toy.length, 'a': toy.has}, by='t')", "route({}, by='t')",
    "route(toy.length, by='t')", "nowhere.yaml", "nowhere.py:length",
])  # fmt: skip
def test_text_that_means_nothing_is_a_spec_error(text: str) -> None:
    with pytest.raises(SpecError):
        from_spec(text)


@pytest.mark.parametrize("tree", [
    {"reward": "toy.length", "settings": [1]}, {"reward": "toy.length", "reading": 5}, {"op": "clip", "of": 5},
    {"reward": "toy.length", "name": ""}, {"op": "route", "of": [{"cases": 5}], "settings": {"by": "t"}},
    {"op": "route", "of": [{"cases": [[1]]}], "settings": {"by": "t"}},
    {"op": "route", "of": [{"cases": [[[1], "toy.length"]]}], "settings": {"by": "t"}},
])  # fmt: skip
def test_data_of_the_wrong_shape_is_a_spec_error(tree: Any) -> None:
    with pytest.raises(SpecError):
        from_tree(tree)


def test_a_sum_of_many_terms_is_long_and_not_deep() -> None:
    many = sum((0.5 * toy.has(text=str(i)).named(f"n{i}") for i in range(100)), 0.0 * toy.length())
    assert from_spec(many.spec()) == many
