"""BLEUBERI's reward functions, by their official names."""

from guerdon import Reward
from guerdon.systems import _bleuberi as published
from guerdon.systems import bleuberi


def scored(reward: Reward, completion: str, references: list[str]) -> float | None:
    return reward.one({"response": completion, "references": references}).value


CALLS = {
    "bleu_reward_func": lambda completion, references: scored(bleuberi.bleu(as_published=True), completion, references),
    "rougeL": lambda completion, references: scored(bleuberi.rouge_l(as_published=True), completion, references),
    "bleu_rouge_f1_reward_func": lambda completion, references: scored(
        bleuberi.bleu_rouge(as_published=True), completion, references
    ),
    "format_reward_func": lambda completion: scored(bleuberi.layout(as_published=True), completion, []),
    "extract_answer": lambda completion: published.extracted(completion),
}
WAITING = {
    "bertscore_reward_func": "an encoder of tokens in context",
    "rm_reward_func": "a reward model",
}
