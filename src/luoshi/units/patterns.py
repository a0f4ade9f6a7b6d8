"""The forms in which documents print known names: endings of territories, posts, counted groups, lists.

All patterns work on folded text (``luoshi.units.folding``), where brackets are ``( )`` and nothing is blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

JOINED_LONGEST = 80  # characters of a pair of names parted by 和
JOINTS_TRIED = 4  # names hold 和 themselves (人力资源和社会保障局)

COUNTY_KINDS = ("county", "county-city", "district")
TERRITORY_KINDS = ("prefecture", *COUNTY_KINDS, "zone", "township")

# The government of a territory is the territory's unit (“县人民政府” is the county); so are committee and
# government named together. Longest first.
_GOVERNMENT = (
    "党委和人民政府", "党委、人民政府", "党委、政府", "党委和政府", "党委政府", "党工委、管委会", "党工委管委会",
    "人民政府", "管理委员会", "管委会", "街道办事处", "政府",
)  # fmt: skip
_COMMITTEE = re.compile(r"(?P<base>.+(?P<rank>[省州市县区乡镇]))委(?:[、和]?(?P=rank)?(?:人民)?政府)?")

_POST = re.compile(
    r"(?P<base>.+?)(?:(?:主要|分管|有关|相关)?(?:领导同志|领导|负责人|负责同志)|主官"
    r"|(?:分管[^()、]{1,12}?的?)?(?:常务)?副?(?:省长|州长|市长|县长|区长|乡长|镇长|局长|主任|部长|书记|秘书长|行长|支队长|组长|院长|台长|社长))"
)

# 各县市人民政府, 10县市, 各县(市、区)人民政府, 十县市委和人民政府; also 县市市 and 政府政府 with a syllable doubled.
_COUNTY_GROUP = re.compile(
    r"(?P<each>各|全部|所有)?(?:(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})个?)?"
    r"县(?P<cities>\(市(?P<district1>、?区)?\)|、?市(?P<double>市)?(?P<district2>、?区)?)?"
    r"(?P<tail>(?:委和人民|委、?县?市?人民?|党委[、和]?人民|党委[、和]?|人民)?政府(?P<again>政府)?)?"
)

_INSIDE = re.compile(r"^(?:含|加挂|挂)|(?:牌子)$")
_WITHOUT = re.compile(r"^(?:不含|不包括|除)|外$")
_ORGAN_ENDINGS = (
    *"局委办部府会院校厅处室组队社馆行所站园台团心司区州省市县乡镇",
    *("部门", "机关", "机构", "单位", "专班", "平台", "集团", "企业", "公司"),
)


def number(text: str) -> int:
    """``10``, ``十``, ``十一`` or ``二十三`` as a number (to 99 in Chinese numerals)."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    digit = {c: i for i, c in enumerate("〇一二三四五六七八九")}
    if not ten:
        return digit.get(ones[-1:], 0)
    return 10 * (digit.get(tens[-1:], 1) or 1) + digit.get(ones[:1], 0)


@dataclass(frozen=True, slots=True)
class CountyGroup:
    """A group of county-level territories as printed: how many (if said), with cities, with districts."""

    count: int | None
    cities: bool
    districts: bool
    misprint: bool
    label: str


def county_group(name: str) -> CountyGroup | None:
    """The group that a folded name prints, or ``None``; “县政府” without 各, number or 市 names no group."""
    match = _COUNTY_GROUP.fullmatch(name)
    if match is None or not (match["each"] or match["count"] or match["cities"]):
        return None
    return CountyGroup(
        count=number(match["count"]) if match["count"] else None,
        cities=bool(match["cities"]),
        districts=bool(match["district1"] or match["district2"]),
        misprint=bool(match["double"] or match["again"]),
        label=name,
    )


def find_county_groups(text: str) -> list[tuple[int, int]]:
    """Where a folded text prints such groups."""
    return [match.span() for match in _COUNTY_GROUP.finditer(text) if county_group(match[0])]


def territory_of(name: str) -> list[str]:
    """The names of territories whose government a folded name may be, best first: ``X人民政府`` → ``X``."""
    found = [name.removesuffix(ending) for ending in _GOVERNMENT if name.endswith(ending) and name != ending]
    match = _COMMITTEE.fullmatch(name)
    if match is not None:
        found.append(match["base"])
    return found


def is_bare_government(name: str) -> bool:
    """Whether a folded name is an ending alone (“人民政府”), which says nothing of whose."""
    return name in _GOVERNMENT


def governments_ahead(text: str, end: int) -> int:
    """How many characters after ``end`` are an ending that makes a territory's name into its government's."""
    return next((len(ending) for ending in _GOVERNMENT if text.startswith(ending, end)), 0)


def unit_of_post(name: str) -> str | None:
    """The unit before a leader's post (``X主要负责人``, ``X分管副州长``)."""
    match = _POST.fullmatch(name)
    return match["base"] if match else None


def bracketed(name: str) -> tuple[str, str, bool] | None:
    """``X(Y)`` as ``X``, ``Y`` and whether Y is left out (``不含Y``); ``None`` without a bracket at the end."""
    if not name.endswith(")"):
        return None
    depth = 0
    for index in range(len(name) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(name[index], 0)
        if depth == 0:
            inside = name[index + 1 : -1]
            if index == 0 or not inside:
                return None
            without = inside.startswith(("不含", "不包括", "除"))
            return name[:index], (_WITHOUT if without else _INSIDE).sub("", inside), without
    return None


def split_list(name: str, marks: str = "、,;") -> list[str]:
    """The parts of a printed list; marks inside brackets do not part it."""
    parts, start, depth = [], 0, 0
    for index, character in enumerate(name):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character in marks and depth <= 0:
            parts.append(name[start:index])
            start = index + 1
    parts.append(name[start:])
    return [part for part in parts if part]


def joints(name: str) -> list[tuple[str, str]]:
    """The ways of parting a name in two at 和, 及, 以及 or 与, from the right; few, so that no text takes long."""
    if len(name) > JOINED_LONGEST:
        return []
    return [
        (name[: match.start()], name[match.end() :])
        for match in reversed(list(re.finditer("以及|和|及|与", name))[-JOINTS_TRIED:])
        if match.start() and match.end() < len(name)
    ]


def names_an_organ(name: str) -> bool:
    """Whether a folded name by itself reads as a body (“州财政局”), not as a subject (“财政”)."""
    return name.rstrip(")").endswith(_ORGAN_ENDINGS)
