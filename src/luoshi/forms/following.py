"""Oddities that only follow from others: one mistyped figure makes its total and all that is computed from it odd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from luoshi.forms.compiled import Compiled, compiled
from luoshi.forms.computing import row_keys
from luoshi.forms.expressions import Expression
from luoshi.forms.model import FormDefinition, Problem, Severity, Values

__all__ = ["following"]

#: What is told of a figure by comparing it: these pass on from a part to the whole.
_COMPARED = frozenset({"jump", "unchanged", "deviation"})


def following(definition: FormDefinition, values: Values, problems: Sequence[Problem]) -> list[Problem]:
    """The problems, those of computed cells and totals naming in ``follows`` the odd typed cells that they come from.

    The reasons given to all of these explain such a problem too. A total whose parts are not odd stands for itself.
    """
    odd = {problem.address for problem in problems if problem.severity is Severity.SOFT and problem.code in _COMPARED}
    if len(odd) < 2:
        return list(problems)
    prepared = compiled(definition)
    formulas = {(section.key, field.key): expression for section, field, expression in prepared.computed}
    told: dict[str, tuple[str, ...]] = {}
    for address in odd:
        found = dict.fromkeys(_leaves(prepared, formulas, values, address, set()))
        told[address] = tuple(leaf for leaf in found if leaf in odd and leaf != address)
    return [
        replace(problem, follows=told[problem.address])
        if problem.severity is Severity.SOFT and problem.code in _COMPARED and told[problem.address]
        else problem
        for problem in problems
    ]


def _leaves(
    prepared: Compiled,
    formulas: dict[tuple[str, str], Expression],
    values: Values,
    address: str,
    seen: set[str],
) -> Iterator[str]:
    """The typed cells that are no totals from which a cell comes; the cell itself where it is one."""
    if address in seen or address.count(".") != 2:
        return
    seen.add(address)
    section, row, field = address.split(".")
    expression = formulas.get((section, field))
    parts: list[str] = []
    if expression is not None:
        parts = [f"{own}.{own_row or row}.{column}" for own, own_row, column in expression.cells]
        for own, column in expression.sums:
            parts += [f"{own}.{key}.{column}" for key in row_keys(prepared.sections[own], values)]
    elif (total := prepared.rows.get((section, row))) is not None and total.total_of:
        parts = [f"{section}.{part}.{field}" for part in total.total_of]
    if not parts:
        yield address
    for part in parts:
        yield from _leaves(prepared, formulas, values, part, seen)
