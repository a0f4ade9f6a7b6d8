"""Forms from draft to version: saving, publishing, copies, rights, pages, the API."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from luoshi.apps.indicators.models import Indicator
from luoshi.apps.journal.models import Entry
from luoshi.apps.organisations.models import NameKind, Role, Unit, UnitKind, UnitName
from luoshi.apps.reporting.actions.forms import (
    copy_form,
    create_form,
    discard_draft,
    publish_form_version,
    restore_form,
    retire_form,
    revise_form,
    save_form_version,
)
from luoshi.apps.reporting.actions.rounds import open_rounds
from luoshi.apps.reporting.design import problems_of
from luoshi.apps.reporting.form_errors import FormFaults, FormStale, NotNow
from luoshi.apps.reporting.models import Form, Return, Round
from luoshi.apps.reporting.queries.forms import difference_of
from tests.apps.reporting.making import MONTHLY, OTHER, World, at

SOUND = {
    "sections": [
        {
            "key": "s1",
            "title": "进度",
            "kind": "fixed",
            "fields": [{"key": "f1", "label": "户数", "type": "integer", "decimals": 0, "unit_of_measure": "户"}],
            "rows": [{"key": "r1", "label": "本月"}],
        }
    ],
    "rules": [],
    "notes": "",
}


def made(world: World, **fields: Any) -> Form:
    return create_form(acting_user=world.lead, title="示范月报", owner=world.department, **fields)


def sound(world: World) -> Form:
    """A form whose draft could be published."""
    form = made(world)
    changes = {"definition": SOUND, "reporters": [world.county.pk, world.other.pk]}
    save_form_version(acting_user=world.lead, form=form, revision=0, changes=changes)
    return form


def saved(world: World, form: Form, **changes: Any) -> Any:
    draft = form.versions.get(published_at=None)
    return save_form_version(acting_user=world.lead, form=form, revision=draft.revision, changes=changes)


def test_a_new_form_is_a_draft_that_nobody_must_fill(world: World) -> None:
    form = made(world)
    draft = form.versions.get()
    assert draft.published_at is None and draft.ordinal == 1
    assert form.key.startswith("bb-")
    assert open_rounds(now=at(1)) == []
    entry = Entry.objects.latest("sequence")
    assert (entry.action, entry.actor_id) == ("新建报表", world.lead.pk)


def test_saving_keeps_what_was_typed_faults_included(world: World) -> None:
    form = made(world)
    broken = json.loads(json.dumps(SOUND))
    broken["sections"][0]["fields"][0] |= {"label": "", "formula": "nothing + 1"}
    draft = saved(world, form, definition=broken)
    assert draft.revision == 1
    draft.refresh_from_db()
    assert draft.definition == broken
    with pytest.raises(FormFaults) as refused:
        publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    told = "；".join(refused.value.problems)
    assert "第1列" in told and "填报单位" in told and "nothing" in told
    assert form.versions.get().published_at is None


def test_the_same_saved_again_changes_nothing(world: World) -> None:
    form = sound(world)
    entries = Entry.objects.count()
    assert saved(world, form, definition=SOUND, due_day=3).revision == 1
    assert Entry.objects.count() == entries


def test_a_sitting_is_one_entry_and_other_changes_have_their_own(world: World) -> None:
    form = made(world)
    entries = Entry.objects.count()
    for label in ("甲", "乙", "丙"):
        changed = json.loads(json.dumps(SOUND))
        changed["sections"][0]["title"] = label
        saved(world, form, definition=changed)
    assert Entry.objects.count() == entries + 1
    saved(world, form, due_day=5)
    entry = Entry.objects.latest("sequence")
    assert (entry.before, entry.after) == ({"due_day": 3}, {"due_day": 5})


def test_somebody_elses_save_is_not_overwritten(world: World) -> None:
    form = made(world)
    saved(world, form, definition=SOUND)
    with pytest.raises(FormStale) as stale:
        save_form_version(acting_user=world.coordinator, form=form, revision=0, changes={"title": "别的"})
    assert stale.value.revision == 1
    form.refresh_from_db()
    assert form.title == "示范月报"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cadence": "hourly"}, "cadence"),
        ({"due_day": 32}, "due_day"),
        ({"due_day": True}, "due_day"),
        ({"due_day": "三"}, "due_day"),
        ({"due_kind": "day-in", "due_day": 0}, "due_day"),
        ({"cadence": "weekly", "due_day": 9}, "due_day"),
        ({"open_days": -1}, "open_days"),
        ({"late_days": 400}, "late_days"),
        ({"reminders": [1.5]}, "reminders"),
        ({"reminders": list(range(20))}, "reminders"),
        ({"review_stages": ["king"]}, "review_stages"),
        ({"minutes_a_cell": "nan"}, "minutes_a_cell"),
        ({"minutes_a_cell": 0}, "minutes_a_cell"),
        ({"title": "  "}, "title"),
        ({"title": "名" * 201}, "title"),
        ({"purpose": "a\0b"}, "purpose"),
        ({"definition": []}, "definition"),
        ({"definition": {"sections": [1]}}, "definition"),
        ({"definition": {"sections": [{"fields": {}}]}}, "definition"),
        ({"definition": {"sections": [{"fields": [{"label": {"x": 1}}]}]}}, "definition"),
        ({"definition": {"notes": "a\0b"}}, "definition"),
        ({"definition": {"notes": "\ud800"}}, "definition"),
        ({"definition": {"notes": "长" * 400_000}}, "definition"),
        ({"reporters": ["x"]}, "reporters"),
        ({"reporters": [999_999]}, "reporters"),
        ({"ordinal": 9}, "ordinal"),
    ],
)
def test_bad_values_are_refused_by_name_and_nothing_is_stored(
    world: World, changes: dict[str, Any], field: str
) -> None:
    form = made(world)
    with pytest.raises(ValidationError) as refused:
        saved(world, form, **changes)
    assert list(refused.value.message_dict) == [field]
    draft = form.versions.get()
    assert (draft.revision, draft.due_day, draft.cadence) == (0, 3, "monthly")


def test_publishing_opens_rounds_and_later_versions_wait_their_turn(world: World) -> None:
    form = sound(world)
    version = publish_form_version(acting_user=world.lead, form=form, first_period="2026-08", now=at(1))
    assert (version.first_day, version.published_by) == (dt.date(2026, 8, 1), world.lead)
    assert [one.period for one in open_rounds(now=at(1))] == ["2026-08"]

    draft = revise_form(acting_user=world.lead, form=form)
    assert draft.ordinal == 2 and set(draft.reporters.all()) == {world.county, world.other}
    assert revise_form(acting_user=world.coordinator, form=form) == draft, "one draft at a time"
    changed = json.loads(json.dumps(SOUND))
    changed["sections"][0]["fields"].append({"key": "f2", "label": "备注", "type": "text", "meaning": "problem"})
    saved(world, form, definition=changed)
    for first, reason, field in (
        ("2026-08", "增加备注", "first_period"),  # open already
        ("2026Q4", "增加备注", "first_period"),  # another cadence
        ("2026-13", "增加备注", "first_period"),
        ("2026-09", "", "reason"),
    ):
        with pytest.raises(ValidationError) as refused:
            publish_form_version(acting_user=world.lead, form=form, first_period=first, reason=reason)
        assert list(refused.value.message_dict) == [field]
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-09", reason="增加备注")
    assert [one.period for one in open_rounds(now=at(1, month=10))] == ["2026-09"]
    versions = {one.period: one.version.ordinal for one in Round.objects.filter(form=form).select_related("version")}
    assert versions == {"2026-08": 1, "2026-09": 2}, "what was open keeps its version"
    first, second = form.versions.order_by("ordinal")
    assert [(one.place, one.after) for one in difference_of(first, second)] == [("“进度”“备注”", "新增一列")]
    # What a column is for is kept by the next version, and its change is told in words.
    third = revise_form(acting_user=world.lead, form=form)
    assert third.definition["sections"][0]["fields"][1]["meaning"] == "problem"
    changed["sections"][0]["fields"][1].pop("meaning")
    changed["sections"][0]["fields"].append({"key": "f3", "label": "时限", "type": "date", "meaning": "problem-due"})
    third = saved(world, form, definition=changed)
    told = [(one.place, one.before, one.after) for one in difference_of(second, third)]
    assert told == [("“进度”“备注”　用途", "作为需协同事项", "（无）"), ("“进度”“时限”", "", "新增一列")]
    assert any("没有写问题的列" in one.message for one in problems_of(third)), "a day of no problem"


def test_a_first_period_long_past_is_told_and_refused_where_it_is_a_slip(world: World) -> None:
    form = sound(world)
    with pytest.raises(ValidationError, match="一次开放36期以上"):
        publish_form_version(acting_user=world.lead, form=form, first_period="1902-01", now=at(1))
    year = timezone.localdate().year
    text = browser(world.lead).get(f"/forms/{form.key}/publish").content.decode()
    counts = [int(count) for count in re.findall(rf"{year}年\d+月（一次开放 (\d+) 期", text)]
    assert counts == sorted(counts, reverse=True), "the further back, the more"
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-05", now=at(1))
    assert len(open_rounds(now=at(1))) == 4


def test_a_round_opened_while_publishing_is_not_given_another_version(world: World) -> None:
    form = sound(world)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08", now=at(1))
    revise_form(acting_user=world.lead, form=form)
    open_rounds(now=at(1, month=10))  # August and September
    with pytest.raises(ValidationError, match="已经开放填报"):
        publish_form_version(acting_user=world.lead, form=form, first_period="2026-09", reason="改")


def test_published_versions_cannot_be_edited(world: World) -> None:
    form = sound(world)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    for act in (
        lambda: save_form_version(acting_user=world.lead, form=form, revision=1, changes={"title": "改"}),
        lambda: publish_form_version(acting_user=world.lead, form=form, first_period="2026-09", reason="改"),
        lambda: discard_draft(acting_user=world.lead, form=form),
    ):
        with pytest.raises(NotNow):
            act()


def test_indicators_and_units_that_nobody_knows_are_told(world: World) -> None:
    form = sound(world)
    changed = json.loads(json.dumps(SOUND))
    changed["sections"][0]["fields"][0]["indicator"] = "firms"
    changed["sections"][0]["rows"][0]["unit"] = "nowhere"
    saved(world, form, definition=changed)
    with pytest.raises(FormFaults, match="nowhere"):
        publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    changed["sections"][0]["rows"][0]["unit"] = "bsx"
    saved(world, form, definition=changed)
    Indicator.objects.filter(key="firms").update(is_active=False)
    with pytest.raises(FormFaults, match="指标"):
        publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    Indicator.objects.filter(key="firms").update(is_active=True)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")


def county_form(world: World, definition: Any, stages: list[str]) -> tuple[Any, Form]:
    """A form of the county's own lead, ready to be published but for what it asks."""
    lead = world.person("county-lead", world.county, Role.LEAD)
    form = create_form(acting_user=lead, title="县内月报", owner=world.county, reporters=[world.county])
    changes = {"definition": definition, "review_stages": stages}
    save_form_version(acting_user=lead, form=form, revision=0, changes=changes)
    return lead, form


