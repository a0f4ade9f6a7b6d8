"""Every write of this app."""

# schemes and adoptions
from luoshi.apps.assessment.actions.adoptions import (
    Terms,
    adopt_scheme,
    edit_adoption,
    end_adoption,
    item_keys,
    set_item_source,
    take_usual_sources,
)

# runs
from luoshi.apps.assessment.actions.evidence import check_evidence, offer_evidence
from luoshi.apps.assessment.actions.facts import drop_typed, enter_fact, enter_rows
from luoshi.apps.assessment.actions.objections import answer_objection, file_objection, withdraw_objection
from luoshi.apps.assessment.actions.runs import (
    correct_run,
    create_run,
    draw_facts,
    extend_objections,
    finalise_run,
    preview_run,
    withdraw_run,
)
from luoshi.apps.assessment.actions.schemes import (
    create_scheme,
    drop_draft,
    edit_draft,
    issue_version,
    restore_scheme,
    start_draft,
    stop_scheme,
)

__all__ = [
    "Terms",
    "adopt_scheme",
    "answer_objection",
    "check_evidence",
    "correct_run",
    "create_run",
    "create_scheme",
    "draw_facts",
    "drop_draft",
    "drop_typed",
    "edit_adoption",
    "edit_draft",
    "end_adoption",
    "enter_fact",
    "enter_rows",
    "extend_objections",
    "file_objection",
    "finalise_run",
    "issue_version",
    "item_keys",
    "offer_evidence",
    "preview_run",
    "restore_scheme",
    "set_item_source",
    "start_draft",
    "stop_scheme",
    "take_usual_sources",
    "withdraw_objection",
    "withdraw_run",
]
