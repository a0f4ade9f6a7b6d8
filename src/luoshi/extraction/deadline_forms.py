"""The printed forms of deadlines: one pattern, each alternative named by its reader in ``deadlines``."""

from __future__ import annotations

import re

_Y = r"(?:20\d\d)[ \u3000]?年[ \u3000]?"
_M = r"(?:1[0-2]|0?[1-9])[ \u3000]?月"
_D = r"(?:3[01]|[12]\d|0?[1-9])[ \u3000]?日"
_BY = r"(?:以前|之前|前)"
_TO = r"[ \u3000]?(?:—{1,2}|–|-|－|~|～|至|到)[ \u3000]?"
_LEAD = r"(?:于|在|到|至|自)?"
_GAP = r"[ \u3000]?"
_ACTS = (
    "报告|督查|调度|开工|汇报|研判|通报|分析|检查|跟踪|小结|考核|评比|会商|点评|例会|晾晒|监测|总结|盘点"
    "|报制度|”?报制度"
)
_SEASON = r"[一二三四][、和]?[一二三四]?季度[\u4e00-\u9fff]{2,6}"
# The look-ahead names every character with which an alternative begins: most positions are left at once.
DEADLINE = re.compile(
    r"(?=[0-9年于在到至自今本当次明力确争“十每一二三四五六七八九按逐从周旬月季半])(?:"
    rf"(?P<phase>(?P<py>{_Y})?(?:{_M})(?:{_GAP}{_D}|[上中下]旬|底|初)?{_TO}"
    rf"(?P<qy>{_Y})?(?P<qm>{_M}){_GAP}(?P<qd>{_D}|[上中下]旬|底|末)?(?:{_BY})?)"
    rf"|(?P<years>(?P<ya>20\d\d){_GAP}年?{_TO}(?P<yb>20\d\d){_GAP}年(?![度]))"
    rf"|(?P<day>{_LEAD}(?P<dy>{_Y}|今年|当年|次年|明年)?(?P<dm>{_M}){_GAP}"
    rf"(?:(?P<dd>{_D})(?:{_BY})?|(?P<dx>底|末|上旬|中旬|下旬|初|份)?(?P<dby>{_BY})?))"
    rf"|(?P<yearend>{_LEAD}(?P<ey>{_Y}|今年|本年|当年|明年)?{_GAP}(?P<ew>年底|年末|年内|底|末|内)(?:{_BY})?)"
    rf"|(?P<by>(?:力争|确保|争取)?{_GAP}(?:到|至|在|于){_GAP}(?P<by1>{_Y})(?!度|{_GAP}\d|以来|起|开始))"
    rf"|(?P<before>(?P<by2>{_Y}){_GAP}{_BY})"
    rf"|(?P<plan>“?十[一二三四五六七八九]五”?(?:规划)?期?末)"
    rf"|(?P<monthday>每个?月{_GAP}(?P<md>\d{{1,2}}){_GAP}日(?:{_BY})?)"
    rf"|(?P<after>(?P<an>\d{{1,3}}|[一二三四五六七八九十]{{1,3}}){_GAP}个?{_GAP}"
    rf"(?P<au>工作日|日|天|自然日){_GAP}(?:之内|以内|内))"
    rf"|(?P<cadence>(?:从{_Y}(?:起|开始)，?)?每个?(?:半年|季度|季|年度|年|月|周|旬|星期)(?:度)?(?:末|底)?(?:{_BY})?)"
    rf"|(?P<by_period>(?:按|逐)(?:季度|季|月|周|旬|半年|年度|年)(?!任务分解|时序|计划|度量))"
    rf"|(?P<one>一(?P<onep>月|季度|季|周|旬|年)一(?:次)?[\u4e00-\u9fff]{{1,2}})"
    rf"|(?P<chain>(?<![0-9一二三四五六七八九十每按逐本上下当同近岁正腊整经逾个数几半翌次双单第某\u3000 ])"
    rf"(?P<cp>周|旬|月|季度|季|半年|年终|年)(?P<cw>{_ACTS}))"
    rf"|(?P<seasons>{_SEASON}[，,]{_SEASON}))"
)
#: ``“周、旬、月、季、年”报制度``
LISTED = re.compile(r"“?(?:(?:周|旬|月|季|年)、){1,4}(?:周|旬|月|季|年)”?(?=报|制度|报制度|调度|通报)")
