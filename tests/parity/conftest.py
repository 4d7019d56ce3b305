"""Shows, after the tests, what became of every system's recorded rows."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    parity = sorted(value for report in reports for name, value in report.user_properties if name == "parity")
    if parity:
        terminalreporter.section("agreement with official code")
        terminalreporter.write_line("\n".join(map(str, parity)))
