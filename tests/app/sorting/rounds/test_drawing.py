"""The lot: the same from the same seed, in any language, for anybody who looks."""

from datetime import date
from hashlib import sha256
from random import Random
from uuid import UUID

from app.sorting.rounds.drawing import Candidate, Taker, by_lot, deal, seed

GROUP, OTHER_GROUP = UUID(int=1), UUID(int=2)
VILLAGE, OTHER_VILLAGE = UUID(int=3), UUID(int=4)
ANNA, BERT = UUID(int=10), UUID(int=11)
HOUSEHOLDS = [Candidate(UUID(int=100 + n), GROUP, VILLAGE) for n in range(20)]


def taker(user_id, groups=(GROUP,), not_village=None, not_households=()):
    return Taker(user_id, frozenset(groups), not_village, frozenset(not_households))


def test_the_seed_is_the_digest_of_four_lines():
    text = f"fen draw 1\ncounty 990101\nweek 2026-06-08\nseal {'ab' * 32}\n"

    made = seed(990101, date(2026, 6, 8), bytes.fromhex("ab" * 32))

    assert made == sha256(text.encode()).digest()


def test_without_a_seal_the_seed_says_zeros():
    text = f"fen draw 1\ncounty 990101\nweek 2026-06-08\nseal {'0' * 64}\n"

    assert seed(990101, date(2026, 6, 8), None) == sha256(text.encode()).digest()


def test_the_order_is_that_of_the_digests_however_the_list_is_given():
    shuffled = Random(1).sample(HOUSEHOLDS, len(HOUSEHOLDS))

    order = by_lot(b"seed", shuffled)

    assert order == sorted(
        HOUSEHOLDS, key=lambda each: sha256(b"seed" + each.household_id.bytes).hexdigest()
    )


def test_another_seed_is_another_order():
    assert by_lot(b"one", HOUSEHOLDS) != by_lot(b"two", HOUSEHOLDS)


def test_two_inspectors_of_a_place_share_evenly_and_nobody_comes_twice():
    dealt = deal(HOUSEHOLDS, [taker(BERT), taker(ANNA)], {ANNA: 3, BERT: 3})

    assert dealt == {ANNA: HOUSEHOLDS[0:6:2], BERT: HOUSEHOLDS[1:6:2]}


def test_who_is_full_gets_no_more():
    dealt = deal(HOUSEHOLDS, [taker(ANNA), taker(BERT)], {ANNA: 1, BERT: 0})

    assert dealt == {ANNA: HOUSEHOLDS[:1], BERT: []}


def test_nobody_is_given_their_own_village_family_or_another_place():
    elsewhere = Candidate(UUID(int=200), OTHER_GROUP, OTHER_VILLAGE)
    takers = [
        taker(ANNA, not_village=VILLAGE, groups=(GROUP, OTHER_GROUP)),
        taker(BERT, not_households=[HOUSEHOLDS[0].household_id]),
    ]

    dealt = deal([*HOUSEHOLDS, elsewhere], takers, {ANNA: 5, BERT: 5})

    assert dealt == {ANNA: [elsewhere], BERT: HOUSEHOLDS[1:6]}
