"""需协同事项 that stand in returns: read from the columns that a form marks as such, once for each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from luoshi.apps.dispatch.actions.locking import moment
from luoshi.apps.dispatch.models import Problem, ProblemState
from luoshi.apps.dispatch.telling import tell_problem
from luoshi.apps.dispatch.texts import ANSWER
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.choosing import UnknownUnit, find_unit
from luoshi.apps.organisations.models import Unit
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import FormVersion, Return, Submission
from luoshi.forms import FieldType, Meaning
from luoshi.forms.model import Section, SectionKind

#: What is typed where there is nothing to say.
_NOTHING = frozenset(("", "无", "没有", "暂无", "—", "-", "/"))
UNSETTLED = (ProblemState.OPEN, ProblemState.IN_HAND)


@dataclass(frozen=True, slots=True)
class Told:
    """A problem as a return tells it; ``place`` is its section and row."""

    place: str
    text: str
    asked: str
    asked_key: bool
    due_on: dt.date | None


def has_problem_columns(version: FormVersion) -> bool:
    """Whether a form asks for problems."""
    sections = asked_by(version).definition.sections
    return any(field.meaning is Meaning.PROBLEM for section in sections for field in section.fields)


def told_in(submission: Submission, version: FormVersion) -> Iterator[Told]:
    """The problems of a submission: rows with a problem and, where the form asks for one, a unit to help."""
    for section in asked_by(version).definition.sections:
        by_meaning = {field.meaning: field for field in section.fields if field.meaning}
        if Meaning.PROBLEM not in by_meaning:
            continue
        for row in _rows(section, submission):
            values = {
                meaning: submission.cells.get(f"{section.key}.{row}.{field.key}", "").strip()
                for meaning, field in by_meaning.items()
            }
            helper = by_meaning.get(Meaning.PROBLEM_UNIT)
            asked = values.get(Meaning.PROBLEM_UNIT, "")
            text = values[Meaning.PROBLEM]
            if text in _NOTHING or (helper is not None and asked in _NOTHING):
                continue
            yield Told(
                place=f"{section.key}.{row}"[:120],
                text=text[:ANSWER],
                asked=asked,
                asked_key=helper is not None and helper.type is FieldType.UNIT,
                due_on=_day(values.get(Meaning.PROBLEM_DUE, "")),
            )


def _rows(section: Section, submission: Submission) -> list[str]:
    if section.kind is SectionKind.REPEATED:
        return list(submission.rows.get(section.key, ()))
    return [row.key for row in section.rows]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def take_problems(*, answer_id: int, now: dt.datetime | None = None) -> list[Problem]:
    """Read the problems of a return's last submission; those that are new, or told anew. Safe to repeat.

    A row is one problem: submitted again with other words, an open one gets these. What the unit told already in an
    earlier return, and is not settled, is the same problem still. Whoever asks for help by a name that the register
    does not know has it kept as typed.
    """
    at = moment(now)
    with transaction.atomic():
        answer = Return.objects.select_for_update().filter(pk=answer_id).order_by("pk").first()
        if answer is None:
            return []
        submission = Submission.objects.filter(answer=answer).order_by("-ordinal").first()
        version = FormVersion.objects.select_related("form__plan__owner").get(rounds=answer.round_id)
        if submission is None or submission.submitted_at > at:
            return []
        told = list(told_in(submission, version))
        known = {one.place: one for one in Problem.objects.filter(answer=answer)}
        earlier = Problem.objects.filter(
            unit=answer.unit_id, answer__round__form=version.form_id, state__in=UNSETTLED
        ).exclude(answer=answer)
        still = set(earlier.values_list("text", flat=True)) if told else set()
        changed: list[Problem] = []
        acts: list[Act] = []
        for one in told:
            if one.place not in known and one.text in still:
                continue
            problem = known.get(one.place)
            asked = _asked(one)
            if problem is None:
                problem = Problem(answer=answer, place=one.place, unit_id=answer.unit_id, plan=version.form.plan)
                problem.raised_by_id, problem.raised_at = submission.submitted_by_id, at
            elif problem.state != ProblemState.OPEN or (problem.text, problem.due_on) == (one.text, one.due_on):
                continue
            problem.text, problem.asked, problem.asked_text = one.text, asked, one.asked[:200]
            problem.due_on = one.due_on
            problem.revision += bool(problem.pk)
            problem.save()
            tell_problem(problem, now=at)
            changed.append(problem)
            after = {"问题": one.text, "请协同": str(asked or one.asked), "报表": version.form.title}
            acts.append(Act(action="从报表读出需协同事项", target=problem, after=after))
        record(acting_user=None, acts=acts)
    return changed


def _asked(told: Told) -> Unit | None:
    if told.asked_key:
        return Unit.objects.filter(key=told.asked).first()
    try:
        return find_unit(told.asked, Unit.objects.all(), ended=True) if told.asked else None
    except UnknownUnit:
        return None
