"""Writes that span accounts and units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Lower

from luoshi.apps.accounts import actions as accounts
from luoshi.apps.accounts.models import User
from luoshi.apps.accounts.policies import require_create
from luoshi.apps.administration.people_file import PeopleRow
from luoshi.apps.administration.units import UnknownUnit, unit_key
from luoshi.apps.organisations import actions as organisations
from luoshi.apps.organisations.models import Role, Unit
from luoshi.apps.organisations.policies import administered, covered
from luoshi.apps.organisations.queries import directory

_ROLES = {label: value for value, label in Role.choices} | {value: value for value in Role.values}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row of a file."""

    row: int
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    """One person who was added, with the first password in clear."""

    name: str
    username: str
    units: str
    password: str


class RejectedFile(ValueError):
    """Nothing of the file was taken; ``problems`` says why, row by row."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(problems)} 处有误")


@transaction.atomic
def add_person(
    *,
    acting_user: Any,
    username: str,
    display_name: str,
    phone: str = "",
    email: str = "",
    unit: Unit | None = None,
    role: str = "",
) -> tuple[User, str]:
    """Make an account, with a first role if given; gives the account and its random password.

    Raises ``ValidationError`` by field.
    """
    password = accounts.new_password()
    user = accounts.create_user(
        acting_user=acting_user,
        username=username,
        display_name=display_name,
        phone=phone,
        email=email,
        password=password,
    )
    if unit is not None:
        organisations.grant_membership(acting_user=acting_user, user=user, unit=unit, role=role)
    return user, password


@transaction.atomic
def import_people(*, acting_user: Any, rows: Sequence[PeopleRow], today: dt.date) -> list[Imported]:
    """Add all people of a file with their roles, or none of them.

    Rows with the same user name are one person with several roles. Raises ``RejectedFile`` with every fault found.
    """
    require_create(acting_user)
    problems: list[RowProblem] = []
    units = _units(acting_user, rows, today, problems)
    people: dict[str, accounts.NewPerson] = {}
    first: dict[str, int] = {}
    roles: dict[str, list[tuple[Unit, str]]] = {}
    taken = set(User.objects.annotate(lower=Lower("username")).values_list("lower", flat=True))
    for row in rows:
        cells = row.cells
        key = cells["用户名"].lower()
        person = accounts.NewPerson(cells["用户名"], cells["姓名"], cells["电话"], cells["邮箱"])
        if key and key in people:
            if people[key].display_name != person.display_name:
                was = people[key].display_name
                problems.append(RowProblem(row.row, f"用户名“{person.username}”在第 {first[key]} 行属于“{was}”"))
        else:
            problems += [RowProblem(row.row, message) for message in _faults(person, key in taken)]
            people[key], first[key] = person, row.row
        role = _ROLES.get(cells["角色"], "")
        if cells["角色"] and not role:
            problems.append(RowProblem(row.row, f"角色“{cells['角色']}”有误，应为 {'、'.join(Role.labels)} 之一"))
        if bool(cells["角色"]) != bool(cells["单位"]):
            problems.append(RowProblem(row.row, "单位和角色应同时填写，或都不填"))
        unit = units.get(cells["单位"])
        if unit is not None and role:
            roles.setdefault(key, []).append((unit, role))
    if problems:
        raise RejectedFile(sorted(problems, key=lambda problem: problem.row))
    made = accounts.create_users(acting_user=acting_user, people=list(people.values()))
    held = [roles.get(key, []) for key in people]
    grants = [(user, unit, role) for (user, _), own in zip(made, held, strict=True) for unit, role in own]
    organisations.grant_memberships(acting_user=acting_user, grants=grants)
    return [
        Imported(user.display_name, user.username, "、".join(dict.fromkeys(unit.name for unit, _ in own)), password)
        for (user, password), own in zip(made, held, strict=True)
    ]


def _faults(person: accounts.NewPerson, taken: bool) -> list[str]:
    user = User(username=person.username, display_name=person.display_name, phone=person.phone, email=person.email)
    names = {"username": "用户名", "display_name": "姓名", "phone": "电话", "email": "邮箱"}
    faults: list[str] = []
    try:
        user.clean_fields(exclude=[field.name for field in User._meta.fields if field.name not in names])
    except ValidationError as error:
        faults += [f"{names[field]}：{message}" for field, found in error.message_dict.items() for message in found]
    if taken and person.username:
        faults.append(f"用户名“{person.username}”已被使用")
    return faults


def _units(acting_user: Any, rows: Sequence[PeopleRow], today: dt.date, problems: list[RowProblem]) -> dict[str, Unit]:
    """The unit that each printed name means; faults go to ``problems`` at each row that has one."""
    register = directory()
    keys: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for text in {row.cells["单位"] for row in rows if row.cells["单位"]}:
        try:
            keys[text] = unit_key(text, today, register=register)
        except UnknownUnit as error:
            wrong[text] = str(error)
    stored = {unit.key: unit for unit in Unit.objects.filter(key__in=set(keys.values()))}
    paths = administered(acting_user)
    units: dict[str, Unit] = {}
    for text, key in keys.items():
        if covered(stored[key].path, paths):
            units[text] = stored[key]
        else:
            wrong[text] = f"单位“{text}”不在您的管理范围内"
    problems += [RowProblem(row.row, wrong[row.cells["单位"]]) for row in rows if row.cells["单位"] in wrong]
    return units
