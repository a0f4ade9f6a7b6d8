"""Who sees findings, and who decides on them.

A draft's findings are its keepers'. A plan's are seen by those who see the whole plan, and decided on by those who
manage it: whoever sees only their own measures would otherwise read other units' lines in them.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from luoshi.apps.intake.models import Draft
from luoshi.apps.intake.policies import may_keep
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.policies import may_manage, overseen_plans, sees_whole


def checked_plans(user: Any) -> QuerySet[Plan]:
    """The plans whose findings the person sees."""
    return overseen_plans(user)


def may_see(user: Any, plan: Plan) -> bool:
    """Whether the person sees the plan's findings."""
    return sees_whole(user, plan)


def may_decide(user: Any, draft: Draft) -> bool:
    """Whether the person may decide on the draft's findings, before or after it was published."""
    if may_keep(user, draft.owner):
        return True
    return draft.version is not None and may_manage(user, draft.version.plan)
