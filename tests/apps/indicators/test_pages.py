"""The pages: what they say, that a past moment is shown as it was, and that no page asks too often."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from luoshi.apps.indicators.actions import Fact, merge_indicators, record_observations, verify_values
from luoshi.apps.indicators.actions.verifying import Decision
from luoshi.apps.indicators.models import ColumnMapping, Indicator, Observation, StatisticsImport
from luoshi.apps.indicators.queries.waiting import waiting
from luoshi.apps.organisations.models import Unit, UnitKind
from luoshi.apps.plans.models import Plan, PlanVersion, SourceDocument, Target
from tests.apps.indicators.factories import make_indicator, moment, tell

pytestmark = pytest.mark.django_db
Units = dict[str, Unit]


@pytest.fixture
def browser(client: Client, coordinator: Any) -> Client:
    """Signed in as the prefecture's coordinating office."""
    client.force_login(coordinator)
    return client


def page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    """The text of a page."""
    answer = client.get(reverse(f"indicators:{name}", args=args), query)
    assert answer.status_code == status, answer.content.decode()[-500:]
    return answer.content.decode()


def test_the_catalogue_lists_and_exports(browser: Client, indicator: Indicator, prefecture: Units) -> None:
    make_indicator(prefecture["ylz-czj"], "=HYPERLINK(1)", kind="rate", unit_of_measure="%")
    text = page(browser, "list")
    assert "市场主体总量" in text
    assert "共 <b>2</b> 项" in text
    assert "市场主体总量" not in page(browser, "list", kind="rate")
    assert "没有符合条件" in page(browser, "list", text="不存在的指标")
    answer = browser.get(reverse("indicators:export-csv"))
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["名称", "'=HYPERLINK(1)", "市场主体总量"]
    assert browser.get(reverse("indicators:export-xlsx")).status_code == 200


def test_an_indicator_is_made_and_changed_with_a_reason(browser: Client, prefecture: Units) -> None:
    new = reverse("indicators:new")
    data = {
        "name": "税收收入", "unit_of_measure": "万元", "kind": "cumulative", "direction": "higher",
        "unit_aggregation": "sum", "time_aggregation": "last", "decimals": "2", "owner": "ylz-czj",
    }  # fmt: skip
    assert browser.post(new, data | {"kind": "rate"}).status_code == 422
    assert "不能把各单位的数相加" in browser.post(new, data | {"kind": "rate"}).content.decode()
    assert browser.post(new, data).status_code == 302
    assert "都相同的指标" in browser.post(new, data).content.decode()
    made = Indicator.objects.get()
    edit = reverse("indicators:edit", args=(made.key,))
    assert 'name="revision" value="0"' in browser.get(edit).content.decode()
    changed = data | {"name": "税收收入（累计）", "is_active": "on", "reason": "", "revision": "0"}
    assert browser.post(edit, changed).status_code == 422
    assert browser.post(edit, changed | {"reason": "口径更名"}).status_code == 302
    refused = browser.post(edit, changed | {"name": "另一个", "reason": "再改"})
    assert refused.status_code == 422
    assert "刚被他人修改" in refused.content.decode()
    assert "另一个" in refused.content.decode()
    text = page(browser, "detail", made.key)
    assert "口径更名" in text
    assert "税收收入 → 税收收入（累计）" in text


def test_a_formula_is_chosen_and_told_in_words(browser: Client, prefecture: Units) -> None:
    owner = prefecture["ylz-czj"]
    tax, all_ = (make_indicator(owner, name, kind="cumulative") for name in ("税收收入", "财政收入"))
    data = {
        "name": "税收占比", "unit_of_measure": "%", "kind": "rate", "direction": "higher", "decimals": "1",
        "unit_aggregation": "ratio-of-sums", "time_aggregation": "none", "owner": "州财政局",
        "formula_kind": "ratio", "numerator": tax.key, "denominator": all_.key, "scale": "100",
    }  # fmt: skip
    assert browser.post(reverse("indicators:new"), data | {"denominator": tax.key}).status_code == 422
    assert browser.post(reverse("indicators:new"), data).status_code == 302
    made = Indicator.objects.get(name="税收占比")
    assert "“税收收入”÷“财政收入”×100" in page(browser, "detail", made.key)
    assert 'value="ratio" selected' in page(browser, "edit", made.key)


