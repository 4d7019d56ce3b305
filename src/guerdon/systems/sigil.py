"""Lettering carried over to another script: legible, and still in the style of the original (2024).

A poster's lettering is redrawn in another language. Reinforcement learning pays for characters that an OCR engine can
read, and a style term keeps legibility from erasing the style. No code is public and the constants are not
known; the reward here is guerdon's own definition for this family: characters as people see them (grapheme clusters,
composed), 1 − edit distance over the length of the target, at least 0; nothing read is 0 unless nothing is wanted;
lines in reading order, each by its length.

Legibility and style are multiplied, or joined by their harmonic mean. A sum that weighs legibility at 0.6 or more is
highest for plain letters in the proofs here; one that weighs it less does not care whether they can be read.
Style similarity is pluggable: any reward, by default the row's column `style`. Rows have the generated crop as
`image`, and `answer`, the target text.

The glyph latent, style guidance and the training of the diffusion model are not rewards. Prefer a reader without a
language model, which reads the word that should be there instead of the letters that are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple
from unicodedata import normalize

import numpy as np
from scipy.ndimage import gaussian_filter

from guerdon.compose import harmonic, product
from guerdon.leaf import reward
from guerdon.media import Image, as_images
from guerdon.metrics.characters import Form, graphemes
from guerdon.reward import Reward
from guerdon.rules import ocr, text
from guerdon.rules.ocr import Measure
from guerdon.rules.readers import Line, reader
from guerdon.sample import Row
from guerdon.scores import Floats
from guerdon.systems import Measured, Published, System
from guerdon.world import lettering
from guerdon.world.policy import Softmax, group_relative


def total(
    *, legible: Reward | None = None, style: Reward | None = None, how: Literal["product", "harmonic"] = "product"
) -> Reward:
    """Legibility and style together: the product, or the harmonic mean. Either at 0 makes it 0."""
    parts = (legibility() if legible is None else legible).named("legibility"), (given() if style is None else style)
    return product(*parts) if how == "product" else harmonic(*parts)


def legibility(
    *, reader: str = "rapidocr", language: str | None = None, measure: Measure = "characters", form: Form = "NFC"
) -> Reward:
    """How much of the target text a reader finds in the picture."""
    return ocr.text(reader=reader, language=language, measure=measure, form=form)


@reward("sigil.style", range=(0, 1))
def given(style: float) -> float:
    """The column `style`: how like the original the style is, from 0 to 1, as an embedding model found it."""
    return float(style)


@reader("sigil.letters")
def letters(picture: Image, language: str | None = None) -> list[Line]:
    """Stands in for an OCR engine: reads what `guerdon.world.lettering` drew, letter by letter."""
    read = lettering.read(1 - picture.array().mean(axis=2) / 255)
    return [Line(read.text, read.confidence)] if read.text else []


system = System(
    id="sigil",
    title="Towards Visual Text Design Transfer Across Languages",
    year=2024,
    url="https://arxiv.org/abs/2410.18823",
    about=__doc__,
    rewards={"total": total, "legibility": legibility, "style": given},
    published=(
        Published(
            "Style consistency and legibility, in words",
            "arXiv:2410.18823, abstract, from memory; figures were not recovered",
            ("method", "against generators of text from a description"),
            (("SIGIL", "ahead in both"),),
        ),
    ),
)


READ = legibility(reader="sigil.letters")
WORDS, LENGTH = 60, 6
BLURS, WEAR, SWAPS = (0, 0.8, 1.5, 2.5), (0, 0.4, 0.6, 0.8), (0, 1, 2, 4)
COLOUR = (0.9, 0.45, 0.1)
VARIANTS = (0.0, 0.6, 0.7, 0.85)
"""How worn the letters of each variant are; the first is plain and black, the others have the colour of the original,
which is worn most."""
WEIGHTS = (0.8, 0.2)
"""Of legibility and style in the sum."""
PROMPTS, GROUP, STEPS, RATE, LATE = 4, 8, 60, 2.0, 20


class Late(NamedTuple):
    """What a trained policy draws."""

    plain: float
    """Share of plain letters."""
    style: float
    legibility: float


@system.proof(claim="legibility falls with every bit of blur, wear and wrong letters, in five scripts", seconds=10)
def legibility_is_graded(seed: int) -> Measured:
    """Share of steps to more damage at which the mean falls by a hundredth; the baseline is all-or-nothing reading."""
    exact = legibility(reader="sigil.letters", measure="exact")
    return Measured(_falls(READ, seed), at_least=1.0, baseline=_falls(exact, seed))


@system.proof(claim="a wrong character costs one character in every script, however it is encoded", seconds=2)
def a_character_is_one_unit(seed: int) -> Measured:
    """Largest error over words of which one character is wrong; the baseline is the edit distance of code points."""
    rng = np.random.default_rng(seed)
    rows, wanted = _one_wrong(rng)
    mine, code_points = (made(rows).values for made in (ocr.transcript(), text.edit()))
    return Measured(_furthest(mine, wanted), at_most=1e-9, baseline=_furthest(code_points, wanted))


@system.proof(claim="a sum that weighs legibility four times as much as style teaches plain letters", seconds=20)
def the_sum_is_hacked(seed: int) -> Measured:
    """Share of plain letters late in training; the baseline is trained on the product."""
    return Measured(_learned("sum", seed).plain, at_least=0.9, baseline=_learned("product", seed).plain)


@system.proof(claim="their product keeps the style, and the letters legible", seconds=12)
def the_product_is_not(seed: int) -> Measured:
    """The lesser of style and legibility late in training; the baseline is trained on the sum."""
    kept, lost = (_learned(how, seed) for how in ("product", "sum"))
    return Measured(min(kept[1:]), at_least=0.4, baseline=min(lost[1:]))


def _falls(made: Reward, seed: int) -> float:
    """Share of steps to more blur, more wear and more wrong letters at which the mean over words falls."""
    rng = np.random.default_rng(seed)
    words = [lettering.word(rng, LENGTH) for _ in range(WORDS)]
    drawn = [lettering.draw(word) for word in words]
    levels = [
        [[gaussian_filter(ink, blur) for ink in drawn] for blur in BLURS],
        [[lettering.worn(ink, share, rng) for ink in drawn] for share in WEAR],
        [[lettering.draw(_swapped(word, n)) for word in words] for n in SWAPS],
    ]
    falls = []
    for damage in levels:
        means = [_mean_value(made, inks, words, rng) for inks in damage]
        falls += [later < earlier - 0.01 for earlier, later in pairwise(means)]
    return float(np.mean(falls))


def _mean_value(made: Reward, inks: Sequence[Floats], words: Sequence[str], rng: np.random.Generator) -> float:
    return made([{"image": lettering.picture(i, rng), "answer": w} for i, w in zip(inks, words, strict=True)]).mean()


def _swapped(word: str, n: int) -> str:
    """The word with its first n letters replaced by the next ones of all scripts."""
    units = graphemes(word)
    places = [lettering.LETTERS.index(unit) for unit in units[:n]]
    return "".join([*(lettering.LETTERS[(i + 1) % len(lettering.LETTERS)] for i in places), *units[n:]])


def _one_wrong(rng: np.random.Generator) -> tuple[list[Row], Floats]:
    """Words of Hangul, accented Latin and Arabic with one wrong character, decomposed, and what each should earn."""
    rows: list[Row] = []
    wanted = []
    for alphabet in (["한", "국", "어", "글", "값"], ["é", "ộ", "ñ", "ç", "ǖ"], ["مَ", "رُ", "حِ", "بّ", "سً"]):
        for n in range(2, 8):
            units = [alphabet[i] for i in rng.integers(len(alphabet), size=n)]
            place = int(rng.integers(n))
            wrong = alphabet[(alphabet.index(units[place]) + 1) % len(alphabet)]
            said = [*units[:place], wrong, *units[place + 1 :]]
            rows.append({"response": normalize("NFD", "".join(said)), "answer": "".join(units)})
            wanted.append(1 - 1 / n)
    return rows, np.array(wanted)


def _furthest(values: Floats, wanted: Floats) -> float:
    return float(np.abs(values - wanted).max())


@reward("sigil.toy_style", range=(0, 1))
def toy_style(image: Any, source: Any) -> float:
    """Stands in for a style embedding: exp(−3 · distance) of the mean colour and the amount of what is not paper."""
    looks = [_look(as_images(one)[0].array() / 255) for one in (image, source)]
    return float(np.exp(-3 * np.linalg.norm(looks[0] - looks[1])))


def _look(pixels: Floats) -> Floats:
    dark = pixels.min(axis=2) < 0.6
    colour = pixels[dark].mean(axis=0) if dark.any() else np.ones(3)
    return np.array([*colour, 2 * dark.mean()])


@cache
def _learned(how: str, seed: int) -> Late:
    """GRPO of a policy that chooses among variants of the letters."""
    rng = np.random.default_rng(seed)
    style = toy_style().named("style")
    reward = total(legible=READ, style=style) if how == "product" else WEIGHTS[0] * READ + WEIGHTS[1] * style
    judged = READ.named("legibility") + style
    policy, one = Softmax([1], len(VARIANTS)), np.zeros(PROMPTS * GROUP, dtype=np.intp)
    late = []
    for step in range(STEPS):
        chosen = policy.draw(rng, one)
        rows = _drawn(rng, chosen.tolist())
        advantages = group_relative(reward(rows).values.reshape(PROMPTS, GROUP)).ravel()
        policy.learn(chosen, advantages, one, rate=RATE)
        if step >= STEPS - LATE:
            parts = judged(rows).components
            late.append((np.mean(chosen == 0), parts["style"].mean(), parts["legibility"].mean()))
    return Late(*np.mean(late, axis=0).tolist())


def _drawn(rng: np.random.Generator, variants: Sequence[int]) -> list[Row]:
    """A word for each prompt, drawn in the chosen variants, and another one in the style of the original."""
    rows: list[Row] = []
    for prompt in range(PROMPTS):
        word, other = lettering.word(rng, LENGTH), lettering.draw(lettering.word(rng, LENGTH))
        source = lettering.picture(lettering.worn(other, VARIANTS[-1], rng), rng, colour=COLOUR)
        for variant in variants[prompt * GROUP : (prompt + 1) * GROUP]:
            ink = lettering.worn(lettering.draw(word), VARIANTS[variant], rng)
            crop = lettering.picture(ink, rng, colour=COLOUR if variant else (0, 0, 0))
            rows.append({"image": crop, "source": source, "answer": word})
    return rows
