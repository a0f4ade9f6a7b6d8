"""What a project says of its months: typed, or read from accepted returns of forms that have a row for each project."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from luoshi.apps.dispatch.texts import optional
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.policies import require
from luoshi.apps.projects.actions.common import (
    CACHED,
    NOT_YOURS,
    act_of,
    locked_project,
    moment,
    money,
    refresh_progress,
    today_of,
    touch,
)
from luoshi.apps.projects.models import Progress, ProgressSource, Project, ProjectName, Watch
from luoshi.apps.projects.policies import may_keep
from luoshi.apps.reporting.definitions import asked_by
from luoshi.apps.reporting.models import FormVersion, Return, ReturnState, ReturnStep, StepAction, Submission
from luoshi.forms import Field, FieldType, Section, SectionKind
from luoshi.forms.numbers import canonical_number
from luoshi.periods import Cadence, Period, PeriodError

#: Units of money that forms use, in yuan.
UNITS = {"元": Decimal(1), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What is said of one month; amounts in yuan, ``image`` in per cent; ``None`` and empty: not said."""

    month: Decimal | None = None
    so_far: Decimal | None = None
    image: Decimal | None = None
    image_text: str = ""
    funds: Decimal | None = None
    problem: str = ""
    need: str = ""


def month_of(text: str) -> Period:
    """A month as it is typed (``2026-03``); ``ValidationError`` for any other text."""
    try:
        period = Period.parse(text)
    except PeriodError as error:
        raise ValidationError("月份不对，应如 2026-03。") from error
    if period.cadence is not Cadence.MONTHLY:
        raise ValidationError("月份不对，应如 2026-03。")
    return period


def record_progress(
    *, acting_user: Any, project_id: int, period: str, said: Month, now: dt.datetime | None = None
) -> Progress:
    """Write down a month; a month said already is superseded and stays to be seen.

    Without the sum so far it is that of the month before and this month's; it never falls from month to month.
    """
    month = month_of(period)
    at = moment(now)
    if month.first_day > today_of(now):
        raise ValidationError("这个月还没有到。")
    with transaction.atomic():
        project = locked_project(acting_user, project_id)
        require(may_keep(acting_user, project), NOT_YOURS)
        row = _checked(project, month, said)
        row.source, row.by, row.recorded_at = ProgressSource.TYPED, acting_user, at
        _store(project, row)
        touch(project, CACHED)
        record(acting_user=acting_user, acts=[act_of(project, f"登记{month.label}进展", None, **_told(row))])
    return row


def _checked(project: Project, month: Period, said: Month) -> Progress:
    this, so_far = money(said.month, "本月完成投资"), money(said.so_far, "累计完成投资")
    known = list(Progress.objects.filter(project=project, is_current=True).exclude(so_far=None).order_by("last_day"))
    before = next((row.so_far for row in reversed(known) if row.last_day < month.last_day), None)
    after = next((row.so_far for row in known if row.last_day > month.last_day), None)
    if so_far is None and this is not None:
        so_far = (before or Decimal(0)) + this
    if so_far is not None and before is not None and so_far < before:
        raise ValidationError(f"累计完成投资比上次的{before / 10000:,f}万元还少，请核对。".replace(".000000", ""))
    if so_far is not None and after is not None and so_far > after:
        raise ValidationError("累计完成投资比后面月份的还多，请核对。")
    if this is not None and so_far is not None and this > so_far:
        raise ValidationError("本月完成投资大于累计完成投资，请核对。")
    if said.image is not None and not 0 <= said.image <= 100:
        raise ValidationError("形象进度应在0至100之间。")
    return Progress(
        project=project,
        period=str(month),
        last_day=month.last_day,
        month=this,
        so_far=so_far,
        image=None if said.image is None else said.image.quantize(Decimal("0.01")),
        image_text=optional(said.image_text, "形象进度说明", 300),
        funds=money(said.funds, "累计到位资金"),
        problem=optional(said.problem, "存在问题", 500),
        need=optional(said.need, "需要协调", 500),
    )


def _store(project: Project, row: Progress) -> None:
    Progress.objects.filter(project=project, period=row.period, is_current=True).update(is_current=False)
    row.save()
    refresh_progress(project)


