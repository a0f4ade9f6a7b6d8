"""Files, uploads and drafts for the tests of intake; the texts are invented."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django_tasks_db.models import DBTaskResult

from luoshi.apps.intake.actions import process_upload, receive_upload
from luoshi.apps.intake.models import Draft, DraftItem, ItemKind, Upload
from luoshi.apps.organisations.models import Unit

PLAN = """云岭州2026年粮食安全保障行动方案

为保障全州粮食安全，制定本方案。

一、行动目标

2026年，全州粮食总产量达到120万吨以上，新建高标准农田15万亩，粮食增长3%左右。

二、重点任务

（一）稳定播种面积。全年粮食播种面积不低于380万亩，6月底前完成大春播种。（牵头单位：州农业农村局；责任单位：州财政局，各县人民政府）

（二）加强资金保障。统筹安排补助资金2亿元，每月5日前报送上月拨付情况。（牵头单位：州财政局；责任单位：州粮储局、青石县人民政府）

（三）强化仓储建设。新建标准仓房12座，年底前全部投入使用。（牵头单位：州粮储局；责任单位：白水县人民政府）

三、工作要求

（一）压实责任。各县要把任务分解到乡镇，确保落实。
"""

NOTICE = """云岭州人民政府关于同意设立青石湖湿地公园的批复

青石县人民政府：

你县报来的请示收悉。经研究，同意设立青石湖湿地公园。

云岭州人民政府
2026年3月2日
"""


def make_upload(user: Any, owner: Unit, text: str | bytes = PLAN, name: str = "粮食安全方案.txt") -> Upload:
    """A file received (and queued), not yet read."""
    content = text.encode() if isinstance(text, str) else text
    return receive_upload(acting_user=user, file=ContentFile(content, name=name), owner=owner)


def run_jobs() -> int:
    """Do what waits in the queue, as a worker does (which itself closes the connection that a test needs)."""
    done = 0
    while (job := DBTaskResult.objects.ready().first()) is not None:
        job.claim("tests")
        job.task.call(*job.task_result.args, **job.task_result.kwargs)
        job.set_successful(None)
        done += 1
    return done


def make_draft(user: Any, owner: Unit, text: str = PLAN, name: str = "粮食安全方案.txt") -> Draft:
    """The first draft of a file that was received and read."""
    upload = make_upload(user, owner, text, name)
    process_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "done", upload.message
    return upload.drafts.get(ordinal=1)


def first(draft: Draft, kind: ItemKind, **conditions: Any) -> DraftItem:
    """The first item of a kind."""
    item = draft.items.filter(kind=kind, **conditions).order_by("position", "pk").first()
    assert item is not None, f"no {kind} in the draft"
    return item


def big_plan(measures: int) -> str:
    """A plan of many measures, each with a target, a deadline and a responsibility clause: four items a measure."""
    lines = ["云岭州2026年重点任务落实方案", "", "一、总体要求", "", "二、重点任务", ""]
    for number in range(1, measures + 1):
        lines.append(
            f"{number}. 推进第{number}批项目建设。全年完成投资{number + 10}亿元以上，9月底前建成第{number}座泵站。"
            "（牵头单位：州财政局；责任单位：州农业农村局、州粮储局）"
        )
        lines += ["", "按照进度安排抓好各项工作，及时协调解决问题，确保按期完成。", ""]
    return "\n".join(lines)
