"""Every write of the unit register and of the roles that people hold."""

from luoshi.apps.organisations.actions.loading import (
    FieldChange,
    RegisterChanges,
    compare_units,
    load_units,
)
from luoshi.apps.organisations.actions.memberships import grant_membership, grant_memberships, revoke_membership
from luoshi.apps.organisations.actions.units import (
    add_unit,
    add_unit_name,
    change_unit,
    end_unit_name,
    mark_of_unit,
    remove_unit_name,
)

__all__ = [
    "FieldChange",
    "RegisterChanges",
    "add_unit",
    "add_unit_name",
    "change_unit",
    "compare_units",
    "end_unit_name",
    "grant_membership",
    "grant_memberships",
    "load_units",
    "mark_of_unit",
    "remove_unit_name",
    "revoke_membership",
]
