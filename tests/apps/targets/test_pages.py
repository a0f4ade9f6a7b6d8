"""Every page, for everybody who may open it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from luoshi.apps.plans.models import Target
from luoshi.apps.targets import actions
from luoshi.apps.targets.actions import CellChange
from luoshi.apps.targets.actions.letters import run_job
from luoshi.apps.targets.models import AllocationVersion, CommitmentLetter, LetterState
from luoshi.apps.targets.queries import shares_in_force
from tests.apps.intake.factories import run_jobs
from tests.apps.targets.conftest import Scene

MOST_QUERIES = 15


def client(scene: Scene, name: str) -> Client:
    """A browser in which the person has signed in."""
    browser = Client()
    browser.force_login(scene.people[name], backend="django.contrib.auth.backends.ModelBackend")
    return browser


def give(scene: Scene, north: str = "700", south: str = "800") -> None:
    """Share the target out to both counties, in force."""
    ids = [scene.units.north.pk, scene.units.south.pk]
    saved = actions.save_shares(
        acting_user=scene.user("office"), target=scene.target, unit=scene.units.state, revision=0, add_units=ids
    )
    saved = actions.save_shares(
        acting_user=scene.user("office"),
        target=scene.target,
        unit=scene.units.state,
        revision=saved.revision,
        changes=[CellChange(ids[0], "2026", north), CellChange(ids[1], "2026", south)],
    )
    actions.adopt_allocation(
        acting_user=scene.user("office"), target=scene.target, unit=scene.units.state, revision=saved.revision
    )


def patch(browser: Client, scene: Scene, revision: int, *cells: tuple[int, str, str], **more: Any) -> Any:
    """Save cells as the page's script does."""
    body = {"revision": revision, "changes": [list(cell) for cell in cells], **more}
    url = f"/targets/{scene.target.pk}/allocation/cells"
    return browser.patch(url, json.dumps(body), content_type="application/json")


