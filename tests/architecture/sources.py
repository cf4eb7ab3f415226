"""The product's own code, parsed for the tests about it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.config import ROOT

PRODUCT = ("app", "mall", "overviews", "miniprogram_api", "operations")


@dataclass(frozen=True)
class Table:
    """A class of the product that is a table, and the folder that owns it."""

    name: str  # dotted
    table: str
    domain: str


@cache
def modules(*folders: str) -> dict[Path, ast.Module]:
    """Every module below the folders (the product's, if none is named), parsed."""
    return {
        path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8"))
        for folder in folders or PRODUCT
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


def functions(*folders: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with its dotted name, say ``app.points.awards.service.decide``."""
    for path, tree in modules(*folders).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{dotted(path)}.{node.name}", node


def dotted(path: Path) -> str:
    """The name by which a module is imported."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def calls(node: ast.AST) -> set[str]:
    """The names of what is called in the node, without what stands before the dot."""
    names = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            called = child.func
            names.add(called.attr if isinstance(called, ast.Attribute) else "")
            names.add(called.id if isinstance(called, ast.Name) else "")
    return names - {""}


def decorators(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The decorators as written, without their arguments: ``sweep``, ``bp.get``."""
    return {ast.unparse(mark).partition("(")[0] for mark in node.decorator_list}


def imported(tree: ast.Module) -> dict[str, str]:
    """What the names that a module imports stand for: ``{"Household": "app.….Household"}``."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


@cache
def tables() -> dict[str, Table]:
    """Every table of the product, by the dotted name of its class."""
    found = {}
    for path, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and (name := _table_name(node)):
                owner = dotted(path).partition(".models")[0]
                found[f"{dotted(path)}.{node.name}"] = Table(
                    f"{dotted(path)}.{node.name}", name, owner
                )
    return found


def tables_in(path: Path, tree: ast.Module) -> dict[str, Table]:
    """The tables that a module can name: what it imports, and what it defines."""
    here = {
        node.name: f"{dotted(path)}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    named = imported(tree) | here
    return {name: tables()[full] for name, full in named.items() if full in tables()}


def is_within(module: str, domain: str) -> bool:
    """Whether the module belongs to the domain, or the domain to the module's."""
    return f"{module}.".startswith(f"{domain}.")


def _table_name(node: ast.ClassDef) -> str | None:
    for line in node.body:
        if (
            isinstance(line, ast.Assign)
            and isinstance(line.targets[0], ast.Name)
            and line.targets[0].id == "__tablename__"
            and isinstance(line.value, ast.Constant)
        ):
            return str(line.value.value)
    return None
