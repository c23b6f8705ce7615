from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle

import pytest

from dedupe import Settings
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    lines: list[int] = dataclasses.field(default_factory=list)
    depth: int = dataclasses.field(default=1, compare=False)
    hidden: str = dataclasses.field(default="", repr=False)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("no name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    first: int
    second: int = 2


@dataclass(slots=True)
class Tally:
    seen: int = 0


@dataclass(frozen=True)
class Open:
    seen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Deeper(Place):
    below: int = 0


def test_fields_are_given_by_place_or_by_name() -> None:
    place = Place("a", [1], hidden="x")
    assert (place.name, place.lines, place.depth, place.hidden) == ("a", [1], 1, "x")


def test_each_object_gets_a_default_of_its_own() -> None:
    assert Place("a").lines == []
    assert Place("a").lines is not Place("a").lines


def test_an_object_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="no name"):
        Place("")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ((), {}),
        ((), {"lines": []}),
        (("a",), {"name": "b"}),
        (("a",), {"other": 1}),
        ((), {"other": "a"}),
        (("a", [], 1, "", 2), {}),
    ],
)
def test_arguments_that_do_not_fit_are_refused(
    given: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError):
        Place(*given, **named)  # type: ignore[arg-type]


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(TypeError, match="'min_word'"):
        Settings(min_word=8)  # type: ignore[call-arg]


def test_fields_that_only_have_names_take_no_place() -> None:
    assert Named(first=1) == Named(second=2, first=1)
    with pytest.raises(TypeError, match="positional"):
        Named(1)  # type: ignore[call-arg]


def test_objects_are_shown_and_compared_by_their_fields() -> None:
    assert repr(Place("a", depth=3)) == "Place(name='a', lines=[], depth=3)"
    assert Place("a", depth=3) == Place("a", depth=4)
    assert Place("a") != Place("a", hidden="x")
    assert (Named(first=1) == object()) is False
    assert hash(Named(first=1)) == hash(Named(first=1))
    assert repr(Deeper("a", below=1)).startswith("Deeper(name='a'")


@pytest.mark.parametrize("held", [Place("a"), Open()])
def test_a_frozen_object_cannot_be_changed(held: object) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError, match="'name'"):
        setattr(held, "name", "b")  # noqa: B010
    with pytest.raises(dataclasses.FrozenInstanceError, match="'name'"):
        delattr(held, "name")


def test_an_object_that_is_not_frozen_can_be_changed_and_has_no_hash() -> None:
    tally = Tally()
    tally.seen += 1
    assert tally == Tally(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(tally)


def test_slots_are_there_where_they_were_asked_for() -> None:
    assert not hasattr(Place("a"), "__dict__")
    assert not hasattr(Deeper("a"), "__dict__")
    assert hasattr(Open(), "__dict__")


def test_objects_can_be_copied() -> None:
    place = Place("a", [1])
    for other in (copy.copy(place), copy.deepcopy(place)):
        assert other == place
    assert pickle.loads(pickle.dumps(Settings(seed=7))) == Settings(seed=7)  # noqa: S301


def test_dataclasses_knows_them() -> None:
    place = dataclasses.replace(Place("a"), depth=4)
    assert dataclasses.asdict(place) == {
        "name": "a",
        "lines": [],
        "depth": 4,
        "hidden": "",
    }
    assert [field.name for field in dataclasses.fields(Deeper)][-1] == "below"


def test_the_signature_is_that_of_the_fields() -> None:
    assert (
        str(inspect.signature(Named)) == "(*, first: 'int', second: 'int' = 2) -> None"
    )


def test_what_a_class_defines_itself_is_kept() -> None:
    @dataclass(frozen=True, slots=True)
    class Quiet:
        name: str

        def __repr__(self) -> str:
            return "quiet"

    assert repr(Quiet("a")) == "quiet"
