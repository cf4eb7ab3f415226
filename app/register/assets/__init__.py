"""Assets, their labels, and bags: whatever on the way of the waste carries a code."""
