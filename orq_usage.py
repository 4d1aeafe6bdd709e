# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT
# ruff: noqa: BLE001, UP037, RUF100  A mapping may raise anything; Python 3.10 needs the quotes.
"""Parse, add and dump the token usage that Orq's image endpoints report.

>>> generation = CreateImageUsage.from_dict(
...     {"totalTokens": 1069, "inputTokensDetails": {"textTokens": 13}}
... )
>>> edit = CreateImageEditUsage.from_dict(
...     {
...         "total_tokens": 5343.5,
...         "input_tokens": 1724.5,
...         "output_tokens": 3619,
...         "input_tokens_details": {"text_tokens": 838, "image_tokens": 886.5},
...     }
... )
>>> total = sum([generation, edit], CreateImageUsage.zero())
>>> total.total_tokens
6412.5
>>> total.input_tokens_details.to_dict()
{'image_tokens': 886.5, 'text_tokens': 851}

With Orq's Python SDK, the usage of a response is an object, and may be None:

    if response.usage is not None:
        total += CreateImageUsage.from_dict(response.usage.model_dump())
"""

import sys

# Functions use private names only, as a script that this file is pasted into may rebind others.
from collections.abc import Mapping as _Mapping
from contextlib import suppress as _suppress
from dataclasses import dataclass
from dataclasses import fields as _fields
from inspect import get_annotations as _get_annotations
from operator import index as _index
from reprlib import repr as _short_repr
from types import MemberDescriptorType as _Slot

TYPE_CHECKING = False  # Type checkers take it as true; typing is slow to import.
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, overload

    import typing_extensions  # pyright: ignore[reportMissingModuleSource]

    _Problems = tuple[tuple[str, str, str], ...]
    _Row = tuple[str, str, Callable[[object, object], None], "type[Any] | None", bool]

__version__ = "1.1.0"
__all__ = [
    "CreateImageEditInputTokensDetails",
    "CreateImageEditUsage",
    "CreateImageInputTokensDetails",
    "CreateImageUsage",
    "CreateImageVariationInputTokensDetails",
    "CreateImageVariationUsage",
    "ImageUsage",
    "InputTokensDetails",
    "PostV2ProxyImagesEditsInputTokensDetails",
    "PostV2ProxyImagesEditsUsage",
    "UsageError",
]

_MAX_FLOAT = sys.float_info.max
_MAX_INT = int(_MAX_FLOAT)
_COUNT = f"an int or float from 0 to {_MAX_FLOAT:.1e}"
_FATAL = (MemoryError, RecursionError)  # They tell of the process, not of the payload.
_new = object.__new__


class UsageError(ValueError):
    """A payload is not a valid usage, or a sum of usages is too large.

    model: the name of the class that was parsed, constructed or summed.
    problems: a tuple with three strings for each problem: the dotted path of the field, in
        snake_case and empty for the whole payload; what was expected; what was found.
    """

    def __init__(self, model: str, problems: "_Problems") -> None:
        self.model = model
        self.problems = tuple(problems)
        super().__init__(model, self.problems)

    def __str__(self) -> str:
        lines = [
            f"\n  {path or 'payload'}: expected {expected}, got {got}"
            for path, expected, got in self.problems
        ]
        return f"{self.model}:{''.join(lines)}"


def _count(value: "Any") -> float:
    """Return a token count as a plain int or float, or raise an exception.

    A count is a finite number of at least 0: an int, a float, or an object with __index__, but
    not a bool. from_dict and the constructor test plain numbers themselves, for speed.
    """
    number = float(value) if isinstance(value, float) else _index(value)
    if type(value) is bool or not 0 <= number <= _MAX_INT:
        raise ValueError
    return number


def _add_counts(x: float, y: float) -> float:
    """Return the sum of two counts as they are written in decimal: of 0.1 and 0.2, it is 0.3.

    Two ints make an int, other counts a float. Raise OverflowError if the sum is out of range.
    """
    if type(x) is int and type(y) is int:
        total: float = x + y
    else:
        if x + y < 1e11:
            # Four decimals below 10**11 are 15 digits, which a float keeps (sys.float_info.dig).
            a, b = round(x * 10_000), round(y * 10_000)
            if a / 10_000 == x and b / 10_000 == y:
                return (a + b) / 10_000
        from decimal import Context, Decimal  # Slow to import, and seldom needed.

        # From 1.8e308 down to 5e-324 there are fewer than 700 digits: only float() rounds.
        total = float(Context(prec=700).add(Decimal(repr(x)), Decimal(repr(y))))
    if total > _MAX_INT:
        raise OverflowError
    return total


