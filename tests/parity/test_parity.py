"""guerdon gives what the official code gave, on recorded rows; see harness.py."""

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from guerdon.sources import load_file

HERE = Path(__file__).parent
harness = load_file(HERE / "harness.py")
MODULES = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("harness", "conftest", "test_parity"))


@pytest.mark.parametrize("system", MODULES)
def test_guerdon_agrees_with_the_official_code(system: str, record_property: Any) -> None:
    rows = harness.golden_rows(system)
    parity = harness.check(rows, load_file(HERE / f"{system}.py"))
    record_property("parity", f"{system}: {parity}")
    assert parity.passed, f"{system}: {parity}\n" + "\n".join([*parity.failed, *parity.deviating])


def test_there_are_systems_to_compare() -> None:
    assert "vlm_r1" in MODULES


def rows(*expected: Any, fn: str = "double") -> list[dict[str, Any]]:
    return [{"fn": fn, "input": {"x": i}, "expected": e, "source": "here"} for i, e in enumerate(expected)]


def module(**attributes: Any) -> ModuleType:
    """A parity module whose callable doubles its argument."""
    return SimpleNamespace(**({"CALLS": {"double": lambda x: 2.0 * x}} | attributes))  # type: ignore[return-value]


def test_a_right_callable_passes() -> None:
    parity = harness.check(rows(0.0, 2.0, 4.0000001), module())
    assert (parity.matched, parity.passed) == (3, True)


def test_a_wrong_callable_fails() -> None:
    parity = harness.check(rows(0.0, 2.0, 4.0), module(CALLS={"double": lambda x: 3.0 * x}))
    assert (parity.matched, len(parity.failed), parity.passed) == (1, 2, False)
    assert "guerdon gave 3.0" in parity.failed[0]


def test_a_callable_that_raises_fails_its_row() -> None:
    parity = harness.check(rows(0.0), module(CALLS={"double": lambda x: 1 / x}))
    assert "ZeroDivisionError" in parity.failed[0]
    assert not parity.passed


def test_one_miss_is_allowed_in_a_small_file_and_two_are_not() -> None:
    assert harness.check(rows(0.0, 2.0, 4.5), module()).passed
    assert not harness.check(rows(0.0, 2.5, 4.5), module()).passed


def test_five_percent_may_miss_in_a_large_file() -> None:
    almost = [2.0 * i for i in range(38)]
    assert harness.check(rows(*almost, -1.0, -1.0), module()).passed  # 38 of 40
    assert not harness.check(rows(*almost[:36], -1.0, -1.0, -1.0), module()).passed  # 36 of 39


def test_a_function_nobody_claims_fails() -> None:
    parity = harness.check([*rows(0.0), *rows(1.0, 2.0, fn="triple")], module())
    assert len(parity.failed) == 2
    assert not parity.passed


def test_a_function_that_waits_is_counted_apart() -> None:
    parity = harness.check([*rows(0.0), *rows(1.0, fn="loss")], module(WAITING={"loss": "the policy losses"}))
    assert (parity.matched, parity.waiting, parity.passed) == (1, 1, True)


def test_a_difference_on_purpose_is_no_failure_up_to_ten_percent() -> None:
    odd = module(DEVIATES={"double": (lambda row: row["x"] == 9, "a typo of theirs")})
    expected = [2.0 * i for i in range(9)]
    parity = harness.check(rows(*expected, -1.0), odd)
    assert (len(parity.deviating), parity.passed) == (1, True)
    assert "a typo of theirs" in parity.deviating[0]
    assert not harness.check(rows(*expected, -1.0)[1:], odd).passed  # 1 of 9 is more than 10 %


def test_a_crash_of_the_official_code_is_not_compared() -> None:
    crashes = ["raises IndexError", "EXC:ZeroDivisionError", "NameError", {"error": "ValueError"}]
    parity = harness.check(rows(0.0, *crashes), module())
    assert (parity.matched, parity.crashed, len(parity.failed)) == (1, 4, 0)


def test_a_text_that_mentions_an_error_is_compared() -> None:
    assert not harness.is_crash("Error")
    assert not harness.is_crash("an Error occurred")


def test_nothing_compared_is_not_agreement() -> None:
    assert not harness.check(rows("NameError"), module()).passed


def test_nested_results_are_compared_number_by_number() -> None:
    assert harness.same({"a": [1, None, (2.0,)]}, {"a": [1.0 + 1e-9, None, [2]]})
    assert not harness.same({"a": [1, None]}, {"a": [1, 0]})
    assert not harness.same([1], 1)


def test_rows_come_from_the_folder_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my-system.1.jsonl").write_text('{"fn": "f", "input": {}, "expected": 1}\n\n')
    monkeypatch.setenv("GUERDON_GOLDEN", str(tmp_path))
    assert harness.golden_rows("my_system_1") == [{"fn": "f", "input": {}, "expected": 1}]


def test_rows_fall_back_to_the_copy_in_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUERDON_GOLDEN", str(tmp_path))
    assert len(harness.golden_rows("vlm_r1")) > 100


def test_a_system_without_rows_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUERDON_GOLDEN", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="no recorded rows of nobody"):
        harness.golden_rows("nobody")
