"""需协同事项: raised by hand or read from returns, taken up by a meeting, settled, dropped, raised again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from luoshi.apps.dispatch.actions.locking import locked, moment
from luoshi.apps.dispatch.models import Problem, ProblemState
from luoshi.apps.dispatch.policies import may_raise, may_settle, visible_problems
from luoshi.apps.dispatch.states import PROBLEMS, ProblemAct
from luoshi.apps.dispatch.telling import tell_problem, tell_problem_outcome
from luoshi.apps.dispatch.texts import ANSWER, REASON, needed
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.apps.plans.models import Plan
from luoshi.apps.plans.policies import visible_plans

_NOT_YOURS = "只有提出单位和方案的统筹单位可以办理。"


def raise_problem(
    *,
    acting_user: Any,
    unit: Unit,
    text: str,
    plan: Plan | None = None,
    asked: Unit | None = None,
    due_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Problem:
    """Raise a problem for a unit; the unit asked for help, and who oversees the plan, are told."""
    at = moment(now)
    text = needed(text, "问题", ANSWER)
    require(may_raise(acting_user, unit), "您不是这个单位的人员。")
    if plan is not None and acting_user is not None:
        require(visible_plans(acting_user).filter(pk=plan.pk).exists(), "您看不到这份方案。")
    with transaction.atomic():
        problem = Problem.objects.create(
            unit=unit, plan=plan, text=text, asked=asked, due_on=due_on, raised_by=acting_user, raised_at=at
        )
        tell_problem(problem, now=at)
        after = {"问题": text, "请协同": str(asked or ""), "希望解决": due_on and due_on.isoformat()}
        record(acting_user=acting_user, acts=[Act(action="提出需协同事项", target=problem, after=after)])
    return problem


def edit_problem(
    *,
    acting_user: Any,
    problem_id: int,
    text: str,
    asked: Unit | None,
    due_on: dt.date | None,
    now: dt.datetime | None = None,
) -> Problem:
    """Change what is asked, of whom and by when, while nobody has taken it up; only for the unit that raised it."""
    text = needed(text, "问题", ANSWER)
    with transaction.atomic():
        problem = locked(visible_problems(acting_user), problem_id)
        require(may_raise(acting_user, problem.unit), "您不是提出单位的人员。")
        PROBLEMS.next(problem.state, ProblemAct.EDIT)
        before = {"问题": problem.text, "请协同": str(problem.asked or problem.asked_text)}
        newly_asked = asked is not None and asked.pk != problem.asked_id
        problem.text, problem.asked, problem.due_on = text, asked, due_on
        problem.revision += 1
        problem.save(update_fields=("text", "asked", "due_on", "revision"))
        if newly_asked:
            tell_problem(problem, now=moment(now))
        after = {"问题": text, "请协同": str(asked or "")}
        record(acting_user=acting_user, acts=[Act(action="修改需协同事项", target=problem, before=before, after=after)])
    return problem


def settle_problem(*, acting_user: Any, problem_id: int, outcome: str, now: dt.datetime | None = None) -> Problem:
    """Say how a problem was settled."""
    outcome = needed(outcome, "怎样解决的", ANSWER)
    return _end(acting_user, problem_id, ProblemAct.SETTLE, outcome, "需协同事项已解决", now)


def drop_problem(*, acting_user: Any, problem_id: int, reason: str, now: dt.datetime | None = None) -> Problem:
    """Say that a problem is not followed any more, and why."""
    reason = needed(reason, "不再协调的理由", REASON)
    return _end(acting_user, problem_id, ProblemAct.DROP, reason, "需协同事项不再协调", now)


def _end(acting_user: Any, problem_id: int, act: ProblemAct, text: str, title: str, now: dt.datetime | None) -> Problem:
    at = moment(now)
    with transaction.atomic():
        problem = locked(visible_problems(acting_user), problem_id)
        require(may_settle(acting_user, problem), _NOT_YOURS)
        before = problem.state
        problem.state = PROBLEMS.next(before, act)
        problem.outcome, problem.settled_at = text, at
        problem.revision += 1
        problem.save(update_fields=("state", "outcome", "settled_at", "revision"))
        tell_problem_outcome(problem, title, text, now=at)
        record(acting_user=acting_user, acts=[_act(title, problem, before, text)])
    return problem


def reopen_problem(*, acting_user: Any, problem_id: int, reason: str, now: dt.datetime | None = None) -> Problem:
    """Raise a problem again that was called settled, or dropped; what was said of it stays in the journal."""
    at = moment(now)
    reason = needed(reason, "重新提出的理由", REASON)
    with transaction.atomic():
        problem = locked(visible_problems(acting_user), problem_id)
        require(may_settle(acting_user, problem), _NOT_YOURS)
        before, said = problem.state, problem.outcome
        problem.state = PROBLEMS.next(before, ProblemAct.REOPEN)
        problem.outcome, problem.settled_at = "", None
        problem.revision += 1
        problem.save(update_fields=("state", "outcome", "settled_at", "revision"))
        tell_problem_outcome(problem, "需协同事项重新提出", reason, now=at)
        act = Act(
            action="重新提出需协同事项",
            target=problem,
            before={"状态": ProblemState(before).label, "结果": said},
            after={"状态": problem.get_state_display(), "理由": reason},
        )
        record(acting_user=acting_user, acts=[act])
    return problem


def taken_up(problems: list[Problem]) -> list[Act]:
    """Open problems are in hand once a meeting that has them on its agenda sits: the journal's acts, not yet recorded.

    Part of the meeting's own act; the rows are locked here.
    """
    acts = []
    rows = Problem.objects.select_for_update().filter(pk__in=[problem.pk for problem in problems]).order_by("pk")
    for problem in rows:
        if PROBLEMS.allows(problem.state, ProblemAct.TAKE_UP):
            before, problem.state = problem.state, PROBLEMS.next(problem.state, ProblemAct.TAKE_UP)
            problem.revision += 1
            problem.save(update_fields=("state", "revision"))
            acts.append(_act("需协同事项上会", problem, before, ""))
    return acts


def _act(action: str, problem: Problem, before: str, text: str) -> Act:
    after = {"状态": problem.get_state_display()} | ({"结果": text} if text else {})
    return Act(action=action, target=problem, before={"状态": ProblemState(before).label}, after=after)
