"""Tables fit, keep their figures whole, and print what data says as it is."""

import io

from rich.console import Console
from rich.table import Table

from guerdon import Score, from_spec, report, reward
from guerdon.report.accuracy import judged, preferences
from guerdon.report.terminal import preference_tables, tables
from guerdon.sample import Comparison, Vote


@reward("test_terminal.moody", range=(0, 1))
def moody(value: float) -> Score | float:
    return Score.failed("[red]no[/] \x1b[31m" + "very " * 30) if value < 0 else value


def printed(made: list[Table]) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100)
    for table in made:
        console.print(table)
    return out.getvalue()


def test_tables_fit_a_hundred_columns_with_every_figure_whole() -> None:
    name = "a_component_with_a_very_long_name_that_somebody_gave_it"
    reward = from_spec(f"named(test_terminal.moody, {name!r}) + 0.5*test_terminal.moody")
    rows = [{"value": float(v), "by": name * 2, "old": 0.123456} for v in (0.5, 1, 0.25)] + [{"value": -1.0}]
    found = report.overview(reward(rows * 5000), rows * 5000, by="by", against=[("total", "old")])
    text = printed(tables(found))
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert "75.0 %" in text  # coverage stands beside the mean
    assert "20,000" in text


def test_what_data_says_is_no_markup_and_no_control_sequence() -> None:
    rows = [{"value": -1.0}, {"value": 1.0}]
    text = printed(tables(report.overview(moody()(rows), rows)))
    assert "[red]no[/]" in text
    assert "\x1b" not in text


def test_preferences_are_told_with_ties_both_ways() -> None:
    votes = (Vote(((0,), (1,))),)
    pairs = judged([Comparison("", [a, b], votes, kind=k) for a, b, k in (("xx", "y", "a"), ("x", "y", "b"))])
    text = printed(preference_tables(preferences(from_spec("length.chars"), pairs), "kind", "half"))
    assert "ties half" in text
    assert "ties wrong" in text
    row = next(line for line in text.splitlines() if line.startswith("length.chars"))
    assert "75.0 %" in row  # a win and half a tie
    assert "50.0 %" in row
    assert "mean of groups" in text
    assert max(map(len, text.splitlines())) <= 100
