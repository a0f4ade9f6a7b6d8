"""Coverage-guided fuzzing of the phrase rules: ``python fuzzing/fuzz_phrases.py [libFuzzer options]``.

Any text, broken into lines anywhere, must give findings whose text and spans lead back to it, in time that its length
bounds; anything else is a finding. The first byte chooses: words that the rules know, or UTF-8; and the plan's years.

Inputs stay short (``LONGEST``): instrumented, the grammar reads some 40,000 characters a second, and what only length
brings out (time that grows faster than the text) is tested by plain calls on long hostile texts.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import luoshi.extraction
from luoshi.extraction.deadlines import find_deadlines
from luoshi.extraction.model import Context, Paragraph, Piece, TargetDraft
from luoshi.extraction.responsibilities import find_responsibilities
from luoshi.extraction.rewards import find_rewards
from luoshi.extraction.targets import find_targets
from luoshi.extraction.words import words

WORDS = words(
    "力争 新增 增长 下降 达到 不低于 不超过 以上 以内 左右 企业 户 个 万 亿元 % 个百分点 15 3.5 2026年 6月底前 "
    "每月3日前 1月、4月召开 开展年度检查 年度内 周报告—旬督查 年内 到2028年 较上年 （ ） ( ) ， 。 ； 、 "
    "牵头单位： 责任单位： 牵头 配合 按职责分工负责 州甲局 "
    "乙市、丙县人民政府 等 和 给予 分别 其中 每个 两个 三分之二 百分之五 翻一番 2.5:1 — 至 “ ” 《 》 "
    "5个工作日内 1 一 千 点 分之 月 年 日 底 前"
)
MODULES = words(
    "words dimensions numerals clauses years names verbs comparators exclusions acceptance indicators deadline_forms "
    "deadline_readers deadline_cadences deadline_terms deadlines respective responsibilities targets rewards"
)
CONTEXTS = (Context(), Context(2026, 2026), Context(2026, 2028))
SECONDS = 2.0
#: Bytes of an input; a byte can stand for a word of four characters.
LONGEST = 160
SENTENCES = (
    "2026年净增市场主体1.5万户，其中企业4280户以上，较上年提高2个百分点，6月底前完成。",
    "（牵头单位：州甲局；责任单位：州乙局、丙市、丁县人民政府）",
    "由州甲局牵头，州乙局、州丙局等部门及相关乡镇配合，于6月20日和12月5日前报送。",
    "到2028年，甲、乙产值分别达到24亿元和26亿元，分别增长10%、12%，占比由42%提高到60%。",
    "健全“周、旬、月”报制度和月调度、季研判机制，每季度首月10日前、每月3日17:00前上报。",
    "1.对首次升规的企业，一次性奖励15万元；按投资额的10%给予补助，最高不超过300万元。",
    "开办时间压缩至0.5个工作日以内，不低于全省平均水平的70%，高于州级2个百分点，进入全省前5名。",
)


def text_of(data: bytes) -> str:
    """The text that stands for fuzzed bytes: words of the rules for even first bytes, else the bytes themselves."""
    if data and data[0] % 2 == 0:
        return "".join(WORDS[byte % len(WORDS)] for byte in data[2:LONGEST])
    return data[2 : 3 * LONGEST].decode("utf-8", errors="replace").replace("\n", " ")


def paragraph_of(text: str, width: int) -> Paragraph:
    """The text broken into lines of ``width`` characters, with a blank line between them."""
    pieces = [Piece(at, 1 + 2 * (at // width), 0, min(width, len(text) - at)) for at in range(0, len(text), width)]
    return Paragraph(text, tuple(pieces) or (Piece(0, 1, 0, 0),))


def fuzz_phrases(data: bytes) -> None:
    """Read fuzzed bytes with all phrase rules and check what comes back."""
    text = text_of(data)
    width = 1 + (data[1] if len(data) > 1 else 40)
    paragraph = paragraph_of(text, width)
    lines = {piece.line: text[piece.offset : piece.offset + piece.length] for piece in paragraph.pieces}
    start = time.process_time()
    context = CONTEXTS[(data[0] >> 1) % len(CONTEXTS)] if data else CONTEXTS[0]
    rules = [find(paragraph, context) for find in (find_targets, find_responsibilities, find_deadlines)]
    for found in (*rules, find_rewards(paragraph)):
        for item in found:
            printed = "".join(lines[span.line][span.start : span.end] for span in item.spans)
            if not item.text or printed != item.text or not 0 < item.certainty < 1:
                raise AssertionError(f"{item.rule}: {item.text!r} is not {printed!r}")
            if isinstance(item, TargetDraft) and not (item.value.is_finite() and item.value >= 0):
                raise AssertionError(f"{item.text!r}: {item.value}")
    if time.process_time() - start > SECONDS:
        raise AssertionError(f"{len(text)} characters took more than {SECONDS} s")


def seeds() -> list[bytes]:
    """Inputs to begin with: words in runs, and sentences."""
    runs = [bytes([0, 40, *range(start, start + 24)]) for start in range(0, len(WORDS), 24)]
    return [*runs, *(bytes([1 + 2 * number, 40]) + text.encode() for number, text in enumerate(SENTENCES))]


def main() -> None:
    """Hand the target to libFuzzer."""
    import atheris

    # Only the phrase rules: atheris fails to rewrite some other modules of the package, and names whole packages only.
    folder = Path(luoshi.extraction.__file__).parent
    others = [f"luoshi.extraction.{path.stem}" for path in folder.glob("*.py") if path.stem not in MODULES]
    with atheris.instrument_imports(include=["luoshi"], exclude=["luoshi.documents", *others]):
        for module in [module for module in sys.modules if module.startswith(("luoshi", "fuzzing."))]:
            del sys.modules[module]
        import fuzzing.fuzz_phrases as instrumented
    folder = Path(__file__).resolve().parent.parent / "var" / "fuzzing" / "phrases"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    options = [f"-max_len={3 * LONGEST}", *sys.argv[1:]]
    atheris.Setup([sys.argv[0], *options, str(folder)], instrumented.fuzz_phrases)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
