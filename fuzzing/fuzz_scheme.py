"""Coverage-guided fuzzing of scoring: ``python fuzzing/fuzz_scheme.py [libFuzzer options]``.

Any text is a scheme or a ``SchemeError`` whose problems are told in Chinese; a scheme that loads is written and read
back the same, scores any facts or says why not, and explains every point; any text is a formula over its names or a
problem, and comes to a number in bounded time; any CSV is facts or a ``FactsError``. The first byte chooses which.
"""

from __future__ import annotations

import sys
import time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from luoshi.expressions import ExpressionError
from luoshi.scoring import (
    SHIPPED,
    Fact,
    Facts,
    FactsError,
    SchemeError,
    describe,
    dump,
    load,
    read_facts,
    score,
    shipped,
    shipped_text,
)
from luoshi.scoring.expressions import in_words, parse_condition, parse_formula, parse_points
from luoshi.scoring.numbers import decimal_text, show

SECONDS = 2.0
NAMES = ("Q1", "Q2", "年度")
NUMBERS = {name: Fraction(10**9 + at, 7) for at, name in enumerate(NAMES)}
#: Words of the expression language, for formulas that get past the first sign.
TOKENS = (
    "Q1", "Q2", "年度", "实际", "0.1", "9", "1e9", "+", "-", "*", "/", "**", "(", ")", ",", "==", "<", " if ", " else ",
    " and ", " or ", "not ", "max(", "min(", "round(", "abs(", "[", "]", "'y'", "lambda ", ".", ":", "≥", "（", "）",
    "×", "__class__", "import ",
)  # fmt: skip
#: Lines of schemes, for texts that get past the first line.
LINES = (
    "key: a", "title: 甲", "groups:", "  - key: g", "    title: 乙", "    items:", '      - key: "1"',
    "        title: 丙", "        points: 20", "        method: {type: ranking}",
    "        method: {type: target, cap: null}",
    "        method: {type: veto}", "        method: {type: judges}", "        gates: [{when: 实际 < 0, because: 无}]",
    "        basis: completion", "        basis: growth", "        parts:",
    "          - {key: b, title: 丁, points: 3}", "        spread: scaled", "parts: [{key: Q1, scheme: a}]",
    "combination: {formula: Q1 / 2}", "least: 0", "total: 20",
    "        method: {type: formula, formula: 满分 * 名次}", "        better: lower", "assumptions:",
    "  - {key: x, text: 戊, items: ['1'], default: y, choices: {y: {title: 己}, z: {title: 庚, set: {points: 3}}}}",
    "consequences:", "  - {type: places, key: p, title: 辛, first: [{to: 1, effect: 壬}]}", "apart: true", "&a b: *a",
    "<<: 1", "!!x y", "---", "  ", "\t", "[", "{", "- ", "'", '"', ": ", "#",
)  # fmt: skip
FIGURES = (None, Decimal(0), Decimal("-1.5"), Decimal(20), Decimal("0.333"), Decimal("1e29"))


def facts_for(keys: list[str], data: bytes) -> list[Fact]:
    """Figures of three units, chosen by the bytes."""
    size = max(len(data), 1)
    return [
        Fact(unit, key, *(FIGURES[(data or b"\0")[(at * 3 + each) % size] % len(FIGURES)] for each in range(3)))
        for at, (unit, key) in enumerate((unit, key) for unit in "甲乙丙" for key in keys)
    ]


def fuzz_text(data: bytes) -> None:
    """Bytes, or lines of schemes, as a scheme; what loads is written, read, described, scored and explained."""
    if data[:1] < b"\x80":
        text: bytes | str = "\n".join(LINES[byte % len(LINES)] for byte in data[1:])
    else:
        text = data[1:]
    try:
        scheme = load(text)
    except SchemeError as error:
        told(error)
        return
    if load(dump(scheme)) != scheme:
        raise AssertionError("another scheme after it was written")
    list(describe(scheme))
    facts = facts_for([item.key for item in scheme.items][:50], data)
    try:
        result = score(scheme, Facts(tuple(facts), {"甲": "一", "乙": "一", "丙": "二"}))
    except FactsError as error:
        told(error)
        return
    for unit in result.units:
        decimal_text(unit.total)
        for item in unit.items:
            if not item.reason.endswith("。"):
                raise AssertionError(item.reason)
        result.explain(unit.unit)


