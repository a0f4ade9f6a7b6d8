"""Forms 3, 4 and 5 come filled in from the leads, funds and activities; what people add stays."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from luoshi.apps.investment import actions
from luoshi.apps.organisations.models import Membership, Role
from luoshi.apps.reporting.actions import open_rounds, prefill_return, save_cells, submit_return
from luoshi.apps.reporting.actions.forms import install_ready_made, publish_form_version
from luoshi.apps.reporting.models import Return
from luoshi.apps.reporting.queries.returns import return_sheet
from luoshi.apps.reporting.workbooks import workbook_of
from luoshi.documents.excel import read_all_sheets
from luoshi.documents.limits import Limits
from luoshi.periods import SHANGHAI
from tests.apps.investment.making import YI, make_activity, make_lead, move, paper


@pytest.fixture
def opened(scene):
    """Opens the round of a shipped form for the month of today."""
    reporters = [scene.units.north, scene.units.south, scene.solar, scene.platform]
    for user, unit in ((scene.north, scene.units.north), (scene.office, scene.units.state)):
        Membership.objects.get_or_create(user=user, unit=unit, role=Role.REPORTER)

    def open_form(key):
        form = install_ready_made(acting_user=scene.office, key=key, owner=scene.units.state, reporters=reporters)
        month = f"{scene.today:%Y-%m}"
        publish_form_version(acting_user=scene.office, form=form, first_period=month)
        now = dt.datetime.combine(scene.today.replace(day=20), dt.time(9), tzinfo=SHANGHAI)
        open_rounds(now=now)
        return {row.unit.key: row for row in Return.objects.filter(round__form=form, round__period=month)}, now

    return open_form


def cells_of(answer, section, row):
    head = f"{section}.{row}."
    return {key.removeprefix(head): text for key, text in answer.cells.items() if key.startswith(head)}


def test_form_three_comes_filled_and_stays_in_step(scene, opened):
    lead = make_lead(scene, problem="用地指标不足", problem_unit=scene.units.farm)
    move(scene, lead, "negotiating", 60)
    make_lead(scene, title="小项目", amount=2 * YI)
    make_lead(scene, title="还是线索")
    answers, now = opened("investment-projects")
    answer = answers["north"]
    row = f"s{lead.pk}"
    assert answer.rows == {"projects": [row]}
    assert cells_of(answer, "projects", row) == {
        "name": "高效组件制造",
        "partner": "东海新能源股份有限公司",
        "place": "north",
        "amount": "12",
        "content": "年产2吉瓦组件",
        "state": "talk",
        "progress": "已见面",
        "problem": "用地指标不足",
        "helper": "farm",
    }
    assert answers["south"].rows == answers["solar"].rows == {}
    # A row that people add, and a cell that the leads do not know, stay when it is brought up to date.
    save_cells(
        acting_user=scene.north,
        answer_id=answer.pk,
        cells={f"projects.{row}.deadline": "2026-12-31", "projects.r1.name": "线外项目"},
        now=now,
    )
    actions.move_lead(
        acting_user=scene.north, lead_id=lead.pk, to="signed", on=scene.today.replace(day=1), files=[paper()],
        kind="agreement",
    )  # fmt: skip
    assert prefill_return(acting_user=scene.north, answer_id=answer.pk, now=now)
    assert not prefill_return(acting_user=scene.north, answer_id=answer.pk, now=now)
    answer.refresh_from_db()
    assert answer.rows == {"projects": [row, "r1"]}
    assert cells_of(answer, "projects", row)["state"] == "signed"
    assert cells_of(answer, "projects", row)["deadline"] == "2026-12-31"
    with pytest.raises(PermissionDenied):
        prefill_return(acting_user=scene.leader, answer_id=answer.pk, now=now)
    # The unit only confirms: its own row away, it is complete as it came.
    save_cells(acting_user=scene.north, answer_id=answer.pk, cells={}, rows={"projects": [row]}, now=now)
    # Before the month's end the whole return needs a reason; no cell does.
    early = {"": "按要求20日报送"}
    submit_return(acting_user=scene.north, answer_id=answer.pk, channel="web", key="k", reasons=early, now=now)
    answer.refresh_from_db()
    assert answer.state == "in-review"


def test_the_exported_form_three_has_the_columns_of_the_printed_one(scene, opened):
    lead = make_lead(scene)
    move(scene, lead, "negotiating", 60)
    answers, _ = opened("investment-projects")
    book = workbook_of(return_sheet(answers["north"], user=scene.north))
    (_, sheet), *_ = read_all_sheets(book, Limits())
    words = [text for _, text in sorted(sheet.texts.items())]
    printed = (
        "项目名称",
        "州外合作方企业（单位）名称",
        "项目（拟）建设地点",
        "计划（协议）投资额",
        "项目合作内容",
        "项目进展",
    )
    heads = [next(word for word in words if word.startswith(head)) for head in printed]
    assert sorted(heads, key=words.index) == heads, "in the printed order"
    assert "高效组件制造" in words and "在谈" in words


def test_forms_four_and_five(scene, opened):
    lead = make_lead(scene, scene.office, scene.platform, mode="platform")
    for to in ("negotiating", "signed", "started"):
        move(scene, lead, to, on=scene.today.replace(day=1), user=scene.office)
    lead.refresh_from_db()
    month = f"{scene.today:%Y-%m}"
    actions.report_funds(
        acting_user=scene.office,
        unit=scene.platform,
        lead_id=lead.pk,
        kind="prefecture",
        period=month,
        amount=Decimal(150_000_000),
    )
    answers, _ = opened("investment-funds")
    cells = cells_of(answers["platform"], "projects", f"s{lead.pk}")
    assert (cells["money"], cells["start"], cells["builder"]) == ("1.5", month, lead.project.owner)
    assert answers["solar"].rows == {}

    day = min(scene.today, scene.today.replace(day=19))
    leaders = [
        actions.LeaderFacts("何敏", "县长", "head", scene.units.north),
        actions.LeaderFacts("高远", "州长", "top"),
    ]
    held = make_activity(
        scene,
        scene.solar,
        scene.platform,
        begin=day,
        end=day,
        leaders=leaders,
        firms="甲公司\n乙公司",
        talks="谈了三家",
    )
    answers, _ = opened("investment-activities")
    for key in ("solar", "platform"):
        cells = cells_of(answers[key], "activities", f"s{held.pk}")
        assert (cells["kind"], cells["place"], cells["leader"], cells["lead"]) == (
            "outbound",
            "上海",
            "高远，州长",
            "solar",
        )
        assert (cells["units"], cells["firms"]) == ("云岭资本投资公司", "3")
    assert answers["north"].rows == {}
