"""Official documents from frozen figures: the layout of GB/T 9704-2012, templates, sentences, tables, charts, and for
every number the place that it comes from. The same input gives the same bytes."""

from luoshi.publishing.charts import Chart, Kind, Series
from luoshi.publishing.comparing import Difference, compare
from luoshi.publishing.fields import Field, FieldKind, Problem, Row, TemplateRefused, Value
from luoshi.publishing.finishing import Paragraphs
from luoshi.publishing.loose import Loose, loose_numbers
from luoshi.publishing.manifest import GENERATOR, Manifest, Origin, digest, read_manifest
from luoshi.publishing.paper import Paper
from luoshi.publishing.pdf import PdfError, find_office, to_pdf
from luoshi.publishing.reading import Contents, contents
from luoshi.publishing.tables import Align, Column, Rules, Table
from luoshi.publishing.template import check_template, render, used_fields
from luoshi.publishing.words import Figure, Reference, Words, joined, plain, words

__all__ = [
    "GENERATOR",
    "Align",
    "Chart",
    "Column",
    "Contents",
    "Difference",
    "Field",
    "FieldKind",
    "Figure",
    "Kind",
    "Loose",
    "Manifest",
    "Origin",
    "Paper",
    "Paragraphs",
    "PdfError",
    "Problem",
    "Reference",
    "Row",
    "Rules",
    "Series",
    "Table",
    "TemplateRefused",
    "Value",
    "Words",
    "check_template",
    "compare",
    "contents",
    "digest",
    "find_office",
    "joined",
    "loose_numbers",
    "plain",
    "read_manifest",
    "render",
    "to_pdf",
    "used_fields",
    "words",
]
