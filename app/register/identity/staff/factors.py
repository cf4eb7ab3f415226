"""The second factor: digits of a phone that work once, and ten codes for when it is gone."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select, update

from app.kernel.db import db
from app.kernel.secrets import vault
from app.register.identity.staff import totp
from app.register.identity.staff.errors import FactorSet
from app.register.identity.staff.models import FactorKind, RecoveryCode, StaffFactor

CODES = 10
PURPOSE = "staff.totp"  # followed by whose it is
_CODE_OF = "staff.recovery_code"


@dataclass(frozen=True)
class NewFactor:
    """What an authenticator reads, and the codes for when it is lost: shown once."""

    secret: str
    address: str
    recovery_codes: tuple[str, ...]


def set_up(*, user_id: UUID, login: str) -> NewFactor:
    """Begin a factor, which counts once a code of it was given.

    Raises:
        FactorSet: there is one that counts.
    """
    if is_set(user_id):
        raise FactorSet()
    forget(user_id=user_id)
    secret = totp.new_secret()
    codes = tuple(secrets.token_hex(5) for _ in range(CODES))
    db.session.add(
        StaffFactor(
            user_id=user_id,
            kind=FactorKind.TOTP,
            secret_sealed=vault().seal(secret, f"{PURPOSE}:{user_id}"),
            last_step=0,
        )
    )
    db.session.add_all(
        RecoveryCode(user_id=user_id, digest=vault().digest(code, _CODE_OF)) for code in codes
    )
    return NewFactor(secret, totp.address(secret, login=login), codes)


def accept(*, user_id: UUID, code: str, at: datetime) -> bool:
    """Whether the code is right, which it is once; the first one confirms the factor."""
    factor = db.session.get(StaffFactor, (user_id, FactorKind.TOTP))
    if factor is None:
        return False
    secret = vault().unseal(factor.secret_sealed, f"{PURPOSE}:{user_id}")
    step = totp.step_of(code, secret, at=at, after=factor.last_step)
    if step is not None:
        return _use_step(user_id, step, at)
    return factor.confirmed_at is not None and _use_recovery_code(user_id, code, at)


def is_set(user_id: UUID) -> bool:
    """Whether a factor counts."""
    confirmed = exists().where(
        StaffFactor.user_id == user_id, StaffFactor.confirmed_at.is_not(None)
    )
    return bool(db.session.scalar(select(confirmed)))


def forget(*, user_id: UUID) -> None:
    """Remove factor and codes: a recovery, or somebody who leaves."""
    db.session.execute(delete(StaffFactor).where(StaffFactor.user_id == user_id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _use_step(user_id: UUID, step: int, at: datetime) -> bool:
    """Of two with one code the second finds a later step."""
    used = db.session.scalar(
        update(StaffFactor)
        .where(
            StaffFactor.user_id == user_id,
            StaffFactor.kind == FactorKind.TOTP,
            StaffFactor.last_step < step,
        )
        .values(last_step=step, confirmed_at=func.coalesce(StaffFactor.confirmed_at, at))
        .returning(StaffFactor.user_id)
    )
    return used is not None


def _use_recovery_code(user_id: UUID, code: str, at: datetime) -> bool:
    used = db.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.digest == vault().digest(code.lower(), _CODE_OF),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.user_id)
    )
    return used is not None
