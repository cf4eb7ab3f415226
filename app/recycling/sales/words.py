"""What is sold, in the words that every screen and slip uses."""

from collections.abc import Iterable

from app.recycling.sales.models import Material

MATERIALS = {
    Material.MIXED: "混在一起的废品",
    Material.PAPER: "废纸",
    Material.PLASTIC: "废塑料",
    Material.METAL: "废金属",
    Material.TEXTILES: "旧衣物",
    Material.GLASS: "废玻璃",
    Material.FILM: "塑料薄膜",
    Material.BOTTLE: "饮料瓶",
}


def sold(lines: Iterable[tuple[Material, int | None, int | None]]) -> str:
    """What was sold, say "废纸 4.2 公斤，饮料瓶 12 个"; each line is material, grams, pieces."""
    return "，".join(
        f"{MATERIALS[material]} {pieces} 个"
        if grams is None
        else f"{MATERIALS[material]} {kilograms(grams)} 公斤"
        for material, grams, pieces in lines
    )


def kilograms(grams: int) -> str:
    """``4200`` grams as people say it: ``4.2``."""
    whole, rest = divmod(grams, 1_000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
