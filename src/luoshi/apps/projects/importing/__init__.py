"""Reading projects from plans' tables and from files: pure reading, nothing is stored here."""

from luoshi.apps.projects.importing.columns import FACTS, guess, labels
from luoshi.apps.projects.importing.plan_tables import Group, guess_groups, is_project_table, table_rows
from luoshi.apps.projects.importing.rows import Reader, Row

__all__ = ["FACTS", "Group", "Reader", "Row", "guess", "guess_groups", "is_project_table", "labels", "table_rows"]
