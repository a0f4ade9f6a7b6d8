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

#: What acts write down beside the fields of their object, or of another object.
_EXTRA = {
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
    "owner_id": "发文单位编号",
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
    "uploaded_by_id": "上传人编号",
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
