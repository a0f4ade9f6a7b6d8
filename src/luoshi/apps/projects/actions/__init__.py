"""Every write of this app."""

from luoshi.apps.projects.actions.importing import (
    begin_file_import,
    begin_rows_import,
    begin_table_import,
    drop_import,
    map_import,
    take_import,
)
from luoshi.apps.projects.actions.keeping import (
    ProjectFields,
    chain_named,
    code_slips,
    create_project,
    edit_project,
    industry_named,
    set_funding,
    set_year_plan,
)
from luoshi.apps.projects.actions.merging import keep_apart, merge_projects
from luoshi.apps.projects.actions.moving import Passed, climb_ladder, move_project, set_milestones
from luoshi.apps.projects.actions.problems import add_files, raise_project_problem, remove_file, supervise_problem
from luoshi.apps.projects.actions.progressing import Month, read_returns, record_progress, take_progress
from luoshi.apps.projects.actions.racing import create_race_meeting

__all__ = [
    "Month",
    "Passed",
    "ProjectFields",
    "add_files",
    "begin_file_import",
    "begin_rows_import",
    "begin_table_import",
    "chain_named",
    "climb_ladder",
    "code_slips",
    "create_project",
    "create_race_meeting",
    "drop_import",
    "edit_project",
    "industry_named",
    "keep_apart",
    "map_import",
    "merge_projects",
    "move_project",
    "raise_project_problem",
    "read_returns",
    "record_progress",
    "remove_file",
    "set_funding",
    "set_milestones",
    "set_year_plan",
    "supervise_problem",
    "take_import",
    "take_progress",
]