def test_grid_and_history_at_a_past_moment(browser: Client, indicator: Indicator, prefecture: Units) -> None:
    unit = prefecture["qsx"]
    tell(indicator, unit, "2026-02", "100", now=moment(1, 1))
    tell(indicator, unit, "2026-02", "250", now=moment(5, 1), source="statistics", origin="import", origin_id=3)
    tell(indicator, prefecture["bsx"], "2026-01", "0", now=moment(5, 1))
    now = page(browser, "observations", indicator=indicator.key, year=2026)
    assert ">250<" in now
    assert ">0<" in now
    assert "未报" in now
    then = page(browser, "observations", indicator=indicator.key, year=2026, as_of="2026-03-04T12:00")
    assert "2026年3月4日12:00" in then
    assert ">100<" in then
    assert ">250<" not in then
    past = page(browser, "history", indicator.key, unit=unit.key, period="2026-02", as_of="2026-03-04T12:00")
    assert "/returns/1#cell-a.b.c" in past
    assert "250" not in past
    full = page(browser, "history", indicator.key, unit=unit.key, period="2026-02")
    assert reverse("indicators:statistics-result", args=(3,)) in full
    assert "不是时点" in page(browser, "observations", indicator=indicator.key, as_of="昨天")
    assert "还没有您能看到的数" not in page(browser, "detail", indicator.key)
    assert "当时还没有" in page(browser, "detail", indicator.key, as_of="2026-02-01")
    answer = browser.get(reverse("indicators:observations-csv"), {"indicator": indicator.key, "year": 2026})
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert ["白水县", "0", "未报"] in [row[:3] for row in rows]
    page(browser, "history", indicator.key, unit=unit.key, period="坏", status=404)


def test_values_of_other_units_stay_hidden(
    client: Client, person: Callable[..., Any], indicator: Indicator, prefecture: Units
) -> None:
    tell(indicator, prefecture["qsx"], "2026-02", "111")
    tell(indicator, prefecture["bsx"], "2026-02", "222")
    client.force_login(person("xian", qsx="reporter"))
    text = page(client, "observations", indicator=indicator.key, year=2026)
    assert "111" in text
    assert "222" not in text
    assert "222" not in page(client, "detail", indicator.key)
    page(client, "history", indicator.key, unit="bsx", period="2026-02", status=404)
    items = client.get("/api/v1/observations").json()["items"]
    assert [item["value"] for item in items] == ["111"]


def test_merging_is_shown_first_and_then_done(browser: Client, indicator: Indicator, prefecture: Units) -> None:
    other = make_indicator(prefecture["ylz-czj"], "市场主体总数量", unit_of_measure="户")
    tell(indicator, prefecture["qsx"], "2026-02", "100")
    tell(other, prefecture["qsx"], "2026-02", "90")
    assert "市场主体总数量" in page(browser, "duplicates")
    address = reverse("indicators:merge")
    preview = browser.get(address, {"keep": indicator.key, "other": other.key}).content.decode()
    assert "1 处" in preview
    assert ">90<" in preview or "90</td>" in preview
    data = {"keep": indicator.key, "other": other.key, "reason": "同一指标"}
    assert browser.post(address, data | {"reason": ""}).status_code == 422
    assert browser.post(address, data).status_code == 302
    assert "已并入" in page(browser, "detail", other.key)
    assert browser.post(address, data).status_code == 404


