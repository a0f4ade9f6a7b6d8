"""Which column of a scoring table holds what, and whether a table is one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from luoshi.scoring.drafting.texts import narrow, points_cell, points_in

#: Names of columns by what stands below them, the most particular first.
_ROLES = (
    ("number", re.compile(r"^(?:序号|编号|项次|顺序号?|序|号)$")),
    ("method", re.compile(
        r"(?:计|评|得|打|赋|扣|加|记)分(?:标准|办法|方法|细则|规则|方式|说明|要点|依据|要求)"
        r"|(?:考核|考评|评价|评定|评估|计算|核验|查验|考察|测评|评比)(?:标准|办法|方法|细则|规则|方式|说明|要求|尺度)"
        r"|^(?:标准|办法|方法|细则)$"
    )),
    ("evidence", re.compile(r"佐证|印证|证明|支撑|(?:查验|查看|查阅|考核|考评|检查|备查|所需)(?:资料|材料|依据)")),
    ("source", re.compile(
        r"来源|数据提供|采集|(?:评分|考核|考评|评价|认定|责任|牵头|审核|计分|打分)(?:单位|部门|主体)"
    )),
    ("scored", re.compile(
        r"^(?:自评|自查|自测|考评|考核|考核组|实际|最终|评审|复核|初评|初审|核定|检查|扣|实|评)*得?分(?:数|情况|原因|理由)?$"
    )),
    ("points", re.compile(r"分值|满分|(?:标准|基准|基础|基本)分|权重|分数|配分|赋分|比重")),
    ("target", re.compile(r"^(?:年度|全年|本年|季度|考核)?目标(?:值|数|任务)?$|^(?:目标|任务)(?:值|数)$")),
    ("unit", re.compile(r"^(?:计量)?单位$")),
    ("note", re.compile(r"备注|^说明$")),
    ("category", re.compile(r"类别|分类|类型|大类|一级|板块|维度|方面|模块|领域")),
    ("item", re.compile(r"指标|内容|项目|事项|任务|要点|要素|工作|科目|名称")),
)  # fmt: skip
#: Words in which scoring is told.
_TELLS = re.compile(
    r"得\d*分|满分|计分|记分|评分|赋分|打分|[扣加减得计]\s*[\d一二两三四五半.]+\s*分|不得分|得分|排名|名次|目标管理|一票否决|扣完"
)
_LABEL = re.compile(r"(?:合|总|小|共)计|总分")


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers of columns from 0, ``-1`` for none. ``levels``: those that name the item, the widest first.

    ``points``: pairs (column of names that they belong to, column of points); the last pair is the items' own.
    """

    levels: tuple[int, ...]
    points: tuple[tuple[int, int], ...] = ()
    number: int = -1
    method: tuple[int, ...] = ()
    evidence: int = -1
    source: int = -1
    target: int = -1
    unit: int = -1
    note: int = -1
    grouped: bool = False
    first_row: int = 0

    @property
    def item(self) -> int:
        """The column that names the items."""
        return self.levels[-1]

    @property
    def own_points(self) -> int:
        """The column of the items' points."""
        return self.points[-1][1] if self.points else -1


def find_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Columns | None:
    """What the columns hold, by their names or, without names, by what stands in them; ``None`` without items."""
    if not rows:
        return None
    names = list(header) if any(name.strip() for name in header) else []
    first = 0
    if not names and _named(rows[0]) >= 2:
        names, first = list(rows[0]), 1
    roles = [_role(name) for name in names] if names else []
    body = [list(row) for row in rows[first:]]
    width = max((len(row) for row in body), default=0)
    roles = (roles + [""] * width)[:width]
    if roles.count("item") + roles.count("category") == 0 or not body:
        roles = _by_content(roles, body)
    return _columns(roles, body, first)


