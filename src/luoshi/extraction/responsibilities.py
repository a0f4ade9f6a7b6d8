"""Who must do it: brackets with roles, brackets with verbs (…牵头，…配合), labelled lines, and prose that prints 牵头.

Forms: labels （牵头部门：甲局；责任单位：乙局、丙县人民政府）; verbs (甲局牵头,乙局、丙局等按职责分工负责); lists of
责任单位 alone; 由甲局牵头，乙局参与 in prose. Full- and half-width marks are mixed at will, as the plans do.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from luoshi.extraction.certainty import certainty
from luoshi.extraction.model import Context, Paragraph, ResponsibilityDraft
from luoshi.extraction.names import looks_like_unit, split_names

_CUE = re.compile(r"牵头|责任|负责|落实|配合|主办|承办|参与单位|参加单位|实施单位")
_OPENING, _CLOSING = "（(【〔[［", "）)】〕]］"
_BRACKET = re.compile(r"[（()）【】〔〕\[\]［］]")
_LABEL = re.compile(
    r"(?P<lead>牵头(?:责任)?(?:单位|部门|领导|处室|科室|人)?|主办(?:单位|部门)?|主责(?:单位|部门)|统筹(?:单位"
    r"|部门))[ ]?[：:]"
    r"|(?P<supporting>(?:配合|参与|参加|协助|协办|协同|支持|协作)(?:责任)?(?:单位|部门|处室|科室|人)?)[ ]?[：:]"
    r"|(?P<responsible>(?:主要|直接|具体|共同)?责任(?:单位|部门|主体|领导|处室|科室|人)?"
    r"|(?:负责|承办|实施|落实|主管|主体|完成|建设)(?:单位|部门)|(?:责任|任务|职责)分工)[ ]?[：:]"
)
#: Labels of other fields, which end a list of names: 责任单位：甲局；完成时限：6月底
_OTHER_FIELD = (
    r"(?P<other>(?:完成|办理|办结|整改|推进|实施)?(?:时限|时间|期限|日期)(?:要求|节点)?|时间节点|时间要求|进度(?:要求|安排)"
    r"|(?:工作|目标|年度)(?:目标|任务|要求|措施)|工作内容|预期(?:目标|成果|成效)|联系(?:人|方式|电话)|备注)[ ]?[：:]"
)
_FIELD = re.compile(f"{_LABEL.pattern}|{_OTHER_FIELD}")
_PRINTED_LABEL = re.compile(r"(?:单位|部门|领导|人|主体|科室|处室)[ ]?[：:]$")
_CLAUSE_STARTS = re.compile(r"(?:^|[。；;！])[ \u3000]*$")
_VERB = re.compile(
    r"(?P<lead>(?:分别|共同|联合)?牵头(?:负责|落实|组织|实施|组织实施|推进|抓总)?)(?=[，,；;。、]|$)"
    r"|(?P<supporting>(?:等)?(?:积极|共同|协同|密切)?(?:配合|参与|协助|参加|协同)(?:落实|配合|实施)?)(?=[，,；;。]|$)"
    r"|(?P<responsible>(?:等)?(?:按照|按|根据|依)?(?:各自)?职[责能]?职?责?分工(?:分别)?(?:负责|落实|抓好落实|做好)?"
    r"|(?:等)?(?:按照|按)各?自?职责(?:负责|落实)"
    r"|(?:等)?(?:共同|分别|分工|具体|组织|联合)?(?:负责|落实|组织实施|实施))(?=[，,；;。]|$)"
)
_ROLE_NAMES = {"lead": "牵头", "responsible": "责任", "supporting": "配合"}
_LEADS = re.compile(r"牵头(?:负责|落实|组织|实施|组织实施|推进|抓总)?(?=[，,；;。]|$)")
_LEAD_IN = re.compile(
    r"^(?:(?:以上|上述|本项)[\u4e00-\u9fff]{0,6}?(?=由))?(?:由|会同|联合|商|再由)[ \u3000]?(?=[\u4e00-\u9fff])"
)
_LISTED = re.compile(r"^[^为是排]{0,12}(?:责任单位|牵头部门|牵头单位|责任部门|成员单位)$")
_PROSE = re.compile(r"牵头(?!抓总的?作用|的作用|单位|部门|领导|责任|人|处室|科室|作用|抓总作用|部委|机构|和|、|或|及)")
_SUBJECT_END = re.compile(
    r"(?:分别|负责|要|应|应当|须|需|共同|具体|负总责|组织|为|作为|的|统一|联合|(?<=[局委办厅])总)$"
)
_SUBJECT_BREAK = re.compile(r"[，,。；;：:！!？?\s（(）)“”]")
_PROSE_REACH = 120
_ALL_BELOW = re.compile(
    r"以下(?:各项|任务|工作|措施)?(?:均|都)[需由要](?P<names>[^，,。；;]{2,60}?)(?:负责|落实|配合|参与|承担|组织实施)"
)
_PERSON = re.compile(r"(?:牵头|责任|分管|挂钩)(?:责任)?(?:领导|人)")
_NO_NAMES = re.compile(rf"[：:。；;]|\d{{4}}|{_CUE.pattern}")
# How names of bodies of a level of government begin.
_OWN_LEVEL = re.compile(r"[省市州县区盟旗各全]|自治[区州县]|中国|国家|人民?银?行|乡镇|街道")
_LONGEST_NAME = 30
_FULL_STOP = re.compile(r"[。！\n]")
_STOP = re.compile(r"[。；;]")
_COMMA = re.compile(r"[，,]")
_FOLLOW_REACH = 400
_FOLLOWING = re.compile(
    r"[，,](?P<names>[^，,。；;：:]{2,200}?)(?:等)?(?P<verb>组织实施|具体实施|共同参与|积极配合|密切配合"
    r"|协同配合|配合|参与|协助|具体负责|负责|落实|参加)"
)


def find_responsibilities(paragraph: Paragraph, context: Context) -> list[ResponsibilityDraft]:
    """All responsibility clauses of a paragraph, in order; ``context`` is but part of the common contract."""
    text = paragraph.text
    if paragraph.style == "row":
        return []
    if not _CUE.search(text):
        draft = _names_alone(paragraph)
        return [draft] if draft else []
    found = []
    taken: list[tuple[int, int]] = []
    for start, end, inner_end in _brackets(text):
        draft = _bracket(paragraph, start, end, text[start + 1 : inner_end])
        if draft:
            found.append(draft)
        if draft or _CUE.search(text, start, end):
            taken.append((start, end))
    draft = _names_alone(paragraph)
    if draft:
        found.append(draft)
    lines, places = _lines(paragraph, taken)
    found += lines
    found += _prose(paragraph, sorted(taken + places))
    return sorted(found, key=lambda draft: draft.spans)


def _brackets(text: str) -> Iterator[tuple[int, int, int]]:
    """Outermost round brackets as (start, end, end of content); one that never closes reaches to the text's end."""
    depth, start = 0, 0
    for match in _BRACKET.finditer(text):
        if match[0] in _OPENING:
            if not depth:
                start = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield start, match.end(), match.start()
    if depth:
        # An inner bracket that is not closed must not swallow the clause: take the last one that holds a cue.
        label = _LABEL.search(text, start)
        if label:
            opening = max(text.rfind(mark, start, label.start()) for mark in _OPENING)
            yield max(start, opening), len(text), len(text)


