"""The tests of what a change touches, in under a minute: `make quick`, or `make quick what=funnel`.

Without a word it looks at the files that differ from the last commit, or at those of the last commit where none do. It
is for while one works; what lands has passed `make test`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORDS: tuple[tuple[str, str], ...] = (
    (r"(?:churnbook/analyses|queries)/(activity|churn|cohort|customer|funnel|passport)", r"\1"),
    (r"(?:churnbook/analyses/definition|queries/definitions)/", "churn and not pages and not parts"),
    (r"(?:churnbook/analyses|queries)/overview/|churnbook/page/controls/overview", "monitor or overview"),
    (r"queries/(?:shared/|macros)", "queries or scope or test_cohorts"),
    (r"pages/(\w+?)s?\.py", r"\1"),
    (r"churnbook/page/controls/(\w+?)s?\.py", r"\1"),
    (r"churnbook/analyses/(?:draw|export|method)", "drawing or charts_and_exports"),
    (r"churnbook/analyses/", "charts_and_exports or words"),
    (r"churnbook/page/upload/", "mapping_step or remembered or upload"),
    (r"churnbook/(?:page/|frame)", "evidence or drawing or waiting"),
    (r"churnbook/(?:words|messages)", "words or lockdown"),
    (r"churnbook/catalogue/", "queries or evidence or lockdown"),
    (r"churnbook/engine/", "test_dataset.py or lockdown or fit"),
    (r"churnbook/datasets/", "test_dataset.py or scope or segments or fit"),
    (r"churnbook/generations/derived", "derived"),
    (r"churnbook/generations/", "generations or segments"),
    (r"churnbook/intake/mapping/", "mapping or unpivot or remembered"),
    (r"churnbook/intake/files/", "intake_text or intake_formats or test_intake.py"),
    (r"churnbook/intake/cells/", "intake_values or intake_columns"),
    (r"churnbook/intake/loading/", "intake_plain or passport or test_intake.py"),
    (r"churnbook/__main__", "command_line"),
    (r"sample_data/", "samples"),
    (r"tests/\w+/(test_\w+)\.py", r"\1"),
    (r"docs/|.*\.md", "docs"),
)
"""By what a changed file's path begins with, the first that fits: the tests to run, as pytest's -k takes them."""


def changed() -> list[str]:
    """The files that differ from the last commit, new ones too; where none do, those that it changed."""

    def asked(*command: str) -> list[str]:
        return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )

    files = [*asked("diff", "--name-only", "HEAD"), *asked("ls-files", "--others", "--exclude-standard")]
    return [file for file in files if file] or [file for file in asked("diff", "--name-only", "HEAD~1") if file]


def words(files: list[str]) -> list[str]:
    """What pytest is to look for, so that the tests of every changed file are among what it runs."""
    found: dict[str, None] = {}
    for file in files:
        for beginning, word in WORDS:
            if match := re.match(beginning, file):
                found[match.expand(word)] = None
                break
    return list(found)


def main() -> int:
    """Run the tests of the words given, or of what has changed."""
    given = sys.argv[1:] or words(changed())
    if not given:
        print("nothing that has tests of its own has changed")
        return 0
    wanted = " or ".join(f"({word})" for word in given)
    print(f"pytest -k '{wanted}'", flush=True)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "worksteal",
        "-q",
        "-m",
        "not browser",
        "-k",
        wanted,
    ]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main())
