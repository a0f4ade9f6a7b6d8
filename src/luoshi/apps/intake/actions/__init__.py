"""Every write of intake: files in, decisions, publishing."""

from luoshi.apps.intake.actions.drafts import (
    discard,
    reopen,
    resolve_name,
    set_details,
    suggested_plan,
)
from luoshi.apps.intake.actions.items import accept_sure, add_item, decide, merge_measure, restore_many
from luoshi.apps.intake.actions.publishing import outline_for_publication, publication_of, publish
from luoshi.apps.intake.actions.reading import process_upload
from luoshi.apps.intake.actions.resuming import is_latest, resume
from luoshi.apps.intake.actions.uploads import delete_upload, receive_upload, requeue_stalled, retry_upload

__all__ = [
    "accept_sure",
    "add_item",
    "decide",
    "delete_upload",
    "discard",
    "is_latest",
    "merge_measure",
    "outline_for_publication",
    "process_upload",
    "publication_of",
    "publish",
    "receive_upload",
    "reopen",
    "requeue_stalled",
    "resolve_name",
    "restore_many",
    "resume",
    "retry_upload",
    "set_details",
    "suggested_plan",
]
