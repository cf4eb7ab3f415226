"""Points whose last day has passed, and notice of those whose last day comes."""
