"""The settings of the register, which knows no proposals, change by them as all do."""

from app.agreements.choices.kinds import settings_kind
from app.register.trust.settings import SETTINGS

TRUST = settings_kind(SETTINGS)
