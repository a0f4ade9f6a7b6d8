"""Which activities count for whom, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from luoshi.promotion.counting import Count, Line
from luoshi.promotion.model import Activity, ActivityKind, Host, Rank, Where, farthest, kind_of, rank_of
from luoshi.promotion.rules import ActivityRule, Form, Joint

_NO, _YES = Decimal(0), Decimal(1)


def count_activities(activities: Iterable[Activity], rule: ActivityRule) -> Count:
    """One line for each (activity, host of the rule's scope), in the order in which they were recorded.

    All activities of the time must be given, whoever holds them: of a trip with a top leader only the first host's
    entry counts, though two units entered it.
    """
    lines: list[Line] = []
    taken: list[tuple[Activity, Host]] = []
    for activity in sorted(activities, key=lambda one: (one.order, one.key)):
        hosts = [host for host in activity.hosts if host.scope is rule.scope]
        for host in hosts:
            reason = _refused(activity, host, rule) or _again(activity, host, hosts, rule, taken)
            if reason:
                lines.append(Line(activity.key, host.unit, _NO, f"不计：{reason}。"))
            else:
                lines.append(Line(activity.key, host.unit, _YES, f"计入：{_why(activity, hosts, rule)}。"))
        taken += [(activity, host) for host, line in zip(hosts, lines[len(lines) - len(hosts) :], strict=True)
                  if line.counted]  # fmt: skip
    return Count(rule.key, tuple(lines))


def _refused(activity: Activity, host: Host, rule: ActivityRule) -> str:
    """Why an activity does not count for a host by itself; empty where it does."""
    kind = kind_of(activity)
    if kind is None:
        return "没有填活动地点，分不清是请进来还是走出去"
    if not activity.own:
        return "不是自行组织的活动"
    missing = [fault for form in rule.forms if (fault := _unfit(activity, host, kind, form)) is not None]
    if len(missing) == len(rule.forms):
        named = [fault for fault in missing if fault]
        return "；".join(dict.fromkeys(named)) or f"是{kind.label}活动，只计{_kinds(rule)}"
    if not (activity.evidence & rule.evidence):
        return "没有佐证（方案、总结、信息、外出报备表任一）"
    return ""


def _kinds(rule: ActivityRule) -> str:
    return "、".join(dict.fromkeys(form.kind.label for form in rule.forms))


def _unfit(activity: Activity, host: Host, kind: ActivityKind, form: Form) -> str | None:
    """Why the activity is not of a form: ``None`` where it is, empty where it is of another kind altogether."""
    if kind is not form.kind:
        return ""
    faults = []
    far = farthest(activity)
    if far is not None and far.distance < form.least_where.distance:
        faults.append(f"没有到{Where(form.least_where).label}（最远{far.label}）")
    if form.own_head:
        if not any(leader.rank is Rank.HEAD and leader.unit == host.unit for leader in activity.leaders):
            faults.append("不是本县市党政“一把手”带队")
    elif rank_of(activity).height < form.least_rank.height:
        faults.append(f"没有{form.least_rank.label}参加（职务最高的是{rank_of(activity).label}）"
                      if activity.leaders else f"没有{form.least_rank.label}参加")  # fmt: skip
    if form.least_firms:
        if activity.outside_firms is None:
            faults.append("没有填州外企业户数")
        elif activity.outside_firms < form.least_firms:
            faults.append(f"州外企业{activity.outside_firms}户，不足{form.least_firms}户")
    return "，".join(faults) if faults else None


def _again(
    activity: Activity, host: Host, hosts: Sequence[Host], rule: ActivityRule, taken: Sequence[tuple[Activity, Host]]
) -> str:
    """Why it would count twice; empty where it does not."""
    if rule.joint is Joint.ONCE:
        first = next((one for one in hosts if one.leads), hosts[0])
        if host.unit != first.unit:
            return "州级党政“一把手”省外招商不重复统计，联办的只计牵头单位"
        for other, _ in taken:
            if same_trip(activity, other, leaders=True):
                return f"与“{other.title}”是同一位领导的同一次活动，已经计过"
        return ""
    for other, who in taken:
        if who.unit == host.unit and same_trip(activity, other):
            return f"与“{other.title}”的日期、地点相同，疑似重复填报，只计一次"
    return ""


def same_trip(one: Activity, other: Activity, *, leaders: bool = False) -> bool:
    """Whether two entries tell of one trip: the same days and places, or (``leaders``) the same top leader on days
    that overlap in a place that both touch."""
    mine, theirs = {place.name for place in one.places}, {place.name for place in other.places}
    if not leaders:
        return (one.begin, one.end) == (other.begin, other.end) and mine == theirs
    tops = [{leader.name for leader in each.leaders if leader.rank is Rank.TOP} for each in (one, other)]
    overlap = one.begin <= other.end and other.begin <= one.end
    return bool(tops[0] & tops[1]) and overlap and bool(mine & theirs)


def _why(activity: Activity, hosts: Sequence[Host], rule: ActivityRule) -> str:
    kind, far = kind_of(activity), farthest(activity)
    places = "、".join(place.name for place in activity.places)
    parts = [f"{kind.label if kind else ''}，{places}（{far.label if far else ''}）"]
    if any(form.least_rank is not Rank.OTHER for form in rule.forms) and rank_of(activity) is not Rank.OTHER:
        parts.append(f"职务最高的是{rank_of(activity).label}")
    if kind is ActivityKind.INBOUND and activity.outside_firms is not None:
        parts.append(f"州外企业{activity.outside_firms}户")
    if len(hosts) > 1:
        parts.append("联办，只计牵头单位" if rule.joint is Joint.ONCE else f"{len(hosts)}家联办，各计一次")
    return "，".join(parts)
