"""Every read of this app that joins or aggregates."""

from luoshi.apps.projects.queries.assessing import assessment_figures
from luoshi.apps.projects.queries.figures import GroupFigures, PipelineFigures, pipeline_figures, territorial_figures
from luoshi.apps.projects.queries.holding import ageing, days_over, hold_list, holds, twins
from luoshi.apps.projects.queries.lists import (
    ProjectFilter,
    as_of_states,
    board,
    choices,
    points,
    project_list,
    sums,
    with_milestones,
)
from luoshi.apps.projects.queries.race import DIMENSIONS, Race, checkpoint, race_meetings, race_standings
from luoshi.apps.projects.queries.sheet import ProjectSheet, project_sheet

__all__ = [
    "DIMENSIONS",
    "GroupFigures",
    "PipelineFigures",
    "ProjectFilter",
    "ProjectSheet",
    "Race",
    "ageing",
    "as_of_states",
    "assessment_figures",
    "board",
    "checkpoint",
    "choices",
    "days_over",
    "hold_list",
    "holds",
    "pipeline_figures",
    "points",
    "project_list",
    "project_sheet",
    "race_meetings",
    "race_standings",
    "sums",
    "territorial_figures",
    "twins",
    "with_milestones",
]