def fuzz_formula(data: bytes) -> None:
    """Text, or words of the language, as a formula, a condition and a formula of points."""
    if data[:1] < b"\x80":
        text = "".join(TOKENS[byte % len(TOKENS)] for byte in data[1:])
    else:
        text = data[1:].decode("utf-8", errors="replace")
    for parse in (lambda one: parse_formula(one, NAMES), parse_condition, parse_points):
        try:
            formula = parse(text)
        except ExpressionError as error:
            if not any("一" <= character <= "龥" for character in str(error)):
                raise AssertionError(str(error)) from error
            continue
        numbers = NUMBERS | {"value": Fraction(-3, 7), "target": Fraction(5)}
        value = formula.number(numbers)
        if value is not None and not isinstance(value, Fraction):
            raise AssertionError(type(value))
        formula.holds(numbers)
        in_words(text, numbers, show)


def fuzz_facts(data: bytes) -> None:
    """Bytes as a CSV file, after a sound head for half of them; what is taken is scored."""
    scheme = shipped(SHIPPED[0])
    body = data[1:]
    try:
        facts = read_facts(b"unit,item,value,target\n" + body if data[:1] < b"\x80" else body, scheme)
        for unit in score(scheme, facts).units:
            for item in unit.items:
                str(item.reason)
    except FactsError as error:
        told(error)


def told(error: SchemeError | FactsError) -> None:
    """Every problem has words that a reader of Chinese understands."""
    if not error.problems:
        raise AssertionError("no problem is told")
    for problem in error.problems:
        if problem.line < 0 or not any("一" <= character <= "龥" for character in problem.message):
            raise AssertionError(problem)


TARGETS = (fuzz_text, fuzz_formula, fuzz_facts)


def fuzz_scheme(data: bytes) -> None:
    """One of the targets, by the first byte."""
    if not data:
        return
    start = time.process_time()
    TARGETS[data[0] % len(TARGETS)](data[1:])
    if len(data) < 5000 and time.process_time() - start > SECONDS:
        raise AssertionError(f"{len(data)} bytes took more than {SECONDS} s")


def seeds() -> list[bytes]:
    """An input of each kind, and every shipped scheme."""
    return [
        *(b"\x00\xff" + shipped_text(key).encode() for key in SHIPPED),
        b"\x00\x00" + bytes(range(10)),
        b"\x00\x00" + bytes(range(len(LINES))),
        b"\x01\x00" + bytes(range(len(TOKENS))),
        b"\x01\xff" + "(Q1 + Q2 + Q3) / 6 + 年度 / 2".encode(),
        b"\x01\xff" + "满分 * 实际 / 目标 if 目标 > 0 else 0".encode(),
        b"\x02\x00" + "甲,1,5.5%,15\n乙,3,0,400\n丙,4,,\n".encode(),
        b"\x02\xff" + "单位,项目,实际,目标,组别\n甲,1,１，２３４,无,县市".encode("gb18030"),
    ]


def main() -> None:
    """Hand the target to libFuzzer."""
    import atheris

    with atheris.instrument_imports(include=["luoshi.scoring", "luoshi.expressions"]):
        for module in [module for module in sys.modules if module.startswith(("luoshi", "fuzzing."))]:
            del sys.modules[module]
        import fuzzing.fuzz_scheme as instrumented
    folder = Path(__file__).resolve().parent.parent / "var" / "fuzzing" / "scheme"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], str(folder), *sys.argv[1:]], instrumented.fuzz_scheme)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
