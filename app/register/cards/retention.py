"""Cards of households."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept(
        "cards",
        "hash of a PIN",
        "paying",
        plain=plain("digest", "number"),
        otherwise=dict.fromkeys(("pin_salt", "pin_hash"), "until the card ends"),
    ),
    Kept("card_steps", why="who was handed a card, as long as payments are kept"),
)
