"""``flask contract``: write down what clients may rely on."""

from json import dumps
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.config import ROOT
from operations.contract.outline import document, outlines

contract = AppGroup("contract", help="What clients of the API may rely on.")


@contract.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def write(file: Path) -> None:
    """Write the OpenAPI document into the file, and its outline into openapi/."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dumps(document(current_app), ensure_ascii=False, indent=1), encoding="utf-8")
    folder, shown = ROOT / "openapi", outlines(current_app)
    for wing, outline in shown.items():
        (folder / f"{wing}.txt").write_text(outline, encoding="utf-8")
    for left in folder.glob("*.txt"):
        if left.stem not in shown:
            left.unlink()


COMMANDS = (contract,)
