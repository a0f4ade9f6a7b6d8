"""Characters as fonts in PDF and OFD files name them, made into those that people type."""

from __future__ import annotations

import unicodedata

# Fonts often map 工 to the radical ⼯ (U+2F2F): it looks the same, but no search and no name would match.
_SUPPLEMENT = {
    0x2E9F: "母", 0x2EA0: "民", 0x2EC4: "西", 0x2EC5: "见", 0x2EC6: "角", 0x2EC9: "贝", 0x2ECB: "车", 0x2ED3: "长",
    0x2ED4: "门", 0x2ED8: "青", 0x2EDA: "页", 0x2EDB: "风", 0x2EDC: "飞", 0x2EDD: "食", 0x2EE2: "马", 0x2EE3: "骨",
    0x2EE4: "鬼", 0x2EE5: "鱼", 0x2EE6: "鸟", 0x2EE8: "麦", 0x2EE9: "黄", 0x2EEC: "齐", 0x2EEE: "齿", 0x2EF0: "龙",
    0x2EF3: "龟",
}  # fmt: skip
_TYPED: dict[int, str | None] = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_TYPED |= _SUPPLEMENT
_TYPED |= {code: None for code in range(0x20) if code != 0x09}
_TYPED |= {0x02: "-", 0xFFFE: "-", 0xAD: "-", 0x200B: None, 0xFEFF: None}  # a hyphen at a line's end
_TYPED |= dict.fromkeys(range(0xD800, 0xE000))


def typed(text: str) -> str:
    """``text`` without control characters and with radicals replaced by their characters."""
    return text.translate(_TYPED)