def test_a_county_speaks_for_its_own_units_only(world: World) -> None:
    asked = json.loads(json.dumps(OTHER))
    asked["sections"][0]["rows"][0]["unit"] = "bsx"
    lead, form = county_form(world, asked, ["unit"])
    with pytest.raises(FormFaults, match="第1节第1行：单位“bsx”不归收表单位管"):
        publish_form_version(acting_user=lead, form=form, first_period="2026-08")
    asked["sections"][0]["rows"][0]["unit"] = "qsx-hcz"
    save_form_version(acting_user=lead, form=form, revision=1, changes={"definition": asked})
    publish_form_version(acting_user=lead, form=form, first_period="2026-08")


def test_what_others_keep_is_observed_only_with_a_review(world: World) -> None:
    lead, form = county_form(world, OTHER, [])
    with pytest.raises(FormFaults, match="第1节第1行：指标“企业户数”由“州市场局”主管，本表须至少设一个审核环节"):
        publish_form_version(acting_user=lead, form=form, first_period="2026-08")
    for owner in (world.county, world.root, world.township):  # its own, one above it, one below it
        Indicator.objects.filter(key="firms").update(owner=owner)
        assert problems_of(form.versions.get()) == []
    Indicator.objects.filter(key="firms").update(owner=world.other)
    assert [problem.place for problem in problems_of(form.versions.get())] == ["s1-r1"]
    save_form_version(acting_user=lead, form=form, revision=1, changes={"review_stages": ["unit"]})
    assert problems_of(form.versions.get()) == []


