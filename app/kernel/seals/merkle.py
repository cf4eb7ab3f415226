"""Merkle trees as in RFC 6962: one root for many leaves, and a short path that proves one of them.

Leaves and nodes are hashed under different prefixes, so that a node can never pass for a leaf.
"""

from collections.abc import Sequence
from hashlib import sha256

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(contents: bytes) -> bytes:
    return sha256(LEAF + contents).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed leaves. There is no tree over nothing."""
    level = list(leaves)
    assert level, "a tree has a leaf"
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at ``index`` to the root, from below."""
    level, found = list(leaves), []
    while len(level) > 1:
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        level, index = _above(level), index // 2
    return found


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root of the tree of ``size`` leaves that has the leaf at ``index``, by its path.

    Returns None when a path of this length cannot belong to that place.
    """
    if not 0 <= index < size:
        return None
    steps = iter(path)
    while size > 1:
        if index ^ 1 < size:
            beside = next(steps, None)
            if beside is None:
                return None
            pair = beside + leaf if index % 2 else leaf + beside
            leaf = sha256(NODE + pair).digest()
        index, size = index // 2, (size + 1) // 2
    return leaf if next(steps, None) is None else None


def _above(level: list[bytes]) -> list[bytes]:
    """One level up; the last of an odd number goes up as it is."""
    above = [
        sha256(NODE + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)
    ]
    return [*above, level[-1]] if len(level) % 2 else above


class Tree:
    """A tree that grows leaf by leaf and keeps only the tops of what is complete below it."""

    def __init__(self) -> None:
        self.size = 0
        self._tops: list[tuple[int, bytes]] = []  # height and hash, the highest first

    def add(self, leaf: bytes) -> None:
        """The next hashed leaf."""
        self.size += 1
        height = 0
        while self._tops and self._tops[-1][0] == height:
            leaf = sha256(NODE + self._tops.pop()[1] + leaf).digest()
            height += 1
        self._tops.append((height, leaf))

    def root(self) -> bytes:
        """The root over all leaves so far: the same as ``root`` of them. There is one at least."""
        assert self._tops, "a tree has a leaf"
        *higher, (_, found) = self._tops
        for _, top in reversed(higher):
            found = sha256(NODE + top + found).digest()
        return found
