"""The typefaces of official documents, each with the ones that may stand in for it.

Word takes the single alternate name of a font (it does not split a list, and reads 31 characters of it); where that is
missing too, the family and the character set let it choose a Chinese face of the same look.
"""

from __future__ import annotations

from luoshi.publishing.ooxml import Element, element, w

#: Use → (name, stand-in, family, panose).
FACES: dict[str, tuple[str, str, str, str]] = {
    "title": ("方正小标宋简体", "华文中宋", "script", "02010601030101010101"),
    "body": ("仿宋_GB2312", "仿宋", "modern", "02010609030101010101"),
    "heading": ("黑体", "SimHei", "modern", "02010609060101010101"),
    "subheading": ("楷体_GB2312", "楷体", "modern", "02010609030101010101"),
    "number": ("宋体", "SimSun", "auto", "02010600030101010101"),
}

#: What draws each use on a server that has none of them: fonts that Debian packages.
ON_SERVERS = {
    "title": ("FZXiaoBiaoSong-B05S", "STZhongsong", "Noto Serif CJK SC", "Source Han Serif SC"),
    "body": ("FangSong", "STFangsong", "Noto Serif CJK SC", "Source Han Serif SC"),
    "heading": ("SimHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei", "Source Han Sans SC"),
    "subheading": ("KaiTi", "STKaiti", "AR PL UKai CN", "Noto Serif CJK SC"),
    "number": ("SimSun", "NSimSun", "Noto Serif CJK SC", "AR PL UMing CN"),
}


def fonts(use: str) -> Element:
    """``w:rFonts`` for a use; the hint makes quotation marks and dashes full-width."""
    name = FACES[use][0]
    return w("rFonts", hint="eastAsia", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def font_table() -> Element:
    """The part that names the stand-ins."""
    made = w("fonts")
    for name, stand_in, family, panose in FACES.values():
        pitch = "fixed" if family == "modern" else "variable"
        made.append(
            element(
                "w:font",
                {"w:name": name},
                w("altName", val=stand_in),
                w("panose1", val=panose),
                w("charset", val="86"),
                w("family", val=family),
                w("pitch", val=pitch),
            )
        )
    return made
