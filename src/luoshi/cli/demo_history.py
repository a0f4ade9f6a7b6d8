"""Twelve months of the monthly loop in the fictional prefecture: through the same actions that the pages use.

What happens is drawn from a generator with a fixed seed, so that every demo looks alike: most units report in time,
some late, some not at all, some returns come back and are corrected, some values are verified. The months end with the
present. Official figures, targets and letters beside them: ``demo_statistics``, ``demo_targets``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, Any

from luoshi.cli.demo_statistics import fill_statistics
from luoshi.cli.demo_targets import fill_targets

if TYPE_CHECKING:
    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.reporting.models import Return, Round

MONTHS = 12
FORM = "market-entities-2018"
TITLE = "市场主体培育月报"
OWNER = "zhou-shichang"
#: Ten counties and cities, the zone, and sixteen departments: 27 units.
COUNTIES = (
    "yunjiang-shi", "qingling-shi", "baixi-xian", "hongyan-xian", "songping-xian", "shigu-xian", "jintang-xian",
    "longqiu-xian", "yuechi-xian", "zhuwu-xian", "yunling-gxq",
)  # fmt: skip
DEPARTMENTS = (
    "zhou-fgw", "zhou-gongxin", "zhou-jiaoti", "zhou-keji", "zhou-minzheng", "zhou-renshe", "zhou-ziran",
    "zhou-zhujian", "zhou-jiaotong", "zhou-nongye", "zhou-shuiwu", "zhou-shangwu", "zhou-wenlv", "zhou-weijian",
    "zhou-lincao", "zhou-toucu",
)  # fmt: skip
#: (user name, name, unit, roles, what the person is good for); the others are clerks, one a unit, ``tb-<unit>``.
PEOPLE = (
    ("shichang", "州市场监管局 周敏", OWNER, ("lead",), "收表单位，审核、催报、认定"),
    ("shenhe", "州市场监管局 何川", OWNER, ("reviewer",), "收表单位审核"),
)
#: Units of the demo that have a reviewer of their own, and who that is.
REVIEWERS = {"baixi-xian": "baixi", "zhou-nongye": "nongye"}
#: Of a hundred returns: how many come late, never, and are sent back.
LATE, MISSING, SENT_BACK = 8, 4, 6
#: Messages older than this have been read.
READ_AFTER = dt.timedelta(days=7)
REASONS = ("集中清理长期停业未经营户。", "上月集中登记，本月回落。", "政策窗口期，登记集中办理。")
WORK = (
    ("开展“进万企”走访，帮助办理登记变更。", "部分市场主体融资难。", "组织银企对接会。"),
    ("落实登记便利化，企业开办压缩至一个工作日。", "乡镇窗口人手不足。", "培训乡镇登记人员。"),
    ("联合税务部门清理长期停业户。", "", "继续做好分类指导。"),
)


def clerk_name(key: str) -> str:
    """The user name of a unit's clerk."""
    return f"tb-{key}"


def usernames() -> list[str]:
    """Everybody whom the history adds."""
    return [name for name, *_ in PEOPLE] + [clerk_name(key) for key in (*COUNTIES, *DEPARTMENTS)]


def clerks_of(people: Mapping[str, Any]) -> dict[str, Any]:
    """Who reports for each unit, by the unit's key; ``people`` by user name."""
    return {key: people[clerk_name(key)] for key in (*COUNTIES, *DEPARTMENTS)}


def fill_history(people: Mapping[str, Any], password: str, today: dt.date) -> int:
    """The form, its rounds and returns up to ``today``; how many returns there are."""
    from django.db import transaction

    from luoshi.apps.organisations.models import Unit
    from luoshi.apps.reporting.models import Return

    units = {unit.key: unit for unit in Unit.objects.filter(key__in=(OWNER, *COUNTIES, *DEPARTMENTS))}
    with transaction.atomic():
        clerks = _people(units, password) | {f"review {key}": people[name] for key, name in REVIEWERS.items()}
        _form(people["tongchou"], units, clerks, today)
        series = {key: _Series(key) for key in (*COUNTIES, *DEPARTMENTS)}
        for round_ in _rounds(today):
            _report(round_, clerks, series, today)
        counties = [units[key] for key in COUNTIES]
        known = fill_statistics(clerks["shichang"], units[OWNER], counties, _months(today), today)
        fill_targets(people, counties, known, _morning(today))
        read_old_notices(today)
    return Return.objects.count()


def read_old_notices(today: dt.date) -> None:
    """What everybody was told more than a week ago has been read."""
    from luoshi.apps.accounts.models import User
    from luoshi.apps.notices.actions import mark_read
    from luoshi.apps.notices.models import Notice

    old = Notice.objects.filter(read_at=None, created_at__lt=_morning(today) - READ_AFTER).order_by()
    for user in User.objects.filter(pk__in=old.values("recipient")):
        ids = old.filter(recipient=user).values_list("pk", flat=True)
        mark_read(acting_user=user, ids=ids, now=_morning(today) - READ_AFTER)


