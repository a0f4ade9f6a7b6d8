"""One order as its page shows it: stages, every step with its files, what was handed on, where it came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from luoshi.apps.organisations.models import Unit
from luoshi.apps.plans.policies import visible_measures, visible_plans, visible_targets
from luoshi.apps.plans.words import source_url
from luoshi.apps.supervision import policies
from luoshi.apps.supervision.models import (
    Extension,
    Order,
    OrderAction,
    OrderEvidence,
    OrderStage,
    OrderState,
    OrderStep,
)
from luoshi.apps.supervision.queries.orders import OrderRow, left_in_words, row_of
from luoshi.apps.supervision.states import ENDED, ORDERS


@dataclass(frozen=True, slots=True)
class Line:
    """One step: who did what for whom, when, with which files; ``late`` for an answer after its due moment."""

    step: OrderStep
    who: str
    evidence: tuple[OrderEvidence, ...]
    stage: str
    late: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Something that an order comes from: what it is, its text, and where to read it (empty where it is not seen)."""

    label: str
    text: str
    url: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """What this person may do now."""

    assign: bool
    work: bool
    support: bool
    review: bool
    own_answer: bool
    below: bool

    def now(self, order: Order) -> frozenset[str]:
        """The acts that are allowed by right and state, by name."""
        allowed = set()
        for action in OrderAction:
            if not ORDERS.allows(order.state, action):
                continue
            right = {
                OrderAction.ACCEPT: self.work,
                OrderAction.REPORT: self.work or self.support,
                OrderAction.ANSWER: self.work,
                OrderAction.ASK_EXTENSION: self.work,
                OrderAction.ASSIGN_BELOW: self.below,
                OrderAction.PASS: self.review,
                OrderAction.CLOSE: self.review,
                OrderAction.SEND_BACK: self.review,
            }.get(action, self.assign)
            if right:
                allowed.add(action.name.lower())
        return frozenset(allowed)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything on the page."""

    order: Order
    supporting: tuple[Unit, ...]
    stages: tuple[OrderStage, ...]
    lines: tuple[Line, ...]
    children: tuple[OrderRow, ...]
    children_open: int
    seen_children: frozenset[int]
    waiting: Extension | None
    extensions: tuple[Extension, ...]
    places: tuple[Place, ...]
    rights: Rights
    left: str
    urgency: str

    @property
    def may(self) -> frozenset[str]:
        """What this person may do now, by the names of the acts."""
        return self.rights.now(self.order)

    @property
    def stage(self) -> OrderStage | None:
        """The stage in work."""
        return next((stage for stage in self.stages if stage.ordinal == self.order.stage), None)

    @property
    def is_last_stage(self) -> bool:
        """Whether the answer now closes the order."""
        return not self.stages or self.order.stage == self.stages[-1].ordinal


def visible_order(user: Any, order_id: int) -> Order | None:
    """The order with all that its page names, if the person sees it."""
    rows = policies.visible_orders(user).select_related(
        "owner",
        "unit",
        "clock",
        "parent__owner",
        "plan",
        "measure__version",
        "target__version",
        "instruction__author",
        "warning__unit",
        "decision__meeting",
        "created_by",
    )
    return rows.filter(pk=order_id).first()


def order_page(user: Any, order: Order, now: dt.datetime | None = None) -> OrderPage:
    """The page of an order from ``visible_order``: at most ten queries."""
    now = now or timezone.now()
    supporting = tuple(order.supporting.order_by("path"))
    stages = tuple(order.stages.prefetch_related(Prefetch("extensions", _extensions())))
    extensions = tuple(extension for stage in stages for extension in stage.extensions.all())
    children = tuple(
        row_of(child, now) for child in order.children.select_related("owner", "unit").defer("text").order_by("pk")
    )
    seen = (
        frozenset(policies.visible_orders(user).filter(parent=order).order_by().values_list("pk", flat=True))
        if children
        else frozenset()
    )
    lines = order_timeline(order, stages)
    left, urgency = left_in_words(order, now)
    return OrderPage(
        order=order,
        supporting=supporting,
        stages=stages,
        lines=lines,
        children=children,
        children_open=sum(child.order.state not in ENDED for child in children),
        seen_children=seen,
        waiting=next((row for row in extensions if row.granted is None), None),
        extensions=extensions,
        places=tuple(places_of(user, order)),
        rights=_rights(user, order, supporting, [line.step for line in lines]),
        left=left,
        urgency=urgency,
    )


def _extensions() -> Any:
    return Extension.objects.select_related("asked_by", "decided_by").order_by("pk")


def order_timeline(order: Order, stages: Iterable[OrderStage] | None = None) -> tuple[Line, ...]:
    """Every step from the first to the last, with its files: two queries."""
    titles = {stage.ordinal: stage for stage in (order.stages.all() if stages is None else stages)}
    rows = (
        order.steps.select_related("by", "for_unit")
        .prefetch_related(Prefetch("evidence", OrderEvidence.objects.order_by("pk")))
        .order_by("pk")
    )
    several = len(titles) > 1
    found = []
    for step in rows:
        stage = titles.get(step.stage)
        late = step.action == OrderAction.ANSWER and stage is not None and step.at > stage.due_at
        title = stage.title if stage is not None and several else ""
        who = str(step.by) if step.by else "系统"
        found.append(Line(step, who, tuple(step.evidence.all()), title, late))
    return tuple(found)


def replayed(steps: Iterable[OrderStep]) -> str:
    """The state to which the steps lead from a draft; ``ValueError`` where they do not follow one another."""
    state = OrderState.DRAFT.value
    for step in steps:
        if step.from_state != state:
            raise ValueError(f"step {step.pk} begins at {step.from_state}, but the order was {state}")
        state = step.to_state
    return state


def _rights(user: Any, order: Order, supporting: Sequence[Unit], steps: Sequence[OrderStep]) -> Rights:
    assign = policies.may_assign(user, order.owner)
    answers = [step for step in steps if step.action == OrderAction.ANSWER]
    own = bool(answers) and user is not None and answers[-1].by_id == user.pk
    return Rights(
        assign=assign,
        work=policies.may_work(user, order),
        support=policies.may_support(user, order, supporting),
        review=assign and not own,
        own_answer=assign and own,
        below=policies.may_assign_below(user, order),
    )


def places_of(user: Any, order: Order) -> Iterable[Place]:
    """Where an order comes from; links only to what the person sees."""
    if order.warning is not None:
        yield Place("预警", order.warning.sentence, _url("dispatch:warning", order.warning_id))
    if order.decision is not None:
        text = f"{order.decision.meeting}：{order.decision.text}"
        yield Place("议定事项", text, _url("dispatch:decision", order.decision_id))
    plan = order.plan
    sees_plan = plan is not None and visible_plans(user).filter(pk=plan.pk).exists()
    if order.instruction is not None and sees_plan:
        said = f"{order.instruction.author}：{order.instruction.text}"
        yield Place("领导批示", said, reverse("plans:detail", args=[order.instruction.plan_id]))
    if plan is None:
        return
    if order.measure is not None:
        measure = order.measure
        if visible_measures(user, retired=True).filter(pk=measure.pk).exists():
            source = source_url(plan.pk, "measure", measure.pk, measure.line)
            yield Place("措施", str(measure), reverse("plans:measure", args=[measure.pk]), source)
    if order.target is not None:
        target = order.target
        if visible_targets(user, retired=True).filter(pk=target.pk).exists():
            source = source_url(plan.pk, "target", target.pk, target.line)
            yield Place("目标", f"{target.indicator}：{target.text}", reverse("plans:target", args=[target.pk]), source)
    yield Place("方案", str(plan), reverse("plans:detail", args=[plan.pk]) if sees_plan else "")


def _url(name: str, number: int | None) -> str:
    return reverse(name, args=[number])
