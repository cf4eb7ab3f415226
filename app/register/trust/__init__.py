"""Who may decide about what another made: two people who are beside each other."""

from app.register.trust.beside import Concerned, beside, phones_of
from app.register.trust.deciding import check, decide

__all__ = ["Concerned", "beside", "check", "decide", "phones_of"]
