"""Systems, proofs and evidence."""

import json
import time
from math import nan

import pytest

from guerdon import ContractError, Reward, from_spec, lookup
from guerdon.systems import Measured, Published, System, every, load


def words() -> Reward:
    """One point a word."""
    return lookup("length.words")()


def toy() -> System:
    return System("toy", "A toy", 2025, "https://example.org", about="Counts words.\n", rewards={"words": words})


def test_a_proof_passes_when_every_seed_reaches_its_bar() -> None:
    system = toy()

    @system.proof(claim="seeds grow", seconds=1)
    def grows(seed: int) -> Measured:
        return Measured(0.5 + seed / 10, at_least=0.5, baseline=0.1)

    (evidence,) = system.reproduce()
    assert evidence.passed
    assert evidence.measured == pytest.approx(0.6)  # 0.5, 0.6 and 0.7
    assert evidence.spread == (0.5, 0.7)
    assert evidence.baseline == pytest.approx(0.1)
    assert evidence.bar == 0.5


def test_one_seed_below_the_bar_fails_the_proof() -> None:
    system = toy()

    @system.proof(claim="seeds stay small", seconds=1)
    def stays(seed: int) -> Measured:
        return Measured(float(seed), at_most=1.5, baseline=5.0)

    (evidence,) = system.reproduce()
    assert not evidence.passed
    assert evidence.reason == "seed 2: measured 2, bar 1.5"
    assert system.reproduce(seeds=(0, 1))[0].passed


def test_a_proof_that_raises_has_failed_with_the_reason() -> None:
    system = toy()

    @system.proof(claim="nothing breaks", seconds=1)
    def breaks(seed: int) -> Measured:
        if seed:
            raise RuntimeError("out of luck")
        return Measured(1.0, at_least=0.5, baseline=0.0)

    (evidence,) = system.reproduce(seeds=(0, 1))
    assert not evidence.passed
    assert evidence.reason.startswith("seed 1: RuntimeError: out of luck")
    assert evidence.measured == 1.0


def test_a_proof_that_measures_nothing_finite_has_failed() -> None:
    assert not Measured(nan, at_least=0.0, baseline=0.0).passed
    assert not Measured(float("inf"), at_least=0.0, baseline=0.0).passed
    assert not Measured(1.0, at_least=0.0, baseline=nan).passed


def test_a_measurement_has_exactly_one_bar() -> None:
    with pytest.raises(ValueError, match="one bar"):
        Measured(1.0, baseline=0.0)
    with pytest.raises(ValueError, match="one bar"):
        Measured(1.0, baseline=0.0, at_least=0.0, at_most=2.0)


def test_a_bar_itself_is_reached() -> None:
    assert Measured(0.5, at_least=0.5, baseline=0.0).passed
    assert Measured(0.5, at_most=0.5, baseline=0.0).passed


def test_a_proof_over_its_time_is_reported_and_may_still_pass() -> None:
    system = toy()

    @system.proof(claim="takes its time", seconds=0.01)
    def slow(seed: int) -> Measured:
        time.sleep(0.02)
        return Measured(1.0, at_least=1.0, baseline=0.0)

    (evidence,) = system.reproduce(seeds=(0,))
    assert evidence.seconds >= 0.02
    assert evidence.over_time
    assert evidence.passed


def test_proofs_of_a_system_share_ninety_seconds() -> None:
    system = toy()
    system.proof(claim="long", seconds=60)(lambda seed: Measured(1.0, at_least=0, baseline=0))
    with pytest.raises(ValueError, match="may take 91 s"):
        system.proof(claim="longer", seconds=31)(lambda seed: Measured(1.0, at_least=0, baseline=0))


def test_a_proof_without_seeds_raises() -> None:
    system = toy()
    system.proof(claim="none", seconds=1)(lambda seed: Measured(1.0, at_least=0, baseline=0))
    with pytest.raises(ValueError, match="at least one seed"):
        system.reproduce(seeds=())


def test_evidence_is_json() -> None:
    system = toy()

    @system.proof(claim="breaks", seconds=1)
    def breaks(seed: int) -> Measured:
        raise ValueError

    @system.proof(claim="works", seconds=1)
    def works(seed: int) -> Measured:
        return Measured(0.75, at_least=0.5, baseline=0.25)

    broken, fine = (json.loads(json.dumps(e.to_dict(), allow_nan=False)) for e in system.reproduce(seeds=(3, 4)))
    assert fine | {"seconds": 0} == {
        "system": "toy", "proof": "works", "claim": "works", "measured": 0.75, "low": 0.75, "high": 0.75,
        "baseline": 0.25, "bar": 0.5, "direction": "at_least", "passed": True, "reason": "", "seeds": [3, 4],
        "seconds": 0, "budget": 1, "over_time": False,
    }  # fmt: skip
    assert (broken["measured"], broken["bar"], broken["passed"]) == (None, None, False)


def test_a_proof_stays_a_function_of_its_seed() -> None:
    system = toy()

    @system.proof(claim="plain", seconds=1)
    def plain(seed: int) -> Measured:
        return Measured(float(seed), at_least=0.0, baseline=0.0)

    assert plain(3).value == 3.0


def test_a_reward_is_made_by_name() -> None:
    assert toy().reward("words").one({"response": "a b"}).value == 2.0
    with pytest.raises(ContractError, match="no reward 'letters'; it has: words"):
        toy().reward("letters")


def test_a_page_says_what_the_system_is() -> None:
    system = System(
        "toy", "A toy", 2025, "https://example.org", about="Counts words.\n", rewards={"words": words},
        published=(Published("Accuracy, %", "table 1", ("model", "accuracy"), (("small", 12.5),)),),
    )  # fmt: skip
    system.proof(claim="words count", seconds=2)(lambda seed: Measured(1.0, at_least=0, baseline=0))
    page = system.markdown()
    assert page.startswith("# toy\n\nA toy (2025), <https://example.org>\n\nCounts words.\n\n## Rewards\n\n")
    assert "- `words`: One point a word. Of `length.words`." in page
    assert "guerdon.systems.load('toy').reward('words')" in page
    assert "- words count" in page
    assert page.endswith("| small | 12.5 |\n\nSource: table 1.\n")


def test_a_system_is_found_by_its_id() -> None:
    assert load("vlm-r1").id == "vlm-r1"


def test_an_unknown_system_names_the_nearest() -> None:
    with pytest.raises(ContractError, match="did you mean 'vlm-r1'"):
        load("vlm-r2")


def test_no_path_leads_out_of_the_systems() -> None:
    with pytest.raises(ContractError, match="there is no system"):
        load("../sources")


def test_every_system_is_complete() -> None:
    systems = every()
    assert len(systems) >= 1
    for system in systems:
        assert load(system.id) is system
        assert system.about, f"{system.id} does not say what it is"
        assert system.proofs, f"{system.id} proves nothing"
        assert system.url.startswith("https://")
        assert all(make.__doc__ for make in system.rewards.values())
        assert system.markdown().startswith(f"# {system.id}\n")


def test_every_reward_of_a_system_survives_its_text_form() -> None:
    for system in every():
        for name in system.rewards:
            made = system.reward(name)
            assert from_spec(made.spec()) == made
