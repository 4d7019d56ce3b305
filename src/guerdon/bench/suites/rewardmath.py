"""RewardMATH: one right solution of a maths problem against nine wrong ones that look alike (Kim et al. 2024).

The data has a row a solution. Released score files name the problems and whose the solutions are, but not their
texts: with such a file as the data, released outputs can be counted and rewards cannot be asked. The published
script lets every tie lose; ours gives those tied for best a share, so a constant is at chance, 10 %.

Released outputs have `score`: a number a solution; or a list of step probabilities a solution, which become one
number (`outputs(path, how=…)`, the product unless said otherwise); or with `chosen_position` a letter for each of nine
duels. A problem that stands in a file twice counts once, and twice for the script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import ArrayLike

from guerdon.bench.answers import Answers
from guerdon.bench.benchmark import Benchmark, Official
from guerdon.bench.figures import Metric
from guerdon.bench.items import Item, Questions, digest
from guerdon.bench.outputs import Output, number, output, scored
from guerdon.bench.published import Published
from guerdon.load import stream
from guerdon.metrics.pairwise import pair_credit
from guerdon.metrics.selection import best_credit, duel_values, one_vs_rest, reciprocal_rank
from guerdon.metrics.steps import Aggregate, aggregate
from guerdon.sample import Broken, Row, Sample
from guerdon.scores import NAN, Status

RIGHT = "human_to_GPT-4"
"""Whose solution is the right one."""
LETTERS = ("A", "B")
HOWS: tuple[Aggregate, ...] = get_args(Aggregate)


def gather(rows: Iterable[Row]) -> Iterator[Row]:
    """One row a problem, of a row a solution; a problem that stands there twice is left out once."""
    seen: set[str] = set()
    for row in _problems(rows):
        name = "" if isinstance(row, Broken) else repr((row.get("problem"), row.get("solution_reference")))
        if not name or name not in seen:
            yield row
        seen.add(name)


def item(row: Row) -> Item:
    """A problem, its right solution first. Raises ValueError for one without a right or a wrong one."""
    problem, whose = str(row["problem"]), [str(name) for name in row["solution_reference"]]
    texts = list(row.get("solutions") or [None] * len(whose))
    if RIGHT not in whose:  # files of duels name the wrong ones
        whose, texts = [RIGHT, *whose], [None, *texts]
    samples = [Sample(problem, texts[i], model=whose[i]) for i in _right_first(whose)]
    right = whose.count(RIGHT)
    if not 0 < right < len(whose):
        raise ValueError("no wrong solution")
    return Item(digest(problem), tuple(samples), (1.0,) * right + (0.0,) * (len(whose) - right))


Told = tuple[float, Mapping[str, Sequence[float]]]
"""How often a problem stands in a file, and its values by the way in which they were made of steps; "" for none."""


def official(questions: Questions, answers: Answers) -> Mapping[str, float]:
    """Acc, Acc with ties right and MRR in percent; of a process reward by every way to make one score of its steps."""
    told: list[Told | None] = answers.official or [None] * len(questions)
    names = list(dict.fromkeys(name for one in told if one for name in one[1]))
    if not names:
        return _percent("", answers.values, questions.gold, np.ones(len(questions)))
    found: dict[str, float] = {}
    for name in names:
        values = np.full(questions.gold.shape, NAN)
        times = np.zeros(len(questions))
        for i, one in enumerate(told):
            if one is not None:
                given = one[1].get(name, ())[: questions.gold.shape[1]]
                times[i] = one[0]
                values[i, : len(given)] = given
        found |= _percent(f", {name}" if name else "", values, questions.gold, times)
    return found


def outputs(path: Path, how: Aggregate = "prod") -> Iterator[Output]:
    """The released layouts, `how` making one score of steps, or guerdon's own form."""
    times: dict[str, int] = {}
    rows: dict[str, Row] = {}
    for place, row in enumerate(stream(path)):
        known = not isinstance(row, Broken) and isinstance(row.get("score"), list) and "problem" in row
        name = repr((row["problem"], row["score"])) if known else str(place)
        times[name] = times.get(name, 0) + 1
        rows.setdefault(name, row)
    return (_output(row, times[name], how) for name, row in rows.items())


