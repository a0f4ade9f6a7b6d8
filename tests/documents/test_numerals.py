"""Numbers of automatic lists."""

from __future__ import annotations

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.documents.numerals import chinese, numeral


@given(st.integers(1, 99_999))
def test_chinese_numbers_read_back(number: int) -> None:
    text = chinese(number)
    assert cn2an.cn2an(text, "normal") == number
    assert not text.startswith("一十")


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCounting", "二十一"),
        (105, "chineseCounting", "一〇五"),
        (105, "chineseCountingThousand", "一百零五"),
        (12, "decimalFullWidth", "１２"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircleChinese", "㉑"),
        (36, "decimalEnclosedCircle", "㊱"),
        (3, "decimalEnclosedParen", "⑶"),
        (3, "decimalEnclosedFullstop", "⒊"),
        (15, "chineseLegalSimplified", "壹拾伍"),
        (2, "ideographTraditional", "乙"),
        (28, "upperLetter", "BB"),
        (1994, "lowerRoman", "mcmxciv"),
        (7, "decimalZero", "07"),
        (7, "noSuchFormat", "7"),
        (0, "decimal", "0"),
    ],
)
def test_formats(number: int, kind: str, text: str) -> None:
    assert numeral(number, kind) == text
