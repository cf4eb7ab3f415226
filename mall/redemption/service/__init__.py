"""Commands of redemption, one module for each verb."""

from mall.redemption.lines import Line
from mall.redemption.service.codes import IssuedCode, forget_old_codes, issue
from mall.redemption.service.giving_back import Because, check_term, reverse, void, void_code
from mall.redemption.service.pending import confirm, decline, lapse
from mall.redemption.service.redeeming import redeem
from mall.redemption.service.shop_codes import pay, renew
from mall.redemption.service.taking import POINTS_MAX, Payer, Sale, take

__all__ = [
    "POINTS_MAX",
    "Because",
    "IssuedCode",
    "Line",
    "Payer",
    "Sale",
    "check_term",
    "confirm",
    "decline",
    "forget_old_codes",
    "issue",
    "lapse",
    "pay",
    "redeem",
    "renew",
    "reverse",
    "take",
    "void",
    "void_code",
]
