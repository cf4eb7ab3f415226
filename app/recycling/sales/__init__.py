"""Recyclables that households sell: weighed, priced by the policy, paid by a recycling company."""
