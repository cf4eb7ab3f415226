"""Commands of redemption, one module for each verb."""

from mall.redemption.service.codes import IssuedCode, forget_old_codes, issue
from mall.redemption.service.giving_back import reverse
from mall.redemption.service.redeeming import redeem
from mall.redemption.service.taking import POINTS_MAX, Payer, take

__all__ = [
    "POINTS_MAX",
    "IssuedCode",
    "Payer",
    "forget_old_codes",
    "issue",
    "redeem",
    "reverse",
    "take",
]
