"""Golden bulletins of the sample prefecture: the same figures give the same words, tables and charts."""

from __future__ import annotations

import os

import pytest

from luoshi.apps.bulletins.composing import FIELDS, Scene, blocks_of, plain_json, reattached
from luoshi.apps.bulletins.defaults import default_template
from luoshi.apps.bulletins.models import BulletinKind
from luoshi.apps.bulletins.snapshot import differences, digest_of
from luoshi.publishing import Figure, check_template, contents, loose_numbers, used_fields
from tests.apps.bulletins.golden import FOLDER, KINDS, document_of, paper_of, snapshot_of


@pytest.mark.parametrize("kind", KINDS)
def test_the_paper_says_what_it_said(kind: BulletinKind) -> None:
    data = document_of(kind)
    paper, golden = paper_of(contents(data)), FOLDER / f"{kind}.txt"
    if os.environ.get("LUOSHI_GOLDEN") == "write":
        golden.write_text(paper, encoding="utf-8")
    assert paper == golden.read_text(encoding="utf-8")
    assert data == document_of(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_has_its_reference(kind: BulletinKind) -> None:
    found = contents(document_of(kind))
    assert loose_numbers(found) == []
    assert found.manifest is not None and len(found.manifest.figures) >= 10
    for one in found.manifest.figures:
        known = one.figure.reference
        assert known.indicator and known.period, one
        assert known.rule or known.observation or "目标" in known.indicator or one.figure.value is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_templates_pass_their_own_check(kind: BulletinKind) -> None:
    assert check_template(default_template(kind), FIELDS[kind]) == []
    # What is written from figures is printed: no text of a kind is left out.
    texts = set(blocks_of(snapshot_of(kind)))
    assert texts <= set(used_fields(default_template(kind), FIELDS[kind]))


def test_counts_in_the_words_are_those_of_the_snapshot() -> None:
    snapshot = snapshot_of(BulletinKind.PROGRESS)
    for target, line in zip(snapshot["targets"], blocks_of(snapshot)["分项情况"], strict=True):
        lights = [row["light"] for row in target["units"] if row["light"]]
        figures = [piece for piece in line if isinstance(piece, Figure) and piece.reference.indicator == "单位个数"]
        assert int(figures[0].text) == len(lights)
        if len(figures) > 1:
            assert sum(int(figure.text) for figure in figures[1:]) == len(lights)


def test_texts_worded_otherwise_keep_their_references() -> None:
    block = blocks_of(snapshot_of(BulletinKind.PROGRESS))["总体情况"]
    text = plain_json(block)
    assert reattached(text, block) == tuple(block)
    changed = reattached("经汇总，" + text.replace("11个", "共11个") + "\n另有25家企业。", block)
    before = [piece for line in block for piece in line if isinstance(piece, Figure)]
    after = [piece for line in changed for piece in line if isinstance(piece, Figure)]
    assert after == before
    assert changed[-1] == ("另有25家企业。",)


def test_numbers_typed_by_hand_are_pointed_out() -> None:
    found = contents(document_of(BulletinKind.PROGRESS, {"工作要求": "请于10月20日前整改，整改率达到98%。"}))
    assert [one.text for one in loose_numbers(found)] == ["98%"]


def test_digests_tell_snapshots_apart() -> None:
    one, other = snapshot_of(BulletinKind.PROGRESS), snapshot_of(BulletinKind.PROGRESS)
    assert digest_of(one) == digest_of(other)
    other["targets"][1]["units"][0]["actual"] = "999"
    assert digest_of(one) != digest_of(other)
    ((place, kept, again),) = differences(one, other)
    row = one["targets"][1]["units"][0]
    assert place == f"{one['targets'][1]['indicator']}，{row['name']}，完成" and (kept, again) == (row["actual"], "999")


def test_the_moment_is_told_in_local_time() -> None:
    assert f"{Scene(snapshot_of(BulletinKind.PROGRESS)).moment:%Y-%m-%d %H:%M}" == "2026-10-08 17:00"
