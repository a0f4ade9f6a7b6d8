"""Every write of a form's design: forms, drafts, versions; never of what units returned.

``acting_user`` ``None`` is the system itself.
"""

from luoshi.apps.reporting.actions.forms.checks import require_collector
from luoshi.apps.reporting.actions.forms.drafts import (
    discard_draft,
    publish_form_version,
    revise_form,
    save_form_version,
)
from luoshi.apps.reporting.actions.forms.making import (
    copy_form,
    create_form,
    draft_from_table,
    install_ready_made,
    load_form,
    restore_form,
    retire_form,
)

__all__ = [
    "copy_form",
    "create_form",
    "discard_draft",
    "draft_from_table",
    "install_ready_made",
    "load_form",
    "publish_form_version",
    "require_collector",
    "restore_form",
    "retire_form",
    "revise_form",
    "save_form_version",
]