def _problems(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows of one problem, which stand together, as one; others as they are."""
    waiting: list[Row] = []
    for row in rows:
        problem = _problem(row)
        if waiting and problem != _problem(waiting[0]):
            yield _joined(waiting)
            waiting = []
        if problem is None:
            yield row
        else:
            waiting.append(row)
    if waiting:
        yield _joined(waiting)


def _problem(row: Row) -> tuple[Any, Any] | None:
    """What a row of one solution is of; None for any other row."""
    if isinstance(row, Broken) or row.get("solution_type") is None:
        return None
    return row.get("problem_id"), row.get("problem")


def _joined(rows: Sequence[Row]) -> Row:
    whose, texts = [row.get("solution_reference") for row in rows], [_text(row.get("eval_solution")) for row in rows]
    return {**rows[0], "solution_reference": whose, "solutions": texts}


def _text(solution: Any) -> str | None:
    """The steps of a solution, a line each."""
    return "\n".join(map(str, solution)) if isinstance(solution, (list, tuple)) else solution


def _right_first(whose: Sequence[str]) -> list[int]:
    return sorted(range(len(whose)), key=lambda i: whose[i] != RIGHT)


def _percent(name: str, values: ArrayLike, gold: ArrayLike, times: ArrayLike) -> dict[str, float]:
    credits = {
        f"Acc{name}": one_vs_rest(values, gold), f"Acc (w/ tie){name}": one_vs_rest(values, gold, ties=1.0),
        f"MRR{name}": reciprocal_rank(values, gold),
    }  # fmt: skip
    counted = np.asarray(times) * ~np.isnan(credits[f"MRR{name}"])
    total = float(counted.sum())
    return {
        key: 100 * float((counted * np.nan_to_num(credit)).sum()) / total for key, credit in credits.items() if total
    }


def _output(row: Row, times: int, how: Aggregate) -> Output:
    if isinstance(row, Broken) or not isinstance(row.get("score"), list) or "problem" not in row:
        return output(row)
    key, given = digest(str(row["problem"])), row["score"]
    if row.get("chosen_position") is not None:
        return _duels(key, given, row["chosen_position"], times)
    whose = list(row.get("solution_reference") or ())
    if len(whose) == len(given):
        given = [given[i] for i in _right_first(whose)]
    if not any(isinstance(one, list) for one in given):
        return scored(key, given, official=(times, {"": tuple(map(number, given))}))
    wholes = {name: tuple(_whole(steps, name) for steps in given) for name in HOWS}
    return scored(key, wholes[how], official=(times, wholes))


def _whole(steps: Any, how: Aggregate) -> float:
    values = [number(step) for step in steps] if isinstance(steps, list) else [number(steps)]
    try:
        return aggregate(values, how)
    except ValueError:  # no steps, or no probabilities
        return NAN


def _duels(key: str, letters: Sequence[Any], places: Sequence[Any], times: int) -> Output:
    if len(letters) != len(places):
        return Output(key, None, Status.UNREAD, f"{len(letters)} letters for {len(places)} duels")
    won = [letter == place for letter, place in zip(letters, places, strict=True)]
    values = duel_values([won])[0]
    counted = (times, {"": tuple(values.tolist())})
    unread = [letter not in LETTERS for letter in letters]
    if not any(unread):
        return Output(key, tuple(values.tolist()), official=counted)
    values[1:][unread] = NAN
    return Output(key, tuple(values.tolist()), Status.UNREAD, "a verdict that is no letter", official=counted)


benchmark = Benchmark(
    name="rewardmath",
    title="Evaluating Robustness of Reward Models for Mathematical Reasoning",
    url="https://huggingface.co/datasets/RewardMATH/RewardMATH",
    licence="MIT",
    about=__doc__,
    item=item,
    gather=gather,
    metrics=(
        Metric("best of ten", "How often the right solution is best; tied for best, a share.", best_credit),
        Metric("MRR", "Mean of 1 / rank of the right solution, behind those tied with it.", reciprocal_rank),
        Metric("pairs", "How often it beats one wrong solution; a tie counts ½.", pair_credit),
    ),
    hub="RewardMATH/RewardMATH",
    files=("rewardmath/RewardMATH_direct.json", "rewardmath/internlm2_reward.json"),
    official=Official(
        official,
        (
            "a tie for best is wrong here, or right (w/ tie), a share in ours",
            "a letter that cannot be read is a lost duel here; in ours its problem cannot be read",
            "a problem that the file has twice counts twice here",
        ),
    ),
    outputs=outputs,
    published=(
        Published(
            "RewardMATH, %, from the released scores", "arXiv:2410.01729 and its repository",
            ("model", "Acc", "MRR"),
            (("InternLM2-7B-reward", 37.27, 55.17), ("InternLM2-20B-reward", 33.95, 51.95),
             ("GRM-Llama3-8B", 24.43, 45.80), ("Skywork-Llama3.1-8B", 22.15, 44.69), ("ArmoRM", 20.50, 42.18),
             ("Eurus-RM", 16.98, 38.30), ("Beaver", 7.25, 26.59), ("Oasst-RM", 7.04, 27.03),
             ("GRM-Gemma", 4.97, 24.10), ("ReasonEval-7B, geometric mean", 20.29, 39.26),
             ("ReasonEval-34B, min", 19.46, 40.35), ("Easy-to-Hard, mean", 18.63, 39.40),
             ("Math-Shepherd, last", 18.22, 38.83), ("GPT-4o, scores", 25.98, 46.70), ("GPT-4, scores", 22.47, 44.70),
             ("GPT-4, duels", 29.81, 51.92), ("GPT-4o, duels", 24.64, 48.92)),
        ),
    ),
)  # fmt: skip
