"""Background jobs."""

from __future__ import annotations

from django_tasks import task


@task()
def draw_up(job_id: int) -> None:
    """Draw up the letters of a job, one after another; running it twice does no harm."""
    from luoshi.apps.targets.actions.letters import run_job

    run_job(job_id)