def test_another_prefectures_indicator_is_not_observed(world: World) -> None:
    other = {"key": "pqz", "name": "平泉州人民政府", "short_name": "平泉州", "kind": UnitKind.PREFECTURE}
    _, form = county_form(world, OTHER, ["unit"])
    Indicator.objects.filter(key="firms").update(owner=Unit.objects.add_root(other))
    assert "不属本州" in problems_of(form.versions.get())[0].message
    agency = {"key": "ylz-sw", "name": "云岭州税务局", "short_name": "州税务局", "kind": UnitKind.VERTICAL_AGENCY}
    Indicator.objects.filter(key="firms").update(owner=Unit.objects.add_root(agency))
    assert problems_of(form.versions.get()) == [], "an agency beside the tree belongs to the prefecture"


def test_discarding_a_draft(world: World) -> None:
    form = sound(world)
    assert discard_draft(acting_user=world.lead, form=form) is False
    assert not Form.objects.filter(pk=form.pk).exists()
    form = sound(world)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    revise_form(acting_user=world.lead, form=form)
    assert discard_draft(acting_user=world.lead, form=form) is True
    assert form.versions.get().published_at is not None


def test_copying_and_retiring(world: World) -> None:
    form = sound(world)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08", now=at(1))
    copy = copy_form(acting_user=world.lead, form=form, title="示范月报（新）")
    draft = copy.versions.get()
    assert draft.published_at is None and draft.definition == form.versions.get().definition
    assert set(draft.reporters.all()) == {world.county, world.other}
    with pytest.raises(ValidationError):
        retire_form(acting_user=world.lead, form=form, reason=" ")
    retire_form(acting_user=world.lead, form=form, reason="并入新表")
    assert open_rounds(now=at(1)) == []
    with pytest.raises(NotNow):
        revise_form(acting_user=world.lead, form=form)
    restore_form(acting_user=world.lead, form=form)
    assert len(open_rounds(now=at(1))) == 1


