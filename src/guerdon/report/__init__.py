"""Scores and benchmarks for people: what a reward came to in figures, and self-contained pages that show it.

from guerdon import report

report.html(scores, rows, "report.html", title="Box IoU on validation")
report.summarise(scores)
report.bench_html(results, "bench.html")
report.reward_card(results)
"""

from guerdon.report.agreement import Agreement, agreement
from guerdon.report.bench_page import audit_html, bench_html
from guerdon.report.card import reward_card
from guerdon.report.overview import Overview, overview
from guerdon.report.page import html, write
from guerdon.report.samples import Highlight
from guerdon.report.summary import Reason, Summary, groups, plain, reasons, summarise
from guerdon.report.template import Board, Entry

__all__ = [
    "Agreement", "Board", "Entry", "Highlight", "Overview", "Reason", "Summary", "agreement", "audit_html",
    "bench_html", "groups", "html", "overview", "plain", "reasons", "reward_card", "summarise", "write",
]  # fmt: skip
