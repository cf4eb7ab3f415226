"""Households, their people, and who acts for them."""

from app.kernel.retention import YEAR, Kept, deleted

WHILE_THERE = "while the household is in the register"

KEPT = (
    Kept(
        "households",
        "door, number of people",
        "the village's task",
        otherwise={"door_number": WHILE_THERE},
    ),
    Kept(
        "members",
        "name, ID number, phone",
        "the village's task",
        otherwise=dict.fromkeys(
            ("name", "id_number_sealed", "id_number_index", "phone_sealed", "phone_index"),
            WHILE_THERE,
        ),
    ),
    Kept("household_places", why="where what was counted of it was lived"),
    Kept("member_stays", why="what was whose, as long as that is kept"),
    Kept("bindings", why="who acted for a household, as long as what they did is kept"),
    Kept("binding_codes", "digest of six digits", "binding", (deleted(after="expires_at"),)),
    Kept(
        "household_relations",
        "kinship",
        "nobody decides about their own",
        (deleted(after="ended_at", months=3 * YEAR),),
    ),
)
