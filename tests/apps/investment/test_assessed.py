"""Annexes 6 and 7 scored from the ledger: sources in one click, the run's figures those of the counts, the bulletin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from luoshi.apps.assessment import actions as assessing
from luoshi.apps.assessment.errors import NotNow
from luoshi.apps.assessment.models import Adoption, ItemSource, Run, RunFact
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.bulletins.verifying import verify_file
from luoshi.apps.investment import actions, queries
from luoshi.documents import read
from luoshi.periods import Cadence, Period
from tests.apps.investment.making import YI, Scene, make_activity
from tests.apps.investment.test_counts import signed


def filled(scene: Scene) -> None:
    """Projects, activities and money of two counties and two groups."""
    north, south, year = scene.units.north, scene.units.south, scene.today.year
    signed(scene)
    group = signed(scene, user=scene.office, unit=scene.solar, title="逆变器制造")
    actions.claim_lead(acting_user=scene.office, lead_id=group.pk, unit=south)
    head = actions.LeaderFacts("何敏", "县长", "head", north)
    make_activity(scene, north, leaders=[head, actions.LeaderFacts("高远", "州长", "top")])
    make_activity(scene, scene.solar)
    kinds = {"prefecture": 230, "province": 110, "foreign": Decimal("0.02")}
    actions.load_statistics(
        acting_user=scene.office,
        amounts=[
            actions.Amount(unit, kind, f"{when}-01", amount * YI * share)
            for unit, share in ((north, 1), (south, 2), (scene.solar, 3))
            for kind, amount in kinds.items()
            for when, amount in ((year, amount), (year - 1, 100))
            if kind == "prefecture" or unit != scene.solar
        ],
    )


def adopted(scene: Scene, client: Client, key: str, cadence: Cadence, units: list, **posted: str) -> Adoption:
    """A shipped scheme put in force on its page."""
    made = assessing.create_scheme(acting_user=scene.office, owner=scene.units.state, origin="shipped", shipped_key=key)
    version = assessing.issue_version(acting_user=scene.office, version_id=made.pk)
    address = f"/schemes/{version.scheme_id}/adopt"
    page = client.get(address).content.decode()
    assert "按招商台账取数" in page
    answer = client.post(
        address,
        {
            "name": "招商比学赶超",
            "owner": scene.units.state.key,
            "cadence": cadence.value,
            "first_period": str(Period.containing(scene.today, cadence)),
            "objection_days": "5",
            "units": [unit.key for unit in units],
            **posted,
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    return Adoption.objects.latest("pk")


def counted(client: Client, run: Run) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """What the page of the counts says of the run's period: (value, target) by figure and unit."""
    rows = client.get("/api/v1/investment/counts", {"period": run.period}).json()["rows"]
    return {(f"{row['scope']}.{row['figure']}", row["unit"]["key"]): (row["value"], row["target"]) for row in rows}


def drawn(scene: Scene, adoption: Adoption, client: Client, key: str) -> Run:
    """A run of the period; each figure of each unit held against the counts."""
    run = assessing.create_run(acting_user=scene.office, adoption_id=adoption.pk, period=adoption.first_period)
    known, seen = counted(client, run), 0
    facts = {(fact.item, fact.unit.key): fact for fact in RunFact.objects.filter(run=run).select_related("unit")}
    for item, figure in queries.ITEMS[key].items():
        for member in adoption.units.select_related("unit"):
            value, target = known[figure, member.unit.key]
            fact = facts.get((item, member.unit.key))
            said = None if fact is None else fact.value
            assert said == (None if value is None else Decimal(value)), (item, member.unit)
            assert (fact and fact.target) == (None if target is None else Decimal(target))
            seen += bool(said)
    assert seen >= 4, "some figures are not nought"
    return run


