"""Text messages, for people whom WeChat does not reach. A county connects its own provider here."""

from typing import Protocol

from app.kernel.errors import DomainError, Unavailable


class SmsUnavailable(Unavailable):
    """The provider gave no answer; whether the message left is unknown."""

    code = "sms.unavailable"
    message = "短信暂时发不出去，稍后会再试"


class SmsRefused(DomainError):
    """The provider will not send this message, or there is no provider. Another try is in vain."""

    status = 409
    code = "sms.refused"
    message = "短信没有发出，请当面告诉这户"


class SmsSender(Protocol):
    """Whoever sends text messages for the county."""

    def send(self, *, phone: str, text: str) -> None:
        """Send one message to a number of eleven digits.

        Raises:
            SmsUnavailable: try again later.
            SmsRefused: do not try again.
        """


class NoSms:
    """The county has no provider: nobody is reached by text message."""

    def send(self, *, phone: str, text: str) -> None:
        raise SmsRefused()
