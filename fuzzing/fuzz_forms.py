"""Coverage-guided fuzzing of forms: ``python fuzzing/fuzz_forms.py [libFuzzer options]``.

Any text typed into any column is taken or refused in words; any text is a formula or a problem, evaluated in bounded
time; any JSON is a definition or a ``DefinitionError``; any change to a workbook's parts gives values or
``WrongWorkbook``. Anything else is a finding. The first byte chooses which.
"""

from __future__ import annotations

import io
import json
import sys
import time
import zipfile
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from luoshi.forms import (
    Choice,
    Context,
    DefinitionError,
    Field,
    FieldType,
    FormDefinition,
    Row,
    Section,
    SectionKind,
    Stamp,
    Values,
    WrongWorkbook,
    check,
    compute,
    definition_problems,
    from_json,
    read_workbook,
    take,
    to_json,
    unit_names,
    write_workbook,
)

SECONDS = 2.0
UNITS = unit_names([("a", "云岭市"), ("b", "清溪县"), ("c", "清溪县")])
FIELDS = tuple(
    Field(
        f"f{number}",
        f"列{number}",
        kind,
        ("", "万户", "%", "亿元")[number % 4],
        number % 4,
        choices=(Choice("y", "是"), Choice("n", "否")) if kind is FieldType.CHOICE else (),
    )
    for number, kind in enumerate(FieldType)
)
NUMBERS = tuple(Field(key, key, FieldType.NUMBER) for key in ("a", "b", "c"))
FORM = FormDefinition(
    (
        Section("s", "固定", SectionKind.FIXED, (*NUMBERS, *FIELDS), (Row("r", "甲"), Row("q", "乙", total_of=("r",)))),
        Section("p", "增加", SectionKind.REPEATED, FIELDS, identified_by="f5"),
    )
)
STAMP = Stamp("form", "月报", 1, "a", "云岭市", "2026-03", "2026年4月3日")
TOKENS = (
    "a", "b", "s.a", "s.r.a", "p.f0", "0.1", "9", "1e9", "+", "-", "*", "/", "**", "(", ")", ",", "==", "<", " if ",
    " else ", " and ", " or ", "not ", "sum_of(", "count_of(", "previous(", "target(", "max(", "round(", "abs(", "[",
    "]", '"y"', "lambda ", ".", ":", "≥", "（", "）", "×",
)  # fmt: skip


def fuzz_values(data: bytes) -> None:
    """Text typed into every column of both kinds of section."""
    text = data.decode("utf-8", errors="surrogateescape")
    cells = {f"{place}.{field.key}": text for place in ("s.r", "p.x", "p.y") for field in FIELDS}
    values, problems = take(FORM, cells | {text: "1"}, units=UNITS)
    again, _ = take(FORM, values.cells, values.rows, units=UNITS)
    bad = {problem.address for problem in problems}
    for address, canonical in values.cells.items():
        if address not in bad and again.cells.get(address) != canonical:
            raise AssertionError(f"{address}: {canonical!r} became {again.cells.get(address)!r}")
    context = Context(previous=values.cells, expected={"s.r.f0": Decimal(3)})
    for problem in check(FORM, values, context, complete=True):
        if not problem.message:
            raise AssertionError(problem)


def fuzz_formula(data: bytes) -> None:
    """Text, or words of the expression language, as a formula."""
    if data[:1] < b"\x80":
        text = "".join(TOKENS[byte % len(TOKENS)] for byte in data[1:])
    else:
        text = data[1:].decode("utf-8", errors="replace")
    field = replace(NUMBERS[0], key="x", formula=text)
    section = replace(FORM.sections[0], fields=(*FORM.sections[0].fields, field))
    form = replace(FORM, sections=(section, FORM.sections[1]))
    if definition_problems(form):
        return
    cells = {"s.r.a": "999999999999999999", "s.r.b": "0", "s.r.c": "-0.5", "s.r.f7": "y"}
    for text in compute(form, Values(cells, {"p": ("x",)}), Context(previous=cells)).cells.values():
        if len(text) > 30:
            raise AssertionError(text)


def fuzz_definition(data: bytes) -> None:
    """JSON as a definition."""
    try:
        definition = from_json(json.loads(data))
    except (DefinitionError, ValueError, RecursionError):
        return
    if from_json(to_json(definition)) != definition:
        raise AssertionError(definition)


@lru_cache(maxsize=1)
def sound_parts() -> dict[str, bytes]:
    """The parts of a sound workbook."""
    values, _ = take(FORM, {"s.r.a": "1", "p.x.f5": "文", "p.x.f7": "是"}, units=UNITS)
    data = write_workbook(FORM, STAMP, values, choices={"unit": [("a", "云岭市")]})
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def fuzz_workbook(data: bytes) -> None:
    """One part of a sound workbook replaced, or bytes put in somewhere within it."""
    if len(data) < 4:
        return
    parts = dict(sound_parts())
    names = sorted(parts)
    name = names[data[0] % len(names)]
    at = (data[1] << 8 | data[2]) % (len(parts[name]) + 1)
    kept = parts[name]
    parts[name] = data[4:] if data[3] == 0 else kept[:at] + data[4:] + kept[at + data[3] % 64 :]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for part, content in parts.items():
            package.writestr(part, content)
    try:
        filled = read_workbook(out.getvalue(), FORM, STAMP)
    except WrongWorkbook:
        return
    take(FORM, filled.values.cells, filled.values.rows, units=UNITS)


TARGETS = (fuzz_values, fuzz_formula, fuzz_definition, fuzz_workbook)


def fuzz_forms(data: bytes) -> None:
    """One of the targets, by the first byte."""
    if not data:
        return
    start = time.process_time()
    TARGETS[data[0] % len(TARGETS)](data[1:])
    if len(data) < 5000 and time.process_time() - start > SECONDS:
        raise AssertionError(f"{len(data)} bytes took more than {SECONDS} s")


def seeds() -> list[bytes]:
    """An input of each kind."""
    return [
        b"\x00" + "１，２３４.5万户".encode(),
        b"\x00" + "2026年3月5日".encode(),
        b"\x01\x00" + bytes(range(len(TOKENS))),
        b"\x01\xff" + b"a / b * 100 if b != 0 else sum_of(s.a)",
        b"\x02" + json.dumps(to_json(FORM), ensure_ascii=False).encode(),
        b"\x03\x05\x01\x00\x05<c r='A1'><v>1</v></c>",
    ]


def main() -> None:
    """Hand the target to libFuzzer."""
    import atheris

    with atheris.instrument_imports(include=["luoshi.forms"]):
        for module in [module for module in sys.modules if module.startswith(("luoshi", "fuzzing."))]:
            del sys.modules[module]
        import fuzzing.fuzz_forms as instrumented
    folder = Path(__file__).resolve().parent.parent / "var" / "fuzzing" / "forms"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], str(folder), *sys.argv[1:]], instrumented.fuzz_forms)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
