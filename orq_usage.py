# SPDX-License-Identifier: MIT
"""Token usage of Orq's image endpoints: parse it, add it up, write it out.

    usages = [CreateImageUsage.from_dict(response["usage"]) for response in responses]
    total = sum(usages, CreateImageUsage.zero())
    print(json.dumps(total.to_dict()))

A class here is its fields; how it is parsed, checked, dumped, added and compared follows from
them. First comes what all classes do, then the classes, then what the loops over their fields
stand on: how a class is laid out, input out of the ordinary, a single count, a sum of fractions.
"""

import sys
from collections.abc import Mapping
from dataclasses import MISSING, dataclass

# A script that this is pasted into may well have variables named "fields" and "index".
from dataclasses import fields as dataclass_fields
from inspect import get_annotations
from operator import index as to_int
from reprlib import repr as short_repr

TYPE_CHECKING = False  # true to type checkers, who alone need what is slow to import
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, overload

    from typing_extensions import Self

    _M = TypeVar("_M", bound="_Model")

__version__ = "1.0.0"
__all__ = [
    "CreateImageEditInputTokensDetails",
    "CreateImageEditUsage",
    "CreateImageInputTokensDetails",
    "CreateImageUsage",
    "CreateImageVariationInputTokensDetails",
    "CreateImageVariationUsage",
    "InputTokensDetails",
    "PostV2ProxyImagesEditsInputTokensDetails",
    "PostV2ProxyImagesEditsUsage",
    "UsageError",
]

_MAX_FLOAT = sys.float_info.max
_MAX_INT = int(_MAX_FLOAT)
_COUNT = f"an int or float from 0 to {_MAX_FLOAT:.1e}"
_new = object.__new__


