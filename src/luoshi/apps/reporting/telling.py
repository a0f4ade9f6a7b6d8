"""What people are told about returns: a round has opened, a return waits for them, one came back.

Called inside the transaction of the act, so that both happen or neither.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from luoshi.apps.accounts.models import User
from luoshi.apps.notices.actions import Message, notify, notify_each, settle
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.reporting.models import Return, ReturnState, ReviewStage, Round, Submission
from luoshi.apps.reporting.policies import REVIEWERS
from luoshi.periods import Period

OPENED, WAITING, RETURNED, REMINDER, MISSING, DUPLICATE = (
    "reporting-opened",
    "reporting-waiting",
    "reporting-returned",
    "reporting-reminder",
    "reporting-missing",
    "reporting-duplicate",
)
LABELS = {
    OPENED: "开放填报",
    WAITING: "待审核",
    RETURNED: "退回",
    REMINDER: "催报",
    MISSING: "未报名单",
    DUPLICATE: "重复填报",
}


#: What is said behind a unit whose return came back.
TO_CORRECT = defaultdict(str, {ReturnState.SENT_BACK.value: "（退回待更正）"})


def moment_in_words(moment: dt.datetime) -> str:
    """``3月3日24时`` for the last moment of a day, else with the minute, in local time."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) == (23, 59):
        return f"{local.month}月{local.day}日24时"
    if (local.hour, local.minute) == (0, 0):
        before = local - dt.timedelta(days=1)
        return f"{before.month}月{before.day}日24时"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def title_of(round_: Round) -> str:
    """``《…月报》2026年3月``."""
    return f"《{round_.form.title}》{Period.parse(round_.period).label}"


def outstanding(round_: Round) -> QuerySet[Return]:
    """The returns of a round that a unit still has to submit."""
    states = (ReturnState.OPEN, ReturnState.SENT_BACK)
    return round_.returns.filter(state__in=states).select_related("unit").order_by("unit__path")


def messages_to_fillers(
    round_: Round,
    returns: Sequence[Return],
    *,
    kind: str,
    key: str,
    title: str,
    text: Callable[[Sequence[Return]], str],
) -> Iterable[Message]:
    """One message a person, naming their units (those whose return came back as such); it leads to the return, or to
    the list where there are several. ``text`` says what of these returns.
    """
    holders = nearest_holders((answer.unit for answer in returns), Role.REPORTER)
    theirs: defaultdict[int, list[Return]] = defaultdict(list)
    people: dict[int, User] = {}
    for answer in returns:
        for user in holders[answer.unit_id]:
            theirs[user.pk].append(answer)
            people[user.pk] = user
    for pk, answers in theirs.items():
        names = "、".join(f"{answer.unit}{TO_CORRECT[answer.state]}" for answer in answers[:5])
        more = f"等 {len(answers)} 个单位" if len(answers) > 5 else ""
        single = len(answers) == 1
        url = (
            reverse("reporting:return", args=[answers[0].pk])
            if single
            else f"{reverse('reporting:returns')}?form={round_.form.key}"
        )
        said = f"{names}{more}。{text(answers)}"
        yield Message(recipient=people[pk], key=key, kind=kind, title=title, text=said, url=url)


def tell_opened(round_: Round, *, now: dt.datetime | None = None) -> int:
    """Tell the reporters that a round has opened."""
    text = f"截止 {moment_in_words(round_.due_at)}。"
    messages = messages_to_fillers(
        round_,
        list(outstanding(round_)),
        kind=OPENED,
        key=f"round:{round_.pk}:opened",
        title=f"{title_of(round_)} 开放填报",
        text=lambda _: text,
    )
    return notify_each(messages, now=now)


def _waiting_key(answer: Return, ordinal: int, stage: str) -> str:
    return f"return:{answer.pk}:{ordinal}:{stage}"


def _back_key(answer: Return, ordinal: int) -> str:
    return f"return:{answer.pk}:{ordinal}:sent-back"


def settle_sent_back(answer: Return, ordinal: int, *, now: dt.datetime | None = None) -> None:
    """The unit has answered what was sent back with this submission."""
    settle(keys=[_back_key(answer, ordinal)], now=now)


def _desk_key(round_id: int) -> str:
    """The collecting unit hears of a round, not of each of its returns: there may be hundreds."""
    return f"round:{round_id}:waiting:"


