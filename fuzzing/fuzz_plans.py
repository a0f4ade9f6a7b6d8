"""Coverage-guided fuzzing of the reading of whole plans: ``python fuzzing/fuzz_plans.py [libFuzzer options]``.

Any text gives plans whose outline, tables and findings lead back to its characters, in time that its length bounds;
anything else is a finding. Even first bytes put lines together from what plans are made of, odd ones are UTF-8.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from luoshi.documents.model import Document, Format, Line
from luoshi.extraction.assembling import extract
from luoshi.extraction.jsonl import records

#: What lines are made of; a newline ends one.
PARTS = (
    "\n", "\n\n", "\n", "\t", "，", "。", "；", "：", "（", "）", "《", "》", "“", "”", " ", "\u3000", "\ufffd", "—",
    "#", "**", "一、", "二、", "（一）", "（二）", "1.", "2．", "3.7", "1.1", "（1）", "①", "第一章", "第二条", "一是",
    "二是", "——", "专栏1", "云岭州2026年行动方案", "关于印发方案的通知", "云政发〔2026〕1号", "各县市人民政府：",
    "2026年3月1日", "目 录", "附件", "附件：1.", "抄送：", "注：", "合计", "序号", "县市", "指标", "单位", "目标",
    "任务", "责任单位", "完成时限", "— 3 —", "......（3）", "12", "3.5", "净增企业30户以上", "增长15%", "达到80%，",
    "每月5日前报送", "6月底前完成", "牵头单位：", "州甲局", "、乙县人民政府", "（牵头单位：州甲局；责任单位：各县市）",
    "州乙局牵头，州丙局配合", "发展基础", "到2028年主要目标", "分值", "奖励标准",
    "对企业一次性奖励15万元，", "最高不超过30万元",
)  # fmt: skip
SECONDS = 2.0
LONGEST = 200


def text_of(data: bytes) -> str:
    """The text that stands for fuzzed bytes."""
    if data and data[0] % 2 == 0:
        return "".join(PARTS[byte % len(PARTS)] for byte in data[1:LONGEST])
    return data[1 : 3 * LONGEST].decode("utf-8", errors="replace")


def fuzz_plans(data: bytes) -> None:
    """Read fuzzed bytes as a document and check what comes back."""
    text = text_of(data)
    lines = tuple(Line(number, line) for number, line in enumerate(text.split("\n"), start=1))
    start = time.process_time()
    extraction = extract(Document("a", Format.TXT, lines))
    seconds = time.process_time() - start
    for record in records(extraction):
        json.dumps(record)
    for plan in extraction.plans:
        keys = [measure.key for measure in plan.measures]
        if len(set(keys)) < len(keys):
            raise AssertionError(f"keys twice: {keys}")
        for found in (*plan.targets, *plan.responsibilities, *plan.deadlines, *plan.rewards):
            printed = "".join(lines[span.line - 1].text[span.start : span.end] for span in found.spans)
            if printed != found.text or not found.text:
                raise AssertionError(f"{found.rule}: {found.text!r} is not {printed!r}")
        for found in (*plan.targets, *plan.responsibilities, *plan.deadlines, *plan.rewards, *plan.tables):
            if not found.spans or (found.measure is not None and found.measure not in keys):
                raise AssertionError(f"{found.rule}: {found.text!r} stands nowhere")
        for table in plan.tables:
            if any(len(row) != len(table.header) for row in table.rows):
                raise AssertionError(f"{table.title!r}: rows of another width than {table.header}")
    if seconds > SECONDS:
        raise AssertionError(f"{len(text)} characters took {seconds:.1f} s")


def seeds() -> list[bytes]:
    """Inputs to begin with: the parts in runs, and a small plan with a table."""
    runs = [bytes([0, *range(start, min(start + 30, len(PARTS)))]) for start in range(0, len(PARTS), 15)]
    plan = (
        "云岭州2026年行动方案\n一、目标\n净增企业30户以上。\n（一）做强园区。6月底前完成。（牵头单位：州甲局）\n"
        "附件\n目标分解表\n县市\t户数\n甲县\t12\n乙县\t18\n"
    )
    cells = "云岭州方案\n一、抓好落实。\n附件\n任务表\n序号\n任务\n户数\n1\n甲项\n12\n2\n乙项\n18\n3\n丙项\n7\n"
    return [*runs, b"\x01" + plan.encode(), b"\x01" + cells.encode()]


def main() -> None:
    """Hand the target to libFuzzer."""
    import atheris

    # atheris cannot rewrite one loop of grids; it runs as it is
    with atheris.instrument_imports(include=["luoshi.extraction"], exclude=["luoshi.extraction.grids"]):
        for module in [module for module in sys.modules if module.startswith(("luoshi", "fuzzing."))]:
            del sys.modules[module]
        import fuzzing.fuzz_plans as instrumented
    folder = Path(__file__).resolve().parent.parent / "var" / "fuzzing" / "plans"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [f"-max_len={3 * LONGEST}", *sys.argv[1:]]
    atheris.Setup([sys.argv[0], *options, str(folder)], instrumented.fuzz_plans)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
