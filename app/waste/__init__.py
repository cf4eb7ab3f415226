"""What becomes of the waste: from hand to hand, from the household to the plant."""
