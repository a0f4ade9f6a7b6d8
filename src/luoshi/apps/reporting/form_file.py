"""A form as a JSON file: what it asks, when, of whom, and which indicators its cells observe.

Ready-made forms, exports and ``luoshi forms load`` share this shape; see ``docs/forms-design.md``. Units are named as
printed (``各县市人民政府``) or by key, so that a file travels from one prefecture to another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError

from luoshi.apps.indicators.models import CadenceChoice
from luoshi.apps.intake.storable import is_storable
from luoshi.apps.reporting import schedule, structure
from luoshi.apps.reporting.form_errors import FormFileError
from luoshi.apps.reporting.models import DueKindChoice, FormVersion, ReviewStage, ShiftChoice

FORMAT = "luoshi-form-1"
MOST_DAYS = 90
MOST_REMINDERS = 12
MOST_HOURS = 31 * 24
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class FormContent:
    """What a version says beside who reports: the definition and the schedule, as stored."""

    definition: dict[str, Any] = field(default_factory=structure.blank_definition)
    cadence: str = CadenceChoice.MONTHLY
    due_kind: str = DueKindChoice.DAY_AFTER
    due_day: int = 3
    shift: str = ShiftChoice.NONE
    open_days: int = 10
    late_days: int = 10
    reminders: tuple[int, ...] = (-72, -24, -3, 24, 72)
    review_stages: tuple[str, ...] = (ReviewStage.UNIT, ReviewStage.LEAD)
    minutes_a_cell: Decimal = Decimal(1)

    def stored(self) -> dict[str, Any]:
        """The values of a ``FormVersion``."""
        values = {name: getattr(self, name) for name in NAMES}
        return values | {"reminders": list(self.reminders), "review_stages": list(self.review_stages)}


#: The fields that a version and a file share.
SCHEDULE = (
    "cadence", "due_kind", "due_day", "shift", "open_days", "late_days", "reminders", "review_stages", "minutes_a_cell"
)  # fmt: skip
NAMES = ("definition", *SCHEDULE)


@dataclass(frozen=True, slots=True)
class IndicatorSpec:
    """An indicator that a form's cells observe, as ``indicators.actions.create_indicator`` takes it."""

    key: str
    name: str
    unit_of_measure: str
    kind: str
    direction: str = "higher"
    unit_aggregation: str = "sum"
    time_aggregation: str = "last"
    decimals: int = 2
    data_source: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class FormFile:
    """A whole file. ``source`` says from which document the form was made."""

    title: str
    content: FormContent
    key: str = ""
    purpose: str = ""
    source: str = ""
    reporters: tuple[str, ...] = ()
    indicators: tuple[IndicatorSpec, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The file's content."""
        times = {name: getattr(self.content, name) for name in SCHEDULE}
        times["reminders"], times["review_stages"] = list(self.content.reminders), list(self.content.review_stages)
        times["minutes_a_cell"] = f"{self.content.minutes_a_cell.normalize():f}"
        return {
            "format": FORMAT,
            "key": self.key,
            "title": self.title,
            "purpose": self.purpose,
            "source": self.source,
            "schedule": {name: str(v) if isinstance(v, str) else v for name, v in times.items()},
            "reporters": list(self.reporters),
            "indicators": [{name: getattr(one, name) for name in IndicatorSpec.__slots__} for one in self.indicators],
            "definition": self.content.definition,
        }


def content_of(version: FormVersion) -> FormContent:
    """What a stored version says."""
    values = {name: getattr(version, name) for name in NAMES}
    values["reminders"], values["review_stages"] = tuple(version.reminders), tuple(version.review_stages)
    return FormContent(**values)


def changed(content: FormContent, changes: Mapping[str, Any]) -> FormContent:
    """The content with some values changed, each checked; ``ValidationError`` with a message for each that is wrong.

    A definition need only be one at all; a due rule must exist.
    """
    values = {name: getattr(content, name) for name in NAMES}
    errors: dict[str, str] = {}
    for name, value in changes.items():
        try:
            values[name] = _CHECKS[name](value)
        except KeyError:
            errors[name] = "没有这一项。"
        except ValidationError as error:
            errors[name] = "；".join(error.messages)
        except (TypeError, ValueError, InvalidOperation, OverflowError) as error:
            text = str(error)
            errors[name] = text if text and not text.isascii() else "填写的内容不合要求。"
    if not errors:
        made = FormContent(**values)
        try:
            schedule.rule_of(made)
        except ValueError as error:
            errors["due_day"] = f"报送日不合要求：{error}。"
        else:
            return made
    raise ValidationError(errors)


def _choice(choices: Any, what: str) -> Any:
    def check(value: Any) -> str:
        if value not in choices.values:
            raise ValueError(f"请选择{what}。")
        return str(value)

    return check


def _number(least: int, most: int) -> Any:
    def check(value: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError(f"应为{least}至{most}的整数。")
        try:
            number = int(value)
        except (TypeError, ValueError) as error:
            raise ValueError(f"应为{least}至{most}的整数。") from error
        if not least <= number <= most:
            raise ValueError(f"应为{least}至{most}的整数。")
        return number

    return check


def _reminders(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or len(value) > MOST_REMINDERS:
        raise ValueError(f"催报时点至多{MOST_REMINDERS}个。")
    return tuple(sorted({_number(-MOST_HOURS, MOST_HOURS)(hours) for hours in value}))


def _stages(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or any(stage not in ReviewStage.values for stage in value):
        raise ValueError("审核环节不合要求。")
    # In the fixed order, from the unit up.
    return tuple(stage for stage in ReviewStage.values if stage in value)


def _minutes(value: Any) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite() or not Decimal("0.1") <= number <= 999:
        raise ValueError("每格分钟数应为 0.1 至 999。")
    return number.quantize(Decimal("0.1"))


_CHECKS: dict[str, Any] = {
    "definition": structure.checked,
    "cadence": _choice(CadenceChoice, "周期"),
    "due_kind": _choice(DueKindChoice, "截止方式"),
    "due_day": _number(0, 366),
    "shift": _choice(ShiftChoice, "遇休息日怎样办"),
    "open_days": _number(0, MOST_DAYS),
    "late_days": _number(0, 366),
    "reminders": _reminders,
    "review_stages": _stages,
    "minutes_a_cell": _minutes,
}


def read_form_file(data: bytes | str | Mapping[str, Any]) -> FormFile:
    """A form file; ``FormFileError`` says in Chinese what is wrong with it."""
    if isinstance(data, bytes | str):
        try:
            data = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise FormFileError("文件不是报表文件（JSON），无法读取。") from error
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise FormFileError(f"文件不是报表文件：缺少“format”:“{FORMAT}”。")
    if not is_storable(dict(data)):
        raise FormFileError("文件含有不能保存的字符。")
    texts = {}
    for name, most in (("title", 200), ("key", 64), ("purpose", 300), ("source", 300)):
        value = data.get(name, "")
        if not isinstance(value, str) or len(value) > most:
            raise FormFileError(f"“{name}”应为至多{most}字的文字。")
        texts[name] = " ".join(value.split())
    if not texts["title"]:
        raise FormFileError("报表没有名称（title）。")
    if texts["key"] and not _KEY.fullmatch(texts["key"]):
        raise FormFileError("代码（key）只用小写字母、数字和连字符。")
    times = data.get("schedule", {})
    reporters = data.get("reporters", [])
    if not isinstance(times, Mapping) or not isinstance(reporters, list):
        raise FormFileError("schedule 应为对象，reporters 应为一列名称。")
    try:
        content = changed(FormContent(), {**times, "definition": data.get("definition")})
    except ValidationError as error:
        raise FormFileError("；".join(error.messages)) from error
    specs = data.get("indicators", [])
    try:
        indicators = tuple(IndicatorSpec(**spec) for spec in specs)
    except TypeError as error:
        raise FormFileError("indicators 里有不认识的项，或缺少 key、name、unit_of_measure、kind。") from error
    return FormFile(content=content, reporters=tuple(map(str, reporters)), indicators=indicators, **texts)
