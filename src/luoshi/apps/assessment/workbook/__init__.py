"""The workbook of a run: figures, and formulas by which a doubter computes every point again."""

from luoshi.apps.assessment.workbook.writing import write_workbook

__all__ = ["write_workbook"]
