"""What people are told about orders, proposals and interviews; inside the transaction of the act.

Keys that begin with ``order:7:do:`` ask the unit to do something, those with ``order:7:review:`` the owner: an act
settles what it answers for everybody.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.urls import reverse

from luoshi.apps.accounts.models import User
from luoshi.apps.notices.actions import Message, announce, notify, notify_each, settle
from luoshi.apps.organisations.holders import nearest_holders
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.reporting.telling import moment_in_words
from luoshi.apps.supervision.models import Interview, Order, Proposal, Scope
from luoshi.apps.supervision.policies import ASSIGNERS, WORKERS

ASSIGNED, WAITING, RETURNED, CHASED, DECIDED, PROPOSED, REMINDED, INTERVIEW = (
    "supervision-assigned",
    "supervision-waiting",
    "supervision-returned",
    "supervision-chased",
    "supervision-decided",
    "supervision-proposed",
    "supervision-reminded",
    "supervision-interview",
)
#: The address of the proposals that are about no plan: ``?plan=none``.
NO_PLAN = "none"
LABELS = {
    ASSIGNED: "督办交办",
    WAITING: "督办待审核",
    RETURNED: "督办退回",
    CHASED: "督办催办",
    DECIDED: "督办结果",
    PROPOSED: "升级建议",
    REMINDED: "督促提醒",
    INTERVIEW: "约谈通知",
}


def title_of(order: Order) -> str:
    """``督〔2026〕12号　加快项目开工``."""
    return f"{order.number}　{order.title}" if order.number else order.title


def url_of(order: Order) -> str:
    """The order's page."""
    return reverse("supervision:order", args=[order.pk])


def settle_unit(order: Order, *, now: dt.datetime) -> None:
    """The unit has done what it was asked."""
    settle(prefix=f"order:{order.pk}:do:", now=now)


def settle_owner(order: Order, what: str = "", *, now: dt.datetime) -> None:
    """The owner has decided what waited for it, all or only what its keys begin with."""
    settle(prefix=f"order:{order.pk}:review:{what}", now=now)


def workers_of(units: Iterable[Unit]) -> dict[int, list[User]]:
    """Who is told what a unit must do: its working people or, where it has none, those nearest above."""
    return nearest_holders(units, *WORKERS)


def tell_assigned(orders: Sequence[Order], supporting: dict[int, Sequence[Unit]], *, now: dt.datetime) -> None:
    """Tell the leading and supporting units of what was given out: a few queries, however many orders."""
    units = {order.unit_id: order.unit for order in orders}
    units |= {unit.pk: unit for found in supporting.values() for unit in found}
    people = workers_of(units.values())
    messages = []
    for order in orders:
        until = f"请于{moment_in_words(order.accept_by)}前签收，" if order.accept_by else ""
        due = f"{until}{moment_in_words(order.due_at)}前办理。" if order.due_at else until
        roles = [(order.unit, "承办"), *((unit, "协办") for unit in supporting.get(order.pk, ()))]
        told: set[int] = set()
        for unit, role in roles:
            title = f"{'急件　' if order.is_urgent else ''}交{unit}{role}：{title_of(order)}"
            key = f"order:{order.pk}:do:assigned" if role == "承办" else f"order:{order.pk}:support"
            for user in people.get(unit.pk, ()):
                if user.pk in told:
                    continue
                told.add(user.pk)
                messages.append(
                    Message(recipient=user, key=key, kind=ASSIGNED, title=title, text=due, url=url_of(order))
                )
    notify_each(messages, now=now)
    for order in orders:
        announce(
            unit=order.unit,
            kind=ASSIGNED,
            key=f"order:{order.pk}:assigned",
            title=f"督办：{title_of(order)}",
            text=f"承办单位：{order.unit}",
            url=url_of(order),
            now=now,
        )


def tell_unit(order: Order, kind: str, what: str, *, key: str, text: str = "", now: dt.datetime) -> int:
    """Tell the leading unit; ``what`` stands before the order's title."""
    return notify(
        people=workers_of([order.unit])[order.unit_id],
        kind=kind,
        key=f"order:{order.pk}:{key}",
        title=f"{what}：{title_of(order)}",
        text=text,
        url=url_of(order),
        now=now,
    )


def tell_owner(order: Order, what: str, *, key: str, text: str = "", now: dt.datetime) -> int:
    """Tell those who review for the owner that something waits for them."""
    people = nearest_holders([order.owner], *ASSIGNERS)[order.owner_id]
    return notify(
        people=people,
        kind=WAITING,
        key=f"order:{order.pk}:review:{key}",
        title=f"{order.unit}{what}：{title_of(order)}",
        text=text,
        url=url_of(order),
        now=now,
    )


def tell_proposed(proposals: Sequence[Proposal], *, now: dt.datetime) -> None:
    """Tell those who decide that proposals wait: one message a plan (or office) and day."""
    by_scope: dict[Scope, list[Proposal]] = {}
    for row in proposals:
        by_scope.setdefault(row.scope, []).append(row)
    deciders = {theirs[0].decider.pk: theirs[0].decider for theirs in by_scope.values()}
    people = nearest_holders(deciders.values(), *ASSIGNERS)
    messages = []
    for scope, theirs in by_scope.items():
        names = "、".join(dict.fromkeys(str(row.unit) for row in theirs))
        about = f"plan:{scope.plan_id}" if scope.plan_id is not None else f"office:{scope.office_id}"
        for user in people[theirs[0].decider.pk]:
            messages.append(
                Message(
                    recipient=user,
                    key=f"{about}:proposals:{now:%Y%m%d}",
                    kind=PROPOSED,
                    title=f"{theirs[0].subject}有 {len(theirs)} 条升级建议",
                    text=f"{names}。是否采取由您决定。",
                    url=f"{reverse('supervision:escalations')}?plan={scope.plan_id or NO_PLAN}",
                )
            )
    notify_each(messages, again=True, now=now)


def tell_reminded(proposal: Proposal, *, now: dt.datetime) -> int:
    """The mildest rung: the unit is reminded."""
    return notify(
        people=nearest_holders([proposal.unit], *WORKERS, Role.LEADER)[proposal.unit_id],
        kind=REMINDED,
        key=f"proposal:{proposal.pk}:reminded",
        title=f"提醒{proposal.unit}：{proposal.subject}",
        text=proposal.sentence,
        url=_reminded_url(proposal),
        now=now,
    )


def _reminded_url(proposal: Proposal) -> str:
    """What the unit may see of it: the plan, else its own order; a form it finds in its list of returns."""
    if proposal.plan_id is not None:
        return reverse("plans:detail", args=[proposal.plan_id])
    if proposal.order_id is not None:
        return reverse("supervision:order", args=[proposal.order_id])
    return reverse("reporting:returns") if proposal.answer_id is not None else reverse("supervision:home")


def tell_interview(interview: Interview, what: str, *, key: str, text: str, now: dt.datetime) -> int:
    """Tell the people who hold a role in the interviewed unit itself; nobody above or below hears of it."""
    people = User.objects.filter(memberships__unit=interview.unit_id, is_active=True).distinct().order_by("pk")
    return notify(
        people=people,
        kind=INTERVIEW,
        key=f"interview:{interview.pk}:{key}",
        title=f"{what}：{interview.unit}",
        text=text,
        url=reverse("supervision:interview", args=[interview.pk]),
        now=now,
    )
