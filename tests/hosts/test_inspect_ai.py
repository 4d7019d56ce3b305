"""inspect_ai: an evaluation from end to end with its mock model (`make hosts`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guerdon import Score, reward
from guerdon.integrations.inspect_ai import to_inspect

pytest.importorskip("inspect_ai")
pytestmark = pytest.mark.hosts


@reward("inspecttest.shy", range=(0, 1))
async def shy(response: str, level: int) -> Score | float:
    """Abstains on hard ones."""
    return Score.abstained("too hard") if level > 1 else 1.0


@reward("inspecttest.pictures", range=(0, None))
def pictures(images: list[Any]) -> float:
    """The width of the first picture."""
    return float(images[0].size[0])


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock model counts tokens by a table that it would download."""
    tiktoken = pytest.importorskip("tiktoken")

    class Words:
        def encode(self, text: str, **_: Any) -> list[int]:
            return list(range(len(text.split())))

    monkeypatch.setattr(tiktoken, "get_encoding", lambda name: Words())


def run(tmp_path: Path, made: Any, samples: list[Any]) -> Any:
    from inspect_ai import Task, eval
    from inspect_ai.model import ModelOutput, get_model

    outputs = [ModelOutput.from_content("mockllm/model", "<answer>4</answer>")] * len(samples)
    task = Task(dataset=samples, scorer=to_inspect(made))
    model = get_model("mockllm/model", custom_outputs=outputs)
    (log,) = eval(task, model=model, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    return log


def test_an_evaluation_has_values_components_and_metrics(tmp_path: Path) -> None:
    from inspect_ai.dataset import Sample

    samples = [Sample(input="2+2?", target="4", id="a"), Sample(input="2+3?", target="5", id="b")]
    log = run(tmp_path, "0.9*answer.exact + 0.1*format.tags(tags='answer')", samples)
    (scores,) = [sample.scores for sample in log.samples if sample.id == "a"]
    (score,) = scores.values()
    assert score.value == 1.0
    assert score.metadata == {"answer.exact": 1.0, "format.tags": 1.0}
    assert log.results.scores[0].metrics["mean"].value == pytest.approx((1.0 + 0.1) / 2)


def test_rows_without_a_value_are_left_out_of_the_metrics(tmp_path: Path) -> None:
    from inspect_ai.dataset import Sample

    samples = [Sample(input="?", target="4", id=i, metadata={"level": i}) for i in (1, 2)]
    log = run(tmp_path, shy(), samples)
    assert log.results.scores[0].metrics["mean"].value == 1.0
    declined = next(iter(log.samples[1].scores.values()))
    assert declined.value != declined.value
    assert (declined.reason, declined.explanation) == ("abstained", "too hard")


def test_pictures_of_the_input_arrive(tmp_path: Path) -> None:
    from inspect_ai.dataset import Sample
    from inspect_ai.model import ChatMessageUser, ContentImage, ContentText
    from PIL import Image

    Image.new("RGB", (7, 3)).save(tmp_path / "a.png")
    content = [ContentText(text="how wide?"), ContentImage(image=str(tmp_path / "a.png"))]
    log = run(tmp_path / "log", pictures(), [Sample(input=[ChatMessageUser(content=content)], target="7")])
    assert next(iter(log.samples[0].scores.values())).value == 7.0
