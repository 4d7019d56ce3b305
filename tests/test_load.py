"""Loading rows: formats, column maps, and data that is broken in part or whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PIL
from tests import rewards_for_tests as toy

from guerdon import Image, Status
from guerdon.load import LoadError, cell_at, load, parse_map
from guerdon.media import MediaError
from guerdon.sample import Broken

ROWS = [{"prompt": "p", "response": "a"}, {"prompt": "p", "response": "bcd"}]


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def lines(*rows: Any) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def files(tmp_path: Path) -> list[Path]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "r.parquet")
    return [
        write(tmp_path / "r.jsonl", lines(*ROWS)),
        write(tmp_path / "bom.jsonl", b"\xef\xbb\xbf" + lines(*ROWS).encode() + b"\n\n"),
        write(tmp_path / "r.json", json.dumps(ROWS)),
        write(tmp_path / "wrapped.json", json.dumps({"version": 1, "data": ROWS})),
        write(tmp_path / "lines.json", lines(*ROWS)),
        write(tmp_path / "r.csv", "prompt,response\np,a\np,bcd\n"),
        write(tmp_path / "r.tsv", "prompt\tresponse\np\ta\np\tbcd\n"),
        tmp_path / "r.parquet",
    ]


def test_every_format_gives_the_same_rows(tmp_path: Path) -> None:
    for path in files(tmp_path):
        assert load(path) == ROWS, path.name
        assert toy.length()(path).values.tolist() == [1.0, 3.0], path.name


def test_a_dataset_and_an_iterable_of_dicts_are_rows_too() -> None:
    datasets = pytest.importorskip("datasets")
    assert load(datasets.Dataset.from_list(ROWS)) == ROWS
    assert toy.length()(datasets.Dataset.from_list(ROWS)).values.tolist() == [1.0, 3.0]
    assert load(iter(ROWS), limit=1) == ROWS[:1]


def test_a_part_of_a_hub_data_set_is_named_behind_a_colon(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    asked: list[Any] = []

    def loaded(*names: Any, split: str | None) -> list[Any]:
        asked.append((*names, split))
        return ROWS

    monkeypatch.setattr(datasets, "load_dataset", loaded)
    assert load("user/name:part", split="test") == load("user/name", split="test") == ROWS
    assert asked == [("user/name", "part", "test"), ("user/name", None, "test")]


def test_a_line_that_is_not_json_costs_that_row_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", lines(ROWS[0]) + "\n{broken\n[1]\n\xff\n" + lines(ROWS[1]))
    scores = toy.length()(path)
    assert scores.status.tolist() == [Status.OK, Status.FAILED, Status.FAILED, Status.FAILED, Status.OK]
    assert scores.values[[0, 4]].tolist() == [1.0, 3.0]
    assert "line 2 is not JSON" in scores.reasons[1]
    assert "line 3 is a list, not an object" in scores.reasons[2]
    assert scores.key == ("0", "line 2", "line 3", "line 4", "4")


def test_a_broken_row_costs_itself_in_every_kind_of_reward() -> None:
    broken = Broken("line 2", "line 2 is not JSON")
    data = [{"response": "a", "group": 1, "task": "x", "step": 0, "prompt": "p"}, broken]
    from guerdon import gate, group_normalise, route, schedule, tournament

    for reward in (
        toy.length() + toy.has(),
        gate(toy.has(), toy.length()),
        route({"x": toy.length()}, by="task"),
        schedule(toy.length(), at=(0,)),
        toy.agree(),
        group_normalise(toy.length()),
        toy.in_batches(),
        toy.later(),
        tournament(toy.longer()),
    ):
        scores = reward(data)
        assert scores.status[1] in (Status.FAILED, Status.INAPPLICABLE), reward
    sets = toy.distinct()([{"response": "a", "set": "s"}, broken])
    assert sets.status.tolist() == [Status.OK, Status.FAILED]
    assert sets.key == ("s", "line 2")
    assert toy.longer().compare(data, data).status[1] == Status.FAILED
    assert toy.length().one(broken).status == Status.FAILED


def test_bytes_that_are_not_utf8_cost_one_row(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", lines(ROWS[0]).encode() + b'\n{"response": "\xff\xfe"}\n')
    assert isinstance(load(path)[1], Broken)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("r.jsonl", "", "is empty"),
        ("r.json", "", "is empty"),
        ("r.csv", "", "is empty"),
        ("r.csv", "prompt,response\n", "is empty"),
        ("r.json", "[", "is not JSON"),
        ("r.json", "3", "holds a int"),
        ("r.json", '{"a": 1}', "holds one object with 0 lists"),
        ("r.json", "[" * 100_000, "is not JSON"),
        ("r.parquet", "not parquet", "is not a Parquet file"),
        ("r.xlsx", "x", "unknown format '.xlsx'; it should be one of .jsonl"),
    ],
)
def test_what_is_wrong_with_the_whole_is_one_clear_error(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(LoadError, match=message):
        load(write(tmp_path / name, content))


def test_a_missing_file_and_something_that_is_no_data_set_are_named(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="there is no file"):
        load(tmp_path / "none.jsonl")
    with pytest.raises(LoadError, match=r"not a hub data set \(user/name\)"):
        load("nowhere")


def test_a_csv_row_with_too_many_cells_is_broken(tmp_path: Path) -> None:
    rows = load(write(tmp_path / "r.csv", "prompt,response\np,a,b,c\np,d\n"))
    assert isinstance(rows[0], Broken)
    assert rows[1] == {"prompt": "p", "response": "d"}


def test_columns_are_mapped_from_dotted_paths(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", lines({"q": {"text": "p", "opts": ["A", "B"]}, "model_output": "abc"}))
    rows = load(path, columns=parse_map(["response=model_output", "prompt=q.text", "answer=q.opts.-1"]))
    assert rows[0]["answer"] == "B"
    assert rows[0]["model_output"] == "abc"
    assert toy.length()(rows).values.tolist() == [3.0]


def test_a_path_that_leads_nowhere_lists_the_columns() -> None:
    with pytest.raises(LoadError, match="no row has 'output'; the columns are: prompt, response"):
        load(ROWS, columns={"response": "output"})
    with pytest.raises(LoadError, match="written name=column"):
        parse_map(["response"])
    assert cell_at({"a": [1]}, "a.5") is None
    assert cell_at({"a.b": 1}, "a.b") == 1


def test_turns_become_prompt_and_response_unless_the_row_names_them() -> None:
    turns = [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]
    row = load([{"conversations": turns}])[0]
    assert row["prompt"] == [{"role": "user", "content": "hi"}]
    assert row["response"] == "hello"
    assert load([{"conversations": turns, "response": "mine"}])[0]["response"] == "mine"
    messages = [{"role": "user", "content": "hi"}]
    assert load([{"messages": messages, "response": "x"}])[0]["prompt"] == messages


def test_media_paths_become_handles_below_the_files_folder(tmp_path: Path) -> None:
    PIL.new("RGB", (4, 3)).save(tmp_path / "a.png")
    part = {"type": "image", "image": "a.png"}
    row = {"image": "a.png", "images": ["a.png", "../a.png"], "prompt": [{"role": "user", "content": [part]}]}
    loaded = load(write(tmp_path / "r.jsonl", lines(row)))[0]
    assert isinstance(loaded["image"], Image)
    assert loaded["image"].size == (4, 3)
    assert loaded["prompt"][0]["content"][0]["image"].size == (4, 3)
    with pytest.raises(MediaError, match="leads out of the data root"):
        _ = loaded["images"][1].size


def test_a_bad_image_costs_one_sample_and_only_rewards_that_look(tmp_path: Path) -> None:
    from guerdon import reward

    @reward("here.width")
    def width(images: list[Image]) -> float:
        return float(images[0].size[0])

    PIL.new("RGB", (4, 3)).save(tmp_path / "good.png")
    write(tmp_path / "bad.png", "PK\x03\x04 not a picture")
    data = [{"response": "abc", "image": name} for name in ("good.png", "bad.png", "gone.png", "/etc/passwd")]
    scores = (width() + toy.length())(write(tmp_path / "r.jsonl", lines(*data)))
    assert scores.status.tolist() == [Status.OK, Status.FAILED, Status.FAILED, Status.FAILED]
    assert scores.components["toy.length"].values.tolist() == [3.0] * 4
    assert "MediaError" in scores.reasons[1]


def test_a_cell_with_neither_path_nor_bytes_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"prompt": "a", "image": {"path": null, "bytes": null}}\n{"prompt": "b", "images": [null]}\n')
    assert [row.get("image") for row in load(path)] == [None, None]


def test_a_place_that_is_none_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "image": {"path": 3}}\n{"id": 2, "image": "a.png"}\n')
    first, second = load(path)
    assert isinstance(first, Broken)
    assert not isinstance(second, Broken)
