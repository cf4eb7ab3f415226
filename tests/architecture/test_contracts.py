"""The import contracts hold for what does not exist yet: tried on a copy of the tree."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import ROOT

WINGS = ("register", "messages", "points", "sorting", "recycling", "standing")


def write(path: Path, code: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'"""Thrown away."""\n{code}\n', encoding="utf-8")


@pytest.fixture(scope="module")
def refusals(tmp_path_factory) -> str:
    """What the contracts say of a tree with a stranger in each room, and some bad manners."""
    tree = tmp_path_factory.mktemp("tree")
    for house in ("app", "mall", "overviews", "miniprogram_api", "operations", "sandbox", "bench"):
        shutil.copytree(ROOT / house, tree / house, ignore=shutil.ignore_patterns("__pycache__"))
    for place in (
        "app",
        "mall",
        "overviews",
        "miniprogram_api",
        "operations",
        *(f"app/{w}" for w in WINGS),
    ):
        write(tree / place / "stranger" / "__init__.py")
    write(tree / "app/sorting/care/views.py", "import flask_smorest")
    write(tree / "app/sorting/care/letters.py", "import requests")
    write(tree / "app/sorting/care/purse.py", "from app.points.ledger.service import post")
    write(tree / "app/sorting/care/shopping.py", "from mall.orders import queries")
    write(tree / "app/sorting/care/playing.py", "import sandbox.people")
    command = "from importlinter.cli import lint_imports_command as c; c()"
    contracts = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--config", str(ROOT / ".importlinter")],
        cwd=tree,
        env={"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert contracts.returncode == 1, contracts.stderr
    return contracts.stdout


def section(refusals: str, contract: str) -> str:
    """What is said of a contract, below its name."""
    found = re.search(
        rf"^{re.escape(contract)}\n-+\n(.*?)(?=^[^\n]+\n-+\n|\Z)", refusals, re.M | re.S
    )
    assert found, f"{contract} is kept:\n{refusals}"
    return found[1]


@pytest.mark.parametrize(
    ("contract", "newcomer"),
    [
        ("The wings of app, from top to bottom", "app.stranger"),
        ("Inside the mall", "mall.stranger"),
        ("Inside the mini-program's API", "miniprogram_api.stranger"),
        ("Inside operations", "operations.stranger"),
        ("Inside the register", "app.register.stranger"),
        ("Inside messages", "app.messages.stranger"),
        ("Inside points", "app.points.stranger"),
        ("Inside sorting", "app.sorting.stranger"),
        ("Inside recycling", "app.recycling.stranger"),
        ("Inside standing", "app.standing.stranger"),
    ],
)
def test_a_new_folder_needs_a_place_among_the_layers(refusals, contract, newcomer):
    assert f"- {newcomer}\n" in section(refusals, contract)


@pytest.mark.parametrize(
    ("contract", "guilty"),
    [
        ("Imports point downward", "app.sorting.care.shopping -> mall.orders"),
        ("The ledger is entered by its front door", "app.sorting.care.purse -> app.points.ledger"),
        ("Domains know no HTTP libraries", "app.sorting.care.views -> flask_smorest"),
        (
            "wechatpy, requests and boto3 stay in app.outside",
            "app.sorting.care.letters -> requests",
        ),
        (
            "Nothing in the product imports the sandbox or the measurements",
            "app.sorting.care.playing -> sandbox",
        ),
    ],
)
def test_a_new_module_is_bound_by_its_wings_contracts(refusals, contract, guilty):
    assert guilty in section(refusals, contract)
