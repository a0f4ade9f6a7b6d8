"""What can stop a decision; each message is Chinese and says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luoshi.apps.intake.errors import IntakeError

if TYPE_CHECKING:
    from luoshi.apps.checkup.models import Finding


class StaleFinding(IntakeError):
    """Someone else decided on the finding meanwhile; ``finding`` is how it stands now."""

    def __init__(self, finding: Finding) -> None:
        who = str(finding.decided_by) if finding.decided_by else "他人"
        super().__init__(f"{who}刚刚处理了此项（现为“{finding.get_decision_display()}”），您的没有保存，请核对后再办。")
        self.finding = finding
