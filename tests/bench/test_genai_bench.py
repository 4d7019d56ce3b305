"""GenAI-Bench: votes that decide, ties and both bad, soundly and as three papers count them."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from guerdon import Image, reward
from guerdon.bench import Results, load, run
from guerdon.bench.suites import _verdicts
from guerdon.scores import Status

VIDEO, IMAGE = load("genai-bench-video"), load("genai-bench-image")
VOTES = ("leftvote", "leftvote", "rightvote", "tievote", "bothbad_vote")


def rows(*votes: str) -> list[dict[str, Any]]:
    return [
        {"id": i, "prompt": f"p{i}", "video_left": f"l{i}.mp4", "video_right": f"r{i}.mp4", "vote_type": vote}
        for i, vote in enumerate(votes)
    ]


def outputs(folder: Path, *answers: dict[str, Any], suite: Any = VIDEO) -> Results:
    path = folder / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, **answer}) for i, answer in enumerate(answers)))
    return run(suite, outputs={"it": suite.outputs(path)}, data=rows(*VOTES[: len(answers)]))


def figures(results: Results, name: str) -> dict[str, float]:
    entry = next(e for e in results.entries if e.name == name)
    return {line.metric: line.overall.estimate.mean for line in entry.lines if line.overall.estimate is not None}


# -- without data ------------------------------------------------------------------------------------


def test_ties_and_both_bad_do_not_count_where_people_have_to_decide(tmp_path: Path) -> None:
    scores = ((2, 1), (1, 2), (1, 2), (1, 1), (1, 1))  # right, wrong, right, and two of the reward's ties
    results = outputs(tmp_path, *({"scores": list(pair)} for pair in scores))
    assert figures(results, "it")["accuracy"] == pytest.approx(2 / 3)
    assert figures(results, "it")["with ties"] == 4 / 5  # nothing but equal values is a tie


def test_each_paper_counts_its_own_way(tmp_path: Path) -> None:
    scores = ((2, 1), (1, 1), (1, 2), (1, 1), (-1, -1))  # right, a tie, right, both good, both bad
    official = outputs(tmp_path, *({"scores": list(pair)} for pair in scores)).entries[0].official
    assert official["acc"] == pytest.approx(100 * 2 / 5)  # ties and both bad always wrong
    assert official["acc w/o tie"] == pytest.approx(100 * 2 / 3)  # the reward's tie is wrong
    assert official["MJ-Video acc"] == pytest.approx(100 * 4 / 5)  # both above 0, neither above 0
    assert official["VideoAlign without ties"] == pytest.approx(100 * 2 / 3)


def test_a_constant_is_even_and_calls_everything_a_tie() -> None:
    found = figures(run(VIDEO, data=rows(*VOTES)), "constant")
    assert found == {"accuracy": 0.5, "with ties": 2 / 5}


def test_the_answer_counts_and_not_the_thoughts(tmp_path: Path) -> None:
    text = "<think>Video 1 is better lit, yes: Video 1 is better.</think>\n<answer>Video 2 is better</answer>"
    results = outputs(tmp_path, {"model_output": text})
    assert figures(results, "it")["accuracy"] == 0.0
    assert results.entries[0].official["acc"] == 100.0  # the sentence stands in the thoughts, on video 1 first


def test_a_judge_that_saw_the_pair_swapped_is_read_so(tmp_path: Path) -> None:
    results = outputs(tmp_path, {"model_output": "<answer>Video 2 is better</answer>", "swapped": True})
    assert figures(results, "it")["accuracy"] == 1.0
    assert results.entries[0].official["acc"] == 100.0


@pytest.mark.parametrize(
    "text",
    ["<think>Video 1 is better, for", "<answer>Video 1 is better</answer><answer>Video 2 is better</answer>", ""],
)
def test_a_text_without_one_verdict_is_unread_and_wrong(tmp_path: Path, text: str) -> None:
    results = outputs(tmp_path, {"model_output": text})
    assert results.entries[0].answers.status.tolist() == [Status.UNREAD]
    assert figures(results, "it") == {"accuracy": 0.0, "with ties": 0.0}


def test_nothing_that_can_be_read_has_no_figure_of_a_threshold(tmp_path: Path) -> None:
    official = outputs(tmp_path, {"scores": ["?", 1]}, {"scores": ["?", 2]}).entries[0].official
    assert official == {"acc": 0.0, "acc w/o tie": 0.0, "MJ-Video acc": 0.0}


def test_hostile_texts_are_read_in_time() -> None:
    for text in ("<answer>" * 100_000, "Video 1 is better " * 50_000, "<think>" * 100_000):
        assert _verdicts.told("a", text, "Video").key == "a"


def test_a_vote_nobody_foresaw_is_left_out_by_reason() -> None:
    results = run(VIDEO, data=[*rows("leftvote"), *rows("skip")])
    assert results.questions.left_out == {"a vote nobody foresaw: 'skip'": 1}


def test_another_order_of_the_rows_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text("\n".join(json.dumps({"id": i, "scores": [i % 3, 1]}) for i in range(5)))
    straight = run(VIDEO, outputs={"it": VIDEO.outputs(path)}, data=rows(*VOTES))
    turned = run(VIDEO, outputs={"it": VIDEO.outputs(path)}, data=rows(*VOTES)[::-1])
    assert figures(straight, "it") == figures(turned, "it")


def png(grey: int) -> bytes:
    from PIL import Image as PIL

    buffer = io.BytesIO()
    PIL.new("L", (4, 4), grey).save(buffer, "PNG")
    return buffer.getvalue()


@reward("genai_test.brightness", range=(0, 255))
def brightness(images: list[Image]) -> float:
    return float(images[0].array().mean())


def test_images_in_parquet_reach_the_reward(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    image = {"left": png(200), "right": png(10)}
    made = {
        "prompt": ["a", "b"], "vote_type": ["leftvote", "rightvote"], "left_model": ["x", "x"],
        "right_model": ["y", "y"],
        **{f"{side}_image": [{"bytes": data, "path": f"{side}.png"}] * 2 for side, data in image.items()},
    }  # fmt: skip
    folder = tmp_path / "image_generation"
    folder.mkdir()
    pq.write_table(pa.table(made), folder / "test-00000.parquet")
    results = run(IMAGE, [brightness()], data=tmp_path)
    assert figures(results, "genai_test.brightness")["accuracy"] == 0.5
    credit = results.credits()["genai_test.brightness"]
    assert credit.tolist() == [1.0, 0.0]


def test_the_wrong_pair_has_another_prompt_and_the_same_images() -> None:
    @reward("genai_test.named", range=(0, 1))
    def named(prompt: str, video: str) -> float:
        return float(prompt[1:] in video and "l" in video)

    results = run(VIDEO, [named()], data=rows("leftvote", "leftvote"), wrong_pair=True)
    assert figures(results, "genai_test.named")["accuracy"] == 1.0
    assert figures(results, "genai_test.named, wrong pair")["accuracy"] == 0.5  # neither video is of that prompt


# -- the released votes ------------------------------------------------------------------------------


def test_the_released_votes_and_their_baselines(data_dir: Path) -> None:
    results = run(VIDEO, data=data_dir)
    assert len(results.questions) == 1889
    votes = [facts["vote"] for facts in results.questions.facts]
    assert {vote: votes.count(vote) for vote in set(votes)} == {"left": 619, "right": 651, "tie": 215, "both": 404}
    assert figures(results, "constant") == {"accuracy": 0.5, "with ties": pytest.approx(619 / 1889)}  # 215 + 404 ties
    assert figures(results, "first")["accuracy"] == pytest.approx(619 / 1270)
    assert [e.name for e in results.entries] == ["constant", "random", "first"]  # a video has no length
    first = results.entries[-1].headline.overall.estimate
    assert first is not None
    assert 0.45 < first.low < first.mean < first.high < 0.53
    assert first.n == 1270
