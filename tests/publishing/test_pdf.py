"""PDF through LibreOffice, and what is said where it is missing or stuck."""

from __future__ import annotations

import time
from pathlib import Path

import pypdfium2
import pytest

from luoshi.publishing import PdfError, find_office, render, to_pdf
from luoshi.publishing import pdf as module
from tests.publishing.samples import FIELDS, ORIGIN, values, whole_template


@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_a_bulletin_with_table_and_chart_becomes_a_pdf() -> None:
    document = pypdfium2.PdfDocument(to_pdf(render(whole_template(), FIELDS, values(), ORIGIN)))
    text = "".join(page.get_textpage().get_text_range() for page in document).replace(" ", "")
    assert "123.4亿元" in text and "固定资产投资完成率" in text
    # The chart is drawn, so its labels are text; nothing of the marks shows.
    assert text.count("61.3") == 3 and "_LS" not in text and "{{" not in text


def test_a_missing_program_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_office", lambda: None)
    with pytest.raises(PdfError, match="没有安装 LibreOffice"):
        to_pdf(b"")
    with pytest.raises(PdfError, match="无法启动"):
        to_pdf(b"", "/nonexistent/soffice")


def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    stuck = tmp_path / "soffice"
    stuck.write_text(f"#!/bin/sh\nsh -c 'sleep 2; touch {tmp_path}/late' &\nsleep 30\n")
    stuck.chmod(0o755)
    began = time.monotonic()
    with pytest.raises(PdfError, match="超过1秒"):
        to_pdf(b"", str(stuck), seconds=1)
    assert time.monotonic() - began < 10
    time.sleep(2)
    assert not (tmp_path / "late").exists()


def test_a_program_that_makes_nothing_is_told(tmp_path: Path) -> None:
    lazy = tmp_path / "soffice"
    lazy.write_text("#!/bin/sh\nexit 0\n")
    lazy.chmod(0o755)
    with pytest.raises(PdfError, match="没能生成"):
        to_pdf(b"", str(lazy))
