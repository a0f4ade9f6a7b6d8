"""Journal entries in words: what the fields are called, and their values as a person reads them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.queries import directory
from luoshi.apps.plans.policies import visible_documents, visible_plans
from luoshi.units import UnitDirectory

#: What acts write down beside the fields of their object, or of another object.
_EXTRA = {
    "revision": "修订号",
    "column": "列",
    "row": "行",
    "boxes": "选项",
    "note": "说明",
    "other": "另一处",
    "open": "泛指，不派单位",
    "accepted": "一并确认",
    "added": "新增",
    "attempts": "次数",
    "by_hand": "人工确认",
    "cell_count": "改动格数",
    "cells": "改动的格",
    "certainty": "把握",
    "changed": "修改",
    "changes": "变化",
    "count": "数量",
    "data": "内容",
    "deadlines": "时限",
    "decision": "处理",
    "document": "原文",
    "drafts": "草稿",
    "error": "原因",
    "expires_at": "到期时间",
    "fields": "字段",
    "file": "文件",
    "files": "文件",
    "format": "格式",
    "from": "自",
    "id": "编号",
    "into": "到",
    "is_active": "在用",
    "is_public": "对外公开",
    "issued_on": "成文日期",
    "items": "对象",
    "kept": "保留",
    "key": "代码",
    "labels": "编号",
    "last_line": "末行",
    "last_year": "末年",
    "line": "行",
    "line_count": "行数",
    "lines": "行数",
    "measure": "措施",
    "measure_key": "措施",
    "measures": "措施",
    "merged": "并入",
    "message": "说明",
    "moved": "移动",
    "name": "名称",
    "names": "名称数",
    "names_added": "新增名称",
    "names_removed": "删除名称",
    "number": "文号",
    "objects": "对象",
    "origin": "来源",
    "owner": "发文单位",
    "owner_id": "发文单位",
    "page_count": "页数",
    "parent": "上级单位",
    "plan": "方案",
    "reason": "依据",
    "remember": "登记名称",
    "removed": "删除",
    "responsibilities": "责任",
    "responsibility": "责任",
    "retired": "退出",
    "revoked_at": "停用时间",
    "role": "角色",
    "row_count": "行数",
    "rule": "规则",
    "second_factor": "两步验证",
    "second_factors": "两步验证",
    "size": "字节数",
    "spans": "位置",
    "state": "状态",
    "status": "状态",
    "succeeded_by": "承接单位",
    "successors": "承接单位",
    "summary": "变化",
    "tables": "表格",
    "targets": "目标",
    "text": "原句",
    "threshold": "把握下限",
    "title": "标题",
    "unit": "单位",
    "units": "单位",
    "uploaded_by_id": "上传人",
    "user": "人员",
    "username": "用户名",
    "value": "值",
    "version": "版次",
    "what": "变化",
    "year": "年度",
}
#: Values that are neither choices of a field nor words.
_VALUES = {
    "added": "新增",
    "changed": "修改",
    "kept": "保留",
    "measure": "措施",
    "target": "目标",
    "responsibility": "责任",
    "deadline": "时限",
    "table": "表格",
    "plantable": "表格",
    "retired": "退出",
    "too_large": "文件过大",
}
#: Numbers of other objects: of these the page tells how many, not which numbers the database gave them.
_COUNTED = {"items": "项", "accepted": "项"}
#: Numbers of single objects, by what they are numbers of.
_NUMBERED = {
    "plan": "plans.plan",
    "supersedes_id": "plans.plan",
    "owner_id": "organisations.unit",
    "unit_id": "organisations.unit",
    "document": "plans.sourcedocument",
    "uploaded_by_id": "accounts.user",
}
_UNIT_KEYS = frozenset({"owner", "parent", "unit", "units", "successors", "succeeded_by"})
_SHOWN = 40
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One field: its name and its values before and after, in words (empty where there was none)."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether both are told and differ."""
        return bool(self.before and self.after) and self.before != self.after


