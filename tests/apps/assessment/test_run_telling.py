"""Runs told elsewhere: the API, scoring without a database, the ranking bulletin, the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from luoshi.apps.assessment import actions
from luoshi.apps.assessment.models import Run
from luoshi.apps.assessment.telling_ranks import about_of
from luoshi.apps.bulletins import actions as bulletins
from luoshi.apps.bulletins.errors import NothingToTell
from luoshi.apps.bulletins.verifying import verify_file
from luoshi.cli.assess import assess_command
from luoshi.documents import read
from luoshi.periods import Period
from luoshi.scoring import shipped
from tests.apps.assessment.making_runs import World, at, make_world, shown


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    """Five counties and an adoption."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def browser(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def sent(client: Client, method: str, address: str, body: Any) -> tuple[int, Any]:
    answer = getattr(client, method)(address, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_run_over_the_api(world: World) -> None:
    office, north = browser(world, "office"), browser(world, "north")
    base = "/api/v1/assessments"
    status, run = sent(office, "post", base, {"adoption_id": world.adoption.pk, "period": "2026Q1"})
    assert status == 201 and run["state"] == "draft" and run["units"]
    facts = [
        {"unit": "north", "item": "3", "value": "3", "target": "4"},
        {"unit": "南屏县", "item": "3", "value": "4", "target": "4"},
        {"unit": "west", "item": "4", "value": "70", "judge": "甲"},
    ]
    own = f"{base}/{run['id']}"
    assert sent(office, "put", f"{own}/facts", {"facts": facts, "reason": "商务局"}) == (200, {"count": 3})
    status, problem = sent(office, "put", f"{own}/facts", {"facts": [{"unit": "无此县", "item": "3"}], "reason": "x"})
    assert status == 422 and "不在被考核单位中" in problem["detail"]
    assert north.get(own).status_code == 404
    status, problem = sent(office, "post", f"{own}/preview", {"revision": 0})
    assert status == 409 and "刚刚有人改过" in problem["detail"]
    status, run = sent(office, "post", f"{own}/preview", {"days": 2})
    assert status == 200 and run["state"] == "preview" and len(run["digest"]) == 64
    assert {row["unit"]: row["rank"] for row in run["units"]}["南屏县"] == 1
    records = office.get(f"{own}/records").json()
    assert records[0]["items"][2]["reason"].startswith("实际4次，目标4次")
    assert (
        north.get(f"{own}/units/north").json()["total"] == records[[r["key"] for r in records].index("north")]["total"]
    )
    objection = {"unit": "north", "item": "3", "wanted": "4", "text": "已报备。"}
    status, made = sent(north, "post", f"{own}/objections", objection)
    assert status == 201 and made["wanted"] == "4"
    assert browser(world, "south").get(f"{own}/objections").json()["total"] == 0
    assert office.get(f"{own}/objections").json()["total"] == 1
    status, made = sent(office, "post", f"{base}/objections/{made['id']}/answer", {"uphold": True, "answer": "属实。"})
    assert status == 200 and made["state"] == "upheld"
    status, new = sent(office, "post", f"{own}/correct", {"reason": "采纳异议"})
    assert status == 201 and new["corrects_id"] == run["id"]
    again = f"{base}/{new['id']}"
    assert sent(office, "post", f"{again}/preview", {})[0] == 200
    assert sent(office, "post", f"{again}/finalise", {})[0] == 409
    assert sent(office, "post", f"{again}/finalise", {"reason": "无异议"})[1]["state"] == "final"
    assert office.get(f"{again}/verify").json()["ok"] is True
    assert office.get(base, {"state": "final"}).json()["total"] == 1


def test_scoring_without_a_database(world: World) -> None:
    office = browser(world, "office")
    facts = Path("tests/scoring/facts/county-q1.csv").read_text(encoding="utf-8")
    status, rows = sent(office, "post", "/api/v1/score", {"scheme": "zhaoshang-2023-county-quarter", "facts": facts})
    assert status == 200 and len(rows) == 11 and set(rows[0]) == {"unit", "total", "rank", "items"}
    from luoshi.scoring import read_facts, records, score

    scheme = shipped("zhaoshang-2023-county-quarter")
    assert rows == records(score(scheme, read_facts(facts, scheme)))
    wrong = {"scheme": "key: x", "facts": facts}
    status, problem = sent(office, "post", "/api/v1/score", wrong)
    assert status == 422 and problem["detail"].startswith("评分办法：")
    status, problem = sent(
        office, "post", "/api/v1/score", {"scheme": "late-returns", "facts": "unit,item,value,target\n甲,9,1,"}
    )
    assert status == 422 and "第2行" in problem["detail"]
    assert not Run.objects.exists()


def test_a_final_run_is_told_in_a_bulletin(world: World, tmp_path: Path) -> None:
    first = shown(world, "2025Q4", at(10, 1))
    actions.finalise_run(acting_user=world.office, run_id=first.pk, reason="无异议", now=at(12, 1))
    run = shown(world)
    given = {
        "acting_user": world.office,
        "kind": "ranking",
        "owner": world.units.state,
        "plans": [],
        "period": Period.parse("2026Q1"),
    }
    with pytest.raises(NothingToTell, match="定稿以后"):
        bulletins.draw_bulletin(**given, about=about_of(run))
    run = actions.finalise_run(acting_user=world.office, run_id=run.pk, reason="无异议")
    answer = browser(world, "office").post(f"/assessment/{run.pk}/bulletin")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/bulletins/")
    bulletin = bulletins.draw_bulletin(**given, about=about_of(run))
    assert bulletin.snapshot["units"][0]["rank"] == 1 and bulletin.snapshot["ranking"]["digest"] == run.digest
    with bulletin.file.open("rb") as file:
        data = file.read()
    found = verify_file(data)
    assert found.ok, found.sentence
    path = tmp_path / "通报.docx"
    path.write_bytes(data)
    text = "\n".join(line.text for line in read(path).lines)
    assert "招商竞赛排名表" in text and "76.50" in text and "考核得分排名情况通报如下" in text
    # A correction of the run changes nothing in what was told; a changed snapshot is found.
    correction = actions.correct_run(acting_user=world.office, run_id=run.pk, reason="修订")
    actions.preview_run(acting_user=world.office, run_id=correction.pk)
    assert verify_file(data).ok
    run.refresh_from_db()
    run.snapshot["result"][0]["total"] = "99.000000"
    run.save(update_fields=("snapshot",))
    assert "99" in str(verify_file(data).recomputed)


def test_the_command_line(world: World, tmp_path: Path) -> None:
    runner = CliRunner()
    run = shown(world)
    listed = runner.invoke(assess_command, ["list"])
    assert "公示中" in listed.output and "2026年第一季度招商竞赛" in listed.output
    assert "完全一致" in runner.invoke(assess_command, ["verify", str(run.pk)]).output
    Run.objects.filter(pk=run.pk).update(digest="0" * 64)
    broken = runner.invoke(assess_command, ["verify", str(run.pk)])
    assert broken.exit_code == 1 and "摘要不符" in broken.output
    out = tmp_path / "表.xlsx"
    assert runner.invoke(assess_command, ["export", str(run.pk), "--out", str(out)]).exit_code == 0
    assert out.read_bytes()[:2] == b"PK"
    opened = runner.invoke(assess_command, ["run", str(world.adoption.pk), "2025Q4"])
    assert opened.exit_code == 0 and "已开展" in opened.output
    assert runner.invoke(assess_command, ["run", "999999", "2025Q4"]).exit_code == 1
