"""Lights: ``{% load lights %}{% light standing %}``; colour, shape and a sentence, so that no one need see colours."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from luoshi.apps.targets.queries.standing import LIGHT_WORDS, Standing
from luoshi.progress import Light

register = template.Library()


@register.simple_tag
def light(standing: Standing | None, words: bool = True) -> SafeString:
    """The light of a standing, with its reason on pointing at it; ``words=False`` leaves the two characters out."""
    if standing is None:
        return light_mark(None, words)
    mark = standing.light or "none"
    told = standing.light_words
    label = format_html(
        '<span class="light light-{}" role="img" title="{}" aria-label="{}：{}"></span>',
        mark,
        standing.reason,
        told,
        standing.reason,
    )
    return format_html('<span class="text-nowrap">{}{}</span>', label, told) if words else label


@register.simple_tag
def light_mark(shown: Light | str | None, words: bool = True) -> SafeString:
    """A light without a standing: in legends and counts."""
    known = Light(shown) if shown else None
    told = LIGHT_WORDS[known]
    label = format_html(
        '<span class="light light-{}" role="img" title="{}" aria-label="{}"></span>', known or "none", told, told
    )
    return format_html('<span class="text-nowrap">{}{}</span>', label, told) if words else label


@register.filter
def light_words(shown: Light | str | None) -> str:
    """``滞后``."""
    return LIGHT_WORDS[Light(shown) if shown else None]
