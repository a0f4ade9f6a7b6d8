"""Projects: stages replayed, claims credited, counts with their reasons, rates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi.promotion import (
    DEAL_RULES,
    LADDER,
    YI,
    Claim,
    Credits,
    Deal,
    Decision,
    DecisionError,
    Move,
    MoveError,
    Progress,
    Scope,
    Stage,
    checked_move,
    count_deals,
    credits_of,
    deal_rule,
    rates_of,
    reached,
    replay,
)

G, T, S = Scope.GROUP, Scope.TERRITORY, Stage
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def day(month: int, number: int = 1, year: int = 2026) -> dt.date:
    """A day."""
    return dt.date(year, month, number)


def deal(**values: object) -> Deal:
    """A project of 12 亿元 signed in May, claimed by one county and one group."""
    defaults: dict[str, object] = {
        "key": "1",
        "title": "组件厂",
        "days": {S.NEGOTIATING: day(2), S.SIGNED: day(5)},
        "amount": 12 * YI,
        "claimants": (("c1", T), ("g1", G)),
        "credits": credits_of([Claim("c1", T), Claim("g1", G)]),
        "evidence": frozenset({"intent", "agreement"}),
    }
    return Deal(**(defaults | values))  # type: ignore[arg-type]


def said(one: Deal, key: str, scope: Scope = T, unit: str = "c1", bounds=YEAR) -> str:
    """What is said of the project in a figure; empty where it is not looked at."""
    lines = count_deals([one], deal_rule(scope, key), *bounds).lines_of(unit)
    return lines[0].reason if lines else ""


def test_what_counts_and_what_does_not():
    for key in ("signed", "signed-1", "major-5", "major-10"):
        assert said(deal(), key).startswith("计入：2026-05-01已签约"), key
    assert "投资额8亿元，不足10亿元" in said(deal(amount=8 * YI), "major-10")
    assert said(deal(amount=8 * YI), "major-5").startswith("计入")
    assert "没有填投资额" in said(deal(amount=None), "major-5")
    assert said(deal(amount=None), "signed").startswith("计入")
    assert "没有正式协议" in said(deal(evidence=frozenset({"intent"})), "signed")
    assert "州内企业" in said(deal(local=True), "signed")
    lost = deal(days={S.NEGOTIATING: day(2), S.SIGNED: day(5), S.LOST: day(9)})
    assert "已于2026-09-01流失" in said(lost, "signed")
    assert said(deal(), "signed", bounds=(day(7), day(9, 30))) == ""


def test_a_negotiation_counts_for_the_year_in_which_it_was_held():
    talks = deal(days={S.NEGOTIATING: day(11, year=2025)}, evidence=frozenset({"intent"}))
    assert said(talks, "negotiating-5", G, "g1").startswith("计入")
    signed_before = deal(days={S.NEGOTIATING: day(3, year=2025), S.SIGNED: day(11, year=2025)})
    assert said(signed_before, "negotiating-5", G, "g1") == ""
    assert "没有意向书" in said(deal(evidence=frozenset()), "negotiating-5", G, "g1")


def test_contested_projects_count_for_nobody_and_split_ones_in_parts():
    claims = [Claim("c1", T), Claim("c2", T), Claim("g1", G)]
    claimants = tuple((claim.unit, claim.scope) for claim in claims)
    open_ = deal(claimants=claimants, credits=credits_of(claims))
    for unit in ("c1", "c2"):
        assert "还没有认定归谁" in said(open_, "major-5", unit=unit)
    assert said(open_, "major-5", G, "g1").startswith("计入")
    halves = Decision(T, {"c1": Decimal("0.5"), "c2": Decimal("0.5")})
    split = deal(claimants=claimants, credits=credits_of(claims, [halves]))
    count = count_deals([split], deal_rule(T, "major-5"), *YEAR)
    assert (count.of("c1"), count.of("c2")) == (Decimal("0.5"), Decimal("0.5"))
    one = credits_of(claims, [halves, Decision(T, {"c1": Decimal(0), "c2": Decimal(1)})])
    assert "认定归其他单位" in said(deal(claimants=claimants, credits=one), "major-5")
    # Who claims after the decision is not in it: it is contested anew.
    later = credits_of([*claims, Claim("c3", T)], [halves])
    assert later.contested == {"c1", "c2", "c3"}


@pytest.mark.parametrize("parts", [{}, {"c1": Decimal("0.4")}, {"c1": Decimal(2), "c2": Decimal(-1)}])
def test_decisions_are_whole(parts):
    with pytest.raises(DecisionError):
        Decision(T, parts)


_units = st.lists(st.sampled_from(["c1", "c2", "c3", "g1", "g2"]), max_size=6)


@st.composite
def _decisions(draw):
    found = []
    for _ in range(draw(st.integers(0, 3))):
        scope = draw(st.sampled_from([T, G]))
        names = draw(st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, max_size=3, unique=True))
        cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(names) - 1, max_size=len(names) - 1)))
        edges = [0, *cuts, 100]
        head = "g" if scope is G else "c"
        parts = {f"{head}{name}": Decimal(edges[n + 1] - edges[n]) / 100 for n, name in enumerate(names)}
        found.append(Decision(scope, parts))
    return found


@settings(max_examples=150, deadline=None)
@given(_units, _decisions(), st.sampled_from(DEAL_RULES))
def test_credits_conserve(units, decisions, rule):
    claims = [Claim(unit, G if unit[0] == "g" else T) for unit in units]
    found = credits_of(claims, decisions)
    assert not (found.contested & set(found.parts))
    assert found.contested | set(found.parts) == set(units)
    for scope in Scope:
        mine = {claim.unit for claim in claims if claim.scope is scope}
        assert sum(found.parts.get(unit, Decimal(0)) for unit in mine) <= 1
        if len(mine) == 1:
            assert found.parts[next(iter(mine))] == 1
    project = deal(claimants=tuple({claim.unit: (claim.unit, claim.scope) for claim in claims}.values()), credits=found)
    assert sum(line.part for line in count_deals([project], rule, *YEAR).lines) <= 1


_moves = st.lists(
    st.tuples(st.sampled_from(list(Stage)), st.integers(0, 40), st.sampled_from(["", "说明"])), max_size=9
)


@settings(max_examples=200, deadline=None)
@given(_moves)
def test_no_rung_is_skipped_without_a_reason_and_replay_gives_every_day(asked):
    stage, last, moves = Stage.LEAD, None, []
    states: list[tuple[dt.date, Stage]] = []
    for to, offset, reason in asked:
        on = day(1) + dt.timedelta(days=offset)
        try:
            move = checked_move(stage, to, on=on, reason=reason, last_on=last)
        except MoveError as error:
            assert not str(error).isascii()
            continue
        if not reason:
            assert LADDER.index(to) == LADDER.index(stage) + 1
        moves.append(move)
        stage, last = to, on
        states.append((on, to))
    assert replay(moves) is stage
    for offset in range(0, 41, 5):
        on = day(1) + dt.timedelta(days=offset)
        known = [to for when, to in states if when <= on]
        assert replay(moves, on) is (known[-1] if known else Stage.LEAD)
        days = reached(moves, on)
        assert all(when <= on for when in days.values())
        if known and known[-1] is not Stage.LOST:
            height = LADDER.index(known[-1])
            assert set(days) == set(LADDER[1 : height + 1])
            in_order = [days[rung] for rung in LADDER[1 : height + 1]]
            assert in_order == sorted(in_order)
        elif known:
            assert Stage.LOST in days


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (S.LEAD, S.LEAD, "已经是"),
        (S.LEAD, S.SIGNED, "越过了“在谈”"),
        (S.SIGNED, S.NEGOTIATING, "退回"),
        (S.SIGNED, S.LOST, "流失的原因"),
        (S.LOST, S.SIGNED, "重新跟进"),
        (S.PRODUCING, S.LOST, "不能记为流失"),
    ],
)
def test_refusals_say_what_to_do(before, after, message):
    with pytest.raises(MoveError, match=message):
        checked_move(before, after, on=day(3))
    with pytest.raises(MoveError, match="不能早于上一次变动"):
        checked_move(S.LEAD, S.NEGOTIATING, on=day(3), last_on=day(4))


def test_rates():
    assert rates_of([]).start is None
    found = rates_of(
        [
            Progress(S.SIGNED, 10 * YI, Decimal(0)),
            Progress(S.SIGNED, 10 * YI, YI),
            Progress(S.STARTED, 10 * YI, 2 * YI),
            Progress(S.PRODUCING, 10 * YI, 5 * YI),
        ]
    )
    assert (found.signed, found.fulfilment, found.start) == (4, Decimal("0.75"), Decimal("0.5"))
    assert (found.production, found.funds) == (Decimal("0.25"), Decimal("0.2"))


def test_shipped_rules_name_their_source_once():
    keys = [(rule.scope, rule.key) for rule in DEAL_RULES]
    assert len(set(keys)) == len(keys)
    assert all(rule.source.startswith("附件") for rule in DEAL_RULES)
    assert Credits().parts == {}
    assert Move(S.LEAD, S.NEGOTIATING, day(1)).after is S.NEGOTIATING
