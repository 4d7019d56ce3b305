"""A card says what a reward is, what it came to, what speaks against it, and what nobody measured."""

import re
from typing import Any

import pytest
import yaml
from tests.report import toys
from tests.report.reading import HOSTILE

from guerdon.audit import audit
from guerdon.bench import BenchError, Official, Output, Results, run
from guerdon.report import reward_card
from guerdon.scores import Status


def front(card: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(card.split("---\n")[1])
    return found


def section(card: str, title: str) -> str:
    return card.partition(f"## {title}\n")[2].partition("\n## ")[0]


def long(**options: Any) -> Results:
    return run(toys.suite(hub="someone/toy:part"), [toys.long()], data=toys.pairs(40), **options)


def test_hubs_read_its_front_matter() -> None:
    found = front(reward_card(long()))
    assert found["library_name"] == "guerdon"
    assert "reward" in found["tags"]
    (model,) = found["model-index"]
    (result,) = model["results"]
    assert model["name"] == "toys.long"
    assert result["dataset"] == {"name": "Toy pairs", "type": "someone/toy", "config": "part"}
    assert [(m["type"], m["value"]) for m in result["metrics"]] == [("accuracy", 0.5), ("strict", 0.5)]
    assert re.fullmatch(r"accuracy \(95 % interval \d+\.\d to \d+\.\d %, n 40\)", result["metrics"][0]["name"])


def test_the_client_of_the_hub_reads_it_too() -> None:
    hub = pytest.importorskip("huggingface_hub")
    card = hub.ModelCard(reward_card(long()))
    results = card.data.eval_results
    assert card.data.model_name == "toys.long"
    assert [(r.dataset_type, r.metric_type, r.metric_value) for r in results] == [
        ("someone/toy", "accuracy", 0.5), ("someone/toy", "strict", 0.5)
    ]  # fmt: skip


def test_it_says_what_the_reward_is_with_every_setting() -> None:
    card = reward_card(long())
    assert "```\ntoys.long\n```" in card
    assert '"reward": "toys.long@1"' in card


def test_figures_stand_with_interval_n_coverage_and_baselines() -> None:
    figures = section(reward_card(long()), "Figures")
    assert re.search(r"\| toys\.long \| accuracy \| 50\.0 % \| \d+\.\d to \d+\.\d \| 40 \| 100 % \|", figures)
    for name in ("constant", "random", "longer", "shorter", "first"):
        assert f"| {name} | accuracy |" in figures
    assert re.search(r"\| a \| 20 \| 50\.0 % \|", figures)


def test_known_weaknesses_are_those_the_figures_show() -> None:
    found = section(reward_card(long()), "Known weaknesses")
    assert "no better than the baseline longer: 50.0 % against 50.0 %" in found
    assert "leans to longer responses: it prefers the better one in 100 % of pairs where that is the longer" in found
    assert "In 2 of 2 groups a trivial baseline is as good: a, b." in found


def test_a_sound_reward_has_no_known_weakness() -> None:
    card = reward_card(run(toys.suite(), [toys.good()], data=toys.pairs(40)))
    assert section(card, "Known weaknesses").strip() == "None was found by what was measured."


def test_place_unread_answers_and_ties_are_weaknesses() -> None:
    found = reward_card(run(toys.suite(), [toys.first().named("front")], data=toys.pairs(40)))
    assert "100 % of its verdicts change when the two responses change places." in found
    assert "It prefers the response that is shown first 100 % of the time." in found
    assert "It gives both responses of 100 % of pairs the same value." in found
    rows = [toys.pair(i, better="good?" if i < 10 else "good") for i in range(40)]
    unread = reward_card(run(toys.suite(), [toys.good()], data=rows))
    assert "25.0 % of its answers could not be read (no score found)." in unread


def test_what_was_not_measured_is_said() -> None:
    found = section(reward_card(long()), "Not measured")
    for gap in ("No audit was run", "prompt and pictures of another item", "policy is optimised", "Any data but this"):
        assert gap in found
    outputs = {"told": [Output(f"i{i}", (1.0, 0.0)) for i in range(3)]}
    results = run(toys.suite(), outputs=outputs, data=[toys.pair(i) for i in range(4)])
    told = section(reward_card(results), "Not measured")
    assert "The reward itself was not run" in told
    assert "1 of 4 items, which were not answered." in told


def test_what_was_measured_is_not_said_to_be_missing() -> None:
    found = audit(toys.long(), [toys.pair(i) for i in range(4)], only=["bias.length"]).to_dict()
    card = reward_card(long(wrong_pair=True), audit=found)
    assert "No audit" not in card
    assert "it was not asked under the prompt" not in card
    assert "Under the prompt and pictures of another item it does about as well: 50.0 % against 50.0 %." in card
    assert "| bias.length | fail | 100 % |" in section(card, "Audit")
    assert "Audit, bias.length: fail; " in section(card, "Known weaknesses")


def test_official_figures_say_why_they_differ() -> None:
    benchmark = toys.suite(official=Official(lambda *_: {"its own": 12.346}, ("ties are right there",)))
    card = reward_card(run(benchmark, [toys.long()], data=toys.pairs(4)))
    found = section(card, "As the benchmark's own script counts")
    assert "| its own | 12.35 |" in found
    assert "- ties are right there" in found


def test_how_it_was_measured_can_be_repeated() -> None:
    card = reward_card(long(limit=20), command="guerdon bench toy -r toys.long", date="1 May")
    found = section(card, "How it was measured")
    assert "```\nguerdon bench toy -r toys.long\n```" in found
    assert re.search(r"guerdon \d\S*, Python 3\.\S+, numpy \S+, 1 May", found)
    assert "both orders" in found
    assert "Only the first 20 rows of the data were read." in found


def test_a_card_is_of_one_reward() -> None:
    both = run(toys.suite(), [toys.good(), toys.long()], data=toys.pairs(4))
    with pytest.raises(BenchError, match=r"of one reward; there are: toys\.good, toys\.long"):
        reward_card(both)
    with pytest.raises(BenchError, match="there is no 'bad'"):
        reward_card(both, "bad")
    assert "# toys.long" in reward_card(both, "toys.long")


@pytest.mark.parametrize("text", [*HOSTILE, "a | b\n\n# c", "--- \n---", "```\nout", "[x](javascript:1)"])
def test_hostile_text_stays_text(text: str) -> None:
    outputs = {text: [Output(f"i{i}", None, Status.UNREAD, text) for i in range(4)]}
    rows = [toys.pair(i, kind=f"{text}{i % 2}") for i in range(4)]
    card = reward_card(run(toys.suite(title=text, licence=text), outputs=outputs, data=rows), command=text)
    assert front(card)["model-index"][0]["name"] == text
    body = card.split("---\n", 2)[2]
    outside = re.sub(r"^(`{3,}).*?^\1$", "", body, flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"(?<!\\)[<\[]", outside)
    lines = outside.splitlines()
    assert sum(line.startswith("# ") for line in lines) == 1
    assert len({line.count(" | ") for line in lines if line.startswith("| ") and "accuracy" in line}) == 1
