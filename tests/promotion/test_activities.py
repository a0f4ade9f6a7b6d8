"""Which trips count: the cases of the note one by one, and what holds of any list of activities."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.promotion import (
    ACTIVITY_RULES,
    Activity,
    Host,
    Joint,
    Leader,
    Place,
    Rank,
    Scope,
    Where,
    activity_rule,
    count_activities,
    kind_of,
)

G, T = Scope.GROUP, Scope.TERRITORY
SHANGHAI, LOCAL, NEAR = Place("上海", Where.COUNTRY), Place("云江", Where.PREFECTURE), Place("省城", Where.PROVINCE)


def activity(key: str = "a", **values: object) -> Activity:
    """A trip to 上海 by one group, with its plan on file."""
    defaults: dict[str, object] = {
        "title": f"活动{key}",
        "begin": dt.date(2026, 3, 2),
        "end": dt.date(2026, 3, 5),
        "places": (SHANGHAI,),
        "hosts": (Host("g1", G, True),),
        "evidence": frozenset({"plan"}),
    }
    return Activity(key=key, **(defaults | values))  # type: ignore[arg-type]


def why(one: Activity, key: str, scope: Scope = G, unit: str = "g1") -> str:
    """What is said of the activity in a figure."""
    (line,) = count_activities([one], activity_rule(scope, key)).lines_of(unit)
    return line.reason


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "计入：走出去，上海（省外）"),
        ({"places": (NEAR,)}, "计入：走出去，省城（州外省内）"),
        ({"places": (LOCAL, SHANGHAI)}, "计入：走出去"),
        ({"evidence": frozenset()}, "不计：没有佐证"),
        ({"evidence": frozenset({"other"})}, "不计：没有佐证"),
        ({"own": False}, "不计：不是自行组织的活动"),
        ({"places": ()}, "不计：没有填活动地点"),
        ({"places": (LOCAL,), "outside_firms": 12}, "不计：没有州级领导参加"),
        ({"places": (LOCAL,), "leaders": (Leader("高远", Rank.STATE),)}, "不计：没有填州外企业户数"),
        ({"places": (LOCAL,), "leaders": (Leader("高远", Rank.STATE),), "outside_firms": 9}, "9户，不足10户"),
        ({"places": (LOCAL,), "leaders": (Leader("高远", Rank.STATE),), "outside_firms": 10}, "计入：请进来"),
        ({"places": (LOCAL,), "leaders": (Leader("何敏", Rank.HEAD, "c1"),), "outside_firms": 10}, "职务最高的是县市"),
    ],
)
def test_the_note_case_by_case(values, said):
    assert said in why(activity(**values), "activities")


def test_inbound_is_no_trip():
    inbound = activity(places=(LOCAL,), leaders=(Leader("高远", Rank.TOP),), outside_firms=30)
    assert why(inbound, "activities").startswith("计入")
    assert why(inbound, "trips") == "不计：是请进来活动，只计走出去。"
    assert why(inbound, "top-leader-trips").startswith("不计")


def test_top_leaders_count_once_among_groups_and_for_each_host_in_the_total():
    joint = activity(
        hosts=(Host("g1", G, True), Host("g2", G), Host("c1", T)), leaders=(Leader("高远", Rank.TOP),), outside_firms=2
    )
    total = count_activities([joint], activity_rule(G, "activities"))
    assert (total.of("g1"), total.of("g2")) == (1, 1)
    once = count_activities([joint], activity_rule(G, "top-leader-trips"))
    assert (once.of("g1"), once.of("g2")) == (1, 0)
    assert "不重复统计" in once.lines_of("g2")[0].reason
    # The county stands in the other table, where it is counted, too.
    assert count_activities([joint], activity_rule(T, "top-leader-trips")).of("c1") == 1


def test_the_same_trip_entered_by_two_groups_counts_for_the_first():
    first = activity("a", leaders=(Leader("高远", Rank.TOP),), order=1)
    second = activity(
        "b",
        hosts=(Host("g2", G, True),),
        leaders=(Leader("高远", Rank.TOP),),
        begin=dt.date(2026, 3, 4),
        end=dt.date(2026, 3, 6),
        order=2,
    )
    count = count_activities([second, first], activity_rule(G, "top-leader-trips"))
    assert (count.of("g1"), count.of("g2")) == (1, 0)
    assert "同一位领导的同一次活动" in count.lines_of("g2")[0].reason
    # In the total each group has its own.
    total = count_activities([second, first], activity_rule(G, "activities"))
    assert (total.of("g1"), total.of("g2")) == (1, 1)


def test_one_unit_entering_a_trip_twice_counts_once():
    twice = [activity("a", order=1), activity("b", order=2)]
    count = count_activities(twice, activity_rule(G, "activities"))
    assert count.of("g1") == 1
    assert "疑似重复填报" in count.lines_of("g1")[1].reason


def test_heads_count_for_their_own_county_and_only_beyond_the_province_where_asked():
    hosts = (Host("c1", T, True), Host("c2", T))
    near = activity(places=(NEAR,), hosts=hosts, leaders=(Leader("何敏", Rank.HEAD, "c1"),))
    count = count_activities([near], activity_rule(T, "head-trips"))
    assert (count.of("c1"), count.of("c2")) == (1, 0)
    assert "不是本县市党政“一把手”带队" in count.lines_of("c2")[0].reason
    assert "没有到省外" in why(near, "head-trips-far", T, "c1")
    assert "没有州级领导参加" in why(near, "state-leader-trips", T, "c1")
    far = activity(hosts=hosts, leaders=(Leader("高远", Rank.TOP), Leader("何敏", Rank.HEAD, "c1")))
    for key in ("head-trips-far", "state-leader-trips", "top-leader-trips"):
        assert why(far, key, T, "c1").startswith("计入"), key


_days = st.integers(0, 20).map(lambda n: dt.date(2026, 3, 1) + dt.timedelta(days=n))
_places = st.lists(st.sampled_from([SHANGHAI, LOCAL, NEAR, Place("东京", Where.ABROAD)]), max_size=3, unique=True).map(
    tuple
)
_leaders = st.lists(
    st.builds(
        Leader,
        st.sampled_from(["高远", "杨帆", "何敏"]),
        st.sampled_from(list(Rank)),
        st.sampled_from(["", "c1", "c2"]),
    ),
    max_size=3,
).map(tuple)
_hosts = st.lists(st.sampled_from(["g1", "g2", "g3", "c1", "c2"]), min_size=1, max_size=4, unique=True).map(
    lambda names: tuple(Host(name, G if name[0] == "g" else T, number == 0) for number, name in enumerate(names))
)


@st.composite
def _activities(draw):
    found = []
    for number in range(draw(st.integers(0, 6))):
        begin = draw(_days)
        found.append(
            Activity(
                key=str(number),
                title=f"活动{number}",
                begin=begin,
                end=begin + dt.timedelta(days=draw(st.integers(0, 4))),
                places=draw(_places),
                hosts=draw(_hosts),
                leaders=draw(_leaders),
                outside_firms=draw(st.none() | st.integers(0, 20)),
                evidence=draw(st.sampled_from([frozenset(), frozenset({"plan"}), frozenset({"other"})])),
                own=draw(st.booleans()),
                order=number,
            )
        )
    return found


@settings(max_examples=120, deadline=None)
@given(_activities(), st.sampled_from(ACTIVITY_RULES), st.randoms())
def test_every_host_is_told_why_and_order_does_not_matter(activities, rule, random):
    count = count_activities(activities, rule)
    pairs = [(one.key, host.unit) for one in activities for host in one.hosts if host.scope is rule.scope]
    assert sorted((line.key, line.unit) for line in count.lines) == sorted(pairs)
    for line in count.lines:
        assert line.part in (0, 1)
        assert line.reason.startswith("计入：" if line.counted else "不计：")
        assert line.reason.endswith("。")
    shuffled = list(activities)
    random.shuffle(shuffled)
    assert count_activities(shuffled, rule) == count


@settings(max_examples=120, deadline=None)
@given(_activities(), st.sampled_from(ACTIVITY_RULES))
def test_counts_conserve(activities, rule):
    count = count_activities(activities, rule)
    by_activity: dict[str, Decimal] = {}
    for line in count.lines:
        by_activity[line.key] = by_activity.get(line.key, Decimal(0)) + line.part
    if rule.joint is Joint.ONCE:
        assert all(part <= 1 for part in by_activity.values())
    for unit in {line.unit for line in count.lines}:
        assert count.of(unit) == sum(line.part for line in count.lines_of(unit))
    known = {one.key: one for one in activities}
    for line in count.lines:
        if line.counted:
            one = known[line.key]
            assert one.own and one.evidence & rule.evidence and kind_of(one) in {form.kind for form in rule.forms}


@settings(max_examples=80, deadline=None)
@given(_activities(), st.sampled_from(ACTIVITY_RULES))
def test_without_papers_nothing_counts(activities, rule):
    from dataclasses import replace

    bare = [replace(one, evidence=frozenset()) for one in activities]
    assert not any(line.counted for line in count_activities(bare, rule).lines)
