"""How figures are written: three digits, thin spaces, and a dash for what there is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guerdon.report.summary import Summary

NONE = "–"
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (0.0, "ns"))
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def number(x: float | None, digits: int = 3) -> str:
    """A number in `digits` significant digits, thousands apart.

    >>> number(0.12345), number(1234567.0), number(-2.0), number(None)
    ('0.123', '1,234,567', '-2', '–')
    """
    if x is None or x != x:
        return NONE
    if x and not 1e-4 <= abs(x) < 1e9:
        return f"{x:.{digits - 1}e}"
    if abs(x) >= 10 ** (digits - 1):
        return f"{x:,.0f}"
    return f"{x:.{digits}g}"


def fixed(x: float | None) -> str:
    """A number with three decimals, for columns that are read downwards; large ones as `number`.

    >>> fixed(0.5), fixed(1234.5), fixed(None)
    ('0.500', '1,234', '–')
    """
    if x is None or x != x or abs(x) >= 100 or 0 < abs(x) < 1e-3:
        return number(x)
    return f"{x:.3f}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share as a percentage; 100 and 0 only where it is exactly so.

    >>> percent(0.431), percent(0.99999), percent(1.0), percent(None)
    ('43.1 %', '>99.9 %', '100 %', '–')
    """
    if share is None or share != share:
        return NONE
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    least = 10.0**-digits
    shown = round(share * 100, digits)
    if shown >= 100 or shown <= 0:
        return f">{100 - least:.{digits}f} %" if shown >= 100 else f"<{least:.{digits}f} %"
    return f"{shown:.{digits}f} %"


def seconds(x: float | None) -> str:
    """A duration in the unit that suits it.

    >>> seconds(0.0000321), seconds(0.25), seconds(3.0), seconds(None)
    ('32.1 µs', '250 ms', '3 s', '–')
    """
    if x is None or x != x:
        return NONE
    size, unit = next((size, unit) for size, unit in UNITS if x >= size)
    return f"{number(x / (size or 1e-9))} {unit}"


def spread(summary: Summary) -> str:
    """The interval of a mean, or why there is none."""
    if summary.mean is None:
        return f"no value: {troubles(summary)}" if summary.n else "never run"
    if summary.constant:
        return "all the same"
    if summary.mean.low == summary.mean.high:
        return "one prompt" if summary.mean.n > 1 else "one value"
    return f"{fixed(summary.mean.low)} to {fixed(summary.mean.high)}"


def troubles(summary: Summary) -> str:
    """The statuses that are not OK, the most frequent first."""
    found = sorted(((n, name) for name, n in summary.counts.items() if name not in ("OK", "SKIPPED")), reverse=True)
    return ", ".join(f"{n:,} {name.lower()}" for n, name in found) or "none"


def shown(text: str, most: int) -> tuple[str, int]:
    """The beginning of a text, without characters that reorder or break a page, and how many were cut off."""
    head = _HIDDEN.sub("\ufffd", text[:most].replace("\r\n", "\n"))
    return head, max(0, len(text) - most)
