"""A phone's token and a computer's are told apart by how they begin."""

import secrets

from app.register.identity.staff import sessions

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_a_phones_token_is_taken_for_no_computers_whatever_it_begins_with(given, monkeypatch):
    assert set(sessions.PREFIX) - set(LETTERS)  # of which a phone's is made
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: "s-" + size * "a")

    phone = given.resident(given.household())

    assert phone.get("/api/v1/me").status_code == 200
