"""What the care register refuses."""

from app.kernel.errors import Conflict, Invalid, NotFound


class HouseholdNotLookedAfter(NotFound):
    """The household does not exist, or is not the caller's to look after: they may not know."""

    code = "care.household_not_found"
    message = "没有找到这户，或者这户不归您关心"


class CareEntryNotFound(NotFound):
    code = "care.entry_not_found"
    message = "没有找到这条关爱登记，或者不归您管"


class AlreadyInCare(Conflict):
    code = "care.already_entered"
    message = "这户已经在关爱名单里了，请直接修改"


class CareEnded(Conflict):
    code = "care.ended"
    message = "这条关爱登记已经结束或改过了，请刷新后查看"


class ReviewInThePast(Invalid):
    code = "care.review_in_the_past"
    message = "下次回访的日子要在今天以后，最晚一年"


class ListChanged(Invalid):
    """The row with which the page before ended is no longer on the list."""

    code = "visits.list_changed"
    message = "名单有变化，请下拉刷新"
