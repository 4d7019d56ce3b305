"""Calls recorded from the hosts' own code (`tests/hosts/record.py` says how) are understood."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from guerdon import from_spec, reward
from guerdon.integrations import easyr1, flow_factory, flow_grpo, openrlhf, swift, verl, vlmevalkit
from guerdon.integrations.rows import Bridge

FIXTURES = Path(__file__).parents[1] / "fixtures" / "hosts"
SPEC = "0.5*answer.exact + 0.5*boxes.iou"
RIGHT_ANSWER_NO_BOX = 0.5


@reward("fixtures.seen", range=(0, 1))
def seen(images: list[Any], prompt: str) -> float:
    """The brightness of the picture."""
    return float(images[0].array().mean()) / 255


@reward("fixtures.tagged", range=(0, 1))
def tagged(tag: str) -> float:
    """1 for colours."""
    return float(tag == "colors")


def calls(host: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FIXTURES / f"{host}.json").read_text())["calls"]
    assert found
    return found


def test_verl() -> None:
    (call,) = calls("verl")
    result = verl.compute_score(**call["kwargs"], reward=SPEC)
    assert result == {"score": RIGHT_ANSWER_NO_BOX, "scored": 1.0, "answer.exact": 1.0, "boxes.iou": 0.0}
    assert asyncio.run(verl.compute_score_async(**call["kwargs"], reward=SPEC)) == result


def test_openrlhf() -> None:
    (call,) = calls("openrlhf")
    result = openrlhf.to_openrlhf(SPEC)(*call["args"], **call["kwargs"])
    assert result["rewards"].tolist() == [RIGHT_ANSWER_NO_BOX]
    assert {name: value.tolist() for name, value in result["extra_logs"].items()} == {
        "answer.exact": [1.0], "boxes.iou": [0.0],
    }  # fmt: skip


def test_easyr1() -> None:
    batch, sequential = calls("easyr1")
    wanted = {"overall": RIGHT_ANSWER_NO_BOX, "answer.exact": 1.0, "boxes.iou": 0.0}
    assert easyr1.to_easyr1(SPEC)(*batch["args"]) == [wanted]
    assert easyr1.to_easyr1(SPEC)(*sequential["args"]) == wanted


def test_swift() -> None:
    (call,) = calls("swift")
    spec = "reading(answer.exact, answer='solution')"
    assert swift.to_swift(spec)(args=None)(*call["args"], **call["kwargs"]) == [1.0, 1.0]
    function = swift.to_swift(from_spec("boxes.iou"))(args=None)
    rows = function.rows(*call["args"], call["kwargs"])
    assert rows[0]["prompt"] == [{"role": "user", "content": "<image>2+2?"}]
    assert rows[0]["images"] == [{"path": "a.png", "bytes": None}]


def test_flow_grpo() -> None:
    torch = pytest.importorskip("torch")
    (call,) = calls("flow_grpo")
    told, prompts, metadata = call["args"]
    size = int(np.prod(told["array"]))
    images = torch.linspace(*told["ends"], size).reshape(told["array"])
    scores, details = flow_grpo.to_flow_grpo(0.5 * seen() + 0.5 * tagged())(images, prompts, metadata)
    halves = images.reshape(2, -1).mean(1).tolist()  # one quarter and three quarters of white
    assert scores == pytest.approx([0.5 * halves[0] + 0.5, 0.5 * halves[1]], abs=0.01)
    assert details["fixtures.tagged"].tolist() == [1.0, 0.0]


def test_flow_factory(monkeypatch: pytest.MonkeyPatch) -> None:
    import PIL.Image

    class Base:
        def __init__(self, config: Any, accelerator: Any):
            self.config = config

    host = ModuleType("flow_factory.rewards.abc")
    host.__dict__.update(PointwiseRewardModel=Base, GroupwiseRewardModel=Base, RewardModelOutput=SimpleNamespace)
    rewards = ModuleType("flow_factory.rewards")
    rewards.abc = host  # type: ignore[attr-defined]
    for name, module in {"flow_factory": ModuleType("flow_factory"), rewards.__name__: rewards}.items():
        monkeypatch.setitem(sys.modules, name, module)
    flow_factory._model.cache_clear()
    (call,) = calls("flow_factory")
    fields = {**call["kwargs"], "image": [PIL.Image.new("RGB", (4, 4), c) for c in ("white", "black")]}
    model = flow_factory.PointwiseReward(SimpleNamespace(extra_kwargs={"reward": "answer.exact"}), None)
    model.bridge = Bridge("flow_factory", seen(), "raise")
    output = model(**fields)
    assert output.rewards == [1.0, 0.0]
    assert output.extra_info == {"fixtures.seen": [1.0, 0.0]}
    flow_factory._model.cache_clear()


def test_vlmevalkit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The table is of the form that the kit's inference writes; its reader is pandas' for .tsv."""
    pandas = pytest.importorskip("pandas")
    smp = ModuleType("vlmeval.smp")
    smp.load = lambda path: pandas.read_csv(path, sep="\t")  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "vlmeval", ModuleType("vlmeval"))
    monkeypatch.setitem(sys.modules, "vlmeval.smp", smp)
    table = tmp_path / "model_data.tsv"
    table.write_text((FIXTURES / "vlmevalkit.tsv").read_text())

    class Dataset:
        evaluate = vlmevalkit.to_evaluate("answer.numeric")

    result = Dataset().evaluate(str(table), model="gpt")
    assert result == {"answer.numeric": 0.5, "answer.numeric coverage": pytest.approx(2 / 3)}
    lines = [json.loads(line) for line in (tmp_path / "model_data_guerdon.jsonl").read_text().splitlines()]
    assert [(line["index"], line["value"]) for line in lines] == [(0, 1.0), (1, 0.0), (2, None)]
