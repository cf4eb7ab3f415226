"""What those see who answer for the money: how it stands, how it moved, what waits."""
