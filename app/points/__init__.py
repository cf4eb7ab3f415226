"""Points: the ledger, what a decision earns, budgets, expiry."""
