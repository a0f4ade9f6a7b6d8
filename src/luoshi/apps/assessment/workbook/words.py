"""The sheets that hold words: 理由, 来源, 说明."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from luoshi.apps.assessment.workbook.book import Book
from luoshi.site.workbooks import cell_text


class Words(Book):
    """Tells."""

    def reasons(self) -> None:
        sheet = self.sheet("理由")
        for column, (head, width) in enumerate((("单位", 14), ("项", 8), ("名称", 26), ("得分", 10), ("理由", 100))):
            self.head(sheet, 0, column, head)
            sheet.set_column(column, column, width)
        row = 1
        for result in self.read.rows:
            lines = [("总分", "", result["total"], result.get("reason", ""))]
            titles = dict(self.read.columns)
            lines += [
                (one["item"], titles.get(one["item"], ""), one["points"], one["reason"]) for one in result["items"]
            ]
            lines += [
                ("结果运用", one["title"], None, f"{one['effect']}（{one['reason']}）")
                for one in result.get("consequences", ())
            ]
            for key, title, points, reason in lines:
                sheet.write_string(row, 0, result["unit"], self.text)
                sheet.write_string(row, 1, key, self.text)
                sheet.write_string(row, 2, cell_text(title), self.text)
                self.number(sheet, row, 3, points, self.points)
                sheet.write_string(row, 4, cell_text(reason), self.text)
                row += 1
        sheet.freeze_panes(1, 1)

    def sources(self) -> None:
        if self.scheme.parts:
            return
        sheet = self.sheet("来源")
        heads = (*((name, 14) for name in ("单位", "项", "评委", "实际", "目标", "上期")), ("来源", 40), ("日期", 12))
        heads += (("手工", 6), ("说明", 40), ("佐证", 30))
        for column, (head, width) in enumerate(heads):
            self.head(sheet, 0, column, head)
            sheet.set_column(column, column, width)
        for row, fact in enumerate(self.read.core["facts"], 1):
            sheet.write_string(row, 0, fact["unit"], self.text)
            sheet.write_string(row, 1, fact["item"], self.text)
            sheet.write_string(row, 2, fact["judge"], self.text)
            for column, name in enumerate(("value", "target", "previous"), 3):
                self.number(sheet, row, column, fact[name])
            texts = (
                fact["source"],
                fact["date"] or "",
                "是" if fact["typed"] else "",
                fact["reason"],
                fact["evidence"],
            )
            for column, text in enumerate(texts, 6):
                sheet.write_string(row, column, cell_text(text), self.text)
        sheet.freeze_panes(1, 1)

    def notes(self, sheet: Any) -> None:
        run = self.read.run
        lines: list[tuple[str, str]] = [
            ("考核", self.label),
            ("评分办法", self.scheme.title),
            ("状态", run.get_state_display()),
            ("数据截至", f"{timezone.localtime(run.as_of):%Y-%m-%d %H:%M}"),
            ("数据摘要", run.digest or "尚未公示"),
            ("导出", f"{self.person}　{timezone.localtime(self.moment):%Y-%m-%d %H:%M}"),
            (
                "怎样核对",
                "“数据”表是全部数据，其余各表由公式算出；改动数据即重新计算。“总分”表末列为公式与系统之差，应全为0。",
            ),
            ("名次", "公式按9位小数比较，系统按分数精确比较。"),
        ]
        lines += [("约定", self.scheme.reading(one)) for one in self.scheme.assumptions]
        if self.unsaid:
            lines += [("未用公式", f"{words}，公式不能表达，单元格为系统算出的数（橙色）") for words in self.unsaid]
        else:
            lines.append(("公式", "各项得分、总分和名次全部由公式算出。"))
        sheet.set_column(0, 0, 12)
        sheet.set_column(1, 1, 100)
        for row, (head, text) in enumerate(lines):
            sheet.write_string(row, 0, head, self.heading)
            sheet.write_string(row, 1, cell_text(text), self.text)
