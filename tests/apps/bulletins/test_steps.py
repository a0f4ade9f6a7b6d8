"""From drawing to the receivers; who may do what; what a file and its figures are held against."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.http import Http404
from django.utils import timezone

from luoshi.apps.bulletins import actions, policies
from luoshi.apps.bulletins.composing import FIELDS
from luoshi.apps.bulletins.defaults import default_template
from luoshi.apps.bulletins.errors import BadTemplate, Invalid, NothingToTell, NotNow, Stale
from luoshi.apps.bulletins.models import Bulletin, BulletinKind, BulletinState, Receipt
from luoshi.apps.bulletins.queries import BulletinFilter, bulletin_list, readers, unread_bulletins
from luoshi.apps.bulletins.verifying import verify_file
from luoshi.apps.indicators.models import Indicator, Observation
from luoshi.apps.journal.actions import verify as verify_journal
from luoshi.apps.journal.models import Entry
from luoshi.apps.notices.models import Notice
from luoshi.periods import Period
from luoshi.publishing import Paper, contents, read_manifest
from luoshi.publishing.package import MAIN, Parts
from tests.apps.targets.conftest import Scene
from tests.apps.targets.test_actions import observe

MARCH = Period.parse("2026-03")


def drawn(scene: Scene, **more: Any) -> Bulletin:
    """A progress bulletin of March, by the office."""
    values: dict[str, Any] = {"kind": "progress", "owner": scene.units.state, "plans": [scene.plan], "period": MARCH}
    return actions.draw_bulletin(acting_user=scene.user("office"), **(values | more))


def bytes_of(bulletin: Bulletin) -> bytes:
    with bulletin.file.open("rb") as file:
        return file.read()


def signed(scene: Scene, number: str = "云政通[2026]07号") -> Bulletin:
    made = drawn(scene)
    actions.check_bulletin(acting_user=scene.user("second"), bulletin_id=made.pk)
    return actions.sign_bulletin(
        acting_user=scene.user("leader"),
        bulletin_id=made.pk,
        signatory="高远",
        number=number,
        dated=timezone.localdate(),
    )


def issued(scene: Scene) -> Bulletin:
    return actions.issue_bulletin(acting_user=scene.user("office"), bulletin_id=signed(scene).pk)


def text_of(bulletin: Bulletin) -> str:
    return "\n".join(block.text for block in contents(bytes_of(bulletin)).blocks if hasattr(block, "text"))


def test_figures_are_frozen_with_their_references(scene: Scene, shared_out: Indicator) -> None:
    made = drawn(scene)
    text = text_of(made)
    assert "新增家庭农场" in text and "2个县" in text
    manifest = read_manifest(bytes_of(made))
    assert manifest is not None and manifest.key == f"bulletin:{made.pk}" and manifest.snapshot == made.digest
    known = [one.figure.reference for one in manifest.figures if one.figure.reference.unit == str(scene.units.north)]
    ids = {
        str(pk)
        for pk in Observation.objects.filter(unit=scene.units.north, period="2026-03").values_list("pk", flat=True)
    }
    assert any(set(reference.observation.split("、")) & ids for reference in known)
    assert {row.unit.pk for row in made.recipients.all()} == {scene.units.north.pk, scene.units.south.pk}
    # A correction that comes later changes neither the draft nor what is made again of it.
    before = bytes_of(made)
    observe(shared_out, scene.units.north, "2026-03", "999", source="verified")
    Observation.objects.filter(source="verified").update(recorded_at=timezone.now())
    made.refresh_from_db()
    assert bytes_of(made) == before
    result = verify_file(before)
    assert result.ok and result.same_bytes and "逐字节相同" in result.sentence
    actions.redraw_bulletin(acting_user=scene.user("office"), bulletin_id=made.pk)
    made.refresh_from_db()
    assert "已完成全年目标的有1个：北川县" in text_of(made) and bytes_of(made) != before


def test_the_way_to_the_receivers(scene: Scene, shared_out: Indicator) -> None:
    made = drawn(scene)
    with pytest.raises(PermissionDenied, match="不能核自己拟的稿"):
        actions.check_bulletin(acting_user=scene.user("office"), bulletin_id=made.pk)
    with pytest.raises(NotNow, match="请先核稿"):
        actions.sign_bulletin(
            acting_user=scene.user("leader"),
            bulletin_id=made.pk,
            signatory="高远",
            number="1号",
            dated=dt.date(2026, 1, 1),
        )
    actions.check_bulletin(acting_user=scene.user("second"), bulletin_id=made.pk, text="数字已核")
    assert Notice.objects.filter(recipient=scene.people["leader"], kind="bulletin-sign").count() == 1
    with pytest.raises(NotNow, match="请先退回"):
        actions.redraw_bulletin(acting_user=scene.user("office"), bulletin_id=made.pk)
    done = actions.sign_bulletin(
        acting_user=scene.user("leader"),
        bulletin_id=made.pk,
        signatory="高远",
        number="云政通（2026）第012号",
        dated=timezone.localdate(),
    )
    assert done.number == "云政通〔2026〕12号"
    day = timezone.localdate()
    text = text_of(done)
    assert "云政通〔2026〕12号" in text and f"{day.year}年{day.month}月{day.day}日" in text
    assert unread_bulletins(scene.user("reporter")).count() == 0
    with pytest.raises(PermissionDenied):
        actions.issue_bulletin(acting_user=scene.user("leader"), bulletin_id=made.pk)
    actions.issue_bulletin(acting_user=scene.user("office"), bulletin_id=made.pk)
    assert [row.pk for row in unread_bulletins(scene.user("reporter"))] == [made.pk]
    assert Notice.objects.filter(recipient=scene.people["reporter"], kind="bulletin").count() == 1
    made.refresh_from_db()
    assert actions.read_bulletin(acting_user=scene.user("reporter"), bulletin=made) == 1
    assert actions.read_bulletin(acting_user=scene.user("reporter"), bulletin=made) == 0
    assert Receipt.objects.get().user == scene.people["reporter"]
    assert unread_bulletins(scene.user("reporter")).count() == 0
    assert sum(bool(one.receipts) for one in readers(made)) == 1
    (row,) = bulletin_list(scene.user("office"), BulletinFilter())
    assert (row.sent, row.read) == (2, 1)
    actions.withdraw_bulletin(acting_user=scene.user("office"), bulletin_id=made.pk, reason="数据有误")
    assert Notice.objects.filter(
        recipient=scene.people["reporter"], kind="bulletin-withdrawn", text="数据有误"
    ).exists()
    assert not policies.visible_bulletins(scene.user("reporter")).filter(pk=made.pk).exists()
    steps = [step.action for step in made.steps.order_by("pk")]
    assert steps == ["draw", "check", "sign", "issue", "withdraw"]
    assert verify_journal().ok and Entry.objects.filter(action="印发通报").count() == 1


def test_nothing_is_public_by_itself(scene: Scene, shared_out: Indicator) -> None:
    made = issued(scene)
    assert not policies.public_bulletins().exists()
    with pytest.raises(PermissionDenied, match="是否公开"):
        actions.publish_bulletin(acting_user=scene.user("north"), bulletin_id=made.pk)
    with pytest.raises(Http404):
        actions.publish_bulletin(acting_user=scene.user("farm"), bulletin_id=made.pk)
    actions.publish_bulletin(acting_user=scene.user("leader"), bulletin_id=made.pk)
    assert policies.public_bulletins().count() == 1
    assert policies.visible_bulletins(scene.user("nobody")).count() == 1
    actions.unpublish_bulletin(acting_user=scene.user("leader"), bulletin_id=made.pk)
    assert policies.visible_bulletins(scene.user("nobody")).count() == 0


def test_sending_back_frees_the_number(scene: Scene, shared_out: Indicator) -> None:
    made = signed(scene)
    assert made.number == "云政通〔2026〕7号"
    with pytest.raises(Invalid, match="已用过"):
        signed(scene, "云政通〔2026〕7号")
    actions.send_bulletin_back(acting_user=scene.user("leader"), bulletin_id=made.pk, reason="标题不妥")
    made.refresh_from_db()
    assert (made.state, made.number, made.dated) == (BulletinState.DRAFT, "", None)
    assert "文号待编" in text_of(made)
    assert Notice.objects.filter(recipient=scene.people["office"], kind="bulletin-back", text="标题不妥").exists()
    with pytest.raises(Invalid, match="原因"):
        actions.withdraw_bulletin(acting_user=scene.user("office"), bulletin_id=made.pk, reason=" ")


def test_texts_are_worded_otherwise_and_followed(scene: Scene, shared_out: Indicator) -> None:
    made = drawn(scene)
    changed = actions.edit_texts(
        acting_user=scene.user("office"),
        bulletin_id=made.pk,
        texts={"工作要求": "请各县抓紧。\n务必于5月底前补齐。", "主送": "各县人民政府", "印发机关": ""},
        title="云岭州三月通报",
        main=[scene.units.north],
        copies=[scene.units.farm],
        revision=made.revision,
    )
    text = text_of(changed)
    assert "务必于5月底前补齐。" in text and "各县人民政府：" in text and "抄送：" in text and "云岭州三月通报" in text
    assert changed.texts == {"工作要求": "请各县抓紧。\n务必于5月底前补齐。", "主送": "各县人民政府"}
    with pytest.raises(Stale):
        actions.edit_texts(
            acting_user=scene.user("second"),
            bulletin_id=made.pk,
            texts={},
            title="又一题",
            main=[scene.units.north],
            copies=[],
            revision=made.revision,
        )
    with pytest.raises(PermissionDenied):
        actions.edit_texts(
            acting_user=scene.user("leader"),
            bulletin_id=made.pk,
            texts={},
            title="题",
            main=[scene.units.north],
            copies=[],
        )
    # Who changed it does not check it alone either; a third person may.
    actions.check_bulletin(acting_user=scene.user("second"), bulletin_id=made.pk)


def test_who_sees_drafts(scene: Scene, shared_out: Indicator) -> None:
    made = drawn(scene)
    seen = {name: policies.visible_bulletins(scene.user(name)).filter(pk=made.pk).exists() for name in scene.people}
    assert [name for name, found in seen.items() if found] == ["office", "second", "leader"]
    with pytest.raises(Http404):
        actions.check_bulletin(acting_user=scene.user("north"), bulletin_id=made.pk)
    with pytest.raises(PermissionDenied):
        actions.draw_bulletin(
            acting_user=scene.user("reporter"),
            kind="progress",
            owner=scene.units.state,
            plans=[scene.plan],
            period=MARCH,
        )


def test_what_cannot_be_drawn_is_said(scene: Scene, shared_out: Indicator) -> None:
    with pytest.raises(NothingToTell, match="没有可通报的目标"):
        drawn(scene, period=Period.parse("2024-03"))
    with pytest.raises(NothingToTell, match="请选择要通报的方案"):
        drawn(scene, plans=[])
    with pytest.raises(NothingToTell, match="没有到期的报表"):
        drawn(scene, kind="lateness", plans=[])
    with pytest.raises(NothingToTell, match="没有督办件"):
        drawn(scene, kind="supervision", plans=[])
    with pytest.raises(Invalid, match="不能晚于现在"):
        drawn(scene, as_of=timezone.now() + dt.timedelta(days=1))
    assert not Bulletin.objects.exists()


def tampered(data: bytes, old: str, new: str) -> bytes:
    parts = Parts.read(data)
    text = parts.members[MAIN].decode()
    assert old in text
    parts.members[MAIN] = text.replace(old, new, 1).encode()
    return parts.to_bytes()


def test_a_changed_file_is_found_out(scene: Scene, shared_out: Indicator) -> None:
    made = issued(scene)
    data = bytes_of(made)
    assert verify_file(data).ok
    result = verify_file(tampered(data, ">150<", ">180<"))
    assert not result.ok and result.bulletin == made
    (one,) = result.differences
    assert "180" in one.found and "150" in one.expected and "新增家庭农场" in one.reference
    assert "1处与存档不一致" in result.sentence
    stranger = Paper()
    stranger.paragraph("别的文件")
    assert verify_file(stranger.to_bytes()).bulletin is None
    assert "认不出" in verify_file(stranger.to_bytes()).sentence
    assert verify_file(b"no docx").bulletin is None


def test_figures_changed_behind_the_journal_are_found_out(scene: Scene, shared_out: Indicator) -> None:
    made = issued(scene)
    data = bytes_of(made)
    snapshot = json.loads(json.dumps(made.snapshot))
    snapshot["targets"][0]["units"][0]["actual"] = "1"
    Bulletin.objects.filter(pk=made.pk).update(snapshot=snapshot)
    result = verify_file(data)
    assert not result.ok
    assert any("存档的数据与其摘要不符" in one for one in result.problems)
    assert any(again == "150" and kept == "1" for _, kept, again in result.recomputed)


def test_a_template_of_the_office_is_used_and_kept(scene: Scene, shared_out: Indicator) -> None:
    paper = Paper()
    paper.masthead("督查专报", "{{ 文号 }}")
    paper.title("{{ 标题 }}")
    paper.paragraph("{{ 总体情况 }}")
    paper.placeholder("{{ 单位进度表 }}")
    data = paper.to_bytes()
    with pytest.raises(PermissionDenied):
        actions.upload_template(
            acting_user=scene.user("leader"), owner=scene.units.state, kind="progress", name="专报.docx", data=data
        )
    template, hints = actions.upload_template(
        acting_user=scene.user("office"), owner=scene.units.state, kind="progress", name="专报.docx", data=data
    )
    assert hints == [] and template.ordinal == 1
    made = drawn(scene)
    assert made.template == template and text_of(made).startswith("督查专报")
    before = bytes_of(made)
    actions.drop_template(acting_user=scene.user("office"), template=template)
    assert verify_file(before).same_bytes, "a draft keeps the template that it was made of"
    assert drawn(scene).template is None
    bad = Paper()
    bad.paragraph("{{ 总体情形 }}")
    with pytest.raises(BadTemplate, match="总体情况"):
        actions.upload_template(
            acting_user=scene.user("office"),
            owner=scene.units.state,
            kind="progress",
            name="坏.docx",
            data=bad.to_bytes(),
        )


def test_a_newer_one_replaces_an_issued_one(scene: Scene, shared_out: Indicator) -> None:
    old = issued(scene)
    new = drawn(scene, replaces=old)
    actions.check_bulletin(acting_user=scene.user("second"), bulletin_id=new.pk)
    actions.sign_bulletin(
        acting_user=scene.user("leader"),
        bulletin_id=new.pk,
        signatory="高远",
        number="云政通〔2026〕8号",
        dated=timezone.localdate(),
    )
    actions.issue_bulletin(acting_user=scene.user("office"), bulletin_id=new.pk)
    old.refresh_from_db()
    assert old.state == BulletinState.WITHDRAWN
    assert [row.pk for row in unread_bulletins(scene.user("reporter"))] == [new.pk]


@pytest.mark.parametrize("kind", ["progress", "commentary", "ranking"])
def test_every_kind_of_targets_is_drawn_and_verified(scene: Scene, shared_out: Indicator, kind: str) -> None:
    period = Period.parse("2026Q1") if kind == "commentary" else MARCH
    made = drawn(scene, kind=kind, period=period)
    assert verify_file(bytes_of(made)).ok
    assert {field.name for field in FIELDS[BulletinKind(kind)]} and default_template(BulletinKind(kind))
    assert io.BytesIO(bytes_of(made)).read(2) == b"PK"


def test_a_file_that_was_lost_is_told(scene: Scene, shared_out: Indicator) -> None:
    made = issued(scene)
    data = bytes_of(made)
    made.file.save("x.docx", ContentFile(b"broken"), save=True)
    assert verify_file(data).ok, "the archive's parts still give the same bytes"
