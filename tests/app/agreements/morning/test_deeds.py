"""The words for deeds are about deeds that the code writes into the trace."""

import ast

from app.agreements.morning.deeds import DEEDS
from operations import domains
from tests.architecture.sources import modules

# Written with the state's or the opinion's word in it.
MADE_UP = {
    "campaigns.approved",
    "cards.active",
    "orders.cancel",
    "orders.hand_over",
    "orders.place",
    "orders.refund",
    "reviews.approve",
    # Written by releases before; the auditor may still have to tick them.
    "settlement.approve_decision",
    "settlement.propose_decision",
    "reviews.reject",
}


def test_every_deed_is_one_that_the_code_writes():
    written = {
        node.value
        for path, tree in modules("app", "mall").items()
        if "morning" not in path.parts and path.name != "proof.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    settings = {f"{name}.set_settings" for name in domains.settings()}

    assert DEEDS.keys() - written - settings == MADE_UP


def test_every_choice_of_a_county_is_shown_to_its_auditor():
    assert {f"{name}.set_settings" for name in domains.settings()} <= DEEDS.keys()
