"""Analyses ask datasets and change nothing about how files are read, so that the same files are imported once."""

from pathlib import Path

import pytest

from tests.builders import Make, imported_once, making


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Import files given as name=content, as the command line would, and return the dataset file."""
    return making(tmp_path, imported_once)
