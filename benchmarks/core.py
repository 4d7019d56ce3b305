"""What the framework costs on top of the bare functions. Prints one table; takes a few seconds.

The reference of each row is the bare Python functions called in a loop in the same run; the floor
is that loop itself.
"""

from __future__ import annotations

import timeit

from guerdon import reward


@reward("bench.length", range=(0, None))
def length(response: str) -> float:
    return float(len(response))


@reward("bench.has", range=(0, 1), binary=True)
def has(response: str, *, text: str = "a") -> float:
    return float(text in response)


def best(run: object, n: int, repeats: int = 7) -> float:
    """Microseconds of one call, the least of several repeats."""
    return min(timeit.repeat(run, number=n, repeat=repeats)) / n * 1e6  # type: ignore[arg-type]


def main() -> None:
    """Print the table."""
    two, gated = 0.9 * length() + 0.1 * has(), has() >> length()
    row = {"response": "a response of some length"}
    rows = [row] * 10_000
    bare_length, bare_has = length.fn, has.fn
    text = row["response"]
    bare = best(lambda: 0.9 * bare_length(text) + 0.1 * bare_has(text, text="a"), 20_000)
    print(f"{'figure':<48}{'µs a sample':>14}{'bare':>9}{'over bare':>12}")
    for name, cost in (
        ("one sample, sum of two leaves (goal: ≤ 10 over)", best(lambda: two.one(row), 5_000)),
        ("one sample, gate of two leaves", best(lambda: gated.one(row), 5_000)),
        ("a list of one sample, sum of two leaves", best(lambda: two([row]), 1_000)),
        ("10 000 samples, sum of two leaves", best(lambda: two(rows), 3) / len(rows)),
    ):
        print(f"{name:<48}{cost:>14.2f}{bare:>9.2f}{cost - bare:>12.2f}")


if __name__ == "__main__":
    main()
