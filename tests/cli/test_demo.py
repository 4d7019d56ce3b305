"""`guerdon demo`: the story holds, with the core alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from guerdon.cli.story import play

DEMO = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv = ["guerdon", "demo", "--out", "demo", "--json"]
from guerdon.cli import main
main()
"""


def test_the_cheat_wins_under_the_naive_reward_and_loses_under_the_sound_one(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DEMO], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    means = {name: {g["name"]: g["mean"] for g in found[name]["responders"]} for name in ("naive", "sound")}
    assert max(means["naive"], key=lambda name: means["naive"][name]) == "hacker"
    assert min(means["sound"], key=lambda name: means["sound"][name]) == "hacker"
    page = (tmp_path / "demo" / "report.html").read_text()
    assert page.count("data:image/jpeg;base64,") >= 6
    assert 'class="target"' in page
    assert 'class="predicted"' in page
    assert set(done.stderr.split()) & {"torch", "transformers", "datasets", "matplotlib", "openai"} == set()


def test_the_story_does_not_hang_on_one_seed() -> None:
    assert all(play(60, seed).holds for seed in (1, 2))


def test_the_hacker_writes_boxes_by_the_hundred() -> None:
    written = play(30).boxes_written()
    assert written["hacker"] > 50 * written["careful"]
