"""Which households do not judge each other: entered by one person, ended by two."""
