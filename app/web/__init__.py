"""What every HTTP surface shares: envelope, sign-in, idempotency, paging, limits."""