def _bracket(paragraph: Paragraph, start: int, end: int, content: str) -> ResponsibilityDraft | None:
    if len(content) < 3 or not _CUE.search(content):
        return None
    first = _LABEL.match(content.lstrip())
    if first:
        closed = end <= len(paragraph.text) and paragraph.text[end - 1] in _CLOSING
        rule = "responsibility-bracket" if closed else "responsibility-open-bracket"
        return _labelled(paragraph, start, end, rule, _split_labels(content))
    verbs = _split_verbs(content)
    if verbs:
        return _labelled(paragraph, start, end, "responsibility-verb-bracket", verbs)
    if _LISTED.search(content.strip(" 。")) and not re.search(r"[，,：:；;]", content):
        return _labelled(paragraph, start, end, "responsibility-list-bracket", [("responsible", content)])
    return None


def _names_alone(paragraph: Paragraph) -> ResponsibilityDraft | None:
    """A bracket at the paragraph's end that holds names of units and nothing else (…全部清偿。（县甲局、县乙局）)."""
    text = paragraph.text
    end = len(text.rstrip(" \u3000。"))
    start = max(text.rfind(mark, 0, end) for mark in _OPENING)
    inner = text[start + 1 : end - 1]
    if start < 0 or text[end - 1] not in _CLOSING or not 3 <= len(inner) <= 300 or _NO_NAMES.search(inner):
        return None
    names = split_names(inner)
    bodies = all(looks_like_unit(name) and 3 <= len(name) <= _LONGEST_NAME for name in names)
    own = sum(_OWN_LEVEL.match(name) is not None for name in names)
    stopped = text[:start].rstrip()[-1:] in ("。", "；", ";", "！")
    if not bodies or not ((own == len(names) and (stopped or own > 1)) or (stopped and len(names) > 1)):
        return None
    return _labelled(paragraph, start, end, "responsibility-names-bracket", [("responsible", inner)])


