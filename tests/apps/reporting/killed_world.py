"""Run as a program in a home of its own: stores a prefecture with many units that report, and tells what stands there.

``python killed_world.py build COUNT`` prints the token of a person who fills for all and the numbers of the returns;
``python killed_world.py stored`` the submissions, by return, with their content, and whether the journal is whole.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luoshi.site.settings")


def build(count: int) -> None:
    """Create the database; store the units, the people, a form and its open round."""
    from django.core.management import call_command
    from django.utils import timezone

    from luoshi.apps.accounts.actions import create_user, issue_token
    from luoshi.apps.organisations.models import Membership, Role, Unit, UnitKind
    from luoshi.apps.reporting.actions import open_rounds
    from luoshi.apps.reporting.models import Form, FormVersion, Return
    from tests.apps.reporting.making import OTHER

    call_command("migrate", verbosity=0)
    root = Unit.objects.add_root({"key": "ylz", "name": "云岭州", "short_name": "云岭州", "kind": UnitKind.PREFECTURE})
    # Appended as rows: asking the tree 200 times for its last child is not what is tried here.
    Unit.objects.bulk_create(
        Unit(
            key=f"x{number}",
            name=f"第{number}县",
            short_name=f"第{number}县",
            kind=UnitKind.COUNTY,
            depth=2,
            path=root.path + Unit._int2str(number + 1).rjust(Unit.steplen, "0"),
        )
        for number in range(count)
    )
    Unit.objects.filter(pk=root.pk).update(numchild=count)
    user = create_user(acting_user=None, username="filler", display_name="填报员", password="qingshan-lvshui-7")
    lead = create_user(acting_user=None, username="lead", display_name="收表人", password="qingshan-lvshui-7")
    Membership.objects.create(user=user, unit=root, role=Role.REPORTER)
    Membership.objects.create(user=lead, unit=root, role=Role.LEAD)
    # A month that is over and not due yet: figures of one that is not over want a reason.
    over = timezone.localdate().replace(day=1) - dt.timedelta(days=1)
    version = FormVersion.objects.create(
        form=Form.objects.create(key="yuebao", title="企业月报", owner=root),
        ordinal=1,
        definition=OTHER,
        cadence="monthly",
        due_kind="days-after",
        due_day=45,
        open_days=40,
        first_period=f"{over:%Y-%m}",
        first_day=over.replace(day=1),
        published_at=timezone.now(),
        review_stages=["lead"],
    )
    version.reporters.set(Unit.objects.filter(kind=UnitKind.COUNTY))
    first = min(open_rounds(), key=lambda found: found.first_day)
    ids = list(Return.objects.filter(round=first).order_by("pk").values_list("pk", flat=True))
    print(json.dumps({"token": issue_token(acting_user=user, user=user, name="试验"), "ids": ids}))


def stored() -> None:
    """Tell what was submitted."""
    from luoshi.apps.journal.actions import verify
    from luoshi.apps.reporting.models import Return, ReturnStep, Submission

    rows = Submission.objects.order_by("pk").values_list("answer", "key", "cells")
    states = dict(Return.objects.values_list("pk", "state"))
    steps = list(ReturnStep.objects.filter(action="submit").values_list("answer", flat=True))
    print(json.dumps({"submissions": list(rows), "states": states, "steps": steps, "journal": verify().ok}))


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "build":
        build(int(sys.argv[2]))
    else:
        stored()
