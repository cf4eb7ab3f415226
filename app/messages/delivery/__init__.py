"""Telling people: by WeChat, else by text message, else in person from a list in the village.

A message is a courtesy after the fact. It is sent after the commit, and nothing waits for it.
"""

from app.messages.delivery.models import MessageCredit, MessageTemplate

__all__ = ["MessageCredit", "MessageTemplate"]
