"""What those see who answer for a place: its day, its households, its workers."""
