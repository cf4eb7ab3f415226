"""What clients may rely on: the OpenAPI document, and its outline for people to review."""