@pytest.fixture
def plan(prefecture: Units) -> Plan:
    """A plan with two tiers of one target and a share."""
    document = SourceDocument.objects.create(
        name="a.txt", format="txt", sha256="1" * 64, size=1, text="x", line_count=1
    )
    plan = Plan.objects.create(title="云岭州2026年市场主体培育方案", year=2026, owner=prefecture["ylz"])
    version = PlanVersion.objects.create(
        plan=plan, ordinal=1, document=document, first_line=1, last_line=1, published_at=moment(1)
    )
    for line, (name, unit, tier, value) in enumerate(
        (("净增市场主体", "户", "work", 1500), ("净增市场主体", "户", "stretch", 1800), ("民营经济占比", "%", "", 46)),
        1,
    ):
        Target.objects.create(
            plan=plan, version=version, text=name, line=line, indicator=name, comparator=">=", value=value,
            unit_of_measure=unit, tier=tier, year=2026,
        )  # fmt: skip
    return plan


def test_indicators_from_a_plan(browser: Client, plan: Plan) -> None:
    address = reverse("indicators:from-plan", args=(plan.pk,))
    text = browser.get(address).content.decode()
    assert "2 组目标" in text
    assert "计量单位是“%”" in text
    first, _, share = Target.objects.order_by("line")
    data = {f"{first.pk}-use": "new", f"{first.pk}-kind": "cumulative", f"{first.pk}-name": "净增市场主体",
            f"{first.pk}-unit_aggregation": "sum", f"{share.pk}-use": ""}  # fmt: skip
    assert browser.post(address, data).status_code == 302
    made = Indicator.objects.get()
    assert (made.kind, made.measures_targets.count(), made.decimals) == ("cumulative", 2, 0)
    detail = page(browser, "detail", made.key)
    assert "工作目标" in detail
    assert "奋斗目标" in detail
    assert "1 组还没有" in browser.get(address).content.decode()
    wrong = {f"{share.pk}-use": "new", f"{share.pk}-kind": "rate", f"{share.pk}-unit_aggregation": "sum"}
    assert browser.post(address, wrong).status_code == 422
    assert Indicator.objects.count() == 1


def test_whose_the_indicators_of_a_plan_become(browser: Client, plan: Plan) -> None:
    address = reverse("indicators:from-plan", args=(plan.pk,))
    first = Target.objects.order_by("line")[0]
    data = {f"{first.pk}-use": "new", f"{first.pk}-kind": "cumulative", f"{first.pk}-unit_aggregation": "sum"}
    refused = browser.post(address, data | {"owner": "无此局"})
    text = refused.content.decode()
    assert (refused.status_code, Indicator.objects.count()) == (422, 0)
    assert "主管单位：没有找到单位“无此局”" in text
    assert 'value="无此局"' in text, "what was typed is kept"
    assert browser.post(address, data | {"owner": "州财政局"}).status_code == 302
    assert Indicator.objects.get().owner.key == "ylz-czj"


def test_the_catalogue_leads_to_the_plans(browser: Client, plan: Plan) -> None:
    text = page(browser, "list")
    assert f'href="{reverse("indicators:from-plan", args=(plan.pk,))}"' in text
    assert "3 个目标还没有指标" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"kind": "speed"}, "性质“speed”无法识别"),
        ({"owner": "nobody"}, "没有找到单位“nobody”"),
        ({"standing": "gone"}, "状态“gone”无法识别"),
        ({"derived": "perhaps"}, "来历“perhaps”无法识别"),
    ],
)
def test_a_filter_that_nobody_knows_is_told(
    browser: Client, indicator: Indicator, query: dict[str, str], said: str
) -> None:
    text = page(browser, "list", **query)
    assert said in text
    assert "市场主体总量" in text


