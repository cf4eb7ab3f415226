"""A household that its liaison checks."""

from tests.given.inspections import family, liaison, liaison_family
