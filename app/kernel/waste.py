"""The kinds of household waste: what every bin, check, photo and weight is told apart by."""

from enum import StrEnum


class WasteKind(StrEnum):
    """The four kinds of household waste."""

    KITCHEN = "kitchen"
    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"
    RESIDUAL = "residual"
