"""LLaVA-RLHF's reward functions, by their official names."""

from guerdon.systems import _fact_rlhf as published
from guerdon.systems import fact_rlhf


def mmhal_parse_rating(judge_text: str) -> list[float | None]:
    row = {"verdict": judge_text}
    truthful = fact_rlhf.truthful(as_published=True).one(row).value
    return [fact_rlhf.mmhal(as_published=True).one(row).value, None if truthful is None else 1 - truthful]


def eval_pope(answers: list[str], labels: list[str]) -> list[float]:
    found = fact_rlhf.pope_figures(answers, labels, as_published=True)
    return [*found, found.f1, found.accuracy, found.precision, found.recall, found.yes_ratio]


def post_reward(rewards: list[float], has_stop_token: list[bool], penalty: float, relative: bool) -> list[float]:
    rows = [{"score": score, "finished": stop} for score, stop in zip(rewards, has_stop_token, strict=True)]
    values: list[float] = fact_rlhf.stopped(penalty=penalty, relative=relative)(rows).values.tolist()
    return values


def correct_bonus(response: str, answer_type: int) -> float | None:
    return fact_rlhf.correctness(as_published=True).one({"response": response, "answer_type": answer_type}).value


CALLS = {
    "mmhal_parse_rating": mmhal_parse_rating,
    "pope_normalise": lambda text: published.pope_answer(text),
    "eval_pope": eval_pope,
    "post_reward": post_reward,
    "correct_bonus": correct_bonus,
}
WAITING = {
    "_shape_reward": "penalties per token on the policy's log-probabilities",
    "_estimate_advantage": "advantages per token",
    "whiten": "advantages per token",
    "reward_model_loss": "the losses of reward models",
    "truncate_after_eos_with_padding": "a tokenizer",
}