def _split_labels(content: str) -> list[tuple[str, str]]:
    """Role and list for each label (牵头单位：, 责任单位：…) of a clause."""
    labels = list(_FIELD.finditer(content))
    ends = [label.start() for label in labels[1:]] + [len(content)]
    roles: list[tuple[str, str]] = []
    for label, end in zip(labels, ends, strict=True):
        if label.lastgroup == "other":
            continue
        part = _first_sentence(content[label.end() : end])
        # 责任单位：甲局牵头，乙局落实: the verbs tell more than the label
        verbs = _split_verbs(part) if _LEADS.search(part) else []
        roles += verbs or [(label.lastgroup or "responsible", part)]
    return roles


def _first_sentence(content: str) -> str:
    """A list of names ends at its full stop: what follows in the bracket (。以下均需…落实，不再列出) is a remark."""
    head, _, _ = content.partition("。")
    return head if head.strip() else content


def _split_verbs(content: str) -> list[tuple[str, str]]:
    """Role and list for each verb (…牵头，…配合, …按职责分工负责) of a clause; empty where it is no such clause."""
    roles: list[tuple[str, str]] = []
    at = 0
    content = _first_sentence(content)
    for match in _VERB.finditer(content):
        roles.append((match.lastgroup or "responsible", _bare(content[at : match.start()])))
        at = match.end()
    rest = content[at:].strip(" 。，,；;、")
    if roles and rest:
        roles.append(("responsible", rest))
    names = [name for _, part in roles for name in split_names(part)]
    good = sum(looks_like_unit(name) and len(name) <= 30 for name in names)
    return roles if names and good * 3 >= len(names) * 2 else []


def _bare(names: str) -> str:
    """A list of names without the words that lead it in: 由甲局牵头，会同乙局…"""
    return _LEAD_IN.sub("", names.lstrip("，,；;、 \u3000"))


def _labelled(
    paragraph: Paragraph, start: int, end: int, rule: str, roles: list[tuple[str, str]]
) -> ResponsibilityDraft | None:
    lists: dict[str, list[str]] = {"lead": [], "responsible": [], "supporting": []}
    for role, part in roles:
        lists[role] += split_names(part)
    lists = {role: list(dict.fromkeys(names)) for role, names in lists.items()}
    if not any(lists.values()):
        return None
    printed = [_ROLE_NAMES[role] for role in lists if lists[role]]
    return ResponsibilityDraft(
        text=paragraph.text[start:end],
        spans=paragraph.spans(start, end),
        rule=rule,
        certainty=certainty(rule),
        reason=_REASONS[rule].format(roles="、".join(printed)),
        lead=tuple(lists["lead"]),
        responsible=tuple(lists["responsible"]),
        supporting=tuple(lists["supporting"]),
    )


_REASONS = {
    "responsibility-bracket": "括号内写明{roles}单位",
    "responsibility-open-bracket": "括号内写明{roles}单位，但括号未闭合，读到段末",
    "responsibility-line": "句首写明{roles}单位",
    "responsibility-verb-bracket": "括号内以“牵头、配合、负责”等词写明{roles}单位",
    "responsibility-list-bracket": "括号内只列责任单位",
    "responsibility-names-bracket": "段末括号内只列单位名称",
    "responsibility-prose": "正文写明由其牵头",
}


def _lines(
    paragraph: Paragraph, taken: list[tuple[int, int]]
) -> tuple[list[ResponsibilityDraft], list[tuple[int, int]]]:
    """Labels outside of brackets, at the start of a paragraph or sentence (``牵头单位：甲局；配合单位：乙局。``).

    Gives the drafts and the places that they take.
    """
    text, done = paragraph.text, 0
    found: list[ResponsibilityDraft] = []
    places: list[tuple[int, int]] = []
    for label in _LABEL.finditer(text):
        start = label.start()
        if (
            start < done
            or not _PRINTED_LABEL.search(label[0])
            or not _CLAUSE_STARTS.search(text[max(0, start - 4) : start])
        ):
            continue
        if _within(taken, start):
            continue
        end = _line_end(text, start)
        while following := _LABEL.match(text, end + 1):  # 牵头单位：甲局。责任单位：乙局。
            end = _line_end(text, following.start())
        draft = _labelled(paragraph, start, end, "responsibility-line", _split_labels(text[start:end]))
        done = end
        if draft:
            found.append(draft)
            places.append((start, end))
    return found, places


def _line_end(text: str, start: int) -> int:
    """Where the clause of the label at ``start`` ends: at a full stop or before the label of another field."""
    stop = _FULL_STOP.search(text, start)
    end = stop.start() if stop else len(text)
    for field in _FIELD.finditer(text, start, end):
        if field.lastgroup == "other":
            return field.start()
    return end