def _told(row: Progress) -> dict[str, Any]:
    found = {
        "本月完成投资（元）": row.month,
        "累计完成投资（元）": row.so_far,
        "形象进度（%）": row.image,
        "形象进度": row.image_text,
        "累计到位资金（元）": row.funds,
        "存在问题": row.problem,
        "需要协调": row.need,
    }
    return {key: str(value) for key, value in found.items() if value not in (None, "")}


def _plain(label: str) -> str:
    return unicodedata.normalize("NFKC", label).replace(" ", "").replace("—", "-")


#: What a column of a project-rowed form says, by its label: the first that fits. ``year``: since January.
_COLUMNS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("funds", ("到位资金", "资金到位"), ("率", "本月")),
    ("year", ("1-本月完成投资", "本年完成投资", "年初至今完成投资", "今年完成投资"), ("率", "计划")),
    ("so_far", ("累计完成投资", "开工以来完成投资", "自开工累计"), ("率", "计划")),
    ("month", ("本月完成投资", "当月完成投资"), ("率", "计划")),
    ("image", ("形象进度",), ()),
    ("need", ("需要协调", "需协调", "需要支持"), ()),
    ("problem", ("存在问题", "困难问题", "主要问题"), ()),
)
_NUMBERS = ("funds", "year", "so_far", "month")


def meaning_of(field: Field) -> str:
    """What a column says of a project's month, by its label and type; empty for none."""
    label = _plain(field.label)
    for what, words, never in _COLUMNS:
        if any(word in label for word in words) and not any(word in label for word in never):
            if what in _NUMBERS:
                return what if field.unit_of_measure in UNITS else ""
            if what == "image":
                return "image" if field.unit_of_measure == "%" else "image_text"
            return what
    return ""


def project_sections(version: FormVersion) -> Iterator[tuple[Section, Field, Field | None, dict[str, Field]]]:
    """The sections of a form that have a row for each project and a column that says something of its month.

    (section, column of the name, column of the code, meaning → column).
    """
    for section in asked_by(version).definition.sections:
        if section.kind is not SectionKind.REPEATED:
            continue
        names = [field for field in section.fields if field.type is FieldType.PROJECT]
        codes = [field for field in section.fields if field.type is FieldType.PROJECT_CODE]
        said: dict[str, Field] = {}
        for field in section.fields:
            if (what := meaning_of(field)) and what not in said:
                said[what] = field
        if names and said.keys() & {"funds", "year", "so_far", "month", "image", "image_text"}:
            yield section, names[0], codes[0] if codes else None, said


def take_progress(*, answer_id: int, now: dt.datetime | None = None) -> list[Progress]:
    """Read the months of projects from an accepted return: rows whose code or name is one project in the unit's reach.

    Safe to repeat: a row that says what is known already changes nothing. What does not fit (a sum that falls) is left
    as it is. Rows of projects that nobody entered are not taken; the project list tells of them.
    """
    at = moment(now)
    with transaction.atomic():
        answer = Return.objects.select_for_update().filter(pk=answer_id).order_by("pk").first()
        if answer is None or answer.state != ReturnState.ACCEPTED:
            return []
        version = FormVersion.objects.select_related("form").get(rounds=answer.round_id)
        submission = Submission.objects.filter(answer=answer).order_by("-ordinal").first()
        sections = list(project_sections(version))
        period = Period.parse(answer.round.period)
        if submission is None or not sections or period.cadence is not Cadence.MONTHLY:
            return []
        taken: list[Progress] = []
        acts: list[Act] = []
        for section, name, code, said in sections:
            for row in submission.rows.get(section.key, ()):

                def cell(field: Field | None, key: str = f"{section.key}.{row}") -> str:
                    return "" if field is None else submission.cells.get(f"{key}.{field.key}", "").strip()

                project = _named(answer, cell(name), cell(code))
                if project is None:
                    continue
                values = {what: cell(field) for what, field in said.items()}
                progress = _from_row(project, period, said, values)
                if progress is None or _is_known(progress):
                    continue
                progress.source, progress.answer, progress.by = ProgressSource.RETURN, answer, submission.submitted_by
                progress.place, progress.recorded_at = f"{section.key}.{row}"[:120], at
                _store(project, progress)
                touch(project, CACHED)
                taken.append(progress)
                acts.append(
                    act_of(project, f"从报表读入{period.label}进展", None, 报表=version.form.title, **_told(progress))
                )
        record(acting_user=None, acts=acts)
    return taken


