"""Acts without a row of their own that one person proposes and another must agree to.

A domain declares a kind in its ``proposals.py`` with ``proposal_kind``; its service calls
``propose``. Reading, agreeing, refusing, stopping, lapsing, telling and doing are here, once.
"""

from app.agreements.proposals.kinds import Draft, Kind, Line, Whoever, proposal_kind
from app.agreements.proposals.models import Proposal, ProposalState
from app.agreements.proposals.service import propose

__all__ = [
    "Draft",
    "Kind",
    "Line",
    "Proposal",
    "ProposalState",
    "Whoever",
    "proposal_kind",
    "propose",
]
