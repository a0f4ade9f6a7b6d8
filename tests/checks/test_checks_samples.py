"""The sample plans: every slip that their README lists is found, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from luoshi.checks import Finding, check
from luoshi.documents.reader import read
from luoshi.extraction import extract
from luoshi.units import UnitDirectory

PLAN, REVISION = "云岭州2026年“四大攻坚行动”实施方案.docx", "云岭州2026年“四大攻坚行动”实施方案（修订版）.docx"
INVESTMENT, QUALITY = "云岭州2026年招商引资推进方案.pdf", "云岭州“十五五”质量强州建设规划.txt"


@pytest.fixture(scope="module")
def findings(project: Path) -> dict[str, list[Finding]]:
    folder = project / "samples"
    directory = UnitDirectory.from_csv(folder / "units.csv", folder / "unit-names.csv")
    found = {}
    for name in (PLAN, REVISION, INVESTMENT, QUALITY):
        document = read(folder / name)
        found[name] = check(extract(document), document, directory)
    return found


@pytest.mark.parametrize(
    ("name", "kind", "readings"),
    [
        (PLAN, "text-table", ("全年新增规模以上工业企业50户", "46")),
        (PLAN, "text-table", ("新建和改造提升高标准农田18万亩", "20")),
        (PLAN, "total-column", ("474.8", "464.8")),
        (PLAN, "count-territories", ("10", "11")),
        (PLAN, "unit-misprint", ("县市市人民政府", "县市人民政府")),
        (INVESTMENT, "points-parts", ("20分", "16分")),
        (INVESTMENT, "unit-outdated", ("州大数据中心", "云岭州数据局")),
        (INVESTMENT, "unit-unknown", ("州产投集团", "州产业投资集团")),
        (QUALITY, "text-table", ("养老机构护理型床位占比达到65%", "70")),
    ],
)
def test_a_slip_made_on_purpose(
    findings: dict[str, list[Finding]], name: str, kind: str, readings: tuple[str, str]
) -> None:
    assert readings in [finding.readings for finding in findings[name] if finding.kind == kind]


def test_little_else_is_said(findings: dict[str, list[Finding]]) -> None:
    """Beside the slips: the same ten counties, undefined methods, deadlines past at the revision, kept values."""
    kinds = {(name, finding.kind) for name, found in findings.items() for finding in found}
    assert kinds == {
        *((PLAN, kind) for kind in ("text-table", "total-column", "count-territories", "unit-misprint")),
        *((REVISION, kind) for kind in ("deadline-passed", "count-territories", "unit-misprint")),
        *((INVESTMENT, kind) for kind in ("points-parts", "unit-outdated", "unit-unknown", "method-undefined")),
        *((QUALITY, kind) for kind in ("text-table", "keep-above-base")),
    }