def join_lines(found: list[ResponsibilityDraft]) -> list[ResponsibilityDraft]:
    """Make one clause of labelled lines that stand right below one another (牵头单位：… / 责任单位：…).

    ``found`` is in document order. Lines join where the next one names other roles and belongs to the same measure.
    """
    joined: list[ResponsibilityDraft] = []
    for draft in found:
        before = joined[-1] if joined else None
        if before and _goes_on(before, draft):
            lists = {role: getattr(before, role) + getattr(draft, role) for role in _ROLE_NAMES}
            printed = "、".join(_ROLE_NAMES[role] for role in lists if lists[role])
            joined[-1] = replace(
                before,
                text=before.text + draft.text,
                spans=before.spans + draft.spans,
                reason=_REASONS[before.rule].format(roles=printed),
                **lists,
            )
        else:
            joined.append(draft)
    return joined


def with_implied(found: list[ResponsibilityDraft]) -> list[ResponsibilityDraft]:
    """Give each clause the units that a clause before it names for all that follows it; ``found`` is in order."""
    implied: tuple[str, ...] = ()
    result = []
    for draft in found:
        new = tuple(name for name in implied if name not in (*draft.lead, *draft.co))
        if new:
            reason = f"{draft.reason}；前文写明以下均由{'、'.join(new)}落实"
            draft = replace(draft, implied=new, reason=reason)
        result.append(draft)
        if match := _ALL_BELOW.search(draft.text):
            names = split_names(match["names"])
            implied += tuple(name for name in names if looks_like_unit(name) and name not in implied)
    return result


def _goes_on(before: ResponsibilityDraft, draft: ResponsibilityDraft) -> bool:
    return (
        before.rule == draft.rule == "responsibility-line"
        and before.measure == draft.measure
        and draft.spans[0].line == before.spans[-1].line + 1
        and (
            not any(getattr(before, role) and getattr(draft, role) for role in _ROLE_NAMES)
            # 牵头领导：甲副州长 / 牵头单位：乙局: a person and the body, both lead
            or (before.co == () and _PERSON.match(before.text) is not None and _PERSON.match(draft.text) is None)
        )
    )


def _within(taken: list[tuple[int, int]], position: int) -> bool:
    index = bisect_right(taken, (position, sys.maxsize)) - 1
    return index >= 0 and position < taken[index][1]


def _prose(paragraph: Paragraph, taken: list[tuple[int, int]]) -> list[ResponsibilityDraft]:
    """``由甲局牵头研究…，乙局配合…``, ``甲室要牵头抓好…``: prose counts only where it prints 牵头."""
    text = paragraph.text
    found: list[ResponsibilityDraft] = []
    done = 0
    for match in _PROSE.finditer(text):
        if match.start() < done or _within(taken, match.start()):
            continue
        subject = _subject(text, match.start())
        if subject is None:
            continue
        start, names = subject
        end, others = _followers(text, match.end())
        draft = _labelled(paragraph, start, end, "responsibility-prose", [("lead", names), *others])
        if draft:
            found.append(draft)
            done = end
    return found


def _subject(text: str, end: int) -> tuple[int, str] | None:
    """Where the subject of 牵头 begins, and its names; ``None`` where it is no body or post."""
    low = max(0, end - _PROSE_REACH)
    window = text[low:end]
    by = window.rfind("由")
    if by >= 0 and not re.search(r"[。；;：:！？“”]", window[by:]):
        names = window[by + 1 :]
        start = low + by
    else:
        breaks = [match.end() for match in _SUBJECT_BREAK.finditer(window)]
        if not breaks and low:
            return None
        start = low + (breaks[-1] if breaks else 0)
        names = text[start:end]
    names = _bare(names.strip())
    while cut := _SUBJECT_END.search(names):
        names = names[: cut.start()]
    parts = split_names(names)
    if not parts or not all(looks_like_unit(part) and len(part) <= 30 for part in parts):
        return None
    return start, names


def _followers(text: str, end: int) -> tuple[int, list[tuple[str, str]]]:
    """The rest of the sentence after 牵头: further clauses that name who carries out or supports."""
    mark = _STOP.search(text, end, end + _FOLLOW_REACH)
    stop = mark.start() if mark else min(len(text), end + _FOLLOW_REACH)
    others: list[tuple[str, str]] = []
    reach = _clause_end(text, end, stop)
    while match := _FOLLOWING.match(text, reach, stop):
        names = _bare(match["names"])
        parts = split_names(names)
        good = sum(looks_like_unit(part) for part in parts)
        if not parts or good * 5 < len(parts) or not looks_like_unit(parts[-1]) or max(map(len, parts)) > 30:
            break
        supports = re.search(r"配合|参与|协助|参加", match["verb"])
        others.append(("supporting" if supports else "responsible", names))
        reach = _clause_end(text, match.end(), stop)
    return reach, others


def _clause_end(text: str, start: int, stop: int) -> int:
    comma = _COMMA.search(text, start, stop)
    return comma.start() if comma else stop
