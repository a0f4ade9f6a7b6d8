"""Templates that an office edits in Word: each upload is a new version, none is overwritten."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max

from luoshi.apps.bulletins.composing import FIELDS
from luoshi.apps.bulletins.errors import BadTemplate, Invalid
from luoshi.apps.bulletins.models import BulletinKind, BulletinTemplate
from luoshi.apps.bulletins.policies import may_manage_templates
from luoshi.apps.journal.actions import Act, record
from luoshi.apps.organisations.models import Unit
from luoshi.apps.organisations.policies import require
from luoshi.publishing import Problem, check_template

NOT_ALLOWED = "只有本单位的统筹办、牵头处室和系统管理员可以管理通报模板。"
MOST_BYTES = 8 * 2**20


def upload_template(
    *, acting_user: Any, owner: Unit, kind: str, name: str, data: bytes
) -> tuple[BulletinTemplate, list[Problem]]:
    """A new version, in use at once; with it the departures from the standard's layout. Raises ``BadTemplate``."""
    require(may_manage_templates(acting_user, owner), NOT_ALLOWED)
    if kind not in BulletinKind.values:
        raise Invalid("请选择通报的类别。")
    if len(data) > MOST_BYTES:
        raise Invalid(f"模板超过{MOST_BYTES // 2**20} MB，请压缩图片后再传。")
    chosen = BulletinKind(kind)
    problems = check_template(data, FIELDS[chosen])
    fatal = [str(problem) for problem in problems if problem.fatal]
    if fatal:
        raise BadTemplate(fatal)
    sha256 = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=owner.pk)  # serialises the versions
        rows = BulletinTemplate.objects.filter(owner=owner, kind=kind)
        ordinal = (rows.aggregate(last=Max("ordinal"))["last"] or 0) + 1
        template = BulletinTemplate(
            owner=owner,
            kind=kind,
            ordinal=ordinal,
            name=name[-200:] or "模板.docx",
            sha256=sha256,
            uploaded_by=acting_user,
        )
        template.file.save(f"{owner.pk}-{kind}-{ordinal}.docx", ContentFile(data), save=False)
        template.save()
        after = {"版次": ordinal, "文件": name, "sha256": sha256}
        record(
            acting_user=acting_user, acts=[Act(action="上传通报模板", target=template, after=after, label=str(owner))]
        )
    return template, [problem for problem in problems if not problem.fatal]


@transaction.atomic
def drop_template(*, acting_user: Any, template: BulletinTemplate) -> BulletinTemplate:
    """Stop using a version: the one before it (or the shipped one) is used. It stays with bulletins made of it."""
    row = BulletinTemplate.objects.select_for_update().get(pk=template.pk)
    row.owner = Unit.objects.get(pk=row.owner_id)
    require(may_manage_templates(acting_user, row.owner), NOT_ALLOWED)
    if not row.is_active:
        raise Invalid("这一版模板已经停用。")
    row.is_active = False
    row.save(update_fields=("is_active",))
    record(
        acting_user=acting_user,
        acts=[Act(action="停用通报模板", target=row, after={"版次": row.ordinal}, label=str(row.owner))],
    )
    return row
