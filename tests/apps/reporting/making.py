"""A small prefecture that reports: two forms of one month, and the people who fill, review and collect them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from luoshi.apps.accounts.actions import create_user
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.organisations.models import Membership, Role, Unit, UnitKind
from luoshi.apps.reporting.actions import open_rounds
from luoshi.apps.reporting.models import CellRemark, Form, FormVersion, Return, ReturnStep, Round, Submission
from luoshi.periods import SHANGHAI

PASSWORD = "qingshan-lvshui-7"


def at(day: int, hour: int = 9, *, month: int = 9, year: int = 2026) -> dt.datetime:
    """A moment of the autumn in which the tests play."""
    return dt.datetime(year, month, day, hour, tzinfo=SHANGHAI)


#: Count and sum of enterprises; an indicator a row, a total over two parts, one computed column, one soft rule.
MONTHLY = {
    "sections": [
        {
            "key": "s",
            "title": "培育情况",
            "kind": "fixed",
            "fields": [
                {
                    "key": "n",
                    "label": "累计",
                    "type": "integer",
                    "unit_of_measure": "户",
                    "observed": True,
                    "cumulative": True,
                    "required": True,
                    "minimum": "0",
                },
                {"key": "m", "label": "上年同期", "type": "integer", "unit_of_measure": "户"},
                {"key": "d", "label": "增减", "type": "integer", "unit_of_measure": "户", "formula": "n - m"},
                {"key": "note", "label": "备注", "type": "text"},
            ],
            "rows": [
                {"key": "all", "label": "合计", "indicator": "entities", "total_of": ["firm", "shop"]},
                {"key": "firm", "label": "企业", "indicator": "firms"},
                {"key": "shop", "label": "个体户", "indicator": "shops"},
            ],
        },
        {
            "key": "p",
            "title": "重点项目",
            "kind": "repeated",
            "identified_by": "name",
            "fields": [
                {"key": "name", "label": "项目", "type": "text", "required": True},
                {"key": "sum", "label": "投资", "type": "number", "unit_of_measure": "万元"},
            ],
        },
    ],
}
#: Another form that asks for one of the same numbers.
OTHER = {
    "sections": [
        {
            "key": "t",
            "title": "进度",
            "kind": "fixed",
            "fields": [{"key": "v", "label": "本月累计", "type": "integer", "unit_of_measure": "户", "observed": True}],
            "rows": [{"key": "firm", "label": "企业", "indicator": "firms"}],
        }
    ]
}
GOOD = {"s.all.n": "30", "s.firm.n": "10", "s.shop.n": "20"}


class World:
    """The prefecture: a department that collects, two counties and a township that report."""

    def __init__(self) -> None:
        self.root = Unit.objects.add_root(
            {"key": "ylz", "name": "云岭州人民政府", "short_name": "云岭州", "kind": UnitKind.PREFECTURE}
        )
        self.department = self._unit(self.root, "ylz-scj", "云岭州市场局", "州市场局", UnitKind.DEPARTMENT)
        self.county = self._unit(self.root, "qsx", "青石县", "青石县", UnitKind.COUNTY)
        self.other = self._unit(self.root, "bsx", "白水县", "白水县", UnitKind.COUNTY)
        self.township = self._unit(self.county, "qsx-hcz", "河川镇", "河川镇", UnitKind.TOWNSHIP)
        self.filler = self.person("filler", self.county, Role.REPORTER)
        self.second_filler = self.person("filler2", self.county, Role.REPORTER)
        self.other_filler = self.person("other", self.other, Role.REPORTER)
        self.town_filler = self.person("town", self.township, Role.REPORTER)
        self.reviewer = self.person("reviewer", self.county, Role.REVIEWER)
        self.lead = self.person("lead", self.department, Role.LEAD)
        self.second_lead = self.person("lead2", self.department, Role.REVIEWER)
        self.coordinator = self.person("office", self.root, Role.COORDINATOR)
        self.leader = self.person("leader", self.root, Role.LEADER)
        self.stranger = self.person("stranger")
        for key, name in (("entities", "市场主体户数"), ("firms", "企业户数"), ("shops", "个体工商户户数")):
            Indicator.objects.create(
                key=key,
                name=name,
                unit_of_measure="户",
                kind="cumulative",
                unit_aggregation="sum",
                time_aggregation="last",
                decimals=0,
                owner=self.department,
            )

    @staticmethod
    def _unit(parent: Unit, key: str, name: str, short: str, kind: str) -> Unit:
        values = {"key": key, "name": name, "short_name": short, "kind": kind}
        return Unit.objects.add_child(Unit.objects.get(pk=parent.pk), values)

    @staticmethod
    def person(username: str, unit: Unit | None = None, role: str = "") -> Any:
        """Someone, with a role."""
        user = create_user(acting_user=None, username=username, display_name=f"{username}同志", password=PASSWORD)
        if unit is not None:
            Membership.objects.create(user=user, unit=unit, role=role)
        return user

    def form(
        self,
        key: str = "monthly",
        definition: dict[str, Any] | None = None,
        *,
        stages: tuple[str, ...] = ("unit", "lead"),
        reporters: tuple[Unit, ...] = (),
        first_period: str = "2026-08",
        **fields: Any,
    ) -> FormVersion:
        """A monthly form due on the 3rd of the next month, opened ten days before."""
        form = Form.objects.create(
            key=key, title={"monthly": "市场主体月报"}.get(key, "项目月报"), owner=self.department
        )
        values: dict[str, Any] = {
            "ordinal": 1,
            "definition": definition or MONTHLY,
            "cadence": "monthly",
            "due_kind": "day-after",
            "due_day": 3,
            "open_days": 10,
            "late_days": 10,
            "review_stages": list(stages),
            "first_period": first_period,
            "first_day": dt.date(int(first_period[:4]), int(first_period[5:7]), 1),
            "published_at": at(1, month=8),
            "published_by": self.lead,
        }
        version = FormVersion.objects.create(form=form, **(values | fields))
        version.reporters.set(reporters or (self.county, self.other))
        return version

    def opened(self, now: dt.datetime | None = None, unit: Unit | None = None, form: str = "monthly") -> Return:
        """Open what is due on 1 September (the return of August) and give a unit's latest return."""
        open_rounds(now=now or at(1))
        rows = Return.objects.filter(unit=unit or self.county, round__form__key=form)
        found = rows.order_by("-round__first_day").first()
        assert found is not None
        return found