def settle_waiting(done: Iterable[tuple[Return, int, str]], *, now: dt.datetime | None = None) -> None:
    """Returns (with the number of their submission) no longer wait at these stages: nobody need look there."""
    done = list(done)
    settle(keys=[_waiting_key(*item) for item in done if item[2] != ReviewStage.LEAD], now=now)
    at_desk = [answer for answer, _, stage in done if stage == ReviewStage.LEAD]
    if not at_desk:
        return
    rounds = {answer.round_id for answer in at_desk}
    waiting = Return.objects.filter(round__in=rounds, state=ReturnState.IN_REVIEW, stage=ReviewStage.LEAD)
    others = waiting.exclude(pk__in=[answer.pk for answer in at_desk]).order_by()
    for round_id in rounds - set(others.values_list("round_id", flat=True)):
        settle(prefix=_desk_key(round_id), now=now)


def tell_waiting(
    waiting: Iterable[tuple[Return, int]],
    *,
    desk: Callable[[Unit], list[User]] | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Tell the reviewers of its present stage of each return, with the number of its submission, that it waits.

    The collecting unit gets one message a round and day; ``desk`` tells who that is, where the caller knows it already.
    A few queries for each stage, however many returns.
    """
    by_stage: defaultdict[ReviewStage, list[tuple[Return, int]]] = defaultdict(list)
    for answer, ordinal in waiting:
        by_stage[ReviewStage(answer.stage)].append((answer, ordinal))
    told = 0
    if at_desk := by_stage.pop(ReviewStage.LEAD, None):
        rounds = {answer.round_id: answer.round for answer, _ in at_desk}
        told += _tell_desk(rounds.values(), desk or _desk, now or timezone.now())
    messages = []
    for stage, found in by_stage.items():
        desks = _desks([answer for answer, _ in found], stage)
        holders = nearest_holders(desks.values(), *REVIEWERS[stage])
        messages += [
            Message(
                recipient=user,
                key=_waiting_key(answer, ordinal, stage),
                kind=WAITING,
                title=f"{answer.unit}的{title_of(answer.round)} 待审核",
                url=reverse("reporting:review", args=[answer.pk]),
            )
            for answer, ordinal in found
            for user in holders[desks[answer.unit_id].pk]
        ]
    return told + notify_each(messages, now=now)


def _desks(answers: Sequence[Return], stage: ReviewStage) -> dict[int, Unit]:
    """At which unit a stage is held, by the reporting unit: at its own or, for the county's stage, at the one above."""
    own = {answer.unit_id: answer.unit for answer in answers}
    if stage != ReviewStage.COUNTY:
        return own
    step = Unit.steplen
    above = {unit.path: unit for unit in Unit.objects.filter(path__in={unit.path[:-step] for unit in own.values()})}
    return {pk: above.get(unit.path[:-step], unit) for pk, unit in own.items()}


def _desk(owner: Unit) -> list[User]:
    return nearest_holders([owner], *REVIEWERS[ReviewStage.LEAD])[owner.pk]


def _tell_desk(rounds: Iterable[Round], desk: Callable[[Unit], list[User]], now: dt.datetime) -> int:
    """Tell the collecting units that returns of these rounds wait; who has read it today is called again."""
    told = 0
    for round_ in rounds:
        told += notify(
            people=desk(round_.form.owner),
            kind=WAITING,
            key=f"{_desk_key(round_.pk)}{timezone.localtime(now):%Y%m%d}",
            title=f"{title_of(round_)} 有报表待审核",
            url=f"{reverse('reporting:reviews')}?form={round_.form.key}",
            again=True,
            now=now,
        )
    return told


def tell_sent_back(
    answer: Return, submission: Submission, *, reason: str, by: User | None, now: dt.datetime | None = None
) -> int:
    """Tell the reporters of the unit, and who submitted, that a return came back."""
    people = {user.pk: user for user in nearest_holders([answer.unit], Role.REPORTER)[answer.unit_id]}
    people.setdefault(submission.submitted_by_id, submission.submitted_by)
    text = f"{by}：{reason}" if by else reason
    key = _back_key(answer, submission.ordinal)
    title, url = f"{answer.unit}的{title_of(answer.round)} 被退回", reverse("reporting:return", args=[answer.pk])
    told = (
        Message(recipient=user, key=key, kind=RETURNED, title=title, text=text, url=url) for user in people.values()
    )
    return notify_each(told, now=now)
