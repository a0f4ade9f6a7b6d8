"""The pipeline's library: conditions, moves that conserve, figures, codes, twins."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luoshi import pipeline
from luoshi.pipeline import Facts, Mark, Move, State

FIRST = dt.date(2026, 1, 1)
ALL = frozenset(Mark)


@st.composite
def histories(draw: st.DrawFn) -> list[Move]:
    """Moves of some projects that follow one another, as the actions write them."""
    moves = []
    stands: dict[int, tuple[State | None, dt.date]] = {}
    for _ in range(draw(st.integers(0, 25))):
        project = draw(st.integers(1, 5))
        source, since = stands.get(project, (None, FIRST))
        to = draw(
            st.sampled_from([state for state in State if state is not source and (source or state is not State.LEFT)])
        )
        on = since + dt.timedelta(days=draw(st.integers(0, 60)))
        moves.append(Move(project, source, to, on))
        stands[project] = (to, on)
    return moves


@given(moves=histories(), first=st.integers(-10, 200), length=st.integers(0, 300))
@settings(max_examples=150, deadline=None)
def test_counts_conserve(moves: list[Move], first: int, length: int) -> None:
    start = FIRST + dt.timedelta(days=first)
    end = start + dt.timedelta(days=length)
    flows = pipeline.flows(moves, start, end)
    for flow in flows.values():
        assert flow.before + flow.came - flow.went == flow.after
    entered = len({move.project for move in moves if move.on <= end})
    assert (
        sum(flow.after for flow in flows.values())
        == entered
        == sum(pipeline.counts(pipeline.replay(moves, end)).values())
    )
    for at, state in enumerate(pipeline.ORDER[:-1]):
        rate = pipeline.conversion(moves, state, pipeline.ORDER[at + 1], start, end)
        assert rate is None or 0 <= rate <= 100


@given(moves=histories(), day=st.integers(0, 300), later=st.integers(1, 300))
@settings(max_examples=100, deadline=None)
def test_as_of_does_not_know_what_came_later(moves: list[Move], day: int, later: int) -> None:
    on = FIRST + dt.timedelta(days=day)
    known = [move for move in moves if move.on <= on]
    assert pipeline.replay(moves, on) == pipeline.replay(known)
    assert pipeline.replay(known, on + dt.timedelta(days=later)) == pipeline.replay(known)


def test_moves_that_do_not_follow_are_refused() -> None:
    one = Move(1, None, State.RESERVE, FIRST)
    with pytest.raises(pipeline.BrokenMoves, match="不相接"):
        pipeline.replay([one, Move(1, State.STARTED, State.COMPLETED, FIRST)])
    with pytest.raises(pipeline.BrokenMoves, match="倒置"):
        pipeline.replay([one, Move(1, State.RESERVE, State.STARTED, FIRST - dt.timedelta(days=1))])


@given(
    source=st.sampled_from([None, *State]),
    to=st.sampled_from(list(State)),
    passed=st.sets(st.sampled_from(list(Mark))),
    code=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_no_library_is_passed_over_without_a_reason(
    source: State | None, to: State, passed: set[Mark], code: bool
) -> None:
    facts = Facts(passed=passed, listed=passed, code="2026" if code else "", total=Decimal(1))
    lacks = pipeline.unmet(facts, to)
    why = pipeline.needs_reason(source, to, lacks)
    silent = (
        not lacks
        and to is not State.LEFT
        and source is not State.LEFT
        and not pipeline.passed_over(source, to)
        and not pipeline.is_back(source, to)
    )
    assert (why == "") == silent
    if to in (State.STARTED, State.CONSTRUCTION, State.COMPLETED):
        assert (Mark.ENVIRONMENT in passed) == all(row.key != "environment" for row in lacks)
        assert code == all(row.key != "code" for row in lacks)


def test_conditions_are_data() -> None:
    keys = [row.key for row in pipeline.shipped_conditions()]
    assert len(keys) == len(set(keys)) and "environment" in keys
    ready = Facts(passed=ALL, listed=ALL, code="1", total=Decimal(1), ladder=True)
    assert all(pipeline.unmet(ready, state) == () for state in State)
    (row,) = pipeline.read_conditions([{"key": "x", "to": ["started"], "need": {"mark": "energy"}, "text": "缺能评"}])
    assert pipeline.unmet(Facts(), State.STARTED, (row,)) == (row,)
    for wrong in ({"fact": "weather"}, {"mark": "weather"}):
        with pytest.raises(ValueError, match="weather"):
            pipeline.read_conditions([{"key": "x", "to": ["started"], "need": wrong, "text": ""}])


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        ("2026-04-29", None),
        ("2026-04-30", 40),
        ("2026-06-29", 40),
        ("2026-06-30", 60),
        ("2026-09-30", 80),
        ("2026-11-30", 90),
        ("2026-12-31", 90),
        ("2027-01-01", None),
    ],
)
def test_a_mark_holds_from_the_end_of_its_month(day: str, percent: int | None) -> None:
    mark = pipeline.mark_due(pipeline.shipped_norms(), dt.date.fromisoformat(day))
    assert (mark and mark.percent) == (percent and Decimal(percent))


def test_rates_of_nothing_are_no_zero() -> None:
    assert pipeline.rate(0, 0) is None and pipeline.ratio(3, 0) is None and pipeline.rate(0, 4) == 0
    assert pipeline.four_rates([]).fulfilment is None
    signed = [
        pipeline.Signed(True, True, False, Decimal(100), Decimal(150)),
        pipeline.Signed(True, False, False, Decimal(100), Decimal(50)),
    ]
    found = pipeline.four_rates(signed)
    # Money beyond what was agreed does not make up for what another lacks.
    assert (found.fulfilment, found.start, found.funds, found.production) == (100, 50, 75, 0)
    assert pipeline.concentration([Decimal(1), Decimal(3), Decimal(6)], 2) == 90
    assert pipeline.concentration([], 10) is None


def test_deviation_stands_on_what_is_known() -> None:
    found = pipeline.deviation(
        done=Decimal(60),
        total=Decimal(100),
        image=Decimal(45),
        start=dt.date(2026, 1, 1),
        finish=dt.date(2026, 12, 31),
        day=dt.date(2026, 7, 2),
    )
    assert (found.from_image, round(found.from_time or 0, 1)) == (15, Decimal("9.9"))
    nothing = pipeline.deviation(done=None, total=Decimal(0), image=None, start=None, finish=None, day=FIRST)
    assert nothing.investment is nothing.time is nothing.from_image is None
    assert pipeline.over_norm(pipeline.shipped_norms(), State.PREPARATION, FIRST, FIRST + dt.timedelta(days=300)) == 30
    assert pipeline.over_norm(pipeline.shipped_norms(), State.COMPLETED, FIRST, FIRST) is None


@given(
    digits=st.text("0123456789", min_size=20, max_size=20), at=st.integers(0, 19), other=st.sampled_from("0123456789")
)
@settings(max_examples=100, deadline=None)
def test_slips_are_found_by_all_that_a_code_may_slip_to(digits: str, at: int, other: str) -> None:
    def shown(text: str) -> str:
        return "-".join((text[:4], text[4:10], text[10:12], text[12:14], text[14:]))

    code, slip = shown(digits), shown(digits[:at] + other + digits[at + 1 :])
    assert pipeline.is_slip(code, slip) == (code != slip)
    turned = digits[:at] + digits[at : at + 2][::-1] + digits[at + 2 :]
    possible = pipeline.possible_slips(code)
    assert len(possible) == len(set(possible)) and all(pipeline.is_slip(code, one) for one in possible)
    assert {slip, shown(turned)} - {code} <= set(possible) and code not in possible
    assert pipeline.slips(code, [slip, code]) == ([slip] if code != slip else [])


def test_codes_are_read_in_any_width() -> None:
    assert pipeline.read_code("２０２６－５３２３００－０４－０１－１２３４５６") == "2026-532300-04-01-123456"
    with pytest.raises(pipeline.CodeProblem, match="第3段"):
        pipeline.read_code("2026-532300-4-01-123456")


def _likeness(one: str, other: str, same_money: bool = True, same_place: bool = True) -> pipeline.Likeness | None:
    first = pipeline.Sketch(one, Decimal(55_000), "a")
    second = pipeline.Sketch(other, Decimal(55_000 if same_money else 1), "a" if same_place else "b")
    forth, back = pipeline.likeness(first, second), pipeline.likeness(second, first)
    assert forth == back
    return forth


def test_twins_by_name_place_and_money() -> None:
    long = "云岭药科生物医药股份有限公司化学药高端制剂产业基地建设项目"
    assert _likeness("花卉展示交易中心建设项目", "花卉展示 交易中心建设项目", False, False) is not None
    assert _likeness(long, "化学药高端制剂产业基地建设项目") is not None
    assert _likeness(long, "化学药高端制剂产业基地建设项目", same_money=False) is None
    assert _likeness("城乡物流基地产业园", "城乡物流基地产业园二期") is None
    assert _likeness("年产20万吨饲料生产线建设项目", "年产24万吨饲料生产线建设项目", same_money=False) is None
    assert _likeness("", "") is None
