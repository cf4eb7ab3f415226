"""Points become goods and money: shops, pay codes, cash-outs."""