def _people(units: Mapping[str, Unit], password: str) -> dict[str, Any]:
    """Those of the collecting unit by user name, and each unit's clerk by the unit's key."""
    from django.contrib.auth.hashers import make_password

    from luoshi.apps.accounts.actions import NewPerson, create_users
    from luoshi.apps.accounts.models import User
    from luoshi.apps.organisations.actions import grant_membership
    from luoshi.apps.organisations.models import Role

    wanted = [NewPerson(name, full) for name, full, *_ in PEOPLE]
    keys = (*COUNTIES, *DEPARTMENTS)
    wanted += [NewPerson(clerk_name(key), f"{units[key]} 填报员") for key in keys]
    made = {user.username: user for user, _ in create_users(acting_user=None, people=wanted)}
    # One slow hash for all of them: the password is printed anyway.
    User.objects.filter(pk__in=[user.pk for user in made.values()]).update(password=make_password(password))
    for name, _, key, roles, _ in PEOPLE:
        for role in roles:
            grant_membership(acting_user=None, user=made[name], unit=units[key], role=Role(role))
    for key in keys:
        grant_membership(acting_user=None, user=made[clerk_name(key)], unit=units[key], role=Role.REPORTER)
    return {name: made[name] for name, *_ in PEOPLE} | {key: made[clerk_name(key)] for key in keys}


def _months(today: dt.date) -> list[Any]:
    from luoshi.periods import Cadence, Period

    last = Period.containing(today, Cadence.MONTHLY)
    months = [last]
    while len(months) <= MONTHS:
        months.append(months[-1].previous())
    return months[::-1]


def _form(clerk: Any, units: Mapping[str, Unit], people: Mapping[str, Any], today: dt.date) -> None:
    """The form, in force since the first month; each month opens once the late window of the one before has ended, so
    that the demo has one round to fill in and seldom two."""
    from luoshi.apps.reporting.actions import forms

    form = forms.install_ready_made(
        acting_user=clerk,
        key=FORM,
        owner=units[OWNER],
        reporters=[units[key] for key in (*COUNTIES, *DEPARTMENTS)],
    )
    changes = {"title": TITLE, "open_days": 27, "late_days": 3}
    draft = forms.save_form_version(
        acting_user=clerk, form=form, revision=form.versions.get().revision, changes=changes
    )
    forms.publish_form_version(
        acting_user=clerk, form=form, first_period=str(_months(today)[0]), revision=draft.revision
    )


def _rounds(today: dt.date) -> Iterator[Round]:
    """All rounds up to now, each opened at its moment, the way the tick opens them."""
    from luoshi.apps.reporting.actions import open_rounds, rounds
    from luoshi.apps.reporting.models import FormVersion
    from luoshi.apps.reporting.schedule import rule_of
    from luoshi.periods import due_date

    version = FormVersion.objects.get(form__title=TITLE)
    for month in _months(today):
        moment = rounds.opening(version, due_date(month, rule_of(version))) + dt.timedelta(hours=8)
        if moment <= _morning(today):
            yield from open_rounds(now=moment)


def _morning(today: dt.date) -> dt.datetime:
    from django.utils import timezone

    return timezone.make_aware(dt.datetime.combine(today, dt.time(8)))


class _Series:
    """The figures of one unit, month after month: cumulative within a year, stocks through."""

    def __init__(self, key: str) -> None:
        self.draw = Random(f"luoshi {key}")
        self.county = key in COUNTIES
        size = self.draw.uniform(0.6, 1.8) * (1 if self.county else 0.12)
        self.pace = {"enterprise": 41 * size, "individual": 122 * size, "cooperative": 4 * size}
        self.stock = {name: int(pace * 70) for name, pace in self.pace.items()}
        # Targets are shared out by stock: some units run ahead of theirs, some fall behind.
        zeal = self.draw.uniform(0.6, 1.05)
        self.pace = {name: pace * zeal for name, pace in self.pace.items()}
        self.added = dict.fromkeys(self.pace, 0)
        self.closed = dict.fromkeys(self.pace, 0)

    def month(self, first_of_year: bool) -> dict[str, str]:
        """The cells of the next month."""
        if first_of_year:
            self.added, self.closed = dict.fromkeys(self.pace, 0), dict.fromkeys(self.pace, 0)
        cells = {}
        for name, pace in self.pace.items():
            added = max(1, round(pace * self.draw.uniform(0.7, 1.4)))
            closed = round(added * self.draw.uniform(0.1, 0.35))
            self.added[name] += added
            self.closed[name] += closed
            self.stock[name] += added - closed
            cells |= {
                f"progress.{name}.added": str(self.added[name]),
                f"progress.{name}.closed": str(self.closed[name]),
                f"stock.{name}.stock": str(self.stock[name]),
            }
        cells |= {
            "progress.total.added": str(sum(self.added.values())),
            "progress.total.closed": str(sum(self.closed.values())),
            "stock.total.stock": str(sum(self.stock.values())),
        }
        done, problem, following = self.draw.choice(WORK)
        return cells | {"work.month.done": done, "work.month.problem": problem, "work.month.next": following}


