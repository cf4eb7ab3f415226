"""A county of two administrators and an auditor, each a person."""

from tests.given.officials import (
    auditor,
    held,
    official,
    p1,
    p2,
    phone,
    propose,
    root,
    user_named,
)
