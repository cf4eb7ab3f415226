"""Goods and their prices."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept(
        "goods",
        plain=plain("name", "description", "unit", "barcode", "own_number", "search_text"),
    ),
    Kept("goods_categories", plain=plain("name")),
    Kept("goods_photos", plain=plain("sha256")),
    Kept("offers"),
    Kept("price_changes"),
    Kept("stock_moves", why="the books", plain=plain("reference")),
)