def test_who_may_design(world: World) -> None:
    county_office = world.person("county-office", world.county, Role.COORDINATOR)
    for user in (world.filler, world.reviewer, world.leader, world.stranger, county_office):
        with pytest.raises(PermissionDenied):
            create_form(acting_user=user, title="表", owner=world.department)
    form = sound(world)
    for user in (world.filler, world.second_lead, world.leader, county_office):
        with pytest.raises(PermissionDenied):
            save_form_version(acting_user=user, form=form, revision=1, changes={"title": "改"})
        with pytest.raises(PermissionDenied):
            publish_form_version(acting_user=user, form=form, first_period="2026-08")
        with pytest.raises(PermissionDenied):
            copy_form(acting_user=user, form=form, title="表")
    save_form_version(acting_user=world.coordinator, form=form, revision=1, changes={"title": "统筹办改"})


def test_a_county_asks_only_units_of_its_own(world: World) -> None:
    office = world.person("county-office", world.county, Role.COORDINATOR)
    form = create_form(acting_user=office, title="县内月报", owner=world.county)
    save_form_version(acting_user=office, form=form, revision=0, changes={"reporters": [world.township.pk]})
    with pytest.raises(ValidationError, match="范围"):
        save_form_version(acting_user=office, form=form, revision=1, changes={"reporters": [world.other.pk]})
    assert [unit.pk for unit in form.versions.get().reporters.all()] == [world.township.pk]


# Pages


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_list_and_page_of_a_form(world: World, django_assert_max_num_queries: Any) -> None:
    for number in range(30):
        world.form(f"form-{number}", reporters=(world.county, world.other))
    open_rounds(now=at(1))
    client = browser(world.lead)
    client.get("/forms")
    with django_assert_max_num_queries(15):
        page = client.get("/forms")
    text = page.content.decode()
    assert "30</b> 张报表" in text and "每月3日前报上月" in text and "2026-08" in text
    with django_assert_max_num_queries(15):
        page = client.get("/forms/form-7")
    text = page.content.decode()
    assert "州市场局" in text and "青石县" in text and "以后的截止日" in text and "修订" in text
    seen = browser(world.filler).get("/forms/form-7").content.decode()
    assert "修订" not in seen and "复制、停用" not in seen
    assert browser(world.town_filler).get("/forms/form-7").status_code == 404
    assert browser(world.stranger).get("/forms").status_code == 200


def test_a_draft_is_not_shown_to_who_will_fill_it_in(world: World) -> None:
    form = sound(world)
    assert browser(world.filler).get(f"/forms/{form.key}").status_code == 404
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    assert browser(world.filler).get(f"/forms/{form.key}").status_code == 200
    assert browser(world.filler).get(f"/forms/{form.key}/design").status_code == 403


