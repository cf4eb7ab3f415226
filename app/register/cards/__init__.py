"""The household card: whose it is, and how it gets into their hands. What it pays is the mall's."""
