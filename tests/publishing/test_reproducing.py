"""The same input gives the same bytes: in one process, in another one, with other hash seeds."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile

from luoshi.publishing import contents, read_manifest, render
from tests.publishing.samples import FIELDS, ORIGIN, document, values, whole_template

_MAKE = """
import hashlib
from luoshi.publishing import render
from tests.publishing.samples import FIELDS, ORIGIN, document, values, whole_template
print(hashlib.sha256(whole_template()).hexdigest())
print(hashlib.sha256(render(whole_template(), FIELDS, values(), ORIGIN)).hexdigest())
print(hashlib.sha256(document().to_bytes(ORIGIN)).hexdigest())
"""


def test_other_processes_and_hash_seeds_give_the_same_bytes() -> None:
    here = [
        hashlib.sha256(data).hexdigest()
        for data in (
            whole_template(),
            render(whole_template(), FIELDS, values(), ORIGIN),
            document().to_bytes(ORIGIN),
        )
    ]
    for seed, zone in (("0", "UTC"), ("4242", "Asia/Shanghai")):
        surroundings = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run(
            [sys.executable, "-c", _MAKE], env=surroundings, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == here


def test_no_time_of_making_is_in_the_file() -> None:
    with zipfile.ZipFile(io.BytesIO(render(whole_template(), FIELDS, values(), ORIGIN))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        # What deflate gives depends on the version of zlib.
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-10-09T08:30:00Z") == 2 and "云岭州人民政府办公室" in core


def test_a_document_itself_is_a_template_without_fields() -> None:
    data = document().to_bytes(ORIGIN)
    found = read_manifest(data)
    assert found is not None and [one.figure.text for one in found.figures] == ["123.4"]
    assert contents(data).manifest == found
