"""What follows the prompt in a query, and columns from a label."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guerdon.parse import continuation
from guerdon.parse.queries import ENDS, MAX_JSON, SHORTEST, label_columns
from guerdon.scores import Status

CHAT = "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n"
TAIL = "tail of the prompt "


@pytest.mark.parametrize(
    ("query", "prompt", "response"),
    [
        ("Prompt.Reply", "Prompt.", "Reply"),
        (f"{CHAT}<answer>4</answer><|im_end|>", CHAT, "<answer>4</answer>"),
        (CHAT, CHAT, ""),
        ("aaaa", "aa", "aa"),
        # A token before the prompt.
        ("<s> Prompt.Reply</s>", "Prompt.", "Reply"),
        ("<s>[INST] 2+2? [/INST] 4</s>", "[INST] 2+2? [/INST]", " 4"),
        # An image's one placeholder is many tokens in the query.
        ("<img><img><img>What is it?\nA:It.", "<img>What is it?\nA:", "It."),
        (
            "<|vision_start|><|image_pad|><|image_pad|><|vision_end|>2+2?4<|im_end|>",
            "<|vision_start|><|image_pad|><|vision_end|>2+2?",
            "4",
        ),
        # The prompt's beginning was cut, and what is left repeats itself.
        (TAIL * 20 + "4", "cut off " + TAIL * 20, "4"),
        # Its end comes twice in it, and once more in the response.
        (
            "xt\nassistant\nYes\nassistant\nI say\nassistant\n",
            "Text\nassistant\nYes\nassistant\n",
            "I say\nassistant\n",
        ),
        # Cut, behind a token.
        ("<s>of the prompt: Reply", "The rest of the prompt: ", "Reply"),
    ],
)
def test_the_response_is_what_follows_the_prompt(query: str, prompt: str, response: str) -> None:
    found = continuation(query, prompt=prompt)
    assert found.value == response
    assert found.span is not None
    assert query[found.span.start : found.span.stop] == response


@pytest.mark.parametrize("end", ENDS)
def test_special_tokens_at_its_end_are_not_of_the_response(end: str) -> None:
    assert continuation(f"Reply{end}").value == "Reply"


def test_nor_are_several_with_space_between() -> None:
    assert continuation("Reply \n<|im_end|>\n<|endoftext|><|endoftext|>\n").value == "Reply \n"


def test_what_the_model_wrote_inside_stays() -> None:
    assert continuation("Reply<|im_end|> more").value == "Reply<|im_end|> more"
    assert continuation("<|box_start|>(1,2),(3,4)<|box_end|></s>").value == "<|box_start|>(1,2),(3,4)<|box_end|>"


@pytest.mark.parametrize("query", ["Prompt.Reply", "", "prompt"])
def test_a_query_without_its_prompt_is_malformed(query: str) -> None:
    found = continuation(query, prompt="Another prompt")
    assert found.status == Status.MALFORMED
    assert found.reason == (
        "the query does not hold its prompt, which ends with 'Another prompt': where the response begins is unknown"
    )


PIECES = st.text("ab <>|\n", max_size=12)


@given(PIECES, PIECES)
def test_any_prompt_before_any_response_is_found(prompt: str, response: str) -> None:
    assert continuation(f"{prompt}{response}.</s>", prompt=prompt).value == f"{response}."


@given(st.text("ab\n", min_size=SHORTEST, max_size=40), st.integers(1, 30))
def test_a_prompt_cut_anywhere_is_found(prompt: str, cut: int) -> None:
    kept = prompt[min(cut, len(prompt) - SHORTEST) :]
    assert continuation(f"{kept}.", prompt=prompt).value == "."


@pytest.mark.parametrize("label", ["{not json", "{" * 5000, '{"a": 1} trailing', "[1]", "", None, 3.5, ["a", "b"]])
def test_what_is_no_object_is_the_answer_itself(label: Any) -> None:
    assert label_columns(label) == {"answer": label}


@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5)))
def test_an_object_is_columns_as_text_or_as_it_is(columns: dict[str, Any]) -> None:
    assert label_columns(columns) == columns
    assert label_columns(f" {json.dumps(columns)}\n") == columns


def test_a_huge_label_is_not_read() -> None:
    label = json.dumps({"a": "x" * MAX_JSON})
    assert label_columns(label) == {"answer": label}
