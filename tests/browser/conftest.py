"""A live server and Debian's chromium for the browser tests; they are skipped by name where chromium is missing."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.apps.intake.factories import run_jobs
from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]  # a fixture

from luoshi.apps.accounts.actions import create_user
from luoshi.apps.accounts.models import User
from luoshi.apps.organisations.actions import grant_membership, load_units
from luoshi.apps.organisations.models import Unit
from luoshi.units import UnitDirectory

PASSWORD = "qingshan-lvshui-7"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
]


def chromium_path() -> str | None:
    """The installed chromium: ``$LUOSHI_CHROMIUM``, else Debian's; ``None`` where there is none."""
    return os.environ.get("LUOSHI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """One chromium for all browser tests; the database is set up first, outside of Playwright's event loop."""
    path = chromium_path()
    if path is None:
        pytest.skip("没有找到 chromium")
    if not settings.STATICFILES_DIRS:
        pytest.skip("没有找到界面文件（node_modules）")
    # Playwright's synchronous interface runs an event loop in this thread, in which Django would refuse queries.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
            yield browser
            browser.close()
    finally:
        if before is None:
            os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class Site:
    """A running site with the sample prefecture."""

    def __init__(self, url: str, project: Path) -> None:
        self.url = url
        self.project = project

    def person(self, username: str, **roles: str) -> User:
        """Someone with roles in units: ``person("zhou", yunling_zhou="coordinator")``."""
        user = create_user(acting_user=None, username=username, display_name=username, password=PASSWORD)
        for key, role in roles.items():
            unit = Unit.objects.get(key=key.replace("_", "-"))
            grant_membership(acting_user=None, user=user, unit=unit, role=role)
        return user


@pytest.fixture
def site(chromium: Browser, transactional_db: None, project: Path, tmp_path: Path) -> Iterator[Site]:
    """The site on a port of its own, on a real database, with the sample units and a worker.

    Not pytest-django's ``live_server``: it would bring its own way of emptying the tables.
    """
    media, settings.MEDIA_ROOT = settings.MEDIA_ROOT, str(tmp_path / "files")
    samples = project / "samples"
    load_units(acting_user=None, directory=UnitDirectory.from_csv(samples / "units.csv", samples / "unit-names.csv"))
    server = LiveServer("localhost")
    stop = threading.Event()
    worker = threading.Thread(target=_work, args=(stop,), name="worker")
    worker.start()
    try:
        yield Site(server.url, project)
    finally:
        stop.set()
        worker.join(30)
        server.stop()
        settings.MEDIA_ROOT = media


def _work(stop: threading.Event) -> None:
    """Do the background jobs, as a worker process would."""
    try:
        while not stop.wait(0.2):
            run_jobs()
    finally:
        connections.close_all()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """A page on an office screen; a script error on it fails the test."""
    context = chromium.new_context(base_url=site.url, viewport={"width": 1366, "height": 768}, locale="zh-CN")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert not errors, errors


def sign_in(page: Page, username: str) -> None:
    """Sign in through the page."""
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/account/" not in address)
