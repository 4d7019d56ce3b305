"""Draw-and-Understand's evaluation scripts on recorded rows."""

from guerdon.systems import _draw_and_understand as published

CALLS = {
    "parse_score": lambda review: published.verdict(review),
    "extract_categories_from_string": lambda string: published.labels(string),
    "SemanticIOU": lambda value, target: published.word_iou(value, target),
    "extract_text_in_parentheses": lambda answer: published.texts(answer),
    "relative_score": lambda tuples: published.relative_score(tuples),
}
