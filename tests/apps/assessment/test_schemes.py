"""Schemes: made from what there is, drafted and issued, adopted, with sources; who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from luoshi.apps.assessment import actions, policies, queries
from luoshi.apps.assessment.actions import Terms
from luoshi.apps.assessment.errors import BadScheme, Invalid, NotNow, Stale
from luoshi.apps.assessment.models import ItemSource, Scheme, SchemeVersion, VersionState
from luoshi.apps.assessment.texts import read
from luoshi.apps.indicators.models import Indicator
from luoshi.apps.journal.actions import verify
from luoshi.scoring import SHIPPED, load
from tests.apps.assessment.making_runs import World, make_adoption, make_world, shown
from tests.apps.assessment.making_schemes import make_table


@pytest.fixture
def world(db: None, tmp_path: Any, settings: Any) -> World:
    """Five counties and an adoption."""
    settings.MEDIA_ROOT = str(tmp_path / "files")
    return make_world()


def new(world: World, who: str = "office", **more: Any) -> SchemeVersion:
    values: dict[str, Any] = {"owner": world.units.state, "origin": "hand", "title": "年终考核"} | more
    return actions.create_scheme(acting_user=world.user(who), **values)


def issued(world: World, **more: Any) -> SchemeVersion:
    return actions.issue_version(acting_user=world.office, version_id=new(world, **more).pk)


def terms(world: World, **more: Any) -> Terms:
    values: dict[str, Any] = {"name": "竞赛", "units": [(unit, "") for unit in world.counties.values()]}
    return Terms(**(values | more))


def test_made_from_every_origin(world: World) -> None:
    by_hand = new(world)
    assert load(by_hand.text).title == "年终考核" and load(by_hand.text).key == by_hand.scheme.key
    for key in SHIPPED:
        made = new(world, origin="shipped", shipped_key=key, title="")
        assert (made.scheme.key, load(made.text).key) == (key, key)
    again = new(world, origin="shipped", shipped_key=SHIPPED[0])
    assert again.scheme.key == load(again.text).key == f"{SHIPPED[0]}-2"
    copy = new(world, origin="copy", copied=again, title="另一份")
    assert copy.scheme.key == f"{SHIPPED[0]}-2-2" and copy.scheme.title == "另一份"
    wrong = new(world, origin="file", text="title: 坏的\ngroups: [", title="")
    assert wrong.scheme.title == "坏的"
    assert read(wrong.text)[1][0].line > 0, "kept with its problems"
    for more in ({"origin": "file", "text": " "}, {"origin": "file", "text": "a\0"}, {"origin": "shipped"}):
        with pytest.raises(Invalid):
            new(world, **more)
    assert verify()


def test_drafted_from_a_plans_table(world: World) -> None:
    table = make_table(world.units.state)
    quarter = new(world, origin="table", table=table, part="quarter", title="")
    loaded = load(quarter.text)
    assert [item.key for item in loaded.items] == ["1", "2"] and loaded.total == 100
    assert quarter.provenance["items"]["1"]["line"] == 7 and quarter.provenance["items"]["2"]["line"] == 8
    assert quarter.scheme.plan == table.plan and quarter.table == table
    year = new(world, origin="table", table=table, part="year", title="")
    assert not year.provenance["items"]["4"]["certain"]
    (group,) = queries.groups_of(load(year.text), year.provenance)
    assert group.rows[1].doubts and group.rows[1].printed == "综合研判"
    whole = new(world, origin="table", table=table, part="whole", title="")
    assert {part.scheme for part in load(whole.text).parts} == {quarter.scheme.key, year.scheme.key}
    links = queries.table_links(world.office, [table, *table.plan.plantables.exclude(pk=table.pk)])
    assert list(links) == [table.pk] and links[table.pk][-1][0] == "起草评分办法" and len(links[table.pk]) == 4
    assert queries.table_links(world.user("north"), [table]) == {table.pk: []}


def test_a_draft_is_kept_right_or_wrong_and_issued_when_right(world: World) -> None:
    draft = new(world)
    wrong = draft.text.replace("total: 100", "total: 90")
    kept = actions.edit_draft(acting_user=world.office, version_id=draft.pk, text=wrong, revision=0)
    assert kept.revision == 1
    with pytest.raises(Stale):
        actions.edit_draft(acting_user=world.user("second"), version_id=draft.pk, text=draft.text, revision=0)
    with pytest.raises(BadScheme) as refused:
        actions.issue_version(acting_user=world.office, version_id=draft.pk)
    assert refused.value.problems[0].line == 4
    other_key = draft.text.replace(f"key: {draft.scheme.key}", "key: other")
    actions.edit_draft(acting_user=world.office, version_id=draft.pk, text=other_key)
    with pytest.raises(BadScheme, match="不能改"):
        actions.issue_version(acting_user=world.office, version_id=draft.pk)
    actions.edit_draft(acting_user=world.office, version_id=draft.pk, text=draft.text)
    version = actions.issue_version(acting_user=world.office, version_id=draft.pk)
    assert version.state == VersionState.ISSUED and version.issued_by == world.office
    for act in (actions.edit_draft, actions.issue_version, actions.drop_draft):
        with pytest.raises(NotNow):
            act(acting_user=world.office, version_id=draft.pk, **({"text": "x"} if act is actions.edit_draft else {}))

    second = actions.start_draft(acting_user=world.office, scheme_id=version.scheme_id)
    with pytest.raises(NotNow):
        actions.start_draft(acting_user=world.office, scheme_id=version.scheme_id)
    changed = second.text.replace("points: 60", "points: 70").replace("points: 40", "points: 30")
    actions.edit_draft(acting_user=world.office, version_id=second.pk, text=changed)
    with pytest.raises(ValidationError):
        actions.issue_version(acting_user=world.office, version_id=second.pk)
    actions.issue_version(acting_user=world.office, version_id=second.pk, reason="调整分值")
    found = queries.differences(load(version.text), load(changed))
    assert [(one.key, one.kind) for one in found] == [("1", "changed"), ("2", "changed")]
    third = actions.start_draft(acting_user=world.office, scheme_id=version.scheme_id)
    dropped = actions.drop_draft(acting_user=world.office, version_id=third.pk)
    assert (dropped.ordinal, dropped.state) == (3, VersionState.DROPPED)
    assert actions.start_draft(acting_user=world.office, scheme_id=version.scheme_id).ordinal == 4
    assert verify()


def test_stopped_schemes_are_not_adopted(world: World) -> None:
    version = issued(world)
    adoption = actions.adopt_scheme(
        acting_user=world.office,
        version=version,
        owner=world.units.state,
        cadence="quarterly",
        first_period="2026Q1",
        terms=terms(world),
    )
    with pytest.raises(NotNow):
        actions.stop_scheme(acting_user=world.office, scheme_id=version.scheme_id, reason="不用了")
    actions.end_adoption(acting_user=world.office, adoption_id=adoption.pk, reason="年度结束")
    with pytest.raises(NotNow):
        actions.end_adoption(acting_user=world.office, adoption_id=adoption.pk, reason="再来一次")
    actions.stop_scheme(acting_user=world.office, scheme_id=version.scheme_id, reason="不用了")
    version.scheme.refresh_from_db()
    with pytest.raises(NotNow):
        actions.adopt_scheme(
            acting_user=world.office,
            version=version,
            owner=world.units.state,
            cadence="quarterly",
            first_period="2026Q1",
            terms=terms(world),
        )
    actions.restore_scheme(acting_user=world.office, scheme_id=version.scheme_id)
    assert Scheme.objects.get(pk=version.scheme_id).stopped_at is None


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"cadence": "monthly", "first_period": "2026-01"}, "周期应选“季”"),
        ({"first_period": "2026"}, "不符"),
        ({"first_period": "春天"}, "起始期"),
        ({"last_period": "2025Q4"}, "不能早于"),
        ({"objection_days": 0}, "公示期"),
        ({"units": []}, "请选择"),
        ({"choices": {"ranking": "dice"}}, "没有"),
        ({"name": " "}, "请写明"),
    ],
)
def test_terms_that_do_not_fit(world: World, more: dict[str, Any], told: str) -> None:
    version = issued(world)
    own = {name: more.pop(name) for name in ("cadence", "first_period") if name in more}
    with pytest.raises((Invalid, ValidationError), match=told):
        actions.adopt_scheme(
            acting_user=world.office,
            version=version,
            owner=world.units.state,
            terms=terms(world, **more),
            **({"cadence": "quarterly", "first_period": "2026Q1"} | own),
        )


def test_units_and_versions_change_but_not_under_a_run_that_is_shown(world: World) -> None:
    adoption = world.adoption
    two = [(world.counties["north"], "甲组"), (world.counties["south"], "")]
    changed = actions.edit_adoption(
        acting_user=world.office,
        adoption_id=adoption.pk,
        terms=terms(world, units=two, choices={"ranking": "linear"}, last_period="2026Q4"),
        revision=0,
    )
    assert (changed.revision, changed.choices, changed.last_period) == (1, {"ranking": "linear"}, "2026Q4")
    assert sorted(changed.units.values_list("unit__key", "group")) == [("north", "甲组"), ("south", "")]
    with pytest.raises(Stale):
        actions.edit_adoption(acting_user=world.office, adoption_id=adoption.pk, terms=terms(world), revision=0)
    foreign = issued(world)
    with pytest.raises(Invalid, match="同一评分办法"):
        actions.edit_adoption(acting_user=world.office, adoption_id=adoption.pk, terms=terms(world), version=foreign)
    actions.edit_adoption(acting_user=world.office, adoption_id=adoption.pk, terms=terms(world))
    shown(world)
    with pytest.raises(NotNow, match="公示"):
        actions.edit_adoption(acting_user=world.office, adoption_id=adoption.pk, terms=terms(world, units=two))
    with pytest.raises(NotNow):
        actions.end_adoption(acting_user=world.office, adoption_id=adoption.pk, reason="结束")


def test_sources_of_items(world: World) -> None:
    indicator = Indicator.objects.create(key="funds", name="到位资金", owner=world.units.state)

    def give(item: str = "1", who: str = "office", **more: Any) -> ItemSource | None:
        values = {"kind": "hand"} | more
        return actions.set_item_source(acting_user=world.user(who), adoption_id=world.adoption.pk, item=item, **values)

    source = give(
        kind="indicator",
        indicator=indicator,
        parameters={"tier": "work", "target_share": "25%", "span": "year"},
        checked_by=world.units.trade,
    )
    assert source is not None
    assert source.parameters == {"target_share": "25", "tier": "work", "span": "year"}
    assert give(kind="punctuality", item="5", parameters={"figure": "late"}) is not None
    for more in (
        {"item": "99"},
        {"kind": "indicator"},
        {"kind": "indicator", "indicator": indicator, "parameters": {"target_share": "0"}},
        {"kind": "indicator", "indicator": indicator, "parameters": {"target_share": "NaN"}},
        {"kind": "indicator", "indicator": indicator, "parameters": {"tier": "best"}},
        {"kind": "punctuality", "parameters": {"figure": "speed"}},
        {"kind": "run"},
        {"kind": "run", "takes": world.adoption},
        {"kind": "dice"},
    ):
        with pytest.raises(Invalid):
            give(**more)
    assert give() is None, "by hand, and nobody else looks at it"
    assert not ItemSource.objects.filter(adoption=world.adoption, item="1").exists()

    other = make_adoption(world.units.state, world.counties.values(), key="other", name="另一项")
    assert give(kind="run", takes=other) is not None
    with pytest.raises(Invalid, match="互相"):
        actions.set_item_source(
            acting_user=world.office, adoption_id=other.pk, item="1", kind="run", takes=world.adoption
        )
    with pytest.raises(NotNow, match="取用"):
        actions.end_adoption(acting_user=world.office, adoption_id=other.pk, reason="结束")
    assert verify()


def test_who_sees_and_who_keeps(world: World) -> None:
    own = issued(world)
    scheme = world.adoption.version.scheme
    draft = actions.start_draft(acting_user=world.office, scheme_id=scheme.pk)
    seen = {name: set(policies.visible_schemes(world.user(name))) for name in world.people}
    assert seen["office"] == seen["leader"] == {scheme, own.scheme}
    assert seen["north"] == seen["trade"] == {scheme}, "those scored, and those who check an item"
    assert seen["farm"] == seen["nobody"] == set()
    drafts = {name for name in world.people if policies.visible_versions(world.user(name)).filter(pk=draft.pk)}
    assert drafts == {"office", "second", "leader"}
    for who in ("leader", "north", "trade"):
        with pytest.raises((PermissionDenied, Http404)):
            actions.edit_draft(acting_user=world.user(who), version_id=draft.pk, text="x")
        with pytest.raises(PermissionDenied):
            new(world, who=who)
        with pytest.raises(PermissionDenied):
            actions.edit_adoption(acting_user=world.user(who), adoption_id=world.adoption.pk, terms=terms(world))
    for act in (actions.start_draft, actions.restore_scheme):
        with pytest.raises(Http404):
            act(acting_user=world.user("farm"), scheme_id=scheme.pk)
    assert new(world, who="trade", owner=world.units.trade).scheme.owner == world.units.trade
