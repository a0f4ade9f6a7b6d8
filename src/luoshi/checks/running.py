"""The check-up: runs the families that are on and gives their findings in the document's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from luoshi.checks.agreement import check_agreement
from luoshi.checks.annexes import check_annexes
from luoshi.checks.contacts import check_contacts
from luoshi.checks.counts import check_counts
from luoshi.checks.dates import check_dates
from luoshi.checks.duplicates import check_duplicates
from luoshi.checks.growth import check_growth
from luoshi.checks.kinds import Family
from luoshi.checks.limits import check_limits
from luoshi.checks.model import Finding
from luoshi.checks.numbering import check_numbering
from luoshi.checks.options import Options
from luoshi.checks.responsibilities import check_responsibilities
from luoshi.checks.scoring import check_scoring
from luoshi.checks.shares import check_shares
from luoshi.checks.subject import Subject, read_subject
from luoshi.checks.totals import check_totals
from luoshi.checks.units import check_units
from luoshi.documents.model import Document
from luoshi.extraction.model import Extraction
from luoshi.units.directory import UnitDirectory

#: Every family's check; each is a pure function of the subject.
CHECKS: Mapping[Family, Callable[[Subject], Iterator[Finding]]] = {
    Family.TOTALS: check_totals,
    Family.SHARES: check_shares,
    Family.AGREEMENT: check_agreement,
    Family.GROWTH: check_growth,
    Family.SCORING: check_scoring,
    Family.DUPLICATES: check_duplicates,
    Family.RESPONSIBILITIES: check_responsibilities,
    Family.UNITS: check_units,
    Family.COUNTS: check_counts,
    Family.DATES: check_dates,
    Family.NUMBERING: check_numbering,
    Family.ANNEXES: check_annexes,
    Family.CONTACTS: check_contacts,
    Family.LIMITS: check_limits,
}


def check(
    extraction: Extraction,
    document: Document,
    directory: UnitDirectory | None = None,
    *,
    options: Options | None = None,
) -> list[Finding]:
    """What does not fit in a document's plans, in the order of the lines on which the findings begin.

    ``extraction`` must be that of ``document``. Without a ``directory`` names of units are not judged, save for
    doubled syllables. Time grows with the length of the text.
    """
    options = options or Options()
    subject = read_subject(extraction, document, directory, options)
    found = [finding for family, run in CHECKS.items() if family in options.families for finding in run(subject)]
    return sorted(found, key=lambda finding: (finding.places[0].spans, finding.kind))
