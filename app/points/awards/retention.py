"""Why points were given: part of the books, which know households by random ids."""

from app.kernel.retention import Kept, plain

KEPT = (
    Kept(
        "awards",
        "why points were taken back",
        "the books",
        otherwise={"reversed_because": "as the books do"},
    ),
    Kept("debts", why="the books"),
    Kept("debt_moves", why="the books"),
    Kept("debt_repayments", why="the books"),
    Kept("policies", plain=plain("rules", "campaigns")),
    Kept("policy_drafts", plain=plain("rules", "campaigns")),
)
