"""The page of a benchmark is one safe file that says what there is, what there is not, and why."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from tests.report import toys
from tests.report.reading import HOSTILE, Page, assert_safe

from guerdon import report
from guerdon.audit import audit
from guerdon.audit.optimisers import best_of_n
from guerdon.bench import Item, Official, Output, Published, Results, run
from guerdon.sample import Sample
from guerdon.scores import Status


def page(path: Path, results: Results, **options: Any) -> Page:
    return Page(report.bench_html(results, path / "page.html", **options))


def official(*_: Any) -> Mapping[str, float]:
    return {"its own figure": 12.346}


@pytest.fixture(scope="module")
def audited() -> dict[str, Any]:
    return audit(toys.long(), [toys.pair(i) for i in range(4)], only=["contract", "bias"]).to_dict()


@pytest.fixture(scope="module")
def optimised() -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    gold = rng.normal(size=(20, 64))
    return [best_of_n(gold + rng.normal(size=gold.shape), gold, name="a noisy proxy").to_dict()]


def full(**changed: Any) -> Results:
    """Three entries, of which one cannot read everything, on two groups."""
    published = (Published("Table 7", "a paper, from memory", ("model", "accuracy"), (("Another model", 51.25),)),)
    benchmark = toys.suite(official=Official(official, ("it counts otherwise",)), published=published, **changed)
    rewards = {"good": toys.good(), "long": toys.long(), "first": toys.first()}
    rows = [*toys.pairs(39), toys.pair(39, better="good?", kind="b")]
    rewards["front"] = rewards.pop("first")  # a baseline is called first
    return run(benchmark, rewards, data=rows)


def test_everything_there_is_stands_on_one_safe_page(
    tmp_path: Path, audited: dict[str, Any], optimised: list[dict[str, Any]]
) -> None:
    found = page(tmp_path, full(), date="1 May", command="guerdon bench toy", audits=[audited], curves=optimised)
    assert_safe(found)
    for heading in (
        "Toy pairs", "Leaderboard", "As the benchmark's own script counts", "By group", "All metrics", "Bias",
        "Calibration", "Which items tell the rewards apart", "Audit", "Over-optimisation", "Disagreements",
        "Answers without a value", "As published", "Notes",
    ):  # fmt: skip
        assert heading in found.text
    assert not re.search(r"\b(nan|None|inf)\b", found.text.partition("Audit")[0])


def test_what_there_is_not_has_no_heading(tmp_path: Path) -> None:
    found = page(tmp_path, toys.of_values([1.0] * 4))
    for heading in ("own script", "By group", "tell the rewards apart", "Audit", "Over-opt", "Disagreements", "publ"):
        assert heading not in found.text
    assert_safe(found)


def test_every_entry_stands_beside_the_baselines_with_interval_and_coverage(tmp_path: Path) -> None:
    board = page(tmp_path, full()).text.partition("Leaderboard")[2].partition("own script")[0]
    assert re.search(r"good 97.5 % \d+\.\d to \d+\.\d 97.5 % 97.5 %", board)  # 39 of 40 read, and all of them right
    assert all(f"{name} " in board for name in ("long", "front", "constant", "random", "longer", "shorter"))
    assert board.index("good") < board.index("constant")


def test_official_figures_say_why_they_differ(tmp_path: Path) -> None:
    found = page(tmp_path, full()).text
    assert "it counts otherwise" in found
    assert "its own figure 12.35 12.35 12.35" in found


def test_published_rows_stand_apart_with_their_source(tmp_path: Path) -> None:
    found = page(tmp_path, full()).text.partition("As published")[2]
    assert "nothing here was measured with these results" in found
    assert "Table 7. Source: a paper, from memory" in found
    assert "Another model 51.25" in found


def test_groups_have_their_size_and_the_best_trivial_baseline(tmp_path: Path) -> None:
    found = page(tmp_path, full()).text.partition("By group")[2].partition("All metrics")[0]
    assert "a n = 20" in found
    assert "b n = 20" in found
    assert re.search(r"(longer|constant|shorter) \d", found)


def test_bias_of_place_and_length_is_told(tmp_path: Path) -> None:
    found = page(tmp_path, full()).text.partition("Bias")[2].partition("Calibration")[0]
    assert re.search(r"front 40 100 % .* 100 % 91\.\d to 100\.0 100 %", found)


def test_reasons_of_unread_answers_are_counted(tmp_path: Path) -> None:
    assert "good no score found 1" in page(tmp_path, full()).text


def test_an_audit_shows_what_failed_first_and_folds_what_does_not_apply(
    tmp_path: Path, audited: dict[str, Any]
) -> None:
    found = page(tmp_path, toys.of_values([1.0]), audits=[audited]).text.partition("Audit")[2]
    assert found.index("bias.length") < found.index("contract.order")
    assert re.search(r"\d+ checks do not apply", found)


def test_an_audit_has_a_page_of_its_own(tmp_path: Path, audited: dict[str, Any]) -> None:
    found = Page(report.audit_html(audited, tmp_path / "a.html", date="1 May"))
    assert_safe(found)
    assert "toys.long" in found.text
    assert "bias.length fail" in found.text


def test_curves_may_have_a_page_to_themselves(tmp_path: Path, optimised: list[dict[str, Any]]) -> None:
    found = Page(report.audit_html({}, tmp_path / "c.html", curves=optimised))
    assert_safe(found)
    assert "a noisy proxy" in found.text
    assert "check" not in found.text


def test_a_curve_says_where_gold_peaks(tmp_path: Path, optimised: list[dict[str, Any]]) -> None:
    found = page(tmp_path, toys.of_values([1.0]), curves=optimised)
    assert "a noisy proxy best of n over 20 prompts or seeds" in found.text
    assert optimised[0]["peak"]["says"] in found.text
    assert sum(tag == "path" and a.get("class") == "gold" for tag, a in found.tags) == 1


def test_no_entry_at_all_leaves_the_baselines(tmp_path: Path) -> None:
    found = page(tmp_path, run(toys.suite(), data=toys.pairs(8)))
    assert_safe(found)
    assert "Best accuracy – none" in found.text


def test_an_entry_that_answered_nothing_readable_says_so(tmp_path: Path) -> None:
    outputs = {"mute": [Output(f"i{i}", None, Status.UNREAD, "no verdict") for i in range(3)]}
    found = page(tmp_path, run(toys.suite(), outputs=outputs, data=[toys.pair(i) for i in range(3)]))
    assert "Least coverage 0 %" in found.text
    assert "mute no verdict 3" in found.text


def test_pictures_are_inside_the_page(tmp_path: Path) -> None:
    image = PIL.Image.new("RGB", (900, 600), "teal")

    def item(row: Any) -> Item:
        return Item("i0", (Sample("q", "a", image=image), Sample("q", "b", image=image)), (1.0, 0.0))

    results = run(toys.suite(item=item), outputs={"one": [Output("i0", (0.0, 1.0))]}, data=[{}])
    sources = [a["src"] for tag, a in page(tmp_path, results).tags if tag == "img"]
    assert [(source or "")[:22] for source in sources] == ["data:image/jpeg;base64"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(tmp_path: Path, text: str) -> None:
    def item(row: Any) -> Item:
        i = row["i"]
        return Item(f"{i}{text}", (Sample(text, text), Sample(text, f"{text}!")), (1.0, 0.0), f"{text}{i % 2}")

    outputs = {text: [Output(f"{i}{text}", None, Status.UNREAD, text) for i in range(4)]}
    benchmark = toys.suite(
        item=item, title=text, about=text, licence=text, url=text, official=Official(lambda *_: {text: 1.0}, (text,)),
        published=(Published(text, text, (text, text), ((text, text),)),),
    )  # fmt: skip
    finding = {"check": text, "verdict": "fail", "detail": text, "rate": None, "examples": [{"row": text}]}
    hostile = {"reward": text, "verdicts": {text: 1}, "findings": [finding]}
    found = page(
        tmp_path, run(benchmark, outputs=outputs, data=[{"i": i} for i in range(4)]), date=text, command=text,
        audits=[hostile],
    )  # fmt: skip
    assert_safe(found)
    assert found.text.count(" ".join(text.split())) >= 15


def test_many_items_make_a_small_page(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = report.bench_html(toys.of_values(rng.normal(size=20_000).tolist()), tmp_path / "page.html")
    assert path.stat().st_size < 400_000
