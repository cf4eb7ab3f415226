"""A visit's score: it begins at 100, and each finding deducts until its item is used up."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

BASE = 100


class Item(StrEnum):
    """What is scored; the items' points add up to the base."""

    SORTING = "sorting"
    BINS = "bins"
    SURROUNDINGS = "surroundings"
    TAKING_PART = "taking_part"


class FindingCode(StrEnum):
    """What an inspector may find, beside the kinds of waste that lay in the wrong bin."""

    MIXED_BAG = "mixed_bag"  # 混装
    BAG_IN_KITCHEN_WASTE = "bag_in_kitchen_waste"  # 厨余没有破袋
    BIN_MISSING = "bin_missing"  # 桶缺失
    BIN_DAMAGED = "bin_damaged"  # 桶破损
    BIN_DIRTY = "bin_dirty"  # 桶脏
    LITTER = "litter"  # 门前有垃圾
    PILED_GOODS = "piled_goods"  # 乱堆乱放
    BURNING = "burning"  # 焚烧垃圾
    UNAWARE = "unaware"  # 不知道怎么分
    UNWILLING = "unwilling"  # 不愿意分

    @property
    def item(self) -> Item:
        """The item that this finding deducts from."""
        return _ITEMS[self]


_ITEMS = {
    FindingCode.MIXED_BAG: Item.SORTING,
    FindingCode.BAG_IN_KITCHEN_WASTE: Item.SORTING,
    FindingCode.BIN_MISSING: Item.BINS,
    FindingCode.BIN_DAMAGED: Item.BINS,
    FindingCode.BIN_DIRTY: Item.BINS,
    FindingCode.LITTER: Item.SURROUNDINGS,
    FindingCode.PILED_GOODS: Item.SURROUNDINGS,
    FindingCode.BURNING: Item.SURROUNDINGS,
    FindingCode.UNAWARE: Item.TAKING_PART,
    FindingCode.UNWILLING: Item.TAKING_PART,
}


WORDS = {
    FindingCode.MIXED_BAG: "混装在一个袋里",
    FindingCode.BAG_IN_KITCHEN_WASTE: "厨余垃圾没有破袋",
    FindingCode.BIN_MISSING: "缺桶",
    FindingCode.BIN_DAMAGED: "桶坏了",
    FindingCode.BIN_DIRTY: "桶脏",
    FindingCode.LITTER: "门前有垃圾",
    FindingCode.PILED_GOODS: "乱堆乱放",
    FindingCode.BURNING: "焚烧垃圾",
    FindingCode.UNAWARE: "不知道怎么分",
    FindingCode.UNWILLING: "不愿意分",
}
ITEM_WORDS = {
    Item.SORTING: "分类",
    Item.BINS: "垃圾桶",
    Item.SURROUNDINGS: "门前",
    Item.TAKING_PART: "参与",
}


@dataclass(frozen=True)
class ItemPoints:
    """What an item is worth, and what each finding costs of it."""

    most: int
    per_finding: int

    def left(self, findings: int) -> int:
        """What is left of the item after so many findings, never below 0."""
        return max(0, self.most - self.per_finding * findings)


@dataclass(frozen=True)
class Deduction:
    """What the findings under one item cost."""

    item: Item
    findings: int
    lost: int


@dataclass(frozen=True)
class Scored:
    score: int
    deductions: tuple[Deduction, ...]  # of the items that have findings


def score(
    items: Mapping[Item, ItemPoints], findings: Mapping[FindingCode, int], wrong_kinds: int
) -> Scored:
    """The score of a visit; each kind of waste in the wrong bin is a finding under sorting."""
    counts = dict.fromkeys(Item, 0)
    counts[Item.SORTING] = wrong_kinds
    for code, times in findings.items():
        counts[code.item] += times
    deductions = tuple(
        Deduction(item, count, items[item].most - items[item].left(count))
        for item, count in counts.items()
        if count
    )
    return Scored(BASE - sum(each.lost for each in deductions), deductions)
