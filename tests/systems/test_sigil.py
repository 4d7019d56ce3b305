"""SIGIL: legibility and style together, with what reads and what judges style plugged in."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pytest

from guerdon import Status, reward
from guerdon.media import as_images
from guerdon.systems.sigil import legibility, system, total
from guerdon.world import lettering

READ = legibility(reader="sigil.letters")
RNG = np.random.default_rng(0)


@reward("test.sigil_brightness", range=(0, 1))
def brightness(image: Any) -> float:
    """Stands in for a style embedding."""
    return float(as_images(image)[0].array().mean() / 255)


def row(drawn: str, answer: str, **columns: Any) -> dict[str, Any]:
    return {"image": lettering.picture(lettering.draw(drawn), RNG), "answer": answer, **columns}


@pytest.mark.parametrize("letters", lettering.SCRIPTS.values(), ids=lettering.SCRIPTS)
def test_every_script_is_read_off_a_picture(letters: str) -> None:
    assert READ.one(row(letters, letters)).value == 1.0


def test_a_wrong_letter_of_four_costs_a_quarter() -> None:
    assert READ.one(row("ΓΔΘΣ", "ΓΔΘΛ")).value == 0.75


def test_an_empty_wall_earns_only_where_nothing_is_wanted() -> None:
    assert READ.one(row("", "ΓΔ") | {"image": np.ones((5, 5))}).value == 0.0
    assert READ.one(row("", "") | {"image": np.ones((5, 5))}).value == 1.0


def test_an_answer_in_pieces_is_the_same_text() -> None:
    pieces = unicodedata.normalize("NFD", "ÉÑÖ")
    assert len(pieces) == 6
    assert READ.one(row("ÉÑÖ", pieces)).value == 1.0


def test_legibility_and_style_are_multiplied_or_joined() -> None:
    half = row("ΓΔ", "ΓΛ", style=0.25)
    assert total(legible=READ).one(half).value == 0.5 * 0.25
    assert total(legible=READ, how="harmonic").one(half).value == pytest.approx(2 / (1 / 0.5 + 1 / 0.25))


@pytest.mark.parametrize("how", ["product", "harmonic"])
def test_neither_part_pays_without_the_other(how: Any) -> None:
    assert total(legible=READ, how=how).one(row("ΓΔ", "ΓΔ", style=0.0)).value == 0.0
    assert total(legible=READ, how=how).one(row("ΛΣ", "ΓΔ", style=1.0)).value == 0.0


def test_any_reward_can_judge_the_style() -> None:
    score = total(legible=READ, style=brightness()).one(row("ΓΔ", "ΓΔ"))
    assert 0.3 < (score.value or 0) < 1.0
    assert {"legibility", "test.sigil_brightness"} <= set(score.components)


def test_without_a_style_there_is_no_total() -> None:
    assert total(legible=READ).one(row("ΓΔ", "ΓΔ")).status == Status.INAPPLICABLE


def test_the_reader_is_sure_of_clean_letters_and_less_of_worn_ones() -> None:
    ink = lettering.draw("ΓΔΘΛ")
    pictures = [lettering.picture(lettering.worn(ink, share, RNG), RNG) for share in (0.0, 0.5)]
    scores = READ([{"image": p, "answer": "ΓΔΘΛ"} for p in pictures])
    sure = scores.components["ocr.text/confidence"].values
    assert sure[0] > sure[1]


def test_damage_lowers_legibility_step_by_step() -> None:
    evidence = system.proofs[0].run(seeds=(0,))
    assert evidence.passed, evidence.reason


@pytest.mark.slow
def test_the_proofs_hold() -> None:
    assert [evidence.reason for evidence in system.reproduce()] == [""] * 4
