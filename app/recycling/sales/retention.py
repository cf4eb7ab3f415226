"""What households sold."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept("recyclers", plain=plain("name")),
    Kept(
        "sales",
        "why a sale was taken back",
        "the books",
        otherwise={"undone_because": "as the books do"},
    ),
    Kept("sale_lines"),
    Kept("sale_signatures", why="the books"),
)