def test_designing_over_http(world: World) -> None:
    client = browser(world.lead)
    answer = client.post("/forms/new", {"title": "新表", "owner": "州市场局"})
    assert answer.status_code == 302
    form = Form.objects.get(title="新表")
    there = f"/forms/{form.key}/design"
    assert answer.headers["Location"] == there
    assert client.get(there).status_code == 200

    def save(revision: Any, changes: Any) -> Any:
        body = json.dumps({"revision": revision, "changes": changes})
        return client.post(there, body, content_type="application/json")

    answer = save(0, {"definition": SOUND, "cadence": "quarterly", "due_day": 10})
    told = answer.json()["told"]
    assert told["words"] == "每季度后首月10日前报上季度；遇休息日不顺延"
    assert len(told["coming"]) == 6 and told["cells"] == 1
    assert [one["place"] for one in told["problems"]] == ["reporters"]
    assert "户数" in answer.json()["preview"]
    assert save(0, {"title": "迟了"}).status_code == 409
    assert save(1, {"due_day": 99}).status_code == 422
    assert save("1", {}).status_code == 422
    assert client.post(there, "{", content_type="application/json").status_code == 422
    assert save(1, {"reporters": [world.county.pk]}).json()["told"]["problems"] == []


def test_search_fields_of_the_designer(world: World) -> None:
    form = made(world)
    for name in ("各县人民政府", "各县", "各县党委、政府"):
        UnitName.objects.create(name=name, kind=NameKind.GROUP).units.set([world.county, world.other])
    client = browser(world.lead)
    groups = client.get(f"/forms/{form.key}/design").context["state"]["groups"]
    assert groups == [{"name": "各县人民政府", "label": "各县人民政府（2 个）"}], "the first that the register lists"

    def names(what: str, text: str) -> list[str]:
        answer = client.get(f"/forms/{form.key}/options", {"what": what, "text": text})
        return [row["name"] for row in answer.json()["rows"]]

    assert names("units", "白水") == ["白水县"]
    assert names("group", "各县人民政府") == ["青石县", "白水县"]
    assert names("indicators", "企业") == ["企业户数（户）"]
    assert browser(world.filler).get(f"/forms/{form.key}/options").status_code == 404


def test_publishing_over_http_lists_faults_then_opens(world: World) -> None:
    form = made(world)
    client = browser(world.lead)
    assert "还有" in client.get(f"/forms/{form.key}/publish").content.decode()
    assert client.post(f"/forms/{form.key}/publish", {"first_period": "2026-08"}).status_code == 422
    saved(world, form, definition=SOUND, reporters=[world.county.pk])
    page = client.get(f"/forms/{form.key}/publish").content.decode()
    assert "从哪一期起启用" in page
    refused = client.post(f"/forms/{form.key}/publish", {"first_period": "2026Q3"})
    assert refused.status_code == 422 and "周期不一致" in refused.content.decode()
    first = timezone.localdate().replace(day=1)
    answer = client.post(f"/forms/{form.key}/publish", {"first_period": f"{first - dt.timedelta(days=1):%Y-%m}"})
    assert answer.status_code == 302
    assert Return.objects.filter(round__form=form, unit=world.county).exists(), "what is due opens at once"


def test_a_file_goes_out_and_comes_in_again(world: World) -> None:
    form = world.form("monthly", MONTHLY).form
    client = browser(world.lead)
    data = client.get(f"/forms/{form.key}/file").content
    file = json.loads(data)
    assert file["reporters"] == ["qsx", "bsx"] and {one["key"] for one in file["indicators"]} >= {"firms", "shops"}
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = client.post(
        "/forms/new", {"owner": "州市场局", "file": SimpleUploadedFile("表.json", data, "application/json")}
    )
    assert answer.status_code == 302
    made_now = Form.objects.latest("pk")
    draft = made_now.versions.get()
    assert draft.definition["sections"] == form.versions.get().definition["sections"]
    assert set(draft.reporters.all()) == {world.county, world.other}
    bad = client.post("/forms/new", {"owner": "州市场局", "file": SimpleUploadedFile("x.json", b"PK\x03")})
    assert bad.status_code == 422 and "无法读取" in bad.content.decode()


