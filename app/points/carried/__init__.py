"""What of a household's points and debts goes to another one when its people do."""
