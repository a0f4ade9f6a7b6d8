"""A file held against what it should be: the bulletin made again, and its figures read again as of their moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from luoshi.apps.bulletins.drawing import draw
from luoshi.apps.bulletins.errors import BulletinError
from luoshi.apps.bulletins.making import KEY, made_again
from luoshi.apps.bulletins.models import Bulletin
from luoshi.apps.bulletins.snapshot import differences, digest_of, moment_of
from luoshi.documents.errors import DocumentError
from luoshi.periods import Period
from luoshi.publishing import GENERATOR, Difference, compare, read_manifest

MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Verification:
    """``same_bytes``: the file is what its bulletin gives, byte for byte. ``differences``: changed words and numbers.
    ``recomputed``: (where, kept, read again) of figures that would not be the same today as of the same moment.
    ``problems``: what kept parts of the check from being done."""

    bulletin: Bulletin | None
    same_bytes: bool = False
    differences: tuple[Difference, ...] = ()
    recomputed: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Nothing was changed, and the figures are reproduced."""
        return self.bulletin is not None and not self.differences and not self.recomputed and not self.problems

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        if self.bulletin is None:
            return self.problems[0] if self.problems else "不能核对。"
        name = f"《{self.bulletin.title}》"
        if self.ok:
            how = "，逐字节相同" if self.same_bytes else "（文件曾另存，文字和数字相同）"
            return f"{name}核对一致{how}，数据重算相同。"
        said = []
        if self.differences:
            said.append(f"文件有{len(self.differences)}处与存档不一致")
        if self.recomputed:
            said.append(f"{len(self.recomputed)}个数据重算不同")
        said += self.problems
        return f"{name}{'；'.join(said)}。"


def verify_file(data: bytes, bulletin: Bulletin | None = None) -> Verification:
    """Which bulletin a file is, whether it was changed, and whether its figures are what the database gives for their
    moment. ``bulletin`` says which one, where the file does not tell any more."""
    try:
        manifest = read_manifest(data)
    except DocumentError as error:
        return Verification(None, problems=(str(error),))
    if bulletin is None:
        number = manifest.key.removeprefix(KEY) if manifest and manifest.key.startswith(KEY) else ""
        if number.isdecimal() and len(number) < 12:
            bulletin = Bulletin.objects.select_related("owner", "template").filter(pk=int(number)).first()
        if manifest is None:
            return Verification(None, problems=("文件里没有出处清单，认不出是哪份通报；请在那份通报的页面上核对。",))
        if bulletin is None:
            return Verification(None, problems=("这份文件不是本系统印发的通报，或该通报不在本系统里。",))
    problems: list[str] = []
    if digest_of(bulletin.snapshot) != bulletin.digest:
        problems.append("存档的数据与其摘要不符，存档可能被改动")
    found: tuple[Difference, ...] = ()
    same = False
    try:
        expected = made_again(bulletin)
        if hashlib.sha256(expected).hexdigest() != bulletin.file_sha256:
            # Another version of the maker may give other bytes: then the archived file is what counts.
            archived = _archived(bulletin)
            if archived is None or bulletin.maker == GENERATOR:
                problems.append("按存档的数据和模板重新生成的文件与当时的不同，存档可能被改动")
            expected = archived or expected
        same = expected == data
        found = tuple(compare(data, expected)[:MOST_TOLD])
    except BulletinError as error:
        problems.append(str(error))
    except DocumentError as error:
        problems.append(str(error))
    return Verification(bulletin, same, found, recomputed(bulletin), tuple(problems))


def _archived(bulletin: Bulletin) -> bytes | None:
    """The file as it was kept; ``None`` where it is gone or is not what its digest says."""
    try:
        with bulletin.file.open("rb") as file:
            data: bytes = file.read()
    except (FileNotFoundError, ValueError):
        return None
    return data if hashlib.sha256(data).hexdigest() == bulletin.file_sha256 else None


def recomputed(bulletin: Bulletin) -> tuple[tuple[str, str, str], ...]:
    """The figures that the database does not give any more for the snapshot's moment."""
    plans = list(bulletin.plans.select_related("owner").order_by("pk"))
    try:
        kept = bulletin.snapshot
        period = Period.parse(bulletin.period)
        again = draw(bulletin.kind, bulletin.owner, plans, period, moment_of(kept), kept.get("about"))
    except BulletinError as error:
        return (("数据", "存档有数据", str(error)),)
    return tuple(differences(bulletin.snapshot, again)[:MOST_TOLD])