def test_a_statistics_file_is_mapped_taken_in_and_withdrawn(
    browser: Client, indicator: Indicator, prefecture: Units
) -> None:
    table = '县市,市场主体总量（户）,备注\n青石县,"1,200",\n白水县,980,\n合计,2180,\n'
    new = reverse("indicators:statistics-new")

    def upload(text: str) -> Any:
        file = SimpleUploadedFile("统计月报.csv", text.encode("gb18030"))
        return browser.post(new, {"file": file, "owner": "ylz"})

    answer = upload(table)
    assert answer.status_code == 302
    mapping_page = browser.get(answer["Location"])
    text = mapping_page.content.decode()
    assert "1,200" in text
    assert f'value="i:{indicator.key}" selected' in text
    token = mapping_page.context["file"]
    data = {"file": token, "owner": "ylz", "header": "1", "sheet": "", "column-0": "unit",
            "column-1": f"i:{indicator.key}", "ignored": "合计", "save_as": "月报"}  # fmt: skip
    address = reverse("indicators:statistics-map")
    refused = browser.post(address, data | {"act": "import"})
    assert refused.status_code == 422
    assert "请给出这批数的期别" in refused.content.decode()
    checked = browser.post(address, data | {"act": "check", "fixed_period": "2026-02"})
    assert "可导入 2 个数" in checked.content.decode()
    assert not Observation.objects.exists()
    done = browser.post(address, data | {"act": "import", "fixed_period": "2026-02"})
    assert done.status_code == 302
    statistics = StatisticsImport.objects.get()
    assert statistics.summary["added"] == 2
    assert ColumnMapping.objects.get().name == "月报"
    assert "2 个数" in page(browser, "statistics-result", statistics.pk)
    assert b"".join(browser.get(reverse("indicators:statistics-file", args=(statistics.pk,)))).startswith(b"\xcf\xd8")
    again = browser.get(upload(table)["Location"]).content.decode()
    assert "已由tongchou同志导入过" in again
    withdraw = reverse("indicators:statistics-withdraw", args=(statistics.pk,))
    browser.post(withdraw, {"reason": ""})
    assert Observation.objects.filter(superseded_at=None).count() == 2
    browser.post(withdraw, {"reason": "文件有误"})
    assert not Observation.objects.filter(superseded_at=None).exists()
    assert "统计月报.csv" in page(browser, "statistics")
    browser.post(reverse("indicators:mapping-delete", args=(ColumnMapping.objects.get().pk,)))
    assert not ColumnMapping.objects.exists()
    assert browser.post(new, {"owner": "ylz"}).status_code == 422
    file = SimpleUploadedFile("a.csv", "县市,数\n青石县,1\n".encode())
    unknown = browser.post(new, {"owner": "无此局", "file": file})
    assert unknown.status_code == 422
    assert "为哪个单位导入：没有找到单位“无此局”" in unknown.content.decode()
    assert 'value="无此局"' in unknown.content.decode()
    assert upload("").status_code == 422


def test_an_uploaded_file_is_nobody_elses(
    browser: Client, client: Client, person: Callable[..., Any], indicator: Indicator
) -> None:
    file = SimpleUploadedFile("a.csv", "县市,数\n青石县,1\n".encode())
    there = browser.post(reverse("indicators:statistics-new"), {"file": file, "owner": "ylz"})["Location"]
    other = Client()
    other.force_login(person("bieren", ylz="coordinator"))
    assert other.get(there).status_code == 404
    assert other.get(reverse("indicators:statistics-map") + "?file=bad").status_code == 404


