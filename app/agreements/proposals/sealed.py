"""Where its sealed values lie, for who seals them anew."""

from app.agreements.proposals.secrets import PURPOSE
from app.kernel.secrets import SealedColumn

SEALED = (SealedColumn("proposal_secrets", "sealed", PURPOSE, bound_to="id"),)
