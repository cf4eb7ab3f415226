"""How households sort: self-checks, inspections, rounds, rates, care."""
