"""The kinds of household waste: what every bin, check, photo and weight is told apart by."""

from enum import StrEnum


class WasteKind(StrEnum):
    """The four kinds of household waste."""

    KITCHEN = "kitchen"
    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"
    RESIDUAL = "residual"


KIND_WORDS = {
    WasteKind.KITCHEN: "厨余垃圾",
    WasteKind.RECYCLABLE: "可回收物",
    WasteKind.HAZARDOUS: "有害垃圾",
    WasteKind.RESIDUAL: "其他垃圾",
}
