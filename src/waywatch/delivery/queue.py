"""The job queue in PostgreSQL (procrastinate): its worker, and the rescue of jobs whose worker was killed."""

import asyncio
import contextlib
import logging
from typing import cast

from procrastinate import App
from procrastinate.contrib.django import DjangoApp, app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from procrastinate.utils import utcnow

MOST_RESCUES = 20
SHUTDOWN_SECONDS = 25
_log = logging.getLogger(__name__)


def on_app_ready(ready: App) -> None:
    """Check, once Django is ready, that jobs are deferred on Django's own connection and so inside its transactions."""
    if not isinstance(ready.connector, DjangoConnector):
        raise TypeError("Jobs must be deferred through Django's connection.")


def run_worker(*, concurrency: int, stalled_after: float, once: bool) -> None:
    """Run jobs of every queue until SIGTERM or SIGINT (or, with `once`, until none is due)."""
    asyncio.run(_work(concurrency=concurrency, stalled_after=stalled_after, once=once))


async def rescue_stalled_jobs(worker_app: App, *, stalled_after: float) -> int:
    """Put back the jobs of workers that stopped breathing `stalled_after` seconds ago. Return how many.

    procrastinate never does so by itself. A job put back too often is given up: it may be what kills the workers.
    """
    manager = worker_app.job_manager
    jobs = list(await manager.get_stalled_jobs(seconds_since_heartbeat=stalled_after))
    for job in jobs:
        with contextlib.suppress(ConnectorException):  # another worker's rescue was quicker
            if job.attempts >= MOST_RESCUES:
                await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(job, retry_at=utcnow())
    return len(jobs)


async def _work(*, concurrency: int, stalled_after: float, once: bool) -> None:
    async with _worker_app().open_async() as worker_app:
        rescuer = asyncio.create_task(_keep_rescuing(worker_app, stalled_after))
        try:
            await worker_app.run_worker_async(
                concurrency=concurrency,
                wait=not once,
                delete_jobs="successful",
                update_heartbeat_interval=stalled_after / 3,
                stalled_worker_timeout=stalled_after,
                shutdown_graceful_timeout=SHUTDOWN_SECONDS,
            )
        finally:
            rescuer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescuer


def _worker_app() -> App:
    """Return an app that fetches jobs through its own pool, while tasks go on deferring through Django's connection.

    procrastinate's own command swaps the connector of the one app instead; a mail enqueued by a job would then
    be committed apart from the job's transaction.
    """
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    worker_app = DjangoApp(connector=connector)
    worker_app.tasks = app.tasks
    worker_app.periodic_registry = app.periodic_registry
    return worker_app


async def _keep_rescuing(worker_app: App, stalled_after: float) -> None:
    while True:
        try:
            await rescue_stalled_jobs(worker_app, stalled_after=stalled_after)
        except ConnectorException:
            _log.exception("stalled jobs could not be looked for")
        await asyncio.sleep(stalled_after / 2)