def _shown(value: object) -> str:
    """Return a short text for an error message: a number, a str or None itself, else its type."""
    kind = type(value)
    if kind is int and isinstance(value, int) and abs(value) > _MAX_INT:
        return "an int out of range"
    if value is None or kind is int or kind is float or kind is str or kind is bool:
        return _short_repr(value)
    try:
        module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
        return f"an object of type {module}{kind.__qualname__}"[:90]
    except _FATAL:
        raise
    except Exception:
        return "an object of unknown type"


def _within(name: str, error: UsageError) -> "_Problems":
    """Return the problems of the value of a field, with the field's name before their paths."""
    return tuple(
        (f"{name}.{path}" if path else name, expected, got)
        for path, expected, got in error.problems
    )


class _Tables(dict["type[Any]", "tuple[_Row, ...]"]):
    """The table of each class, made on first use: a row for each field.

    A row has the name in snake_case and in camelCase, the function that sets the field of a new
    object, the class of nested details (None for a count), and whether the field may be None.
    """

    def __missing__(self, cls: "type[Any]") -> "tuple[_Row, ...]":
        rows: list[_Row] = []
        for field in _fields(cls):
            name: str = field.name
            hint: Any = field.type
            if isinstance(hint, str):  # It names something that was defined after the class.
                from typing import get_type_hints

                hint = get_type_hints(cls)[name]
            kinds = getattr(hint, "__args__", (hint,))
            model = next((kind for kind in kinds if hasattr(kind, "from_dict")), None)
            head, *tail = name.split("_")
            camel = head + "".join(map(str.capitalize, tail))
            slot = getattr(cls, name, None)
            set_ = slot.__set__ if isinstance(slot, _Slot) else _setter(name)
            rows.append((name, camel, set_, model, type(None) in kinds))
        if not rows:
            raise TypeError(
                f"{cls.__name__} has no fields; use CreateImageUsage, CreateImageVariationUsage "
                "or CreateImageEditUsage"
            )
        table = self[cls] = tuple(rows)
        return table

    def __reduce__(self) -> "Any":
        """Leave the tables behind: a class that is pickled by value arrives without its slots."""
        return type(self), ()


def _setter(name: str) -> "Callable[[object, object], None]":
    return lambda new, value: object.__setattr__(new, name, value)


_TABLES = _Tables()


