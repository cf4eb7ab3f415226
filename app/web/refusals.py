"""Which refusals a view can answer: found by following what it calls, not listed by hand.

From a view, the source of everything that it names is read, and of everything that this names in
turn, as far as it is ours. What a ``try`` takes care of does not count. A method of a value whose
class cannot be told is looked for in every class that has one of its name. So a view may be said
to refuse what in truth it never does; that it does not say what it does, the tests find, because
each answer of theirs is compared with what is said.
"""

import ast
import builtins
import inspect
import sys
from collections import ChainMap, defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from pkgutil import walk_packages
from types import CodeType, FunctionType, ModuleType
from typing import Any

from sqlalchemy import Result, ScalarResult, Select
from sqlalchemy.orm import Session

from app import outside
from app.kernel.errors import DomainError
from app.kernel.jobs import defer

HOUSES = ("app.", "mall.", "overviews.", "miniprogram_api.")
# A method of one of these names is more likely a library's than ours.
_LIBRARIES = (dict, list, set, str, BytesIO, Path, date, Session, Select, Result, ScalarResult)
_OF_LIBRARIES = {name for made in _LIBRARIES for name in dir(made)}
Refusal = type[DomainError]


@dataclass
class _Body:
    """What a function names: refusals, and functions with what is caught around them."""

    refusals: set[Refusal] = field(default_factory=set)
    called: list[tuple[FunctionType, tuple[type, ...]]] = field(default_factory=list)


def refusals_of(*views: Callable[..., Any]) -> frozenset[Refusal]:
    """What a view, or any of several, can refuse."""
    starts = [function for view in views for function in _wrapped(view)]
    found = set[Refusal]().union(*(_Found.of(start) for start in starts))
    # A class without a code of its own is only what others are made of.
    return frozenset(one for one in found if one.code != DomainError.code)


class _Found:
    """What each function can refuse, worked out once for all that call it."""

    _settled: dict[FunctionType, set[Refusal]] = {}

    @classmethod
    def of(cls, start: FunctionType) -> set[Refusal]:
        if start not in cls._settled:
            cls._settle(_reached(start, cls._settled))
        return cls._settled[start]

    @classmethod
    def _settle(cls, reached: dict[FunctionType, _Body]) -> None:
        """Pass refusals from the called to the callers until nothing is new."""
        found = {function: set(body.refusals) for function, body in reached.items()} | cls._settled
        is_new = True
        while is_new:
            is_new = False
            for function, body in reached.items():
                for called, caught in body.called:
                    comes = found[called]
                    fresh = {one for one in comes - found[function] if not issubclass(one, caught)}
                    is_new |= bool(fresh)
                    found[function] |= fresh
        cls._settled |= {function: found[function] for function in reached}


def _reached(start: FunctionType, settled: Container[FunctionType]) -> dict[FunctionType, _Body]:
    reached: dict[FunctionType, _Body] = {}
    waiting = [start]
    while waiting:
        function = waiting.pop()
        if function not in reached and function not in settled:
            reached[function] = body = _body(function)
            waiting += [called for called, _ in body.called]
    return reached


_bodies: dict[FunctionType, _Body] = {}


def _body(function: FunctionType) -> _Body:
    known = _bodies.get(function)
    if known is None:
        known = _bodies[function] = _Body()
        node = _node(function.__code__)
        if node is not None:
            _Reader(function, known).read(node)
    return known


@dataclass(frozen=True)
class _Of:
    """A value of which the class is known."""

    made: type