def type_label(object_type: str) -> str:
    """What a kind of object is called; the stored name for one that no longer exists."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def object_types() -> list[tuple[str, str]]:
    """The kinds of objects that acts are about, for choice."""
    found = [
        (model._meta.label_lower, str(model._meta.verbose_name))
        for config in apps.get_app_configs()
        if config.name.startswith("luoshi.apps.") and config.label != "journal"
        for model in config.get_models()
        if not str(model._meta.verbose_name).isascii()
    ]
    return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True, slots=True)
class Names:
    """What objects are called: those of the database by kind and number, units by their code."""

    objects: dict[tuple[str, int], str]
    units: UnitDirectory


def names_of(user: Any, entries: Iterable[Entry]) -> Names:
    """What the objects are called whose numbers stand in the entries: one query for each kind of object that occurs.

    Plans that the person does not see keep their number.
    """
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for values in (entry.before, entry.after):
            for field, value in (values or {}).items() if isinstance(values, dict) else ():
                if field in _NUMBERED and isinstance(value, int) and not isinstance(value, bool):
                    wanted.setdefault(_NUMBERED[field], set()).add(value)
    found: dict[tuple[str, int], str] = {}
    for label, numbers in wanted.items():
        if label == "plans.plan":
            rows = visible_plans(user)
        elif label == "plans.sourcedocument":
            rows = visible_documents(user).defer("text", "tables")
        else:
            rows = apps.get_model(label)._default_manager.all()
        found |= {(label, row.pk): str(row) for row in rows.filter(pk__in=numbers)}
    return Names(found, directory())


def changes(entry: Entry, names: Names | None = None) -> list[ChangeRow]:
    """The fields of an entry, before and after side by side, at most 40 and then how many there are beyond."""
    before, after = _named(entry.before, names), _named(entry.after, names)
    rows = rows_of(entry.object_type, before, after)
    if len(rows) > _SHOWN:
        rest = len(rows) - _SHOWN
        rows = [*rows[:_SHOWN], ChangeRow(f"另有 {rest} 项", "", "")]
    return rows


def _named(values: Any, names: Names | None) -> Any:
    """The values with words in place of the numbers and codes of other objects."""
    if not isinstance(values, dict) or names is None:
        return values
    told: dict[str, Any] = {}
    for field, value in values.items():
        if field in _COUNTED and isinstance(value, list) and all(isinstance(one, int) for one in value):
            told[field] = f"{len(value)} {_COUNTED[field]}"
        elif field in _NUMBERED and isinstance(value, int) and not isinstance(value, bool):
            name = names.objects.get((_NUMBERED[field], value))
            told[field] = name or f"第 {value} 号"
        elif field in _UNIT_KEYS:
            told[field] = _units(value, names.units)
        elif isinstance(value, dict):
            told[field] = _named(value, names)
        else:
            told[field] = value
    return told


def _units(value: Any, known: UnitDirectory) -> Any:
    if isinstance(value, list):
        return [_units(one, known) for one in value]
    return known.unit(value).name if isinstance(value, str) and value in known else value


def rows_of(object_type: str, before_values: Any, after_values: Any) -> list[ChangeRow]:
    """All fields of two snapshots of an object side by side."""
    before = dict(_flat(object_type, before_values or {}))
    after = dict(_flat(object_type, after_values or {}))
    labels = list(dict.fromkeys([*before, *after]))
    return [ChangeRow(label, before.get(label, ""), after.get(label, "")) for label in labels]


def _flat(object_type: str, values: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(values, dict):
        yield prefix or "内容", _value(object_type, "", values)
        return
    for field, value in values.items():
        label = f"{prefix} {_label(object_type, field)}".strip()
        if isinstance(value, dict) and value:
            yield from _flat(object_type, value, label)
        else:
            yield label, _value(object_type, field, value)


def _field(object_type: str, field: str) -> Any:
    try:
        return apps.get_model(object_type)._meta.get_field(field)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(object_type: str, field: str) -> str:
    name = str(getattr(_field(object_type, field), "verbose_name", field))
    return _EXTRA.get(field, field) if name.isascii() else name


def _value(object_type: str, field: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        shown = [_value(object_type, field, item) for item in value[:20]]
        more = f" 等 {len(value)} 项" if len(value) > 20 else ""
        return "、".join(shown) + more
    if isinstance(value, dict):
        return "；".join(f"{label}：{text}" for label, text in _flat(object_type, value))
    choices = dict(getattr(_field(object_type, field), "flatchoices", ()) or ())
    if value in choices:
        return str(choices[value])
    if isinstance(value, str) and _TIME.match(value):
        moment = parse_datetime(value)
        if isinstance(moment, dt.datetime) and timezone.is_aware(moment):
            return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
    return _VALUES.get(value, value) if isinstance(value, str) else str(value)
