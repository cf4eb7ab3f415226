"""Looking at how others sort: at the door, at the booth, at the bin."""
