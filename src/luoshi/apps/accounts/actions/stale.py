"""Forms that were opened before somebody else changed the same thing: what they would undo unseen is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

MESSAGE = (
    "您打开本页以后，他人修改了这里的内容，没有保存。您填写的都还在；"
    "请核对（另开一页可看现在的内容），确认无误的再点“保存”。"
)


def mark_of(values: Mapping[str, Any]) -> str:
    """A short mark of the values that a form was opened with; it differs whenever they do."""
    text = json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def require_unchanged(seen: str | None, values: Mapping[str, Any]) -> None:
    """Raise ``ValidationError`` (code ``stale``) where the values differ from those marked; ``None`` asks nothing."""
    if seen is not None and seen != mark_of(values):
        raise ValidationError(MESSAGE, code="stale")
