"""Looking at how others sort: checks by liaisons at the door."""
