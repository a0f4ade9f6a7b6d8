"""Journal entries in words: what the fields are called, and their values as a person reads them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from luoshi.apps.journal.models import Entry

#: What acts write down beside the fields of their object.
_EXTRA = {
    "added": "新增",
    "changed": "修改",
    "kept": "保留",
    "removed": "删除",
    "retired": "退出",
    "names": "名称数",
    "names_added": "新增名称",
    "names_removed": "删除名称",
    "parent": "上级单位",
    "second_factor": "两步验证",
    "second_factors": "两步验证",
    "succeeded_by": "承接单位",
    "successors": "承接单位",
    "unit": "单位",
    "units": "单位",
    "user": "人员",
    "role": "角色",
    "is_active": "在用",
    "username": "用户名",
    "revoked_at": "停用时间",
    "expires_at": "到期时间",
    "reason": "依据",
    "status": "状态",
    "state": "状态",
    "decision": "处理",
    "measures": "措施",
    "targets": "目标",
    "responsibilities": "责任",
    "deadlines": "时限",
    "tables": "表格",
    "objects": "对象",
    "count": "数量",
    "plan": "方案",
    "version": "版次",
    "document": "原文",
    "files": "文件",
    "value": "值",
    "fields": "字段",
    "changes": "变化",
    "what": "变化",
    "text": "原句",
    "line": "行",
    "id": "编号",
    "owner": "发文单位",
    "size": "字节数",
    "error": "原因",
    "key": "代码",
}
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


def changes(entry: Entry) -> list[ChangeRow]:
    """The fields of an entry, before and after side by side, at most 40 and then how many there are beyond."""
    rows = rows_of(entry.object_type, entry.before, entry.after)
    if len(rows) > _SHOWN:
        rest = len(rows) - _SHOWN
        rows = [*rows[:_SHOWN], ChangeRow(f"另有 {rest} 项", "", "")]
    return rows


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
    if field in _EXTRA:
        return _EXTRA[field]
    description = _field(object_type, field)
    name = str(getattr(description, "verbose_name", field))
    return field if name.isascii() and name != field else name


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
    return str(value)
