"""lmms-eval: its verification pipeline, and a task evaluated with a dummy model (`make hosts`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from guerdon.integrations.lmms_eval import HOST, to_verifier

pytest.importorskip("lmms_eval")
pytestmark = pytest.mark.hosts
SPEC = "0.9*answer.exact + 0.1*format.tags(tags='answer')"
TASK = """
task: guerdon_demo
dataset_path: json
dataset_kwargs:
  data_files: {{test: {rows}}}
test_split: test
output_type: generate_until
doc_to_visual: !function {stem}.doc_to_visual
doc_to_text: question
doc_to_target: answer
generation_kwargs: {{max_new_tokens: 8}}
metadata: [{{version: 1.0}}]
{config}
"""


def test_the_pipeline_takes_the_verifier_by_name() -> None:
    from lmms_eval.verifiers import VERIFIER_REGISTRY, build_verification_pipeline

    VERIFIER_REGISTRY["guerdon"] = to_verifier(SPEC)
    pipeline = build_verification_pipeline({"extractors": [{"type": "strip"}], "verifier": {"type": "guerdon"}})
    right = pipeline("2+2?", " <answer>4</answer> ", "4")
    assert (right.score, right.is_correct) == (1.0, True)
    assert right.metadata["answer.exact"] == 1.0
    assert not pipeline("2+2?", "five", "4").is_correct


def test_a_task_is_evaluated_with_the_printed_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lmms_eval import evaluator
    from lmms_eval.api.model import lmms
    from lmms_eval.tasks import TaskManager

    class Parrot(lmms):  # type: ignore[misc]
        def generate_until(self, requests: list) -> list[str]:  # type: ignore[type-arg]
            return ["<answer>4</answer>"] * len(requests)

        def loglikelihood(self, requests: list) -> list[tuple[float, bool]]:  # type: ignore[type-arg]
            raise NotImplementedError

        def generate_until_multi_round(self, requests: list) -> list[str]:  # type: ignore[type-arg]
            raise NotImplementedError

    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"question": "2+2?", "answer": "4"}\n{"question": "2+3?", "answer": "5"}\n')
    config, source = HOST.snippet(SPEC, "none")
    (tmp_path / "guerdon_lmms_eval.py").write_text(source + "\n\ndef doc_to_visual(doc):\n    return []\n")
    config = config.replace("{stem}", "guerdon_lmms_eval")
    (tmp_path / "demo.yaml").write_text(TASK.format(rows=rows, stem="guerdon_lmms_eval", config=config))
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    manager = TaskManager(include_path=str(tmp_path), include_defaults=False)
    results = evaluator.simple_evaluate(model=Parrot(), tasks=["guerdon_demo"], task_manager=manager, batch_size=1)
    found = results["results"]["guerdon_demo"]
    assert found["answer.exact,none"] == 0.5
    assert found["weighted_sum,none"] == pytest.approx((1.0 + 0.1) / 2)