def is_scoring_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a table tells how points are given: items with points, and words on how one gets them."""
    columns = find_columns(header, rows)
    if columns is None:
        return False
    body = [row for row in rows[columns.first_row :] if not _LABEL.match(narrow("".join(row[: columns.item + 1])))]
    if not body:
        return False
    with_points = sum(_has_points(row, columns) for row in body)
    telling = sum(bool(_TELLS.search(narrow("".join(row)))) for row in body)
    named = bool(columns.method)
    return with_points >= 0.4 * len(body) and telling >= (0.2 if named else 0.4) * len(body)


def _named(row: Sequence[str]) -> int:
    return sum(bool(_role(cell)) and len(narrow(cell)) <= 12 for cell in row)


def _role(name: str) -> str:
    # a joined name of a two-level header ends with the column's own; its last part says most
    parts = [part for part in narrow(name).replace("\n", "").split("/") if part]
    for part in [*reversed(parts), "".join(parts)] if parts else []:
        for role, pattern in _ROLES:
            if pattern.search(part):
                return role
    return ""


def _has_points(row: Sequence[str], columns: Columns) -> bool:
    at = columns.own_points
    if 0 <= at < len(row) and points_cell(row[at]) is not None:
        return True
    return any(points_in(row[level])[0] is not None for level in columns.levels if level < len(row))


def _by_content(roles: list[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Roles of columns whose names say nothing."""
    width = len(roles)
    cells = [[narrow(row[at]) for row in body if at < len(row) and row[at].strip()] for at in range(width)]
    for at in range(width):
        if roles[at] or not cells[at]:
            continue
        numbers = [points_cell(text) for text in cells[at]]
        if all(text.isdigit() for text in cells[at]) and at == 0 and _rising(cells[at]):
            roles[at] = "number"
        elif "points" not in roles and sum(one is not None for one in numbers) >= 0.6 * len(numbers):
            roles[at] = "points"
    if "method" not in roles:
        telling = [(sum(bool(_TELLS.search(text)) for text in cells[at]), at) for at in range(width) if not roles[at]]
        best = max(telling, default=(0, -1))
        others = [at for _, at in telling if at != best[1]]
        if best[0] and others:
            roles[best[1]] = "method"
    for at in range(width):
        if not roles[at] and cells[at] and "method" not in roles[:at]:
            roles[at] = "item"
    return roles


def _rising(texts: Sequence[str]) -> bool:
    numbers = [int(text) for text in texts]
    return all(later > former for former, later in pairwise(numbers))


def _columns(roles: list[str], body: Sequence[Sequence[str]], first: int) -> Columns | None:
    def only(role: str) -> int:
        return roles.index(role) if role in roles else -1

    levels = [at for at, role in enumerate(roles) if role in ("category", "item")]
    methods = [at for at, role in enumerate(roles) if role == "method"]
    if not levels and methods:  # 考核标准 alone: what is asked and how it is scored stand in one cell
        levels = [methods.pop(0)]
    if not levels:
        return None
    grouped = len(levels) > 1 and (roles[levels[0]] == "category" or _groups(levels[0], levels[1], body))
    if not grouped and len(levels) > 1:
        # 项目 and 内容, one row each: the first is the item, the others tell what is asked
        methods = sorted({*methods, *levels[1:]})
        levels = levels[:1]
    points = []
    for at, role in enumerate(roles):
        if role == "points":
            before = [level for level in levels if level < at]
            points.append((before[-1] if before else levels[-1], at))
    return Columns(
        tuple(levels),
        tuple(points),
        only("number"),
        tuple(methods),
        only("evidence"),
        only("source"),
        only("target"),
        only("unit"),
        only("note"),
        grouped,
        first,
    )


def _groups(wide: int, narrow_one: int, body: Sequence[Sequence[str]]) -> bool:
    """Whether a column says the same for several rows of the next: blank below its first, or repeated."""
    rows = [row for row in body if max(wide, narrow_one) < len(row) and row[narrow_one].strip()]
    repeated, before = 0, ""
    for row in rows:
        text = narrow(row[wide])
        repeated += not text or text == before
        before = text or before
    return repeated > 0
