"""The household card: earning and paying without a smartphone, with a printed code and a PIN."""
