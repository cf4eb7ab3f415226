"""The product's own code, parsed for the tests about it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.config import ROOT

PRODUCT = ("app", "mall", "miniprogram_api", "operations")


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
        module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{module}.{node.name}", node


def calls(node: ast.AST) -> set[str]:
    """The names of what is called in the node, without what stands before the dot."""
    names = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Call):
            called = child.func
            names.add(called.attr if isinstance(called, ast.Attribute) else "")
            names.add(called.id if isinstance(called, ast.Name) else "")
    return names - {""}
