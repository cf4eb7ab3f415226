"""Money between the bank and the ledger: funding, allotments, cash-outs, reconciliation."""