def make_return(owner: Unit, unit: Unit, user: Any) -> Return:
    """A return that has been submitted once and sent back, of a form that ``owner`` collects, open for long."""
    form = Form.objects.create(key="yuebao", title="企业月报", owner=owner)
    version = FormVersion.objects.create(
        form=form,
        ordinal=1,
        definition=OTHER,
        cadence="monthly",
        due_kind="day-after",
        due_day=3,
        first_day=dt.date(2026, 8, 1),
        published_at=at(1),
    )
    found = Round.objects.create(
        form=form,
        version=version,
        period="2026-08",
        first_day=dt.date(2026, 8, 1),
        last_day=dt.date(2026, 8, 31),
        opened_at=at(1),
        due_at=at(3, year=2090),
        late_until=at(13, year=2090),
    )
    answer = Return.objects.create(
        round=found, unit=unit, state="sent-back", cells={"t.firm.v": "8"}, submitted_at=at(2)
    )
    submission = Submission.objects.create(
        answer=answer, ordinal=1, cells=answer.cells, channel="web", submitted_by=user, submitted_at=at(2)
    )
    common = {"answer": answer, "submission": submission, "by": user}
    ReturnStep.objects.create(**common, action="submit", from_state="open", to_state="in-review", at=at(2))
    step = ReturnStep.objects.create(
        **common,
        action="send-back",
        from_state="in-review",
        to_state="sent-back",
        stage="lead",
        reason="再核",
        at=at(3),
    )
    CellRemark.objects.create(answer=answer, step=step, address="t.firm.v", value="8", text="请核对")
    return answer
