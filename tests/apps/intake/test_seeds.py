"""The real sources, from upload to drafts."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from luoshi.apps.intake.models import ItemKind
from luoshi.apps.organisations.actions import grant_membership, load_units
from luoshi.apps.organisations.models import Unit
from luoshi.units import UnitDirectory
from tests.apps.intake.factories import make_upload, run_jobs

#: Source → titled documents that it holds at least.
DOCUMENTS = {"000": 10, "001": 6, "002": 12, "003": 6, "004": 3}


@pytest.mark.shared
@pytest.mark.django_db
def test_sources_become_drafts(shared: Path, person: Any) -> None:
    user = person("tongchou")
    data = shared / "data"
    load_units(acting_user=None, directory=UnitDirectory.from_csv(data / "units.csv", data / "unit-names.csv"))
    owner = Unit.objects.get(key="chuxiong-zhou")
    grant_membership(acting_user=None, user=user, unit=owner, role="coordinator")
    for file in sorted((shared / "seeds").glob("*.txt")):
        upload = make_upload(user, owner, file.read_bytes(), file.name)
        assert run_jobs() == 1
        upload.refresh_from_db()
        assert upload.state == "done", f"{file.name}: {upload.message}"
        drafts = list(upload.drafts.all())
        assert len(drafts) >= DOCUMENTS[file.name[:3]]
        # The plans of one file do not overlap, and follow one another.
        for before, after in itertools.pairwise(drafts):
            assert before.last_line < after.first_line
        for draft in drafts:
            lines = draft.document.lines()
            for item in draft.items.exclude(kind=ItemKind.TABLE):
                assert draft.first_line <= item.line <= draft.last_line
                for line, start, end in item.spans:
                    assert 0 <= start < end <= len(lines[line - 1])
