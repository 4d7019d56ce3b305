"""`guerdon path` and `guerdon doctor HOST`."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

SPEC = "0.9*answer.exact + 0.1*format.tags(tags='think answer')"
ROWS = [{"prompt": "2+2?", "response": "<answer>4</answer>", "answer": "4"}, {"prompt": "?", "response": "x"}]
FILES = {"openrlhf": "reward_func", "swift": "orms", "easyr1": "compute_score", "lmms_eval": "process_results"}
HOSTS = (
    "trl", "verl", "openrlhf", "swift", "easyr1", "verifiers", "gym", "cross_encoder", "lmms_eval", "inspect_ai",
    "vlmevalkit", "flow_grpo", "flow_factory",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
def test_every_host_has_a_path(run: Any, host: str) -> None:
    done = run("path", host, "--reward", SPEC, "--unscored", "0.5")
    assert done.code == 0, done.err
    assert "guerdon" in done.out


def test_verls_overrides_survive_a_shell(run: Any) -> None:
    words = shlex.split(run("path", "verl", "--reward", SPEC).out.replace("\\\n", " "))
    assert words[0] == "reward.custom_reward_function.path=pkg://guerdon.integrations.verl"
    assert words[2] == f'+reward.custom_reward_function.reward_kwargs.reward="{SPEC}"'


@pytest.mark.parametrize("host", FILES)
def test_a_host_that_loads_a_file_gets_one_that_runs(run: Any, host: str, tmp_path: Any) -> None:
    done = run("path", host, "--reward", SPEC)
    file = tmp_path / f"guerdon_{host}.py"
    assert host == "lmms_eval" or str(file) in done.out
    source = file.read_text()
    assert FILES[host] in source
    if host != "swift":  # which imports its host
        exec(compile(source, str(file), "exec"), {})  # noqa: S102 - the file was just made here
    assert run("path", host, "--reward", "answer.exact").code == 0  # made by us, so replaced


def test_a_file_of_someone_else_is_left_alone(run: Any, tmp_path: Any) -> None:
    (tmp_path / "guerdon_swift.py").write_text("mine\n")
    done = run("path", "swift", "--reward", SPEC)
    assert done.code == 2
    assert "name another with --out" in done.err
    assert (tmp_path / "guerdon_swift.py").read_text() == "mine\n"


def test_a_reward_of_ones_own_file_is_found_from_elsewhere(run: Any, tmp_path: Any) -> None:
    code = '@reward("pathtest.one", range=(0, 1))\ndef one(response: str) -> float:\n    return 1.0\n'
    (tmp_path / "mine.py").write_text(f"from guerdon import reward\n{code}")
    done = run("path", "trl", "--reward", "mine.py:one")
    assert f"{tmp_path.resolve()}/mine.py:one" in done.out


def test_group_rewards_do_not_go_to_hosts_of_single_samples(run: Any) -> None:
    done = run("path", "verl", "--reward", "group_normalise(answer.exact)")
    assert done.code == 2
    assert "needs whole groups" in done.err


def test_an_unknown_host_names_the_nearest(run: Any) -> None:
    done = run("path", "openrhlf", "--reward", SPEC)
    assert "did you mean openrlhf?" in done.err


def levels(done: Any) -> dict[str, str]:
    return {f["about"]: f["level"] for f in done.json["findings"]}


def test_doctor_says_what_a_host_passes(run: Any) -> None:
    done = run("doctor", "verl")
    assert done.code == 0
    assert "extra_info" in done.out


def test_doctor_warns_of_columns_that_must_be_packed(run: Any, write: Any) -> None:
    write("a.jsonl", *ROWS)
    done = run("doctor", "verl", "--reward", "answer.exact", "--rows", "a.jsonl", "--json")
    assert done.code == 0
    found = levels(done)
    assert (found["column 'response'"], found["keys"], found["coverage"], found["speed"]) == ("ok", "ok", "warn", "ok")
    told = {f["about"]: f["text"] for f in done.json["findings"]}
    assert "50% of 2 rows have a value" in told["coverage"]
    assert "unscored=…" in told["coverage"]


def test_doctor_stops_at_a_column_no_row_has(run: Any, write: Any) -> None:
    write("a.jsonl", *ROWS)
    done = run("doctor", "trl", "--reward", "boxes.iou", "--rows", "a.jsonl", "--json")
    assert done.code == 1
    assert levels(done)["column 'boxes'"] == "stop"


def test_doctor_stops_at_groups_pictures_and_locals(run: Any, write: Any, tmp_path: Any) -> None:
    (tmp_path / "mine.py").write_text(
        "from guerdon import reward\n"
        "def make():\n"
        '    @reward("pathtest.local", range=(0, 1))\n'
        "    def local(images: list, response: str) -> float:\n"
        "        return 1.0\n"
        "    return local()\n"
        "local = make()\n"
    )
    assert levels(run("doctor", "easyr1", "--reward", "group_normalise(answer.exact)", "--json"))["shape"] == "stop"
    found = levels(run("doctor", "trl", "--reward", "mine.py:local", "--json"))
    assert (found["pickling"], found["column 'images'"]) == ("stop", "ok")
    assert levels(run("doctor", "verl", "--reward", "mine.py:local", "--json"))["column 'images'"] == "warn"