def _named(answer: Return, name: str, code: str) -> Project | None:
    """The one living project of the reporting unit (where it stands, which it leads or serves) that a row means."""
    path = answer.unit.path
    mine = (
        Q(unit__path__startswith=path)
        | Q(lead=answer.unit_id)
        | Q(pk__in=Project.serving.through.objects.filter(unit_id=answer.unit_id).values("project_id"))
    )
    rows = Project.objects.select_for_update(of=("self",)).filter(mine, merged_into=None)
    for wanted in (Q(code=code) if code else None, Q(name=name), Q(pk__in=_once_called(name))):
        if wanted is not None and len(found := list(rows.filter(wanted).order_by("pk")[:2])) == 1:
            return found[0]
    return None


def _once_called(name: str) -> Any:
    return ProjectName.objects.filter(name=name).values("project_id")


def _from_row(project: Project, period: Period, said: dict[str, Field], values: dict[str, str]) -> Progress | None:
    numbers: dict[str, Decimal] = {}
    for what, text in values.items():
        if what in (*_NUMBERS, "image") and (number := canonical_number(text)) is not None:
            numbers[what] = number * (UNITS[said[what].unit_of_measure] if what in _NUMBERS else 1)
    if "year" in numbers and "so_far" not in numbers:
        first = dt.date(period.last_day.year, 1, 1)
        earlier = Progress.objects.filter(project=project, is_current=True, last_day__lt=first).exclude(so_far=None)
        numbers["so_far"] = numbers["year"] + (
            earlier.order_by("-last_day").values_list("so_far", flat=True).first() or Decimal(0)
        )
        this_year = Progress.objects.filter(
            project=project, is_current=True, last_day__gte=first, last_day__lt=period.first_day
        ).exclude(so_far=None)
        before = this_year.order_by("-last_day").first()
        # The month's own sum is known only where the month before is.
        if period.first_day.month == 1:
            numbers.setdefault("month", numbers["year"])
        elif before is not None and before.last_day == period.first_day - dt.timedelta(days=1):
            assert before.so_far is not None
            numbers.setdefault("month", max(Decimal(0), numbers["so_far"] - before.so_far))
    texts = {what: values.get(what, "") for what in ("image_text", "problem", "need")}
    if not numbers and not any(texts.values()):
        return None
    month = Month(
        month=numbers.get("month"),
        so_far=numbers.get("so_far"),
        image=numbers.get("image"),
        funds=numbers.get("funds"),
        image_text=texts["image_text"][:300],
        problem=texts["problem"][:500],
        need=texts["need"][:500],
    )
    try:
        return _checked(project, period, month)
    except ValidationError:
        return None


def _is_known(row: Progress) -> bool:
    """Whether the month says this already."""
    names = ("month", "so_far", "image", "image_text", "funds", "problem", "need")
    known = Progress.objects.filter(project=row.project, period=row.period, is_current=True).first()
    return known is not None and all(getattr(known, name) == getattr(row, name) for name in names)


def read_returns(*, now: dt.datetime | None = None) -> int:
    """Read the returns accepted since the last time, of forms with rows for projects; how many months were taken."""
    watch, _ = Watch.objects.get_or_create(pk=1)
    versions = FormVersion.objects.filter(published_at__isnull=False).select_related("form")
    asking = {version.pk for version in versions if any(True for _ in project_sections(version))}
    taken, seen = 0, watch.step
    while True:
        rows = list(
            ReturnStep.objects.filter(pk__gt=seen, action=StepAction.ACCEPT)
            .order_by("pk")
            .values_list("pk", "answer_id", "answer__round__version_id")[:BATCH]
        )
        if not rows:
            break
        for answer in dict.fromkeys(answer for _, answer, version in rows if version in asking):
            taken += len(take_progress(answer_id=answer, now=now))
        seen = rows[-1][0]
        Watch.objects.filter(pk=1, step__lt=seen).update(step=seen)
    return taken
