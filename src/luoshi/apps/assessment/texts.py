"""The text of a scheme: what is wrong with it, its key, the template of a new one."""

from __future__ import annotations

import hashlib
import re
import uuid

from luoshi.apps.assessment.models import Scheme
from luoshi.scoring import Problem, SchemeError, load
from luoshi.scoring import Scheme as Loaded

MOST_LETTERS = 60_000  # below the 200 KB that the library reads, in Chinese
_KEY_LINE = re.compile(r"(?m)^(key[ \t]*:)[^\n]*$")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")

TEMPLATE = """\
key: {key}
title: {title}
period: quarter            # 多久评一次：year 年、half-year 半年、quarter 季、month 月、any 不限
total: 100                 # 总分，与各项合计核对
groups:
  - key: g1
    title: 工作成效
    points: 100
    items:
      - key: "1"
        title: 主要指标完成率
        points: 60
        method: {{type: target}}          # 目标管理法：满分×实际÷目标，最多满分
      - key: "2"
        title: 主要指标增幅
        points: 40
        unit: "%"
        method: {{type: ranking}}         # 竞争性排名计分
        gates: [{{when: 实际 < 0, because: 负增长不得分}}]
"""


def read(text: str) -> tuple[Loaded | None, list[Problem]]:
    """The scheme that a text makes up, or every problem with its line."""
    try:
        return load(text), []
    except SchemeError as error:
        return None, list(error.problems)


def digest(text: str) -> str:
    """SHA-256 of a text, as it is kept beside it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def with_key(text: str, key: str) -> str:
    """The text with another key in its first line that names one; the rest stays letter by letter."""
    changed, count = _KEY_LINE.subn(lambda found: f"{found[1]} {key}", text, count=1)
    return changed if count else f"key: {key}\n{text}"


def key_in(text: str) -> str:
    """The key that a text names, where it fits an address; else empty."""
    found = _KEY_LINE.search(text)
    value = found[0].partition(":")[2].partition(" #")[0].strip().strip("\"'") if found else ""
    return value if _SLUG.fullmatch(value) else ""


def title_in(text: str) -> str:
    """The title that a text names at its top, however wrong the rest."""
    found = re.search(r"(?m)^title[ \t]*:[ \t]*([^\n#]+)", text)
    return found[1].strip().strip("\"'")[:200] if found else ""


def free_key(wanted: str) -> str:
    """The key itself, or with a number behind it where another scheme has it."""
    wanted = wanted if _SLUG.fullmatch(wanted) else f"scheme-{uuid.uuid4().hex[:8]}"
    taken = set(Scheme.objects.filter(key__startswith=wanted[:50]).values_list("key", flat=True))
    if wanted not in taken:
        return wanted
    return next(key for number in range(2, 100_000) if (key := f"{wanted[:50]}-{number}") not in taken)
