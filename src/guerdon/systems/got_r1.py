"""A model that plans a layout in words and then draws it, paid for each step on the way (Duan et al. 2025).

The reward is prompt–image × (prompt–plan + prompt–layout) / 2 × plan–image. Judges score 0–10 how well the picture,
the words of the plan, and its boxes *drawn on an empty canvas* fit the prompt; plan–image is the mean IoU between a
planned box and the one that a grounding model finds for its phrase in the picture. A product, because each factor
alone has its cheap answer: plan–image pays in full for one box over the whole canvas.

Rows have `response`, the plan, and for each judge its reply, `image_verdict`, `plan_verdict` and `layout_verdict`, and
`grounded` and `image_size` as `guerdon.rules.layout` reads them; or pass `judge` and `grounder` as callables, which
then are asked. The reward side of the official code is not public. Assumptions: coordinates count thousandths of a
side; swapped corners make a plan unreadable; an object that is not in the picture has IoU 0; a plan without boxes, or
one that cannot be read, earns 0 in all. Here an object planned twice must be drawn twice. The first version did not
halve the sum (`halved=False`, which changes nothing within a group); the last one also multiplies by a model of human
preference (`preference`).

A product of 0 teaches nothing where a whole group has it: watch the share of such groups (`zero_share`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from guerdon.compose import product
from guerdon.geometry import Box, Frame
from guerdon.media.layouts import draw_boxes
from guerdon.reward import Reward
from guerdon.rules import judged, layout
from guerdon.rules.asked import Ask, asking
from guerdon.sample import Row
from guerdon.scores import Floats, Score
from guerdon.systems import Measured, Published, System
from guerdon.world.policy import Softmax, group_relative
from guerdon.world.scenes import COLOURS, Scene, Thing

if TYPE_CHECKING:
    import PIL.Image

Grounder = Callable[[Row, str], "Box | None"]
"""The box of a phrase in the picture of a row, in its pixels, or None where it is not there."""
LayoutJudge = Callable[[Row, "PIL.Image.Image"], Any]
"""A reply about the drawn layout of a row."""


def total(
    *,
    image: Reward | None = None,
    plan: Reward | None = None,
    spatial: Reward | None = None,
    consistent: Reward | None = None,
    preference: Reward | None = None,
    halved: bool = True,
) -> Reward:
    """Prompt–image × (prompt–plan + prompt–layout) / 2 × plan–image × human preference, where that is given."""
    share = 0.5 if halved else 1.0
    words = (prompt_plan() if plan is None else plan).named("prompt_plan")
    boxes = (prompt_layout() if spatial is None else spatial).named("prompt_layout")
    factors = [
        (prompt_image() if image is None else image).named("prompt_image"),
        share * words + share * boxes,
        (plan_image() if consistent is None else consistent).named("plan_image"),
    ]
    return product(*factors) if preference is None else product(*factors, preference.named("preference"))


def prompt_image(*, judge: Ask | None = None) -> Reward:
    """What a judge says of the picture for the prompt, 0–1 (R_PI)."""
    return _rated("image_verdict", judge)


def prompt_plan(*, judge: Ask | None = None) -> Reward:
    """What a judge says of the words of the plan: complete, faithful, consistent, clear, 0–1 (R_sem)."""
    return _rated("plan_verdict", judge)


def prompt_layout(*, judge: LayoutJudge | None = None) -> Reward:
    """What a judge says of the planned boxes, drawn on an empty canvas, 0–1 (R_spa).

    Where the relations are known, `layout.relations` needs no judge.
    """
    return _rated("layout_verdict", None if judge is None else partial(_shown, judge))


def plan_image(*, grounder: Grounder | None = None) -> Reward:
    """IoU of planned boxes and what is found in the picture for their phrases, 0–1 (R_RI)."""
    consistent = layout.consistency()
    return consistent if grounder is None else asking(consistent, grounded=partial(_grounded, grounder))


def zero_share(rewards: Floats) -> float:
    """Share of groups in which nobody earned anything, of rewards [groups, n]: they teach nothing.

    >>> zero_share(np.array([[0.0, 0.0], [0.0, 0.5]]))
    0.5
    """
    return float((rewards == 0).all(axis=-1).mean())


def _rated(column: str, judge: Ask | None) -> Reward:
    rated = judged.rating().reading(verdict=column).named(column.removesuffix("_verdict"))
    return rated if judge is None else asking(rated, **{column: judge})


def _shown(judge: LayoutJudge, row: Row) -> Any:
    planned = layout.plan(str(row["response"]))
    return Score.malformed(planned.reason) if planned.value is None else judge(row, draw_boxes(planned.value))


def _grounded(grounder: Grounder, row: Row) -> list[Box]:
    """One box a phrase at most; a plan that cannot be read has none, and `layout.consistency` says why."""
    phrases = dict.fromkeys(str(box.label) for box in layout.plan(str(row["response"])).value or ())
    found = {phrase: grounder(row, phrase) for phrase in phrases}
    return [box._replace(label=phrase) for phrase, box in found.items() if box is not None]


system = System(
    id="got-r1",
    title="GoT-R1: Unleashing Reasoning Capability of MLLM for Visual Generation with Reinforcement Learning",
    year=2025,
    url="https://arxiv.org/abs/2505.17022",
    about=__doc__,
    rewards={
        "total": total, "prompt_image": prompt_image, "prompt_plan": prompt_plan, "prompt_layout": prompt_layout,
        "plan_image": plan_image,
    },
    published=(
        Published(
            "T2I-CompBench: colour, shape, texture, 2D-spatial, non-spatial, complex",
            "arXiv:2505.17022, table of T2I-CompBench",
            ("model", "colour", "shape", "texture", "spatial", "non-spatial", "complex"),
            (
                ("Janus-Pro-7B", 0.6359, 0.3528, 0.4936, 0.2061, 0.3085, 0.3559),
                ("with planning", 0.6551, 0.5008, 0.5836, 0.2457, 0.3113, 0.3754),
                ("GoT-R1-7B", 0.8139, 0.5549, 0.7339, 0.3306, 0.3169, 0.3944),
                ("GoT-R1-1B", 0.7632, 0.5174, 0.6589, 0.2674, 0.3101, 0.3749),
            ),
        ),
        Published(
            "Ablation of the reward, 1B model, T2I-CompBench colour",
            "arXiv:2505.17022, ablation",
            ("reward", "colour"),
            (("product", 0.7632), ("sum", 0.7154), ("prompt–image alone", 0.7401), ("plan–image alone", 0.3340)),
        ),
    ),
)  # fmt: skip


WIDE, SQUARE = (200, 100), (100, 100)
"""Pixels of the toy pictures; coordinates of a plan are whole there."""
RED, BLUE = "red square", "blue square"
SIDE, GAP, JITTER = 24, 20, 3
"""Pixels: side of an ordinary object, its distance from the middle, and how far the painter may miss."""
RELATIONS = tuple(layout.DIRECTIONS)
TEMPLATES = (*RELATIONS, "one", "one everywhere", "both everywhere", "both tiny")
PAINTED, GROUP, STEPS, RATE = 8, 16, 150, 6.0
CHECKED = 20


class Toy(NamedTuple):
    """A planner after training."""

    accuracy: float
    """How often the picture has the relation asked for."""
    consistency: float
    """Mean plan–image reward."""
    zero: float
    """Share of groups that teach nothing."""


@system.proof(claim="plan–image is what geometry says, for hits, shifts, lost objects and wrong sides", seconds=6)
def closed_form(seed: int) -> Measured:
    """Greatest |reward − closed form| over scenes grounded by colour; the baseline takes thousandths for pixels."""
    rows, expected = zip(*_known(np.random.default_rng(seed)), strict=True)
    wrong = asking(layout.consistency(frame="pixel"), grounded=partial(_grounded, by_colour))
    measured, baseline = (
        float(np.abs(made(list(rows)).values - expected).max()) for made in (plan_image(grounder=by_colour), wrong)
    )
    return Measured(measured, at_most=1e-9, baseline=baseline)


@system.proof(claim="the product teaches a planner to put objects on the right side", seconds=8)
def the_product_teaches(seed: int) -> Measured:
    """How often the picture has the relation asked for after GRPO; the baseline is before it."""
    return Measured(_trained(seed, "product").accuracy, at_least=0.9, baseline=_trained(seed, "untrained").accuracy)


@system.proof(claim="plan–image alone is hacked: it teaches boxes over the whole canvas", seconds=3)
def consistency_alone_is_hacked(seed: int) -> Measured:
    """How often the picture has the relation after GRPO on plan–image alone; the baseline has the product."""
    return Measured(_trained(seed, "alone").accuracy, at_most=0.1, baseline=_trained(seed, "product").accuracy)


@system.proof(claim="though its own score ends above that of the planner that places objects rightly", seconds=1)
def the_hack_scores_better(seed: int) -> Measured:
    """Plan–image reward after GRPO on it alone; the baseline has the product."""
    product = _trained(seed, "product").consistency
    return Measured(_trained(seed, "alone").consistency, at_least=product + 0.1, baseline=product)


@system.proof(claim="groups in which a factor of 0 silences everyone become rare", seconds=1)
def few_zero_groups(seed: int) -> Measured:
    """Share of groups without any reward at the end of training; the baseline is before it."""
    return Measured(_trained(seed, "product").zero, at_most=0.02, baseline=_trained(seed, "untrained").zero)


def by_colour(row: Row, phrase: str) -> Box | None:
    """Exact grounding where every object has its colour: the extent of the pixels of that hue, however lit."""
    pixels = np.asarray(row["image"], dtype=np.float64)
    hue, wanted = pixels - pixels.min(axis=-1, keepdims=True), np.array(COLOURS[phrase.split()[0]], dtype=np.float64)
    wanted -= wanted.min()
    size = np.linalg.norm(hue, axis=-1)
    alike = (size > 30) & (hue @ wanted > 0.97 * size * np.linalg.norm(wanted))
    ys, xs = np.nonzero(alike)
    if not len(xs):
        return None
    width, height = row["image_size"]
    return Box(xs.min(), ys.min(), xs.max() + 1, ys.max() + 1, None, None, Frame(width, height))


def _known(rng: np.random.Generator) -> list[tuple[Row, float]]:
    """Plans, pictures, and what plan–image is for them."""
    known = []
    for _ in range(CHECKED):
        side, shift = int(rng.integers(16, 32)), int(rng.integers(1, 16))
        x, y = int(rng.integers(0, 100 - side - shift)), int(rng.integers(0, 100 - side))
        left, right = _box(RED, x, y, side, WIDE), _box(BLUE, 110 + x // 2, y, side, WIDE)
        moved = _box(RED, x + shift, y, side, WIDE)
        swapped = [left._replace(label=BLUE), right._replace(label=RED)]
        overlap = (side - shift) / (side + shift)
        known += [
            (_row([left, right], [left, right], WIDE), 1.0),
            (_row([moved, right], [left, right], WIDE), (overlap + 1) / 2),
            (_row([left, right], [left], WIDE), 1 / 2),
            (_row(swapped, [left, right], WIDE), 0.0),
        ]
    return known


@cache
def _trained(seed: int, teacher: str) -> Toy:
    """GRPO of a planner that chooses a template for each relation asked for, on "product", "alone" or not at all."""
    rng = np.random.default_rng(seed)
    tables = _scored(seed)
    reward = tables["plan_image" if teacher == "alone" else "total"]
    policy = Softmax([len(RELATIONS)], len(TEMPLATES))
    asked = np.repeat(np.arange(len(RELATIONS)), GROUP)

    def sample() -> tuple[Any, Floats]:
        chosen = policy.draw(rng, asked)
        return chosen, reward[asked, chosen, rng.integers(PAINTED, size=len(asked))]

    for _ in range(0 if teacher == "untrained" else STEPS):
        chosen, earned = sample()
        policy.learn(chosen, group_relative(earned.reshape(-1, GROUP)).ravel(), asked, rate=RATE)
    chance = policy.probabilities(np.arange(len(RELATIONS)))
    accuracy, consistency = (
        float((chance * tables[name].mean(axis=-1)).sum(axis=-1).mean()) for name in ("prompt_image", "plan_image")
    )
    zero = np.mean([zero_share(sample()[1].reshape(-1, GROUP)) for _ in range(50)])
    return Toy(accuracy, consistency, float(zero))


@cache
def _scored(seed: int) -> Mapping[str, Floats]:
    """Total and parts for every relation asked for, every template and several paintings of it."""
    rng = np.random.default_rng([seed, 1])
    reward = total(
        image=prompt_image(judge=_sees),
        plan=prompt_plan(judge=_reads),
        spatial=layout.relations(),
        consistent=plan_image(grounder=by_colour),
    )
    rows = []
    for relation in RELATIONS:
        for template in TEMPLATES:
            planned = _planned(template)
            for _ in range(PAINTED):
                row = _row(planned, [_painted(box, rng) for box in planned], SQUARE)
                rows.append({**row, "relations": [(RED, relation, BLUE)]})
    scores = reward(rows)
    shape = len(RELATIONS), len(TEMPLATES), PAINTED
    named = {"total": scores.values, **{name: column.values for name, column in scores.components.items()}}
    return {name: values.reshape(shape) for name, values in named.items()}


def _sees(row: Row) -> str:
    """A strict judge of the picture: 10 if both objects are there as asked, else 0."""
    first, name, second = row["relations"][0]
    a, b = by_colour(row, first), by_colour(row, second)
    return str(10 * (a is not None and b is not None and layout.side_by_side(a, name, b)))


def _reads(row: Row) -> str:
    """A judge of the words: how many of the two objects are planned."""
    labels = {box.label for box in layout.plan(str(row["response"])).value or ()}
    return str(5 * len(labels & {RED, BLUE}))


def _planned(template: str) -> list[Box]:
    if template in layout.DIRECTIONS:
        across, down = layout.DIRECTIONS[template]
        return [_middle(RED, SIDE, across * GAP, down * GAP), _middle(BLUE, SIDE, -across * GAP, -down * GAP)]
    side = {"one": SIDE, "both tiny": 4}.get(template, SQUARE[0])
    return [_middle(phrase, side, 0, 0) for phrase in ([RED] if template.startswith("one") else [RED, BLUE])]


def _middle(phrase: str, side: int, right: int, down: int) -> Box:
    return _box(phrase, (SQUARE[0] - side) // 2 + right, (SQUARE[1] - side) // 2 + down, side, SQUARE)


def _box(phrase: str, x: int, y: int, side: int, size: tuple[int, int]) -> Box:
    return Box(x, y, x + side, y + side, phrase, None, Frame(*size))


def _painted(box: Box, rng: np.random.Generator) -> Box:
    """Where the painter puts it: a little off, within the canvas."""
    side = box.x2 - box.x1
    x, y = (float(np.clip(v + rng.integers(-JITTER, JITTER + 1), 0, SQUARE[0] - side)) for v in box[:2])
    return _box(str(box.label), int(x), int(y), int(side), SQUARE)


def _row(planned: list[Box], drawn: list[Box], size: tuple[int, int]) -> Row:
    """A plan in words, and the picture."""
    things = tuple(Thing("square", str(box.label).split()[0], box) for box in drawn)
    words = []
    for box in planned:
        x1, y1, x2, y2 = (round(v) for v in box.to(Frame(1000, 1000)).corners)
        words.append(f"<|obj_start|>{box.label}<|obj_end|> <|box_start|>({x1},{y1}),({x2},{y2})<|box_end|>")
    row = {"response": ", ".join(words) + layout.IMAGE, "image": Scene(size, things).image(), "image_size": size}
    return cast(Row, row)