def test_acts_on_the_page_say_what_is_wrong(world: World) -> None:
    form = sound(world)
    client = browser(world.lead)
    publish_form_version(acting_user=world.lead, form=form, first_period="2026-08")
    refused = client.post(f"/forms/{form.key}/retire", {"reason": ""})
    assert refused.status_code == 422 and "请写明停用的原因" in refused.content.decode()
    assert client.post(f"/forms/{form.key}/retire", {"reason": "合并"}).status_code == 302
    refused = client.post(f"/forms/{form.key}/revise")
    assert refused.status_code == 409 and "已停用" in refused.content.decode()
    assert client.post(f"/forms/{form.key}/restore").status_code == 302
    assert client.post(f"/forms/{form.key}/copy", {"title": "另一张"}).status_code == 302
    assert Form.objects.filter(title="另一张").exists()
    assert browser(world.filler).post(f"/forms/{form.key}/retire", {"reason": "x"}).status_code == 403


def test_forms_over_the_api(world: World) -> None:
    client = browser(world.lead)

    def post(path: str, body: Any, method: str = "post") -> Any:
        return getattr(client, method)(f"/api/v1/forms{path}", json.dumps(body), content_type="application/json")

    answer = post("", {"owner": "ylz-scj", "title": "接口表"})
    assert answer.status_code == 201
    key = answer.json()["key"]
    answer = post(f"/{key}/draft", {"revision": 0, "changes": {"definition": SOUND, "reporters": ["qsx"]}}, "patch")
    assert answer.json() == {"revision": 1, "due": "每月3日前报上月；遇休息日不顺延", "problems": []}
    assert post(f"/{key}/draft", {"revision": 0, "changes": {}}, "patch").status_code == 409
    bad = post(f"/{key}/draft", {"revision": 1, "changes": {"reporters": ["nobody"]}}, "patch")
    assert bad.status_code == 422 and "nobody" in bad.json()["detail"]
    assert post(f"/{key}/publish", {"first_period": "2026Q1"}).status_code == 422
    assert post(f"/{key}/publish", {"first_period": "2026-08"}).json()["ordinal"] == 1
    assert post(f"/{key}/draft", {}).json()["revision"] == 0
    detail = client.get(f"/api/v1/forms/{key}").json()
    assert detail["version"] == 1 and len(detail["coming"]) == 6
    file = client.get(f"/api/v1/forms/{key}/file").json()
    assert post("", {"owner": "ylz-scj", "file": file}).status_code == 201
    assert post("", {"owner": "ylz-scj", "ready_made": "task-list-monthly"}).status_code == 201
    assert post("", {"owner": "ylz-scj", "ready_made": "nothing"}).status_code == 422
    assert post("", {"owner": "bsx", "title": "x"}).status_code == 403
    assert client.get("/api/v1/forms").json()["total"] == 3
    assert browser(world.filler).get(f"/api/v1/forms/{key}").json()["draft_revision"] is None
    assert browser(world.town_filler).get(f"/api/v1/forms/{key}").status_code == 404


@pytest.mark.parametrize(
    "changes", ({"title": "半\ud800"}, {"purpose": "\ud800"}, {"reporters": ["\ud800"]}, {"\ud800": 1})
)
def test_half_a_character_is_refused_in_words(world: World, changes: dict[str, Any]) -> None:
    form = sound(world)
    client = browser(world.lead)
    body = json.dumps({"revision": 1, "changes": changes})
    page = client.post(f"/forms/{form.key}/design", body, content_type="application/json")
    assert page.status_code == 422 and page.json()["message"]
    answer = client.patch(f"/api/v1/forms/{form.key}/draft", body, content_type="application/json")
    assert answer.status_code == 422 and "不能保存的字符" in answer.content.decode()
    form.refresh_from_db()
    assert (form.title, form.versions.get().revision) == ("示范月报", 1)


@pytest.mark.parametrize("fault", ({"title": "半\ud800"}, {"reporters": ["\ud800"]}, {"source": "\udfff"}))
def test_a_file_with_half_a_character_is_refused_in_words(world: World, fault: dict[str, Any]) -> None:
    file = {"format": "luoshi-form-1", "title": "表", "definition": SOUND} | fault
    body = json.dumps({"owner": "ylz-scj", "file": file})
    answer = browser(world.lead).post("/api/v1/forms", body, content_type="application/json")
    assert answer.status_code == 422 and "不能保存的字符" in answer.content.decode()
    assert not Form.objects.exists()
