"""Human beings: who the members of households and the users of phones are."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Registered


class Person(Registered):
    """One human being of a county. A user is only a phone: two phones may be one person's."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("county_id", "id_number_index"),)

    county_id: Mapped[int] = mapped_column(ForeignKey("counties.id"))
    id_number_index: Mapped[bytes] = mapped_column(LargeBinary)  # the vault's, as of members
    created_at: Mapped[datetime]
