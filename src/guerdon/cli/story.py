"""What `guerdon demo` plays: three simulated responders, a naive reward and a sound one, on pictures known exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from guerdon import report
from guerdon.branch import route
from guerdon.leaf import reward
from guerdon.report import Board, Entry, Highlight, Overview, Summary
from guerdon.reward import Reward
from guerdon.sample import Row
from guerdon.spec import from_spec
from guerdon.world.responders import RESPONDERS
from guerdon.world.tasks import dataset

SCENES = 200
SEED = 0
CHEAT = "hacker"
SOUND = (
    "0.9*route({'ground': boxes.iou, 'detect': boxes.match, 'count': answer.numeric, 'choice': answer.choice, "
    "'relation': answer.yes_no}, by='task') + 0.1*format.tags"
)
WORDS = (
    ("Naive reward", "Is the right box, or the right word, somewhere in the response?"),
    ("Sound reward", "Are these exactly the right boxes, or is this the right answer and no other, in the right form?"),
)
NOTE = (
    "The hacker never looks: it covers every picture with boxes, names every option and praises itself. A naive "
    "reward, which asks whether the right box or word is somewhere in the response, likes it best. A sound one, "
    "which asks for exactly the right boxes and one answer, is not taken in."
)


@reward("demo.mentions", range=(0, 1), binary=True)
def mentions(response: str, answer: str) -> float:
    """1 if the right answer is somewhere in the response: what one writes first, and soon gets every answer at once."""
    return float(answer in response)


@dataclass(frozen=True)
class Story:
    """Both rewards on the same responses."""

    rows: Sequence[Row]
    naive: Overview
    sound: Overview

    @property
    def holds(self) -> bool:
        """Whether the hacker comes first under the naive reward and last under the sound one."""
        return self.ranking(self.naive)[0] == CHEAT and self.ranking(self.sound)[-1] == CHEAT

    @staticmethod
    def ranking(found: Overview) -> list[str]:
        """Responders by their mean, best first."""
        return [group.name for group in sorted(found.groups, key=_mean, reverse=True)]

    def boxes_written(self) -> dict[str, float]:
        """Boxes a response, over the tasks that ask for boxes."""
        counts: dict[str, list[int]] = {}
        for row in self.rows:
            if row["boxes"] is not None:
                counts.setdefault(row["responder"], []).append(row["response"].count("bbox_2d"))
        return {name: float(np.mean(numbers)) for name, numbers in counts.items()}

    def write(self, path: Path, date: str) -> None:
        """The page: who wins under which reward, pictures with three responses each, and all sound scores."""
        boards = [_board(words, found) for words, found in zip(WORDS, (self.naive, self.sound), strict=True)]
        title = f"Three responders, {len(self.rows) // len(RESPONDERS)} scenes"
        report.write(
            self.sound, path, title=title, date=date, note=NOTE, comparisons=boards, highlights=self._same_pictures()
        )

    def _same_pictures(self) -> list[Highlight]:
        """Two scenes, each as answered by all three."""
        found = []
        for task, words in (("detect", "Asked to find all of a kind"), ("count", "Asked to count")):
            starts = [i for i in range(0, len(self.rows), len(RESPONDERS)) if self.rows[i]["task"] == task]
            start = max(starts, key=self._tells)
            index = range(start, start + len(RESPONDERS))
            notes = [
                f"{self.rows[i]['responder']}: {self.naive.scores.values[i]:.2f} by the naive reward" for i in index
            ]
            found.append(Highlight(f"{words}: the same picture, three responses", index, notes))
        return found

    def _tells(self, start: int) -> tuple[bool, bool, float]:
        """How well a scene shows what happens on average: as ranked there, something to find, careful near right."""
        careful, sloppy, hacker = self.sound.scores.values[start : start + len(RESPONDERS)].tolist()
        row = self.rows[start]
        several = row["answer"] not in ("0", "1") if row["boxes"] is None else len(row["boxes"]) > 1
        return careful > sloppy > hacker, several, careful


def play(scenes: int = SCENES, seed: int = SEED) -> Story:
    """Draw the scenes, let the responders answer, and score everything twice."""
    rows: list[dict[str, Any]] = [
        {**row, "id": f"{row['id']}/{name}", "responder": name, "response": respond(row, seed)}
        for row in dataset(scenes, seed)
        for name, respond in RESPONDERS.items()
    ]
    return Story(rows, _scored(naive(), rows), _scored(from_spec(SOUND), rows))


def naive() -> Reward:
    """Is the right box, or the right word, somewhere in the response?"""
    recall = from_spec("boxes.match(measure='recall', labels='ignored')")
    return route({"ground": recall, "detect": recall}, mentions(), by="task")


def _scored(made: Reward, rows: Sequence[Row]) -> Overview:
    from guerdon import engine

    return report.overview(engine.map(made, rows), rows, by="responder")


def _board(words: tuple[str, str], found: Overview) -> Board:
    ranked = sorted(found.groups, key=_mean, reverse=True)
    return Board(words[0], [_entry(group) for group in ranked], words[1], found.spec, share=False)


def _entry(group: Summary) -> Entry:
    return Entry(group.name, group.mean, group.coverage, kind="alert" if group.name == CHEAT else "")


def _mean(group: Summary) -> float:
    return group.mean.mean if group.mean else -np.inf
