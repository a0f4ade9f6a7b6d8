"""What assessment keeps."""

from luoshi.apps.assessment.models.runs import (
    Evidence,
    EvidenceState,
    Objection,
    ObjectionState,
    Run,
    RunAction,
    RunFact,
    RunState,
    RunStep,
)
from luoshi.apps.assessment.models.schemes import (
    Adoption,
    AdoptionUnit,
    ItemSource,
    Scheme,
    SchemeOrigin,
    SchemeVersion,
    SourceKind,
    VersionState,
)

__all__ = [
    "Adoption",
    "AdoptionUnit",
    "Evidence",
    "EvidenceState",
    "ItemSource",
    "Objection",
    "ObjectionState",
    "Run",
    "RunAction",
    "RunFact",
    "RunState",
    "RunStep",
    "Scheme",
    "SchemeOrigin",
    "SchemeVersion",
    "SourceKind",
    "VersionState",
]
