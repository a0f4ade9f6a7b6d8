"""Form fields that choose a unit or several: typed by any of its names, offered while typing, checked on the server.

    class MeetingForm(forms.Form):
        host = UnitField(label="主办单位", scope="dispatch.hosts")
        invited = UnitsField(label="参会单位", required=False)

        def __init__(self, *args, user, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["host"].offer_to(user)

``cleaned_data`` holds the ``Unit`` (``None`` when empty) or a list of them. Without a scope every unit of the register
may be chosen. Only units that exist today are offered and taken; ``ended=True`` lets people ask for ended ones as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse

from luoshi.apps.organisations import choosing
from luoshi.apps.organisations.choosing import ALL, UnknownUnit
from luoshi.apps.organisations.models import Unit


class UnitInput(forms.TextInput):
    """A text that ``luoshi/units.js`` makes a list to choose from; without a script it is a plain text."""

    many = False

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.scope, self.of, self.ended, self.value_as = ALL, "", False, "key"
        #: How the one unit is called where the page knows it: nothing is asked of the register then.
        self.label = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The text shown, and the values that stand for it in the order of the text's parts."""
        context = super().get_context(name, None, attrs)
        chosen, rest = self._shown(value)
        widget = context["widget"]
        widget["value"] = "；".join([label for _, label in chosen] + rest)
        given = {
            "data-unit-picker": "many" if self.many else "one",
            "data-options": reverse("organisations:options"),
            "data-scope": self.scope,
            "data-of": self.of,
            "data-ended": "ask" if self.ended else None,
            "data-value-as": self.value_as,
            "data-values": "；".join(value for value, _ in chosen),
            "data-rest": "；".join(rest) if self.many else None,
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": "输入单位名称查找",
        }
        widget["attrs"] = {key: item for key, item in given.items() if item not in (None, "")} | widget["attrs"]
        return context

    def _shown(self, value: Any) -> tuple[list[tuple[str, str]], list[str]]:
        """(value, label) of the units chosen, and what was typed that means none."""
        if value in (None, "", []):
            return [], []  # and nothing is asked of the register
        if self.label and isinstance(value, Unit):
            return [(self._sent(value), self.label)], []
        known, chosen, rest = choosing.places_of_request(), [], []
        for part in value if isinstance(value, list | tuple) else [value]:
            if isinstance(part, Unit):
                chosen.append((self._sent(part), choosing.label_of(part, known)))
            elif isinstance(part, str) and part.strip():
                place = known.get(part.strip())
                if place is None:
                    rest.append(part.strip())
                elif self.value_as == "key":
                    chosen.append((place.key, place.label))
        return chosen, rest

    def _sent(self, unit: Unit) -> str:
        return str(unit.pk) if self.value_as == "id" else unit.key


class UnitsInput(UnitInput):
    """The same for several units, which stand as removable marks before the text."""

    many = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every value sent under the name; one may hold several units."""
        return data.getlist(name) if hasattr(data, "getlist") else list(filter(None, [data.get(name)]))


class UnitField(forms.Field):
    """One unit."""

    widget: Any = UnitInput
    many = False

    def __init__(self, *, scope: str = ALL, ended: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scope, self.ended = scope, ended
        self._units: QuerySet[Unit] | None = choosing.scope(ALL, None) if scope == ALL else None
        self._kept: tuple[int, ...] = ()
        self._tell()

    def __deepcopy__(self, memo: dict[int, Any]) -> UnitField:
        copy: UnitField = super().__deepcopy__(memo)  # type: ignore[misc]
        copy._units = None if self._units is None else self._units.all()
        return copy

    def offer_to(self, user: Any, of: str = "", keeping: Iterable[Unit | None] = ()) -> None:
        """Say who chooses, and for what (``of``, as the scope reads it).

        ``keeping`` are units that may stay chosen though they would not be offered: those stored already.
        """
        self._units = choosing.scope(self.scope, user, of)
        self._kept = tuple(unit.pk for unit in keeping if unit is not None)
        self.widget.of = of
        self._tell()

    def _tell(self) -> None:
        self.widget.scope, self.widget.ended = self.scope, self.ended

    def _choosable(self) -> QuerySet[Unit]:
        if self._units is None:
            raise RuntimeError(f"offer_to() says who chooses from {self.scope}")
        return self._units

    def to_python(self, value: Any) -> Any:
        """The unit meant, ``None`` for an empty text."""
        if isinstance(value, Unit):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        if kept := self._keeping([text]):
            return kept[0]
        try:
            return choosing.find_unit(text, self._choosable(), ended=self.ended)
        except UnknownUnit as error:
            raise forms.ValidationError(f"{error}。", code="unknown-unit") from error

    def _keeping(self, texts: list[str]) -> list[Unit]:
        """Units stored already, by key or by what the page calls them."""
        if not self._kept:
            return []
        rows = Unit.objects.filter(pk__in=self._kept)
        return [unit for unit in rows if unit.key in texts or choosing.label_of(unit) in texts]


class UnitsField(UnitField):
    """Several units; a name for several (各县市人民政府) brings all of them."""

    widget = UnitsInput
    many = True

    def to_python(self, value: Any) -> list[Unit]:
        """The units meant, in the order given."""
        parts = value if isinstance(value, list | tuple) else [value] if value else []
        units = [part for part in parts if isinstance(part, Unit)]
        texts = [str(part) for part in parts if not isinstance(part, Unit)]
        allowed = self._choosable()
        if self._kept:
            allowed = Unit.objects.filter(Q(pk__in=self._kept) | Q(pk__in=allowed.order_by().values("pk")))
        try:
            found = choosing.find_units(texts, allowed, ended=self.ended)
        except UnknownUnit as error:
            raise forms.ValidationError(f"{error}。", code="unknown-unit") from error
        return list({unit.pk: unit for unit in [*units, *found]}.values())