class UsageError(ValueError):
    """A payload, or a sum, that is no usage; its message names every problem.

    model: the name of the class that was to hold it.
    problems: for each problem three strings: the dotted path of the field, in snake_case and
        empty for the whole payload; what was expected; what came.
    """

    def __init__(self, model: str, problems: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__(model, problems)
        self.model = model
        self.problems = problems

    def __str__(self) -> str:
        lines = [
            f"\n  {path or 'payload'}: expected {expected}, got {got}"
            for path, expected, got in self.problems
        ]
        return f"{self.model}:{''.join(lines)}"


class _Model:
    """What every class does, each by one loop over its fields."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> "Self":
        """Return the instance that `data` spells out, each key in snake_case or in camelCase.

        A count that is optional is None where it is missing or null. Unknown keys are ignored.

        Raises UsageError with all that is wrong: a count that is not a finite int or float of at
        least 0, a required field that is missing or null, details or a payload that are no
        mapping, one field in both spellings with different values.
        """
        layout = _LAYOUTS[cls]
        if type(data) is dict and len(data) == layout.size:
            try:  # as if every field is there, in one spelling, which leaves no room for another
                new = _new(cls)
                rows = layout.snake if layout.first in data else layout.camel
                for key, set_, read, nested in rows:
                    value = data[key]
                    if nested is not None or not (
                        (type(value) is int and 0 <= value <= _MAX_INT)
                        or (type(value) is float and 0.0 <= value <= _MAX_FLOAT)
                    ):
                        value = read(value)
                    set_(new, value)
                return new
            except Exception:
                pass  # it was not so, or a value is wrong
        return _read_with_care(cls, data)

    def __post_init__(self) -> None:
        """Hold what the constructor was given to the rules of from_dict."""
        checked = self.from_dict(self._items())
        for name, set_, _ in _LAYOUTS[type(self)].slots:
            set_(self, getattr(checked, name))

    def to_dict(self, *, camel_case: bool = False) -> "dict[str, Any]":
        """Return a new dict of plain values, in field order, without the counts that are None."""
        layout = _LAYOUTS[type(self)]
        plain = {}
        for key, name, nested in layout.camel_dump if camel_case else layout.snake_dump:
            value = getattr(self, name)
            if value is not None:
                plain[key] = value if nested is None else value.to_dict(camel_case=camel_case)
        return plain

    if TYPE_CHECKING:

        @overload
        def __add__(self, other: Self) -> Self: ...
        @overload  # mypy does not see that a narrower self keeps these two from the first
        def __add__(self: "_Usage", other: "_Usage") -> "CreateImageUsage": ...  # type: ignore[misc, overload-cannot-match]
        @overload
        def __add__(self: "_Details", other: "_Details") -> "InputTokensDetails": ...  # type: ignore[misc, overload-cannot-match]

    def __add__(self, other: "Any") -> "Any":
        """Return the sum, field by field; None and a count make that count.

        Different usages add up to CreateImageUsage, different details to InputTokensDetails.
        Raises UsageError for a sum beyond the range of float.
        """
        cls = type(self)
        if type(other) is not cls:
            return _add_widened(self, other)
        total = _new(cls)
        for name, set_, add in _LAYOUTS[cls].slots:
            x, y = getattr(self, name), getattr(other, name)
            if type(x) is int and type(y) is int and (whole := x + y) <= _MAX_INT:
                set_(total, whole)
            elif x is None or y is None:
                set_(total, y if x is None else x)
            else:
                try:
                    set_(total, add(x, y))
                except OverflowError:
                    raise UsageError(cls.__name__, ((name, _COUNT, "a larger sum"),)) from None
        return total

    def __radd__(self, other: int) -> "Self":
        """Return self for 0 + self, with which sum() begins."""
        if type(other) is int and other == 0:
            return self
        return NotImplemented

    @classmethod
    def zero(cls) -> "Self":
        """Return what adds nothing: 0 for each required count, None for each optional one."""
        return cls.from_dict(_LAYOUTS[cls].zero)

    # The next three once for all: made by dataclass for each class, they would slow the import.
    def __eq__(self, other: object) -> bool:
        return self._items() == other._items() if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._items().values()))

    def __repr__(self) -> str:
        items = [f"{name}={value!r}" for name, value in self._items().items()]
        return f"{type(self).__qualname__}({', '.join(items)})"

    def _items(self) -> "dict[str, object]":
        return {name: getattr(self, name) for name, _, _ in _LAYOUTS[type(self)].slots}


class _Details(_Model):
    """What input tokens are made of."""

    __slots__ = ()


class _Usage(_Model):
    """What a response used."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class InputTokensDetails(_Details):
    """What the input tokens of a generation are made of, or of several kinds together.

    The API's model is InputTokensDetails, newer name CreateImageInputTokensDetails.

    image_tokens: tokens of the input images; None where not reported.
    text_tokens: tokens of the prompt's text; None where not reported.
    """

    image_tokens: float | None = None
    text_tokens: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CreateImageUsage(_Usage):
    """What a generation used, or several kinds together.

    The API's model is CreateImageUsage.

    input_tokens: tokens that went in, text and images; None where not reported.
    input_tokens_details: what the input tokens are made of; required, if only as an empty one.
    output_tokens: tokens that the model put out; None where not reported.
    total_tokens: tokens in all; None where not reported.
    """

    input_tokens: float | None = None
    input_tokens_details: InputTokensDetails
    output_tokens: float | None = None
    total_tokens: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CreateImageVariationInputTokensDetails(_Details):
    """What the input tokens of a variation are made of.

    The API's model is CreateImageVariationInputTokensDetails. All fields are required.

    text_tokens: tokens of the prompt's text.
    image_tokens: tokens of the input images.
    """

    text_tokens: float
    image_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class CreateImageVariationUsage(_Usage):
    """What a variation used.

    The API's model is CreateImageVariationUsage. All fields are required.

    total_tokens: tokens in all.
    input_tokens: tokens that went in, text and images.
    output_tokens: tokens that the model put out.
    input_tokens_details: what the input tokens are made of.
    """

    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: CreateImageVariationInputTokensDetails


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PostV2ProxyImagesEditsInputTokensDetails(_Details):
    """What the input tokens of an edit are made of.

    The API's model is PostV2ProxyImagesEditsInputTokensDetails, newer name
    CreateImageEditInputTokensDetails. All fields are required.

    text_tokens: tokens of the prompt's text.
    image_tokens: tokens of the input images.
    """

    text_tokens: float
    image_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class PostV2ProxyImagesEditsUsage(_Usage):
    """What an edit used.

    The API's model is PostV2ProxyImagesEditsUsage, newer name CreateImageEditUsage. All fields
    are required.

    total_tokens: tokens in all.
    input_tokens: tokens that went in, text and images.
    output_tokens: tokens that the model put out.
    input_tokens_details: what the input tokens are made of.
    """

    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: PostV2ProxyImagesEditsInputTokensDetails


CreateImageInputTokensDetails = InputTokensDetails
CreateImageEditInputTokensDetails = PostV2ProxyImagesEditsInputTokensDetails
CreateImageEditUsage = PostV2ProxyImagesEditsUsage


class _Layout:
    """The fields of a class, in a row each, as the loops above go through them."""

    def __init__(self, cls: "type[Any]") -> None:
        self.snake: list[Any] = []  # from_dict: key, setter, reader, class of nested details
        self.camel: list[Any] = []
        self.snake_dump: list[Any] = []  # to_dict: key, name, class of nested details
        self.camel_dump: list[Any] = []
        self.slots: list[Any] = []  # the rest: name, setter, what adds all but whole counts
        self.zero: dict[str, object] = {}
        hints: dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            hints |= get_annotations(base, eval_str=True)
        for field in dataclass_fields(cls):
            name, hint = field.name, hints[field.name]
            head, *tail = name.split("_")
            camel = head + "".join(map(str.capitalize, tail))
            kinds = getattr(hint, "__args__", (hint,))
            nested = next((k for k in kinds if isinstance(k, type) and issubclass(k, _Model)), None)
            read: Any = nested.from_dict if nested else _count
            if field.default is MISSING:
                self.zero[name] = nested.zero() if nested else 0
            else:
                read = _optional(read)
            set_ = getattr(cls, name).__set__
            self.snake.append((name, set_, read, nested))
            self.camel.append((camel, set_, read, nested))
            self.snake_dump.append((name, name, nested))
            self.camel_dump.append((camel, name, nested))
            self.slots.append((name, set_, nested.__add__ if nested else _add_as_written))
        self.size = len(self.snake)
        self.first = self.snake[0][0]


class _Layouts(dict[type, _Layout]):
    def __missing__(self, cls: type) -> _Layout:
        layout = self[cls] = _Layout(cls)
        return layout


_LAYOUTS = _Layouts()
_WIDEST: "dict[type[_Model], Any]" = {_Usage: CreateImageUsage, _Details: InputTokensDetails}


def _optional(read: "Callable[[Any], Any]") -> "Callable[[Any], Any]":
    return lambda value: None if value is None or value is MISSING else read(value)


def _read_with_care(cls: "type[_M]", data: "Any") -> "_M":
    """Read what from_dict could not read in one go, and collect the problems."""
    if type(data) is cls:
        return data
    if not issubclass(type(data), Mapping):  # isinstance would trust data.__class__
        raise UsageError(cls.__name__, (("", "a mapping", _shown(data)),))
    new, problems, layout = _new(cls), [], _LAYOUTS[cls]
    for (name, set_, read, _), (camel, _, _, _) in zip(layout.snake, layout.camel, strict=True):
        try:
            value = read(data[name] if name in data else data.get(camel, MISSING))
            set_(new, value)
            if name in data and camel in data and value != (other := read(data[camel])):
                got = f"{_shown(value)} and {_shown(other)}"
                problems.append((name, "one value in both spellings", got))
        except UsageError as error:
            for path, expected, got in error.problems:
                problems.append((f"{name}.{path}" if path else name, expected, got))
        except Exception as error:
            problems.append((name, "a value", f"{type(error).__name__} from the mapping"))
    if problems:
        raise UsageError(cls.__name__, tuple(problems))
    return new


def _count(value: "Any") -> float:
    """Return `value` as a plain int or float, also what a subclass or an int-like stands for."""
    try:
        number = float(value) if isinstance(value, float) else to_int(value)
        if type(value) is not bool and 0 <= number <= _MAX_INT:
            return number
    except Exception:
        pass
    raise UsageError("count", (("", _COUNT, _shown(value)),))


def _shown(value: object) -> str:
    """Return `value` in a few words, for a message that must stay short and must not fail."""
    try:
        return "nothing" if value is MISSING else short_repr(value)[:80]
    except Exception:
        return type(value).__name__[:80]


def _add_widened(one: "Any", two: "Any") -> "Any":
    """Add instances of different classes as the class wide enough for all of their kind."""
    for kind, wide in _WIDEST.items():
        if isinstance(one, kind) and isinstance(two, kind):
            one, two = (x if type(x) is wide else wide.from_dict(x.to_dict()) for x in (one, two))
            return one + two
    return NotImplemented


def _add_as_written(x: float, y: float) -> float:
    """Return the sum of the decimals that x and y are written as: of 0.1 and 0.2, it is 0.3."""
    if x + y < 1e13:
        # Hundredths that have 15 digits or fewer add up exactly as whole numbers.
        a, b = round(x * 100), round(y * 100)
        if a / 100 == x and b / 100 == y:
            return (a + b) / 100
    from fractions import Fraction  # seldom needed, slow to import

    return float(Fraction(repr(x)) + Fraction(repr(y)))