class _Model:
    """The methods that all classes share. Each runs one loop over the table of the class."""

    __slots__ = ()
    _error = UsageError  # An attribute, so that classes made before a reload keep their own.
    if TYPE_CHECKING:
        _widest: ClassVar[type[Any]]  # The class of sums of different classes.

    def __init__(self, *args: object, **kwargs: object) -> None:
        _TABLES[type(self)]  # Only a class without fields comes here, and this raises TypeError.

    def __init_subclass__(cls, **kwargs: "Any") -> None:
        super().__init_subclass__(**kwargs)
        # Annotations that are strings are evaluated before a script can rebind their names.
        with _suppress(Exception):
            if str in map(type, cls.__annotations__.values()):
                cls.__annotations__ = _get_annotations(cls, eval_str=True)

    @classmethod
    def from_dict(cls, data: "_Mapping[str, object]") -> "typing_extensions.Self":
        """Return the instance that a mapping describes, with keys in snake_case or camelCase.

        An optional count is None where it is missing or null. Unknown keys are ignored.

        Raise UsageError with all problems: a count that is not a finite int or float of at least
        0, a required field that is missing or null, a payload or details that are not a mapping,
        a field in both spellings with different values.

        >>> details = InputTokensDetails.from_dict({"textTokens": 13, "image_tokens": None})
        >>> details
        InputTokensDetails(image_tokens=None, text_tokens=13)
        >>> InputTokensDetails.from_dict({"textTokens": "12", "imageTokens": -1})
        Traceback (most recent call last):
          ...
        orq_usage.UsageError: InputTokensDetails:
          image_tokens: expected an int or float from 0 to 1.8e+308, got -1
          text_tokens: expected an int or float from 0 to 1.8e+308, got '12'
        """
        payload: Any = data
        if type(data) is not dict:
            if type(payload) is cls:
                return payload
            cls._require_mapping(payload)
        new = _new(cls)
        problems: _Problems = ()
        for name, camel, set_, model, optional in _TABLES[cls]:
            try:
                if name in payload:
                    value: Any = payload[name]
                    if camel in payload and (
                        clash := cls._clash(name, value, payload[camel], model, optional)
                    ):
                        problems += clash
                        continue
                elif camel in payload:
                    value = payload[camel]
                elif optional:
                    value = None
                else:
                    problems += ((name, "a mapping" if model else _COUNT, "nothing"),)
                    continue
            except _FATAL:
                raise
            except Exception as error:
                problems += ((name, "a value", f"{_shown(error)} from the mapping"),)
                continue
            try:
                # As _read does: without a call for each field, parsing takes a third less time.
                if value is None and optional:
                    pass
                elif model is not None:
                    value = model.from_dict(value)
                elif not (
                    (type(value) is float and 0.0 <= value <= _MAX_FLOAT)
                    or (type(value) is int and 0 <= value <= _MAX_INT)
                ):
                    value = cls._read(value, model, optional)
                set_(new, value)
            except cls._error as error:
                problems += _within(name, error)
        if problems:
            raise cls._error(cls.__name__, problems)
        return new

    def __post_init__(self) -> None:
        """Apply the rules of from_dict to the arguments of the constructor."""
        cls = type(self)
        problems: _Problems = ()
        for name, _, set_, model, optional in _TABLES[cls]:
            value = getattr(self, name)
            if type(value) is model:
                continue
            if model is None and (
                (type(value) is float and 0.0 <= value <= _MAX_FLOAT)
                or (type(value) is int and 0 <= value <= _MAX_INT)
            ):
                continue
            try:
                set_(self, cls._read(value, model, optional))
            except cls._error as error:
                problems += _within(name, error)
        if problems:
            raise cls._error(cls.__name__, problems)

    def to_dict(self, *, camel_case: bool = False) -> "dict[str, Any]":
        """Return a new dict of plain values, in field order, without the fields that are None.

        >>> InputTokensDetails(text_tokens=13).to_dict(camel_case=True)
        {'textTokens': 13}
        """
        plain: dict[str, Any] = {}
        for name, camel, _, model, _ in _TABLES[type(self)]:
            value = getattr(self, name)
            if value is not None:
                plain[camel if camel_case else name] = (
                    value if model is None else value.to_dict(camel_case=camel_case)
                )
        return plain

    if TYPE_CHECKING:

        @overload
        def __add__(self, other: typing_extensions.Self) -> typing_extensions.Self: ...
        @overload  # mypy does not see that a narrower self keeps these two from the first
        def __add__(self: "ImageUsage", other: "ImageUsage") -> "CreateImageUsage": ...  # type: ignore[misc, overload-cannot-match]
        @overload
        def __add__(self: "_Details", other: "_Details") -> "InputTokensDetails": ...  # type: ignore[misc, overload-cannot-match]

    def __add__(self, other: "Any") -> "Any":
        """Return the sum, field by field; the sum of None and a count is that count.

        Instances of different classes make a CreateImageUsage, or InputTokensDetails if they are
        details. Raise UsageError with all counts whose sum is larger than a float can be.

        >>> InputTokensDetails(text_tokens=0.1) + InputTokensDetails(text_tokens=0.2)
        InputTokensDetails(image_tokens=None, text_tokens=0.3)
        """
        cls = type(self)
        if type(other) is not cls:
            cls = self._widest
            if not issubclass(type(other), cls.__bases__):
                return NotImplemented
        return _sum(cls, self, other)

    def __radd__(self, other: int) -> "typing_extensions.Self":
        """Return self for 0 + self, with which sum() begins."""
        if type(other) is int and other == 0:
            return self
        return NotImplemented

    @classmethod
    def zero(cls) -> "typing_extensions.Self":
        """Return the sum of no usages: 0 for each required count, None for each optional one.

        >>> CreateImageVariationInputTokensDetails.zero()
        CreateImageVariationInputTokensDetails(text_tokens=0, image_tokens=0)
        """
        required = [(name, model) for name, _, _, model, optional in _TABLES[cls] if not optional]
        return cls.from_dict({name: model.zero() if model else 0 for name, model in required})

    @classmethod
    def _require_mapping(cls, data: object) -> None:
        """Raise UsageError if data is not a mapping."""
        try:
            if issubclass(type(data), _Mapping):
                return
            hint = ": pass its .model_dump()" if hasattr(data, "model_dump") else ""
        except _FATAL:
            raise
        except Exception:
            hint = ""
        raise cls._error(cls.__name__, (("", "a mapping", _shown(data) + hint),))

    @classmethod
    def _read(cls, value: "Any", model: "type[Any] | None", optional: bool) -> "Any":
        """Return what a field holds for a value, or raise UsageError."""
        if value is None and optional:
            return None
        if model is not None:
            return model.from_dict(value)
        try:
            return _count(value)
        except _FATAL:
            raise
        except Exception:
            raise cls._error("", (("", _COUNT, _shown(value)),)) from None

    @classmethod
    def _clash(
        cls, name: str, value: object, other: object, model: "type[Any] | None", optional: bool
    ) -> "_Problems":
        """Return the problems, if any, of a field that is there in both spellings."""
        try:
            if cls._read(value, model, optional) == cls._read(other, model, optional):
                return ()
        except cls._error as error:
            return _within(name, error)
        return ((name, "one value in both spellings", f"{_shown(value)} and {_shown(other)}"),)


