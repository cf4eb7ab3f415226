"""A definition is the same before a dump and after its restore, and another one is another."""

import pytest

from operations.proving.definitions import as_first_made


@pytest.mark.parametrize(
    ("made", "restored"),
    [
        (
            "CHECK (((state)::text = ANY ((ARRAY['a'::character varying, "
            "'b''s'::character varying])::text[])))",
            "CHECK (((state)::text = ANY (ARRAY[('a'::character varying)::text, "
            "('b''s'::character varying)::text])))",
        ),
        (
            "CHECK ((((x >= 1) AND (x <= 2)) AND ((y >= 3) AND (y <= 4))))",
            "CHECK (((x >= 1) AND (x <= 2) AND ((y >= 3) AND (y <= 4))))",
        ),
        (
            "CHECK ((((a) OR (b)) OR ((c) AND (d))))",
            "CHECK (((a) OR (b) OR ((c) AND (d))))",
        ),
    ],
)
def test_what_is_printed_in_another_way_is_the_same(made, restored):
    assert as_first_made(made) == as_first_made(restored)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CHECK (((a) OR ((b) AND (c))))", "CHECK ((((a) OR (b)) AND (c)))"),
        ("CHECK ((NOT ((a) AND (b))))", "CHECK (((NOT (a)) AND (b)))"),
        ("CHECK ((((a) AND (b)) = (c)))", "CHECK (((a) AND ((b) = (c))))"),
        ("CHECK ((x = 'a) AND (b'))", "CHECK ((x = 'a) AND (c'))"),
        ("CHECK ((x = 'a'))", "CHECK ((x = 'b'))"),
    ],
)
def test_what_means_something_else_is_another(one, other):
    assert as_first_made(one) != as_first_made(other)
