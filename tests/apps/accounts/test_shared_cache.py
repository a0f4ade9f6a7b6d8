"""Tries are counted over all server processes: each of them asks one cache, in the database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from tests.apps.intake.real_database import transactional_db

__all__ = ["transactional_db"]  # a fixture

#: One more server process, which checks three codes of one person, all wrong.
PROCESS = """
import json, os, sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.test import RequestFactory
from allauth.core.internal import ratelimit
request = RequestFactory().post("/account/2fa/authenticate/")
tries = [ratelimit.consume(request, app="allauth.account", action="login_failed", key="wang") for _ in range(3)]
print(json.dumps([bool(one) for one in tries]))
"""


def test_two_processes_count_together(transactional_db: None) -> None:
    cache.clear()
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}

    def process() -> list[bool]:
        done = subprocess.run(
            [sys.executable, "-c", PROCESS, name],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=90,
        )
        return json.loads(done.stdout.splitlines()[-1])

    try:
        assert process() == [True, True, True]
        assert process() == [True, True, False]  # five in five minutes
    finally:
        cache.clear()


@pytest.mark.django_db
def test_a_counted_try_costs_little_and_a_page_nothing(client: Any) -> None:
    request = RequestFactory().post("/account/2fa/authenticate/")
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        assert ratelimit.consume(request, app="allauth.account", action="login_failed", key="li")
    assert len(queries) <= 25
    assert time.perf_counter() - began < 1
    with CaptureQueriesContext(connection) as queries:
        client.get("/account/login/")
    assert not [query for query in queries if "luoshi_cache" in query["sql"]]
