"""What scoring tables usually leave open, with the readings that a draft offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Key → what a draft says of it; ``items`` are put in where it is used.
OPEN: Mapping[str, Mapping[str, Any]] = {
    "ranking": {
        "text": "原文没有写明竞争性排名怎样计分",
        "when": "scored",
        "default": "step",
        "choices": {
            "step": {"title": "得 满分×(单位数-名次+1)÷单位数"},
            "linear": {
                "title": "末名得0分，得 满分×(单位数-名次)÷(单位数-1)",
                "set": {"method": {"variant": "linear"}},
            },
            "proportional": {"title": "按与第1名之比计分", "set": {"method": {"variant": "proportional"}}},
        },
    },
    "ties": {
        "text": "原文没有写明并列怎样计分",
        "when": "scored",
        "default": "shared",
        "choices": {
            "shared": {"title": "并列的都取较好名次"},
            "dense": {"title": "并列之后名次不空缺", "set": {"method": {"ties": "dense"}}},
            "average": {"title": "并列的平分所占名次的分数", "set": {"method": {"ties": "average"}}},
        },
    },
    "target-management": {
        "text": "原文没有写明目标管理法怎样计分",
        "when": "scored",
        "default": "capped",
        "choices": {
            "capped": {"title": "得 满分×实际÷目标，最多满分"},
            "all-or-nothing": {"title": "完成得满分，未完成不得分", "set": {"method": {"start": 100}}},
        },
    },
    "no-target": {
        "text": "原文没有写明没有目标或目标为0怎样计分",
        "when": "no-target",
        "default": "exclude",
        "choices": {
            "exclude": {"title": "本项不计入该单位，其余各项按比例折算"},
            "full": {"title": "得满分", "set": {"no_target": "full"}},
            "zero": {"title": "得0分", "set": {"no_target": "zero"}},
        },
    },
    "not-reported": {
        "text": "原文没有写明未报怎样计分",
        "when": "not-reported",
        "default": "zero",
        "choices": {
            "zero": {"title": "得0分，不排名，仍计入单位数"},
            "exclude": {"title": "不计入本项，其余各项按比例折算", "set": {"not_reported": "exclude"}},
        },
    },
}
_GATED = {"key": "gated-place", "text": "按规定不得分的单位，仍占所在名次，也计入单位数", "when": "gated"}


def assumptions(items: Sequence[Mapping[str, Any]], opened: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The assumptions of a scheme: ``opened`` tells for each key of ``OPEN`` which items leave it open."""
    out: list[dict[str, Any]] = []
    for key, told in OPEN.items():
        about = [item["key"] for item in items if item["key"] in opened.get(key, ())]
        if about:
            out.append({"key": key, "text": told["text"], "when": told["when"], "items": about}
                       | {"default": told["default"], "choices": told["choices"]})  # fmt: skip
    gated = [item["key"] for item in items if item.get("gates") and item["method"]["type"] == "ranking"]
    if gated:
        out.append(_GATED | {"items": gated})
    for item in items:
        if item.get("spread") == "scaled":
            out.append(_spread(item))
    return out


def _spread(item: Mapping[str, Any]) -> dict[str, Any]:
    """Parts that do not add up to the item's points."""
    parts = sum(part["points"] for part in item["parts"])
    return {
        "key": f"parts-{item['key']}",
        "text": f"第{item['key']}项分值{item['points']}分，各分项合计{parts}分，原文不一致",
        "items": [item["key"]],
        "default": "scaled",
        "choices": {
            "scaled": {"title": f"各分项按{item['points']}÷{parts}折算"},
            "printed": {"title": f"各分项照原文计（合计{parts}分）", "set": {"spread": "printed"}},
        },
    }
