"""PostgreSQL and Valkey with no set-up, for a laptop, a village or a test.

``addresses(home)`` says where they listen, ``running(home)`` makes sure that they run.
docs/adr/0001-embedded-servers.md says why they are started this way.
"""

from app.embedded.errors import EmbeddedError
from app.embedded.lease import running
from app.embedded.places import Addresses, addresses, with_addresses
from app.embedded.tether import dying_with_parent

__all__ = [
    "Addresses",
    "EmbeddedError",
    "addresses",
    "dying_with_parent",
    "running",
    "with_addresses",
]
