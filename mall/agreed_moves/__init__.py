"""Money of the county that one person proposes to move and another approves."""

from mall.agreed_moves.models import AgreedMove, are_agreed
from mall.agreed_moves.service import Kind, decide, post, propose

__all__ = ["AgreedMove", "Kind", "are_agreed", "decide", "post", "propose"]