def _sum(cls: "type[Any]", one: object, two: object) -> "Any":
    """Return the sum of two objects that have the fields of a class, as an instance of it."""
    total = _new(cls)
    problems: _Problems = ()
    value: Any
    for name, _, set_, model, _ in _TABLES[cls]:
        x, y = getattr(one, name), getattr(two, name)
        if type(x) is int and type(y) is int and (value := x + y) <= _MAX_INT:
            set_(total, value)
            continue
        try:
            if x is None or y is None:
                value = y if x is None else x
            elif model is not None:
                value = _sum(model, x, y)
            else:
                value = _add_counts(x, y)
            set_(total, value)
        except OverflowError:
            problems += ((name, _COUNT, "a larger sum"),)
        except cls._error as error:
            problems += _within(name, error)
    if problems:
        raise cls._error(cls.__name__, problems)
    return total


class _Details(_Model):
    """The base class of the details."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class ImageUsage(_Model):
    """The base class of the usages of all image endpoints, for annotations and isinstance().

    Only its subclasses can be parsed, constructed or added; on the class itself, that raises
    TypeError. All subclasses have these fields.

    input_tokens: tokens of the input, text and images together; None if not reported.
    input_tokens_details: the tokens of the text and of the images in the input.
    output_tokens: tokens of the output; None if not reported.
    total_tokens: tokens of the input and the output; None if not reported.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        input_tokens: float | None
        input_tokens_details: "_AnyDetails"
        output_tokens: float | None
        total_tokens: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputTokensDetails(_Details):
    """The input tokens of a generation, by kind; also the sum of different details.

    In the API this is InputTokensDetails. The Python SDK has named it
    CreateImageInputTokensDetails since 4.8.0, where InputTokensDetails became another model.

    image_tokens: tokens of the images in the input; None if not reported.
    text_tokens: tokens of the text in the input; None if not reported.
    """

    image_tokens: float | None = None
    text_tokens: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageUsage(ImageUsage):
    """The tokens that a generation used; also the sum of usages of different endpoints.

    In the API this is CreateImageUsage.

    input_tokens: tokens of the input, text and images together; None if not reported.
    input_tokens_details: the input tokens by kind; required, but its counts are optional.
    output_tokens: tokens of the output; None if not reported.
    total_tokens: tokens of the input and the output; None if not reported.
    """

    input_tokens: float | None = None
    input_tokens_details: InputTokensDetails
    output_tokens: float | None = None
    total_tokens: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationInputTokensDetails(_Details):
    """The input tokens of a variation, by kind.

    In the API this is CreateImageVariationInputTokensDetails. All fields are required.

    text_tokens: tokens of the text in the input.
    image_tokens: tokens of the images in the input.
    """

    text_tokens: float
    image_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationUsage(ImageUsage):
    """The tokens that a variation used.

    In the API this is CreateImageVariationUsage. All fields are required.

    total_tokens: tokens of the input and the output.
    input_tokens: tokens of the input, text and images together.
    output_tokens: tokens of the output.
    input_tokens_details: the input tokens by kind.
    """

    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: CreateImageVariationInputTokensDetails


@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsInputTokensDetails(_Details):
    """The input tokens of an edit, by kind.

    In the API this is PostV2ProxyImagesEditsInputTokensDetails. The Python SDK has named it
    CreateImageEditInputTokensDetails since 4.2.0. All fields are required.

    text_tokens: tokens of the text in the input.
    image_tokens: tokens of the images in the input.
    """

    text_tokens: float
    image_tokens: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsUsage(ImageUsage):
    """The tokens that an edit used.

    In the API this is PostV2ProxyImagesEditsUsage, a name that the Python SDK had in 3.11.7 only;
    it has named it CreateImageEditUsage since 4.2.0. All fields are required.

    total_tokens: tokens of the input and the output.
    input_tokens: tokens of the input, text and images together.
    output_tokens: tokens of the output.
    input_tokens_details: the input tokens by kind.
    """

    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: PostV2ProxyImagesEditsInputTokensDetails


_Details._widest = InputTokensDetails  # pyright: ignore[reportPrivateUsage]
ImageUsage._widest = CreateImageUsage  # pyright: ignore[reportPrivateUsage]

CreateImageInputTokensDetails = InputTokensDetails
CreateImageEditInputTokensDetails = PostV2ProxyImagesEditsInputTokensDetails
CreateImageEditUsage = PostV2ProxyImagesEditsUsage
if TYPE_CHECKING:
    _AnyDetails = (
        InputTokensDetails
        | CreateImageVariationInputTokensDetails
        | PostV2ProxyImagesEditsInputTokensDetails
    )
