"""The outside world: WeChat, the bank, the photo store."""
