"""How waste is kept apart on its way from a household to a plant."""

from enum import StrEnum

from app.kernel.waste import WasteKind


class Stream(StrEnum):
    """The four kinds, and three more that travel by themselves."""

    KITCHEN = "kitchen"
    RESIDUAL = "residual"
    RECYCLABLE = "recyclable"
    HAZARDOUS = "hazardous"
    CATERING = "catering"  # of restaurants: kitchen waste that may not travel with households'
    BULKY = "bulky"
    RENOVATION = "renovation"

    @property
    def kind(self) -> WasteKind | None:
        """As which of the four kinds it counts; furniture and rubble as none."""
        return _KINDS.get(self)


_KINDS = {
    Stream.KITCHEN: WasteKind.KITCHEN,
    Stream.CATERING: WasteKind.KITCHEN,
    Stream.RESIDUAL: WasteKind.RESIDUAL,
    Stream.RECYCLABLE: WasteKind.RECYCLABLE,
    Stream.HAZARDOUS: WasteKind.HAZARDOUS,
}
STREAM_NAMES: dict[Stream, str] = {
    Stream.KITCHEN: "易腐垃圾",
    Stream.RESIDUAL: "其他垃圾",
    Stream.RECYCLABLE: "可回收物",
    Stream.HAZARDOUS: "有害垃圾",
    Stream.CATERING: "餐厨垃圾",
    Stream.BULKY: "大件垃圾",
    Stream.RENOVATION: "装修垃圾",
}


def in_order(streams: object) -> list[str]:
    """The streams as they are kept: each once, in their order."""
    assert isinstance(streams, (list, tuple, set, frozenset)), "several streams"
    return [stream.value for stream in Stream if stream in streams]