def test_verifying_on_the_page(browser: Client, indicator: Indicator, prefecture: Units) -> None:
    q, b = prefecture["qsx"], prefecture["bsx"]
    for unit, own, official in ((q, "120", "100"), (b, "100.5", "100")):
        tell(indicator, unit, "2026-02", own)
        tell(indicator, unit, "2026-02", official, source="statistics", origin="import")
    text = page(browser, "verification", indicator=indicator.key, period="2026-02", tolerance="1")
    assert "+20" in text
    assert "超出容差 <b>1</b>" in text
    assert "白水县" not in page(
        browser, "verification", indicator=indicator.key, period="2026-02", tolerance="1", show="off"
    )
    decide = reverse("indicators:verification-decide")
    data = {"indicator": indicator.key, "period": "2026-02", "basis": "statistics", f"seen-statistics-{q.pk}": "99"}
    browser.post(decide, data | {"units": [q.pk]})
    assert not Observation.objects.filter(source="verified").exists()  # the figure is another than was seen
    browser.post(decide, data | {"units": [q.pk, b.pk], f"seen-statistics-{q.pk}": "100"})
    assert Observation.objects.filter(source="verified", value=100).count() == 2
    text = page(browser, "verification", indicator=indicator.key, period="2026-02")
    assert "以统计数为准" in text
    other = {"indicator": indicator.key, "period": "2026-02", "basis": "other", "units": [q.pk], "value": "110"}
    browser.post(decide, other)
    assert not Observation.objects.filter(source="verified", value=110).exists()  # no reason was given
    browser.post(decide, other | {"reason": "核实登记台账"})
    assert "另定：核实登记台账" in page(browser, "verification", indicator=indicator.key, period="2026-02")
    withdraw = reverse("indicators:verification-withdraw")
    browser.post(withdraw, {"indicator": indicator.key, "period": "2026-02", "units": [q.pk], "reason": "重新核实"})
    assert Observation.objects.filter(source="verified", superseded_at=None).count() == 1
    assert "市场主体总量" in page(browser, "verification", owner="ylz-czj", period="2026-02")


def test_verification_opens_on_what_waits(
    browser: Client, coordinator: Any, indicator: Indicator, prefecture: Units
) -> None:
    q, b = prefecture["qsx"], prefecture["bsx"]
    other = make_indicator(prefecture["ylz-czj"], "税收收入", unit_of_measure="万元")
    assert "还没有数" in page(browser, "verification")
    lot = StatisticsImport.objects.create(
        name="月报.csv", sha256="2" * 64, mapping={}, owner=prefecture["ylz"], imported_by=coordinator
    )

    def official(row: Indicator, unit: Unit, period: str) -> None:
        tell(row, unit, period, "100", source="statistics", origin="import", origin_id=lot.pk)

    official(indicator, q, "2026-01")
    official(indicator, q, "2026-02")
    official(indicator, b, "2026-02")
    official(other, q, "2026-02")
    tell(other, b, "2026-03", "7")  # reported only: nothing to verify against
    text = page(browser, "verification")
    assert "待认定 3 项" in text
    assert "本页 2 个单位" in text
    assert "市场主体总量（户）　2026年2月" in text
    assert "税收收入　2026年2月" in text
    assert "2026年1月（待认定 1）" in text
    verify_values(
        acting_user=None, indicator=indicator, period="2026-02",
        decisions=[Decision(q.pk, "statistics"), Decision(b.pk, "statistics")],
    )  # fmt: skip
    assert "税收收入（万元）　2026年2月" in page(browser, "verification")
    text = page(browser, "verification", indicator=indicator.key)
    assert "待认定 2 项" in text
    assert '<option value="2026-01" selected>' in text
    for row, unit, period in ((indicator, q, "2026-01"), (other, q, "2026-02")):
        verify_values(acting_user=None, indicator=row, period=period, decisions=[Decision(unit.pk, "statistics")])
    assert "导入的统计数都已认定" in page(browser, "verification")
    assert "只看“odd”无法识别" in page(browser, "verification", indicator=indicator.key, show="odd")
    assert "所选指标不由您维护" in page(browser, "verification", indicator="nothing")


def test_what_waits_follows_a_merged_indicator(
    browser: Client, coordinator: Any, indicator: Indicator, prefecture: Units
) -> None:
    old = make_indicator(prefecture["ylz-czj"], "市场主体总数", unit_of_measure="户")
    lot = StatisticsImport.objects.create(
        name="月报.csv", sha256="2" * 64, mapping={}, owner=prefecture["ylz"], imported_by=coordinator
    )
    tell(old, prefecture["qsx"], "2026-02", "5", source="statistics", origin="import", origin_id=lot.pk)
    merge_indicators(acting_user=None, keep=indicator, others=[old], reason="同一指标")
    assert [(row.indicator, row.units) for row in waiting([indicator])] == [(indicator, 1)]
    verify_values(
        acting_user=None, indicator=indicator, period="2026-02",
        decisions=[Decision(prefecture["qsx"].pk, "statistics")],
    )  # fmt: skip
    assert waiting([indicator]) == []