def test_from_an_empty_page_to_an_adopted_allocation(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation"
    north, south = scene.units.north.pk, scene.units.south.pk
    page = office.get(url).content.decode()
    assert "还没有分解" in page and "选择单位" in page
    panel = office.get(f"{url}/rows").content.decode()
    assert "北川县" in panel and "全部县" in panel
    answer = office.post(
        f"{url}/rows", {"units": [north, south], "revision": 0, "cadence": "quarterly", "cumulative": "1"}
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (204, url)
    saved = patch(office, scene, 1, (north, "2026Q4", "７００"), (south, "2026Q4", "1，000户"))
    assert saved.status_code == 200, saved.content
    page = office.get(url).content.decode()
    assert "200" in page and "超分" in page
    refused = office.post(f"{url}/adopt", {"revision": 2})
    assert refused.status_code == 422
    assert refused.content.decode() == "各单位合计比总数多200户，请写明原因。"
    done = office.post(f"{url}/adopt", {"revision": 2, "reason": "加压奋进"})
    assert done.status_code == 204, done.content
    version = AllocationVersion.objects.get()
    assert (version.total, version.reason, str(version.adopted_by)) == (1500, "加压奋进", "office")
    assert "第1版" in office.get(url).content.decode()


def test_what_cannot_be_saved_is_said_cell_by_cell(scene: Scene) -> None:
    office = client(scene, "office")
    north = scene.units.north.pk
    give(scene)
    refused = patch(office, scene, 3, (north, "2026", "七百"), (scene.units.south.pk, "2026", "1.1234567"))
    assert refused.status_code == 422
    assert refused.json()["errors"] == {
        f"{north}:2026": "“七百”不是数",
        f"{scene.units.south.pk}:2026": "小数最多6位",
    }
    stale = patch(office, scene, 2, (north, "2026", "1"))
    assert stale.status_code == 409 and "没有丢失" in stale.json()["message"]
    assert Client().patch(f"/targets/{scene.target.pk}/allocation/cells", "{}").status_code == 401
    for body in ("[]", "{", '{"changes": 5, "revision": 3}', '{"changes": [[1, 2, 3]], "revision": 3}'):
        url = f"/targets/{scene.target.pk}/allocation/cells"
        assert office.patch(url, body, content_type="application/json").status_code == 422


def test_the_computed_preview_is_taken_over(scene: Scene) -> None:
    give(scene)
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation/compute"
    north, south = scene.units.north.pk, scene.units.south.pk
    assert "按权数列" in office.get(url).content.decode()
    form = {
        "revision": 3,
        "units_by": "weights",
        f"weight-{north}": "2",
        f"weight-{south}": "1",
        "cadence": "quarterly",
        "cumulative": "1",
        "parts": "20、60，85,100",
        "decimals": "0",
    }
    preview = office.post(url, form | {"act": "preview"}).content.decode()
    assert "1,000" in preview and "与总数相同" in preview
    assert AllocationVersion.objects.count() == 1  # nothing was stored
    assert office.post(url, form | {"act": "take"}).status_code == 204
    draft = AllocationVersion.objects.get(adopted_at=None)
    found = {(share.unit_id, share.period): share.value for share in draft.shares.all()}
    assert [found[north, f"2026Q{n}"] for n in (1, 2, 3, 4)] == [200, 600, 850, 1000]
    assert [found[south, f"2026Q{n}"] for n in (1, 2, 3, 4)] == [100, 300, 425, 500]
    for change, words in (
        ({"units_by": "last-year"}, "上年没有这些单位的数"),
        ({"parts": "20、60"}, "应有4期，现有2期"),
        ({"parts": "60、20、85、100"}, "后一期不能小于前一期"),
        ({f"weight-{north}": "", f"weight-{south}": ""}, "权数列没有"),
        ({f"weight-{north}": ""}, "权数列缺北川县的数"),
        ({f"weight-{north}": "0", f"weight-{south}": "0"}, "权数全部为0"),
        ({"units_by": "indicator"}, "请选择作权数的指标"),
    ):
        answer = office.post(url, form | {"act": "preview"} | change)
        assert answer.status_code == 422 and words in answer.content.decode(), change


def test_a_whole_table_is_pasted_by_names(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation"
    office.post(f"{url}/rows", {"units": [scene.units.north.pk], "revision": 0, "cadence": "quarterly"})
    text = "单位\t一季度\t四季度\r\n北川县\t100\t700\r\n南屏县人民政府\t\t800\r\n东山县\t1\t2\r\n合计\t100\t1500\r\n"
    assert office.post(f"{url}/paste", {"revision": 1, "text": text}).status_code == 204
    draft = AllocationVersion.objects.get()
    found = {(share.unit.key, share.period): share.value for share in draft.shares.select_related("unit")}
    assert found["north", "2026Q1"] == 100 and found["south", "2026Q1"] is None and found["south", "2026Q4"] == 800
    assert "东山县" in office.get(url).content.decode()
    for text, words in (("", "没有可粘贴"), ("甲\t1", "没有认得的单位名称"), ("单位\t1月\n北川县\t1", "周期不一致")):
        refused = office.post(f"{url}/paste", {"revision": 2, "text": text})
        assert refused.status_code == 422 and words in refused.content.decode()


def test_the_annex_is_matched_beside_the_source(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation/annex"
    page = office.get(url).content.decode()
    assert "各县新增家庭农场任务分解表" in page and "合计行，不取" in page and "取用后两个数都保留" in page
    north, south = scene.units.north.pk, scene.units.south.pk
    table = scene.plan.plantables.get()
    form = {"revision": 0, "table": table.pk, "cadence": "quarterly", "cumulative": "1", "row-0": north, "row-1": south}
    columns = {f"column-{n + 1}": f"2026Q{n}" for n in (1, 2, 3, 4)}
    assert office.post(url, form | columns).status_code == 204
    page = office.get(f"/targets/{scene.target.pk}/allocation").content.decode()
    # Both contradicting numbers stand there, with the way to their lines.
    assert "1,510户" in page and "1,500户" in page and "与目标不符" in page and "line=100" in page
    twice = office.post(url, form | columns | {"row-1": north, "revision": 1})
    assert twice.status_code == 422 and "同一个单位" in twice.content.decode()
    same = office.post(url, form | {"column-2": "2026Q1", "column-3": "2026Q1", "revision": 1})
    assert same.status_code == 422 and "一期只能用一列" in same.content.decode()


def test_a_county_shares_its_part_out_and_hears_of_changes(scene: Scene) -> None:
    give(scene)
    north = client(scene, "north")
    listed = north.get("/allocations").content.decode()
    assert "新增家庭农场" in listed and "700户" in listed and "向下分解" in listed and "南屏县" not in listed
    url = f"/targets/{scene.target.pk}/allocation"
    key = {"unit": "north"}
    assert "上级下达" in north.get(url, key).content.decode()
    ids = [unit.pk for unit in scene.townships]
    assert north.post(f"{url}/rows", key | {"units": ids, "revision": 0}).status_code == 204
    saved = patch(north, scene, 1, (ids[0], "2026", "300"), (ids[1], "2026", "400"), unit="north")
    assert saved.status_code == 200
    assert north.post(f"{url}/adopt", key | {"revision": 2}).status_code == 204
    rows = shares_in_force(target_ids=[scene.target.pk], unit_ids=ids)
    assert sorted(row.value for row in rows) == [300, 400]
    # The prefecture changes what it gave: the county's page says so.
    office = client(scene, "office")
    patch(office, scene, 3, (scene.units.north.pk, "2026", "750"), (scene.units.south.pk, "2026", "750"))
    assert office.post(f"{url}/adopt", {"revision": 4}).status_code == 422  # a change needs a reason
    assert office.post(f"{url}/adopt", {"revision": 4, "reason": "调整"}).status_code == 204
    page = north.get(url, key).content.decode()
    assert "已由 700户 调整为 750户" in page
    assert "上级已调整" in north.get("/allocations").content.decode()
    assert "与前一版的不同" in office.get(url).content.decode()


def test_others_see_their_own_shares_and_the_total_only(scene: Scene) -> None:
    give(scene, north="713", south="787")
    url = f"/targets/{scene.target.pk}/allocation"
    page = client(scene, "south").get(url).content.decode()
    assert "787" in page and "713" not in page and "1,500户" in page and "北川县" not in page
    assert "713" in client(scene, "leader").get(url).content.decode()
    assert client(scene, "south").get(url, {"unit": "north"}).status_code == 404
    assert client(scene, "nobody").get(url).status_code == 404
    assert client(scene, "trade").get(url).status_code == 404
    for name, status in (("south", 403), ("leader", 403), ("reporter", 403), ("north", 403), ("nobody", 404)):
        assert client(scene, name).post(f"{url}/adopt", {"revision": 3, "reason": "试"}).status_code == status, name
        assert patch(client(scene, name), scene, 3, (scene.units.north.pk, "2026", "1")).status_code == status, name
    assert patch(client(scene, "farm"), scene, 3, (scene.units.north.pk, "2026", "714")).status_code == 200


def test_a_share_in_force_shows_its_target_to_the_unit(scene: Scene) -> None:
    # No measure of the plan names the south as responsible for the first target.
    other = Target.objects.select_related("plan__owner").get(plan=scene.plan, indicator="育苗中心")
    pages = (f"/targets/{other.pk}", f"/targets/{other.pk}/allocation", f"/targets/{other.pk}/tiers")
    assert [client(scene, "south").get(url).status_code for url in pages] == [404, 404, 404]
    office, owner, south = scene.user("office"), scene.units.state, scene.units.south.pk
    saved = actions.save_shares(acting_user=office, target=other, unit=owner, revision=0, add_units=[south])
    saved = actions.save_shares(
        acting_user=office,
        target=other,
        unit=owner,
        revision=saved.revision,
        changes=[CellChange(south, "2026", "3")],
    )
    assert client(scene, "south").get(pages[0]).status_code == 404, "a draft is nobody else's to know"
    actions.adopt_allocation(acting_user=office, target=other, unit=owner, revision=saved.revision)
    for url in pages:
        browser = client(scene, "south")
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(url).status_code == 200
        assert len(asked) <= MOST_QUERIES
    page = client(scene, "south").get(pages[0]).content.decode()
    assert f"/measures/{other.measure_id}" not in page, "the measure names others"
    assert "育苗中心" in client(scene, "south").get("/allocations").content.decode()
    assert client(scene, "south").get(f"/plans/{scene.plan.pk}").status_code == 200
    assert client(scene, "trade").get(pages[0]).status_code == 404


def test_the_past_is_one_parameter(scene: Scene) -> None:
    give(scene)
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/allocation"
    assert "还没有下达分解" in office.get(url, {"as_of": "2020-01-01"}).content.decode()
    assert "700" in office.get(url, {"as_of": "2998-12-31"}).content.decode()
    assert "700" in office.get(url, {"version": "1"}).content.decode()
    assert office.get(url, {"version": "7"}).status_code == 404


def test_the_trajectory_is_set_with_reasons(scene: Scene) -> None:
    office, url = client(scene, "office"), f"/targets/{scene.target.pk}/trajectory"
    page = office.get(url).content.decode()
    assert 'value="85"' in page and "还没有设定" in page
    points = {f"point-2026Q{n}": value for n, value in ((1, "20"), (2, "60"), (3, "85%"), (4, "100"))}
    form = {"kind": "printed", "cadence": "quarterly", "seen": "0"}
    assert office.post(url, form | points).status_code == 302
    page = office.get(url).content.decode()
    assert "<svg" in page and "1,275户" in page
    again = office.post(url, form | points | {"seen": "1"})
    assert again.status_code == 422 and "请写明原因" in again.content.decode()
    late = office.post(url, form | points | {"reason": "改"})
    assert late.status_code == 422 and "刚刚改动" in late.content.decode() and 'value="85%"' in late.content.decode()
    falling = office.post(url, form | points | {"point-2026Q2": "10", "seen": "1", "reason": "改"})
    assert falling.status_code == 422 and "小于前一期" in falling.content.decode()
    linear = {"kind": "linear", "cadence": "monthly", "seen": "1", "reason": "按月"}
    assert office.post(url, linear).status_code == 302
    assert "按上年" in office.get(url, {"kind": "last-year", "cadence": "monthly"}).content.decode()
    assert client(scene, "south").post(url, form | points).status_code == 403


def _letters(scene: Scene) -> list[CommitmentLetter]:
    give(scene)
    office = client(scene, "office")
    page = office.get("/letters/new", {"plan": scene.plan.pk}).content.decode()
    assert "北川县" in page and "目标1项" in page
    ids = [scene.units.north.pk, scene.units.farm.pk, scene.townships[0].pk]
    done = office.post("/letters/new", {"plan": scene.plan.pk, "year": 2026, "units": ids})
    assert done.status_code == 302
    return list(CommitmentLetter.objects.order_by("unit__path"))


def test_letters_are_drawn_up_issued_signed(scene: Scene) -> None:
    letters = _letters(scene)
    assert [str(letter.unit) for letter in letters] == ["北川县", "州农业农村局"]  # the township has nothing to do
    office, north = client(scene, "office"), client(scene, "north")
    first = letters[0]
    assert first.content["targets"][0]["value"] == "不低于700户"
    assert north.get(f"/letters/{first.pk}").status_code == 404  # not issued yet
    office.post("/letters/issue", {"letters": [letter.pk for letter in letters]})
    assert CommitmentLetter.objects.filter(state=LetterState.ISSUED).count() == 2
    assert "已发出" in north.get(f"/letters/{first.pk}").content.decode()
    assert north.get(f"/letters/{letters[1].pk}").status_code == 404
    assert client(scene, "reporter").post(f"/letters/{first.pk}/sign", {"revision": 1}).status_code == 403
    bad = north.post(f"/letters/{first.pk}/sign", {"revision": 1, "signatory": "", "signed_on": "2998-01-01"})
    assert bad.status_code == 422 and "不能晚于今天" in bad.content.decode()
    scan = SimpleUploadedFile("a.exe", b"MZ....")
    form = {"revision": 1, "signatory": "李县长", "signed_on": "2026-02-01"}
    wrong = north.post(f"/letters/{first.pk}/sign", form | {"scan": scan})
    assert wrong.status_code == 422 and "只收 PDF" in wrong.content.decode() and "李县长" in wrong.content.decode()
    good = SimpleUploadedFile("页.pdf", b"%PDF-1.4 x")
    assert north.post(f"/letters/{first.pk}/sign", form | {"scan": good}).status_code == 302
    assert b"".join(north.get(f"/letters/{first.pk}/scan").streaming_content) == b"%PDF-1.4 x"
    assert "50%" in office.get("/letters").content.decode()
    assert b"".join(office.get("/letters/archive.zip").streaming_content)[:2] == b"PK"
    assert north.post(f"/letters/{first.pk}/withdraw", {"revision": 2, "reason": "错"}).status_code == 403
    # Nothing changed: nothing is drawn up again. After a change a new one is, and takes the old one's place.
    office.post("/letters/new", {"plan": scene.plan.pk, "year": 2026, "units": [scene.units.north.pk]})
    assert CommitmentLetter.objects.count() == 2
    patch(office, scene, 3, (scene.units.north.pk, "2026", "720"))
    office.post(f"/targets/{scene.target.pk}/allocation/adopt", {"revision": 4, "reason": "调整"})
    office.post("/letters/new", {"plan": scene.plan.pk, "year": 2026, "units": [scene.units.north.pk]})
    fresh = CommitmentLetter.objects.get(ordinal=2)
    assert office.post(f"/letters/{fresh.pk}/issue").status_code == 302
    first.refresh_from_db()
    assert first.state == LetterState.WITHDRAWN


def test_many_letters_are_drawn_up_in_the_background(scene: Scene) -> None:
    give(scene)
    units = [scene.units.north, scene.units.south, scene.units.farm, scene.units.trade, *scene.townships]
    office = client(scene, "office")
    office.post("/letters/new", {"plan": scene.plan.pk, "year": 2026, "units": [unit.pk for unit in units]})
    assert CommitmentLetter.objects.count() == 0
    job = scene.plan.letter_jobs.get()
    assert "正在生成责任书 0 / 6" in office.get("/letters").content.decode()
    assert run_jobs() == 1
    assert CommitmentLetter.objects.count() == 4
    assert "已生成 4 份" in office.get(f"/letters/jobs/{job.pk}").content.decode()
    assert client(scene, "second").get(f"/letters/jobs/{job.pk}").status_code == 404
    run_job(job.pk)  # a worker that died and came back makes nothing twice
    assert CommitmentLetter.objects.count() == 4
    # A job that died in the middle is gone on with, once it is old enough.
    CommitmentLetter.objects.filter(unit=units[2]).delete()
    scene.plan.letter_jobs.update(done=2, state="running")
    assert actions.resume_jobs() == 0
    assert actions.resume_jobs(older_than=dt.timedelta(0)) == 1
    assert CommitmentLetter.objects.count() == 4
    assert scene.plan.letter_jobs.get().state == "done"


PAGES = [
    "/allocations",
    "/allocations?view=own",
    "/allocations?view=given",
    "/targets/{target}/allocation",
    "/targets/{target}/allocation?unit=north",
    "/targets/{target}/allocation/rows",
    "/targets/{target}/allocation/compute",
    "/targets/{target}/allocation/paste",
    "/targets/{target}/allocation/annex",
    "/targets/{target}/allocation/adopt",
    "/targets/{target}/trajectory",
    "/targets/{target}/tiers",
    "/targets/{target}",
    "/letters",
    "/letters/new?plan={plan}",
    "/letters/{letter}",
    "/api/v1/targets/{target}/allocation",
    "/api/v1/letters",
]


@pytest.mark.parametrize("name", ["office", "farm", "north"])
def test_no_page_asks_more_than_it_may(scene: Scene, name: str) -> None:
    letters = _letters(scene)
    client(scene, "office").post(f"/letters/{letters[0].pk}/issue")
    browser = client(scene, name)
    too_many = {}
    for page in PAGES:
        url = page.format(target=scene.target.pk, plan=scene.plan.pk, letter=letters[0].pk)
        browser.get(url)  # what the process keeps (register, sessions) is loaded
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(url)
        assert answer.status_code in ((200,) if name == "office" else (200, 403, 404)), url
        if len(asked) > MOST_QUERIES:
            too_many[url] = [query["sql"] for query in asked.captured_queries]
    assert not too_many
