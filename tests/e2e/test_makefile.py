import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path):
    """A checkout in which nothing was prepared yet, under a path with a space."""
    folder = tmp_path / "fresh clone"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(CHECKOUT / name, folder)
    return folder


@pytest.fixture
def python_that_lacks(tmp_path):
    def make(word):
        python = tmp_path / "python3"
        python.write_text(f'#!/bin/sh\ncase "$2" in *{word}*) exit 1;; esac\n')
        python.chmod(0o755)
        return python

    return make


def make(checkout, *words):
    environment = {"PATH": os.environ["PATH"]}  # without what an outer `make test` tells its children
    result = subprocess.run(
        ["make", *words], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    return result.returncode, result.stdout.splitlines(), result.stderr.splitlines()


def test_make_alone_lists_every_command(checkout):
    status, lines, _ = make(checkout)

    assert status == 0
    assert [line.split()[1] for line in lines] == [
        *("help", "run", "play", "test", "check", "faults", "fuzz", "bench", "golden", "migrate", "clean"),
    ]


def test_a_python_without_venv_is_one_sentence_that_says_what_to_install(checkout, python_that_lacks):
    status, _, errors = make(checkout, "run", f"PYTHON={python_that_lacks('ensurepip')}")

    assert status != 0
    assert errors[0] == "Roundwire needs Python's venv module; on Debian and Ubuntu: apt install python3-venv"
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_one_sentence_that_says_what_is_needed(checkout, python_that_lacks):
    python = python_that_lacks("version_info")
    status, _, errors = make(checkout, "test", f"PYTHON={python}")

    assert status != 0
    assert errors[0] == f"Roundwire needs Python 3.11 or newer as {python}; name another one with make PYTHON=..."


def test_cleaning_keeps_the_data_folder(checkout):
    (checkout / ".venv").mkdir()
    (checkout / ".roundwire").mkdir()
    make(checkout, "clean")

    assert not (checkout / ".venv").exists()
    assert (checkout / ".roundwire").exists()