def _report(round_: Round, people: Mapping[str, Any], figures: Mapping[str, _Series], today: dt.date) -> None:
    """What the units did in one round, and the collecting unit after them."""
    from luoshi.apps.reporting.actions import accept_many, freeze_round
    from luoshi.apps.reporting.models import Return, ReturnState, Submission

    now = _morning(today)
    running = round_.due_at > now
    answers = Return.objects.filter(round=round_).select_related("unit", "round__version", "round__form__owner")
    for answer in answers.order_by("unit__path"):
        key = answer.unit.key
        series = figures[key]
        cells = series.month(round_.first_day.month == 1)
        luck = series.draw.randrange(100)
        if running:
            # The present month has just begun to come in.
            if luck < 25 and key != "yunjiang-shi":
                # In office hours of the last days.
                at = now - dt.timedelta(days=1 + luck % 3) + dt.timedelta(hours=luck % 9)
                _submit(answer, people[key], cells, series, max(at, round_.opened_at))
            continue
        if luck < MISSING:
            continue
        if luck < MISSING + LATE:
            at = min(round_.due_at + dt.timedelta(hours=series.draw.randrange(3, 150)), round_.late_until)
        else:
            at = round_.due_at - dt.timedelta(hours=series.draw.randrange(1, 60))
        at = min(at, now)
        _submit(answer, people[key], cells, series, at)
        _pass_in_unit(answer, people, at)
        if luck >= 100 - SENT_BACK:
            _send_back(answer, people, cells, series, at)
    waiting = Return.objects.filter(round=round_, state=ReturnState.IN_REVIEW, stage="lead")
    if running:
        return
    accept_many(
        acting_user=people["shichang"],
        returns=Submission.objects.filter(answer__in=waiting).order_by("ordinal").values_list("answer_id", "ordinal"),
        now=min(round_.late_until + dt.timedelta(hours=1), now),
    )
    if round_.late_until < now:
        freeze_round(acting_user=people["shichang"], round_id=round_.pk, now=round_.late_until + dt.timedelta(hours=2))


def _submit(answer: Return, clerk: Any, cells: dict[str, str], series: _Series, at: dt.datetime) -> None:
    """Submit by the clerk; soft rules get a reason, as a clerk would give one."""
    from luoshi.apps.reporting.actions import submit_return
    from luoshi.apps.reporting.errors import ReturnRefused
    from luoshi.forms.model import Values

    given = {"acting_user": clerk, "answer_id": answer.pk, "channel": "web", "now": at}
    filled = {address: text for address, text in cells.items() if text}
    try:
        submit_return(**given, values=Values(filled))
    except ReturnRefused as refused:
        reasons = {problem.address: series.draw.choice(REASONS) for problem in refused.problems}
        submit_return(**given, values=Values(filled), reasons=reasons)


def _pass_in_unit(answer: Return, people: Mapping[str, Any], at: dt.datetime) -> None:
    """The unit's own reviewer, where it has one, passes the return on an hour later."""
    from luoshi.apps.reporting.actions import pass_stage

    answer.refresh_from_db()
    if answer.stage == "unit":
        reviewer = people[f"review {answer.unit.key}"]
        pass_stage(acting_user=reviewer, answer_id=answer.pk, now=at + dt.timedelta(hours=1))


def _send_back(
    answer: Return, people: Mapping[str, Any], cells: dict[str, str], series: _Series, at: dt.datetime
) -> None:
    """The collecting unit finds a figure doubtful; the clerk corrects it the next day."""
    from luoshi.apps.reporting.actions import pass_stage, send_back

    address = "progress.individual.added"
    send_back(
        acting_user=people["shichang"],
        answer_id=answer.pk,
        reason="与登记系统数据不符，请核对后重报。",
        remarks={address: "登记系统少 2 户"},
        now=at + dt.timedelta(hours=5),
    )
    fewer = {name: str(int(cells[name]) - 2) for name in (address, "progress.total.added")}
    later = {name: str(int(cells[name]) - 2) for name in ("stock.individual.stock", "stock.total.stock")}
    series.added["individual"] -= 2
    series.stock["individual"] -= 2
    again = at + dt.timedelta(hours=26)
    if again > answer.round.late_until:
        return
    _submit(answer, people[answer.unit.key], cells | fewer | later, series, again)
    _pass_in_unit(answer, people, again)
    pass_stage(acting_user=people["shenhe"], answer_id=answer.pk, now=again + dt.timedelta(hours=3))