class _Reader(ast.NodeVisitor):
    """Reads a function, and keeps what it names."""

    def __init__(self, function: FunctionType, body: _Body) -> None:
        self._names = ChainMap(_arguments(function), function.__globals__, vars(builtins))
        self._body = body
        self._caught: tuple[type, ...] = ()

    def read(self, node: ast.AST) -> None:
        assert isinstance(node, ast.FunctionDef | ast.Lambda)
        for statement in node.body if isinstance(node, ast.FunctionDef) else [node.body]:
            self.visit(statement)

    def visit_Assign(self, node: ast.Assign) -> None:
        """What a variable is, where that is plain: ``who, at = caller(), clock.now()``."""
        self.generic_visit(node)
        target, value = node.targets[0], node.value
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = list(zip(target.elts, value.elts, strict=False))
        for name, given in pairs:
            if isinstance(name, ast.Name):
                self._names[name.id] = self._meant(given)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = sys.modules.get(node.module or "")
        for name in node.names:
            self._names[name.asname or name.name] = getattr(module, name.name, None)

    def visit_Try(self, node: ast.Try) -> None:
        outer = self._caught
        self._caught += tuple(
            caught for handler in node.handlers for caught in self._handled(handler)
        )
        for statement in node.body:
            self.visit(statement)
        self._caught = outer
        for rest in (*(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            for statement in rest:
                self.visit(statement)

    def _handled(self, handler: ast.ExceptHandler) -> Iterator[type]:
        """The classes that end here: not those that are raised again."""
        is_raised_again = any(
            isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler)
        )
        if is_raised_again or handler.type is None:
            return
        parts = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        for part in parts:
            caught = self._meant(part)
            if isinstance(caught, type) and issubclass(caught, BaseException):
                yield caught

    def visit_Call(self, node: ast.Call) -> None:
        if self._meant(node.func) is defer:
            return  # done later, by somebody whom nobody waits for
        if isinstance(node.func, ast.Attribute) and self._meant(node.func.value) is None:
            for method in _methods_named().get(node.func.attr, ()):
                self._keep(method)
        self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self._keep(self._meant(node))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._keep(self._meant(node))
        self.visit(node.value)

    def _meant(self, node: ast.expr) -> Any:
        """What an expression stands for, if names and annotations tell; else None."""
        if isinstance(node, ast.Name):
            return self._names.get(node.id)
        if isinstance(node, ast.Call):
            return _result(self._meant(node.func))
        if not isinstance(node, ast.Attribute):
            return None
        of = self._meant(node.value)
        if isinstance(of, ModuleType | type):
            return getattr(of, node.attr, None)
        if of is None:
            return None
        made = of.made if isinstance(of, _Of) else type(of)
        if _is_protocol(made):
            return [vars(one)[node.attr] for one in _filling(made) if node.attr in vars(one)]
        found = inspect.getattr_static(made, node.attr, None)
        if isinstance(found, property):
            return found.fget
        return found if found is not None or _is_ours(made.__module__) else _Of(made)

    def _keep(self, meant: Any) -> None:
        if isinstance(meant, type) and issubclass(meant, DomainError):
            if not issubclass(meant, self._caught):
                self._body.refusals.add(meant)
        elif isinstance(meant, dict | list | tuple | set | frozenset):
            for one in meant.values() if isinstance(meant, dict) else meant:
                self._keep(one) if callable(one) else None
        elif isinstance(meant, _Of):
            return
        elif not callable(meant) and _is_ours(type(meant).__module__):
            self._keep([one for one in getattr(meant, "__dict__", {}).values() if callable(one)])
        else:
            functions = _methods(meant) if isinstance(meant, type) else _wrapped(meant)
            self._body.called += [(function, self._caught) for function in functions]


def _arguments(function: FunctionType) -> dict[str, Any]:
    """The classes of what a function is given."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    outer = {name: cell.cell_contents for name, cell in cells}
    hints = function.__annotations__
    given = {name: _Of(hint) for name, hint in hints.items() if isinstance(hint, type)}
    owner: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split(".")[:-1]:
        owner = getattr(owner, part, None)
    return outer | given | ({"self": _Of(owner), "cls": owner} if isinstance(owner, type) else {})


def _result(called: Any) -> Any:
    """What comes of a call, if the function says so."""
    if isinstance(called, type):
        return _Of(called)
    made = getattr(called, "__annotations__", {}).get("return")
    return _Of(made) if isinstance(made, type) else None


def _wrapped(called: Any) -> Iterator[FunctionType]:
    """The function and all that its decorators wrapped, as far as they are ours."""
    while called is not None:
        bare = inspect.unwrap(called, stop=lambda f: isinstance(f, FunctionType))
        if isinstance(bare, FunctionType) and _is_ours(bare.__globals__["__name__"]):
            yield bare
        called = getattr(called, "__wrapped__", None) or getattr(called, "__func__", None)


def _methods(made: type) -> Iterator[FunctionType]:
    """What runs by itself when one of a class is made."""
    for owner in made.__mro__:
        for name in ("__init__", "__post_init__", "__enter__", "__exit__"):
            if name in vars(owner):
                yield from _wrapped(vars(owner)[name])


@cache
def _methods_named() -> dict[str, list[FunctionType]]:
    named: dict[str, list[FunctionType]] = defaultdict(list)
    for owner in _classes():
        for name, method in vars(owner).items():
            if not name.startswith("_") and name not in _OF_LIBRARIES:
                named[name] += _wrapped(method)
    return named


@cache
def _filling(protocol: type) -> list[type]:
    """The classes that can stand for a protocol, which itself says nothing of refusals."""
    wanted = {name for name in vars(protocol) if not name.startswith("_")}
    return [made for made in _classes() if not _is_protocol(made) and wanted <= vars(made).keys()]


def _is_protocol(made: type) -> bool:
    return bool(getattr(made, "_is_protocol", False))  # typing has no question for it before 3.13


@cache
def _load_adapters() -> None:
    """Import what this installation does not use of the world outside: the document is for all."""
    for found in walk_packages(outside.__path__, f"{outside.__name__}."):
        import_module(found.name)


def _classes() -> Iterator[type]:
    """Every class of ours, where it is made."""
    _load_adapters()
    for module in [*sys.modules.values()]:
        if _is_ours(getattr(module, "__name__", "")):
            for made in [*vars(module).values()]:
                if isinstance(made, type) and made.__module__ == module.__name__:
                    yield made


def _is_ours(module: str) -> bool:
    return f"{module}.".startswith(HOUSES)


def _node(code: CodeType) -> ast.AST | None:
    return _nodes(code.co_filename).get((code.co_firstlineno, code.co_name))


@cache
def _nodes(file: str) -> dict[tuple[int, str], ast.AST]:
    """Every function of a file, by the line of its first decorator and its name."""
    nodes: dict[tuple[int, str], ast.AST] = {}
    if not Path(file).is_file():
        return nodes  # dataclasses write methods themselves; they refuse nothing
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            nodes[first, node.name] = node
        elif isinstance(node, ast.Lambda):
            nodes[node.lineno, "<lambda>"] = node
    return nodes