def test_the_api_tells_what_was_known(browser: Client, indicator: Indicator, prefecture: Units) -> None:
    tell(indicator, prefecture["qsx"], "2026-02", "100", now=moment(1))
    tell(indicator, prefecture["qsx"], "2026-02", "120", now=moment(5))
    address = f"/api/v1/observations?indicator={indicator.key}"
    assert [item["value"] for item in browser.get(address).json()["items"]] == ["120"]
    assert [item["value"] for item in browser.get(f"{address}&as_of=2026-03-04T12:00").json()["items"]] == ["100"]
    assert browser.get(f"{address}&as_of=2026-02-01").json()["total"] == 0
    assert browser.get(f"{address}&as_of=gestern").status_code == 422
    assert browser.get("/api/v1/indicators").json()["items"][0]["name"] == "市场主体总量"
    assert browser.get(f"/api/v1/indicators/{indicator.key}").json()["owner"]["key"] == "ylz-czj"
    rolled = browser.get(
        f"/api/v1/indicators/{indicator.key}/rolled-up?unit={prefecture['ylz'].pk}&period=2026-02"
    ).json()
    assert (rolled["value"], rolled["reported"], rolled["expected"]) == ("120", 1, 2)
    assert [unit["key"] for unit in rolled["missing"]] == ["bsx"]


def test_no_page_asks_more_than_fifteen_times(
    browser: Client, coordinator: Any, indicator: Indicator, prefecture: Units, plan: Plan,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    top = Unit.objects.get(key="qsx")
    units = []
    for number in range(130):
        units.append(
            top.add_child(key=f"xz{number}", name=f"第{number}乡", short_name=f"第{number}乡", kind=UnitKind.TOWNSHIP)
        )
        top.refresh_from_db()
    months = [f"2026-{month:02}" for month in range(1, 11)]
    facts = [Fact(indicator.pk, unit.pk, month, Decimal(unit.pk % 97)) for unit in units for month in months]
    for source in ("self-reported", "statistics"):
        record_observations(acting_user=coordinator, facts=facts, source=source, origin="return", origin_id=1)
    verify_values(
        acting_user=coordinator, indicator=indicator, period="2026-02",
        decisions=[Decision(unit.pk, "statistics") for unit in units[:50]],
    )  # fmt: skip
    for number in range(30):
        make_indicator(prefecture["ylz-czj"], f"指标{number}", unit_of_measure="户")
    of = {"indicator": indicator.key}
    pages = [
        ("list", (), {}), ("detail", (indicator.key,), {}), ("edit", (indicator.key,), {}), ("new", (), {}),
        ("duplicates", (), {}), ("from-plan", (plan.pk,), {}), ("observations", (), of | {"year": "2026"}),
        ("observations", (), of | {"as_of": "2026-03-04", "year": "2026"}), ("verification", (), of),
        ("verification", (), {"owner": "ylz-czj", "show": "off"}), ("statistics", (), {}), ("statistics-new", (), {}),
        ("history", (indicator.key,), {"unit": "xz3", "period": "2026-02"}),
        ("merge", (), {"keep": indicator.key, "other": Indicator.objects.last().key}),
    ]  # fmt: skip
    for name, args, query in pages:
        with django_assert_max_num_queries(15, info=name):
            assert browser.get(reverse(f"indicators:{name}", args=args), query).status_code == 200, name
    for address in (f"/api/v1/observations?indicator={indicator.key}", "/api/v1/indicators"):
        with django_assert_max_num_queries(15, info=address):
            assert browser.get(address).status_code == 200