def test_annexes_six_and_seven_take_the_ledgers_figures(scene: Scene, tmp_path) -> None:
    filled(scene)
    office = Client()
    office.force_login(scene.office)
    counties = [scene.units.north, scene.units.south]
    quarter, year, groups = "zhaoshang-2023-county-quarter", "zhaoshang-2023-county-year", [scene.solar, scene.platform]
    adoption = adopted(scene, office, quarter, Cadence.QUARTERLY, counties, usual_sources="1")
    kept = {row.item: (row.kind, row.parameters) for row in ItemSource.objects.filter(adoption=adoption)}
    assert kept == {item: ("investment", {"figure": figure}) for item, figure in queries.ITEMS[quarter].items()}
    run = drawn(scene, adoption, office, quarter)

    # Not asked for on the way: one click on the page of sources, which leaves alone what was set by hand.
    others = [
        ("zhaoshang-2023-group-quarter", Cadence.QUARTERLY, groups),
        ("zhaoshang-2023-group-year", Cadence.YEARLY, groups),
        (year, Cadence.YEARLY, counties),
    ]
    for key, cadence, units in others:
        later = adopted(scene, office, key, cadence, units)
        first = next(iter(queries.ITEMS[key]))
        assessing.set_item_source(
            acting_user=scene.office,
            adoption_id=later.pk,
            item=first,
            kind="punctuality",
            parameters={"figure": "late"},
        )
        address = f"/adoptions/{later.pk}/sources"
        assert f"有 {len(queries.ITEMS[key]) - 1} 项可以直接取" in office.get(address).content.decode()
        later.refresh_from_db()
        stale = office.post(address, {"act": "usual", "revision": later.revision - 1})
        assert stale.status_code == 409
        assert office.post(address, {"act": "usual", "revision": later.revision}).status_code == 302
        assert ItemSource.objects.get(adoption=later, item=first).kind == "punctuality"
        page = office.get(address).content.decode()
        assert "项可以直接取" not in page
        assert ('<span class="row-count">　自行组织招商活动' in page) is (units is groups)
        with pytest.raises(NotNow, match="都已设定"):
            assessing.take_usual_sources(acting_user=scene.office, adoption_id=later.pk)
        assessing.set_item_source(
            acting_user=scene.office,
            adoption_id=later.pk,
            item=first,
            kind="investment",
            parameters={"figure": queries.ITEMS[key][first]},
        )
        drawn(scene, later, office, key)
    told(scene, office, run, tmp_path)


def told(scene: Scene, office: Client, run: Run, tmp_path) -> None:
    """The quarter's bulletin: the main figures stand in it, from what was frozen with the run."""
    run = assessing.preview_run(acting_user=scene.office, run_id=run.pk)
    (table,) = run.snapshot["beside"]
    rows = {row["key"]: row["values"] for row in table["rows"]}
    assert rows["north"][:3] == ["1", "230", "1"] and rows["south"][:3] == ["1", "460", "0"]
    assert rows["north"][3:] == ["0", "0", "0", "0"], "signed, and nothing begun"
    assessing.finalise_run(acting_user=scene.office, run_id=run.pk, reason="无异议")
    assert office.post(f"/assessment/{run.pk}/bulletin").status_code == 302
    bulletin = Bulletin.objects.get()
    with bulletin.file.open("rb") as file:
        data = file.read()
    path = tmp_path / "通报.docx"
    path.write_bytes(data)
    text = "\n".join(line.text for line in read(path).lines)
    assert "二、主要指标" in text and "县市、园区招商主要指标" in text and "资金到位率（%）" in text and "460" in text
    # What the ledger learns later changes nothing in what was told.
    signed(scene, title="储能电站")
    later = [actions.Amount(scene.units.north, "prefecture", f"{scene.today:%Y-%m}", 9 * YI)]
    actions.load_statistics(acting_user=scene.office, amounts=later)
    assert verify_file(data).ok, verify_file(data).sentence
    run.refresh_from_db()
    run.snapshot["beside"][0]["rows"][0]["values"][0] = "7"
    run.save(update_fields=("snapshot",))
    assert not verify_file(data).ok, "another number than the frozen one is found"
