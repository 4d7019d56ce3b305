"""What it costs to open the door: CPU time of `import guerdon` and `guerdon --help` over `import numpy`.

Reference and floor: `import numpy`, which guerdon cannot do without. Each figure is user plus system
time of a fresh process, interpreter included, the least of several interleaved runs.
"""

import resource
import subprocess
import sys

RUNS = 9
HELP = "import sys; sys.argv = ['guerdon', '--help']; from guerdon.cli import main; main()"
REFERENCE = "import numpy"
BARS = {"import guerdon": 2.0, HELP: 5.0}
NAMES = {HELP: "guerdon --help"}


def cpu_seconds(code: str) -> float:
    """User plus system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> int:
    """Print a table; 1 if a bar is missed."""
    codes = (REFERENCE, *BARS)
    rounds = [[cpu_seconds(code) for code in codes] for _ in range(RUNS)]
    least = dict(zip(codes, map(min, zip(*rounds, strict=True)), strict=True))
    print(f"{'':<16}{'seconds':>9}{'ratio':>8}{'bar':>7}")
    for code, seconds in least.items():
        bar = BARS.get(code)
        against = f"{seconds / least[REFERENCE]:>8.2f}" + (f"{bar:>6.0f}×" if bar else "")
        print(f"{NAMES.get(code, code):<16}{seconds:>9.3f}{against}")
    return int(any(least[code] > bar * least[REFERENCE] for code, bar in BARS.items()))


if __name__ == "__main__":
    sys.exit(main())
