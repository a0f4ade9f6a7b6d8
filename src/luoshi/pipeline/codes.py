"""Project codes (投资项目代码, 4-6-2-2-6 digits): form, slips of one digit, two digits changed round."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from luoshi.forms import Field, FieldType, ValueProblem, parse_cell

_FIELD = Field("code", "项目代码", FieldType.PROJECT_CODE)


class CodeProblem(ValueError):
    """A text that is no project code; the message is Chinese and says where it is wrong."""


def read_code(text: str) -> str:
    """A code in its usual form ``2026-532300-04-01-123456``; ``CodeProblem`` where it is none."""
    try:
        return parse_cell(_FIELD, text)
    except ValueProblem as problem:
        raise CodeProblem(str(problem)) from problem


def is_slip(one: str, other: str) -> bool:
    """Whether two codes differ in a single digit, or by two neighbouring digits changed round."""
    first, second = one.replace("-", ""), other.replace("-", "")
    if len(first) != len(second) or first == second:
        return False
    places = [at for at, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    if len(places) == 1:
        return True
    return (
        len(places) == 2
        and places[1] == places[0] + 1
        and first[places[0]] == second[places[1]]
        and first[places[1]] == second[places[0]]
    )


def possible_slips(code: str) -> list[str]:
    """Every text that ``is_slip`` of a code in its usual form: about two hundred, to be looked up at once."""
    found: list[str] = []
    digits = [at for at, sign in enumerate(code) if sign.isdigit()]
    for at in digits:
        found += [f"{code[:at]}{digit}{code[at + 1 :]}" for digit in "0123456789" if digit != code[at]]
    for one, other in itertools.pairwise(digits):
        if code[one] != code[other]:
            found.append(f"{code[:one]}{code[other]}{code[one + 1 : other]}{code[one]}{code[other + 1 :]}")
    return found


def slips(code: str, known: Iterable[str]) -> list[str]:
    """The known codes that a code may be a slip of, in order."""
    return sorted({other for other in known if is_slip(code, other)})
