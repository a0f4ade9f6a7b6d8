"""Lists of unit names as printed: where one name ends and the next begins, and shared ends written out."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "（(〈<【[《〔", "）)〉>】]》〕"
# Words on which names of public bodies, companies and groups of them end.
UNIT_END = re.compile(
    r"(?:局|委|办|部|厅|院|所|站|处|科|室|中心|政府|公署|管委会|委员会|党委|党组|党工委|工委|纪委|监委|公司"
    r"|集团|银行|支行|分行|分局|联社|信用社"
    r"|协会|学会|商会|联合会|工商联|供销社|社科联|残联|科协|文联|侨联|工会|团委|妇联|总队|支队|大队|中队|队"
    r"|学校|大学|学院|医院|机构|单位|部门|企业"
    r"|业主|专班|推进组|工作组|招商组|组|办公室|领导小组|指挥部|联席会议|街道|乡镇|县市|县区|市县|开发区|高新区"
    r"|园区|新区|林场|农场|保护区|海关|法院"
    r"|检察院|军分区|武装部|红十字会|平台|运营商|基金会|理事会|人大|政协|馆|台|社|库|校|会|县|市|区|州|盟|旗|镇"
    r"|乡|村|省长|市长|州长|县长|区长|厅长"
    r"|局长|主任|秘书长|书记|领导|人员|负责人|责任人)(?:[〈（(<][^〈（(<〉）)>]{1,30}[〉）)>])?$"
)
# 和, 及 and their like part two names only where a whole name stands before them and another begins after them.
_JOINT = re.compile(r"(?:\s?and\s?|以及|和|及其|及|与|会同)")
_NAME_BEGINS = re.compile(
    r"(?:[省市州县区盟旗各\d全有相其驻所]|国家|中央|人行|人民银行|[^、和及与]{2,10}(?:省|市|州|县|区|盟|旗"
    r"|开发区|分局|支行|供电局|公司|管委会|局|委|办|厅))"
)
_BARE = re.compile(r"(?:人民政府|政府|管委会|党委|办公室|有关部门|相关部门|有关单位|部门|单位|乡镇|街道|企业)")
_OPEN_LIST = re.compile(r"等(?=[^、，,；;]{0,14}(?:部门|单位|企业|公司|机构|局|委|办|组)$)")
# 甲局等部门及相关乡镇: the list goes on behind its open end
_OPEN_LIST_GOES_ON = re.compile(
    r"等(?P<kind>(?:有关|相关)?(?:部门|单位|企业|机构))(?:以及|和|及|与)(?=(?:有关|相关|各|所在|属地)?[\u4e00-\u9fff]{2})"
)
_TRAILING = re.compile(
    r"(?:等$|等?(?:各司其职|按照?各?自?职责.{0,8}|分工负责|具体负责|共同负责|负责|组织实施|抓好落实)$)"
)
# 甲局（排第一位的为第一牵头单位）: a remark, no part of the name
_REMARK = re.compile(r"[（(][^（()）]*(?:排|列|首位|第一|为|牵头|以下|下同)[^（()）]*[)）]$")
_JOINED_BODY = frozenset({"政府", "人民政府", "管委会"})
_GENERIC = frozenset({"部门", "单位", "部门单位", ""})
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,9}[市县区州盟旗]")
_SHARED_END = re.compile(r"[\u4e00-\u9fff]{1,9}[市县区州盟旗]((?:人民政府|政府|党委和?、?(?:人民)?政府|管委会))$")
_PLACE_KIND = re.compile(r"[市区县州盟旗](?:人民政府|政府|党委|管委会)?$")
# A run without any separator that is longer is no list of names; looking for 和 in it would cost much.
_LONGEST = 200
_LETTER = re.compile(r"\w")
# Every kind of blank, and the marks that stand between names.
_EDGES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "。.；;：:，,、"


def looks_like_unit(name: str) -> bool:
    """Whether a text ends as names of public bodies do (局, 委, 办, 人民政府, 公司, 副州长…)."""
    return UNIT_END.search(name) is not None


def split_names(text: str) -> tuple[str, ...]:
    """The names of a printed list, in order.

    Separators are 、 ， ； and, between whole names, 和, 及, 与; nothing inside of brackets is parted. An open list
    (``A局等有关部门``) gives ``A局`` and ``有关部门``; ``甲市、乙县人民政府`` gives the end 人民政府 to both.
    """
    names: list[str] = []
    for run in _parts(text):
        for name in _open_list(run.strip(_EDGES)):
            names += _joint(name) if len(name) <= _LONGEST else [name]
    cleaned = [_TRAILING.sub("", _REMARK.sub("", name.strip(_EDGES))) for name in names]
    cleaned = [name.strip(_EDGES) for name in cleaned]
    return tuple(_write_out([name for name in _rejoin(cleaned) if name not in _GENERIC and _LETTER.search(name)]))


def _parts(text: str) -> list[str]:
    """Split at 、 ， ； and tabs outside of brackets."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif not depth and char in "、，,；;\t":
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


def _open_list(name: str) -> list[str]:
    if match := _OPEN_LIST_GOES_ON.search(name):
        return [name[: match.start()], match["kind"], name[match.end() :]]
    match = _OPEN_LIST.search(name)
    return [name[: match.start()], name[match.end() :]] if match else [name]


def _joint(name: str) -> list[str]:
    """Part a name at the first 和 that joins two whole names; the rest is looked at again."""
    names = []
    start, at = 0, 0
    while match := _JOINT.search(name, at):
        left, right = name[start : match.start()], name[match.end() :]
        whole = len(left) > 2 and looks_like_unit(left) and left.count("（") == left.count("）")
        begins = _NAME_BEGINS.match(right) and not _BARE.fullmatch(right.rstrip("等"))
        if match[0].strip() == "and" or (whole and begins):
            names.append(left)
            start = match.end()
        at = match.end()
    names.append(name[start:])
    return names


def _rejoin(names: list[str]) -> list[str]:
    """``各县、市、区人民政府``, ``甲县党委、政府`` are one name: a bare 市 or 政府 belongs to what stands before it."""
    joined: list[str] = []
    for name in names:
        body = joined and name in _JOINED_BODY and joined[-1].endswith(("党委", "党工委"))
        if body or (
            joined
            and _PLACE_KIND.match(name)
            and joined[-1][-1:] in "县市区州盟旗"
            and joined[-1][:1] in "各全有所\uff10\uff11123456789"
        ):
            joined[-1] += "、" + name
        else:
            joined.append(name)
    return joined


def _write_out(names: list[str]) -> list[str]:
    """Give each 甲市、乙县 of a list the end (人民政府) that only the last of them prints."""
    ends: list[str] = []
    end = ""
    for name in reversed(names):
        match = _SHARED_END.fullmatch(name.strip())
        if match:
            end = match[1]
            ends.append(name)
        elif end and _PLACE.fullmatch(name) and name[0] not in "各全":
            ends.append(name + end)
        else:
            end = ""
            ends.append(name)
    return ends[::-1]
