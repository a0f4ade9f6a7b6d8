"""How sure a finding of each rule is: the share of its findings that were right, counted, in one table.

Source: counts of (right, all) over the three gold files of ``shared/gold`` (2018, 2019, 2023: every finding in their
line ranges) together with findings in other parts of the seeds that were read by hand (2018 plans 4–10; 2023 energy,
earthquake, interpretation, quality and geology texts; 2022 plans), 2026-11-22. A target counts as right when its value,
unit, comparator, change, direction, year and name are. The gold files served to write the rules, the other parts did
not at first reading; the next count should be on new documents. A rule's certainty is (right + 1) / (all + 2).
"""

from __future__ import annotations

_COUNTS: dict[str, tuple[int, int]] = {
    "target-comparator": (252, 257),  # 不低于, 以上, 以内, 左右…
    "target-change": (78, 81),  # 增长15%, 净增4280户
    "target-reached": (73, 83),  # 达100%; wrong ones are results of the past without a date
    "target-commitment": (16, 17),  # 力争6个县…
    "target-verb": (56, 63),  # 培育龙头企业8户
    "target-list": (34, 35),  # …8户、200户
    "target-outcome": (20, 21),  # 10个村出列
    "target-chinese": (3, 3),  # 两个…园区
    "target-share": (1, 2),  # 按10%的比例, 50%以上的项目实现…
    "target-size": (2, 2),  # 打造成两千亿园区
    "target-breakdown": (1, 1),  # 60户（批零50户…）
    "target-doubling": (0, 0),  # 翻一番
    "responsibility-bracket": (155, 155),
    "responsibility-verb-bracket": (22, 22),
    "responsibility-list-bracket": (1, 1),
    "responsibility-open-bracket": (1, 1),
    "responsibility-line": (0, 0),
    "responsibility-prose": (22, 22),
    "deadline-date": (33, 35),
    "deadline-year-end": (36, 36),
    "deadline-by-year": (45, 45),
    "deadline-phase": (14, 15),
    "deadline-monthly-day": (8, 8),
    "deadline-cadence": (58, 60),
    "deadline-by-period": (18, 18),
    "deadline-chain": (16, 20),
    "deadline-days-after": (9, 10),
}
#: For a date whose year neither the sentence nor the plan gives.
WITHOUT_YEAR = 0.3


def certainty(rule: str) -> float:
    """The share (0 to 1) of findings of ``rule`` that are right; 0.5 for a rule that was never counted."""
    right, count = _COUNTS.get(rule, (0, 0))
    return (right + 1) / (count + 2)
