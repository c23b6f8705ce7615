"""Dataclasses at a tenth of the price.

`dataclasses` writes the methods of each class as source text and compiles it, which
takes half a millisecond; all classes together took a sixth of the time of a small scan.
The classes made here share their methods, which go through the fields instead. To make
or compare an object takes some microseconds: what there is many of are columns and
named tuples. `fields`, `replace`, `asdict` and `inspect.signature` work as ever. What
has an order, or fields that are not given to it, is left to `dataclasses`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["dataclass"]

_Made = TypeVar("_Made")
_UNSET = dataclasses.MISSING


def _dataclass(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False
) -> Callable[[type[_Made]], type[_Made]]:
    """Return what makes a class a dataclass."""

    def make(cls: type[_Made]) -> type[_Made]:
        made: Any = dataclasses.dataclass(
            init=False, repr=False, eq=False, slots=slots, kw_only=kw_only
        )(cls)
        methods = _METHODS | (_METHODS_OF_FROZEN if frozen else {})
        for name, method in methods.items():
            if name not in cls.__dict__:
                setattr(made, name, method)
        made.__init__ = _initializer(dataclasses.fields(made))
        return made  # type: ignore[no-any-return]

    return make


def _initializer(fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """Return an __init__ that takes the values of fields, by place or by name."""
    put = object.__setattr__
    places = tuple(field.name for field in fields if not field.kw_only)
    signature = _signature(fields)
    by_name = _named(fields, places, signature)

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: ANN401, N807
        if named or not len(given) == len(places) == len(fields):
            values = by_name(given, named)
            given = tuple(values.values())
            names = tuple(values)
        else:
            names = places
        for name, value in zip(names, given, strict=True):
            put(self, name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    __init__.__signature__ = signature  # type: ignore[attr-defined]
    return __init__


def _named(
    fields: tuple[dataclasses.Field[Any], ...],
    places: tuple[str, ...],
    signature: Signature,
) -> Callable[[tuple[Any, ...], dict[str, Any]], dict[str, Any]]:
    """Return what gives the value of each field, however it comes."""
    names = frozenset(field.name for field in fields)
    defaults = {f.name: f.default for f in fields if f.default is not _UNSET}
    makers = {
        field.name: field.default_factory
        for field in fields
        if field.default_factory is not _UNSET
    }

    def by_name(given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        by_place = dict(zip(places, given, strict=False))
        values = {**defaults, **by_place, **named}
        for name in makers.keys() - values.keys():
            values[name] = makers[name]()
        fits = values.keys() == names and by_place.keys().isdisjoint(named)
        if not fits or len(given) > len(places):
            signature.bind(None, *given, **named)  # raises what tells why it does not
        return values

    return by_name


def _signature(fields: tuple[dataclasses.Field[Any], ...]) -> Signature:
    parameters = [Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)]
    for field in fields:
        made = field.default_factory is not _UNSET
        default = field.default_factory if made else field.default
        parameters.append(
            Parameter(
                field.name,
                Parameter.KEYWORD_ONLY
                if field.kw_only
                else Parameter.POSITIONAL_OR_KEYWORD,
                default=Parameter.empty if default is _UNSET else default,
                annotation=field.type,
            )
        )
    return Signature(parameters, return_annotation=None)


def _repr(self: Any) -> str:  # noqa: ANN401
    told = (
        f"{field.name}={getattr(self, field.name)!r}"
        for field in dataclasses.fields(self)
        if field.repr
    )
    return f"{type(self).__qualname__}({', '.join(told)})"


def _compared(self: Any) -> tuple[object, ...]:  # noqa: ANN401
    return tuple(
        getattr(self, field.name) for field in dataclasses.fields(self) if field.compare
    )


def _eq(self: object, other: object) -> object:
    if type(other) is not type(self):
        return NotImplemented
    return _compared(self) == _compared(other)


def _hash(self: Any) -> int:  # noqa: ANN401
    return hash(_compared(self))


def _refuse_setting(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deleting(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:  # noqa: ANN401
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _restore(self: Any, state: list[Any]) -> None:  # noqa: ANN401
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_METHODS: dict[str, Callable[..., object] | None] = {
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": None,
}
_METHODS_OF_FROZEN: dict[str, Callable[..., object] | None] = {
    "__hash__": _hash,
    "__setattr__": _refuse_setting,
    "__delattr__": _refuse_deleting,
    "__getstate__": _state,  # to be copied
    "__setstate__": _restore,
}

if TYPE_CHECKING:
    # To what checks types, they are the dataclasses it knows.
    from dataclasses import dataclass
else:
    dataclass = _dataclass
