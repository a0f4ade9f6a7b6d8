"""Background jobs."""

from __future__ import annotations

from django_tasks import task


@task()
def read_upload(upload_id: int) -> None:
    """Read one uploaded file into drafts; running it twice does no harm."""
    from luoshi.apps.intake.actions import process_upload

    process_upload(upload_id)
