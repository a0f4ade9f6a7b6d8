"""``luoshi investment``: what it prints."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from luoshi.cli.main import luoshi
from tests.apps.investment.making import make_lead, make_scene, move


@pytest.mark.django_db
def test_leads_and_counts_as_lines(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    scene = make_scene()
    lead = make_lead(scene)
    for to in ("negotiating", "signed"):
        move(scene, lead, to, 0)
    listed = CliRunner().invoke(luoshi, ["investment", "leads", "--state", "已签约"])
    assert listed.exit_code == 0, listed.output
    assert "已签约\t" in listed.output and "12亿元\t北川县" in listed.output
    counts = CliRunner().invoke(luoshi, ["investment", "counts", "--why"])
    assert "北川县\t引进10亿元以上项目\t1\t无目标\t个" in counts.output
    assert "已签约，投资额12亿元" in counts.output
    assert CliRunner().invoke(luoshi, ["investment", "leads", "--state", "丢了"]).exit_code == 1
    assert CliRunner().invoke(luoshi, ["investment", "counts", "--period", "去年"]).exit_code == 1
