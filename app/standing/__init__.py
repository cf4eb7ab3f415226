"""Where somebody stands: ranks among neighbours, scores of a period."""
