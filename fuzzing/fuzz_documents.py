"""Coverage-guided fuzzing of the file readers: ``python fuzzing/fuzz_documents.py FORMAT [libFuzzer options]``.

Any bytes must give a ``Document`` or a ``DocumentError``; anything else is a finding. See README.md beside this file.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from luoshi.documents import DocumentError, Format, Limits, read
from luoshi.documents.reader import reader_of

# Small limits keep each run short; they are part of what is tested.
LIMITS = Limits(file_bytes=1 << 20, unpacked_bytes=16 << 20, xml_bytes=4 << 20, pages=20, lines=20_000, cells=200_000)


def fuzz_whole(kind: Format) -> Callable[[bytes], None]:
    """The whole way in: detection by ending and content, then the reader."""

    def target(data: bytes) -> None:
        try:
            read(data, name=f"a.{kind.value}", limits=LIMITS)
        except DocumentError:
            return

    return target


def fuzz_reader(kind: Format) -> Callable[[bytes], None]:
    """The reader alone, without the last net that turns any exception into ``DamagedDocument``.

    What escapes here is no danger to a user, but a case that the reader's author did not think of.
    """
    reader = reader_of(kind)

    def target(data: bytes) -> None:
        try:
            reader(data, "a", LIMITS)
        except DocumentError:
            return

    return target


def fuzz_parts(kind: Format) -> Callable[[bytes], None]:
    """Readers of zip packages with the bytes put in place of the main part, so that they get past the checksums."""
    from fuzzing.corpus import package_around

    inner = fuzz_reader(kind)
    return lambda data: inner(package_around(kind, data))


def targets() -> dict[str, Callable[[bytes], None]]:
    """All targets by name."""
    found = {kind.value: fuzz_whole(kind) for kind in Format}
    found |= {f"{kind.value}-reader": fuzz_reader(kind) for kind in Format}
    found |= {f"{kind.value}-part": fuzz_parts(kind) for kind in (Format.DOCX, Format.XLSX, Format.OFD)}
    return found


def main() -> None:
    """Run one target under atheris with a corpus written afresh."""
    names = sorted(targets())
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.exit(f"usage: fuzz_documents.py {{{','.join(names)}}} [libFuzzer options]")
    import atheris
    from fuzzing.corpus import write_corpus

    name = sys.argv.pop(1)
    folder = write_corpus(name, Path(__file__).resolve().parent.parent / "var" / "fuzzing" / name)
    with atheris.instrument_imports(include=["luoshi"]):
        for module in [module for module in sys.modules if module.startswith(("luoshi", "fuzzing."))]:
            del sys.modules[module]
        import fuzzing.fuzz_documents as instrumented

        # Readers load on first use: that must happen here, or they run without their coverage being seen.
        target = instrumented.targets()[name]
    atheris.Setup([sys.argv[0], str(folder), *sys.argv[1:]], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
