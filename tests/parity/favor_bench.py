"""FAVOR-Bench's functions, by their official names."""

from typing import Any

from guerdon.metrics.sequences import concordance
from guerdon.systems import _favor_bench as published


def matching(pred: list[str], gt: list[str]) -> dict[str, Any]:
    match = published.matched(pred, gt, published.whitespace_jaccard)
    return {
        "f1": match.f1,
        "precision": match.precision,
        "recall": match.recall,
        "mapping": {str(i): j for i, j in match.mapping.items()},
        "order": published.order(match.mapping, len(pred), len(gt)),
    }


def subjects(text: str) -> list[dict[str, Any]]:
    found = published.subjects_and_actions(text)
    return [{str(i): name for i, (name, _) in found.items()}, {str(i): actions for i, (_, actions) in found.items()}]


def kendall_tau(list1: list[float], list2: list[float]) -> float:
    ties_fall = sorted(zip(list1, list2, strict=True), key=lambda pair: (pair[0], -pair[1]))
    return 2 * concordance([place for _, place in ties_fall]) - 1


CALLS = {
    "improved_action_matching+evaluate_action_order": matching,
    "evaluate_action_order": lambda action_mapping, n_pred, n_gt: published.order(
        {int(i): j for i, j in action_mapping.items()}, n_pred, n_gt
    ),
    "calculate_kendall_tau": kendall_tau,
    "extract_subjects_and_actions_from_motion_list": subjects,
    "extract_actions_from_chronological_list": lambda text: published.chronological_actions(text),
    "extract_camera_motion_segments": published.camera_segments,
    "parse_num_subjects": published.number_of_subjects,
    "mcq_judge": lambda correct_answer, options, output: (
        published.choice().one({"response": output, "answer": correct_answer, "options": options}).value == 1.0
    ),
}
