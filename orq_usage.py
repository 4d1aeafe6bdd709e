# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Parse, add and dump the token usage that Orq's image endpoints report.

CreateImageUsage reads the usage of generations, edits and variations. With the Python SDK, pass
response.usage.model_dump(); response.usage may be None. The classes have the names of the API.

>>> usage = CreateImageUsage.from_dict({
...     "total_tokens": 5343, "input_tokens": 1724, "output_tokens": 3619,
...     "input_tokens_details": {"text_tokens": 838, "image_tokens": 886},
... })
>>> sum([usage, usage], CreateImageUsage.zero()).total_tokens
10686
"""

# The file may be pasted into a script or a notebook, so all but the public names begin with "_".
# Each of them stands above what uses it: if it stood below, marimo would delete it with its cell.
import collections.abc as _abc
import dataclasses as _dataclasses
import inspect as _inspect
import types as _types
import typing as _typing
from contextlib import suppress as _suppress
from reprlib import repr as _short_repr

__version__ = "5.0.0"
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

_Any = _typing.Any
_T = _typing.TypeVar("_T")  # Not bound, so that from_dict refuses bad data, and not beartype.
_Problem = tuple[str, str, str]

_INFINITY = float("inf")
_A_COUNT = "a finite number of at least 0"
_A_MAPPING = "a mapping"


# Errors


class UsageError(ValueError):
    """A payload, or what a constructor was given, is not a valid usage.

    A problem is a bad count, a required field that is missing or null, a payload or details that
    are not a mapping, two different values of one field, or a whole response in place of its usage.

    - model: the name of the class that was parsed or constructed.
    - problems: for each problem, the dotted path of the field (in snake_case; empty for the
      whole payload), what was expected, and what was found, as a tuple of three strings.
    """

    def __init__(self, model: str, problems: _abc.Iterable[_Problem]) -> None:
        self.model = model
        self.problems = tuple(problems)
        super().__init__(self.model, self.problems)

    def __str__(self) -> str:
        lines = [
            f"{path}: expected {expected}, got {got}".removeprefix(": ")
            for path, expected, got in self.problems
        ]
        separator = " " if len(lines) == 1 else "\n  "
        return separator.join([f"{self.model}:", *lines])


def _describe(value: object) -> str:
    """Return a short text on a value, in one line."""
    return " ".join(_short_repr(value)[:150].split())


def _refusal(expected: str, got: str) -> UsageError:
    """Return the error for one value. _build replaces "value", and adds the path of the field."""
    return UsageError("value", [("", expected, got)])


# Counts


def _to_count(value: _Any) -> _Any:
    """Return a count as an int if it is whole, else as a float, or raise UsageError."""
    if type(value) is float and value >= 0.0 and value.is_integer():
        return value.__trunc__()  # Faster than int(value).
    if type(value) in (int, float) and 0 <= value < _INFINITY:
        return value
    # Other counts are rare, and these imports are slow.
    from decimal import Decimal
    from numbers import Real

    kinds: _Any = (Real, Decimal)  # Any, as Real has no `>=` for type checkers.
    if isinstance(value, kinds) and not isinstance(value, bool):
        # A fraction may be out of the range of float, and a decimal NaN is not comparable.
        with _suppress(ArithmeticError, ValueError):
            number = float(value)
            if value >= 0 and number < _INFINITY:
                # Not int(number), as a float has only 53 bits. NumPy's __round__ may be no int.
                return int(value.__round__()) if number.is_integer() else number
    raise _refusal(_A_COUNT, _describe(value))


def _add_counts(x: _Any, y: _Any) -> _Any:
    """Return the sum of two counts as they are written in decimal, so that 0.1 + 0.2 is 0.3."""
    from decimal import Context, Decimal  # Slow to import.

    wide = Context(prec=400)  # The largest float is an int of 309 digits.
    return _to_count(wide.add(Decimal(str(x)), Decimal(str(y))))


# Fields


def _is_model(cls: _Any) -> bool:
    """Tell whether a class is a model, maybe of another copy or of an earlier run of a cell."""
    return hasattr(cls, "_common_class")  # The models set it at the end of the file.


def _is_class_var(annotation: _Any) -> bool:
    return _typing.ClassVar in (annotation, _typing.get_origin(annotation))


def _details_in(annotation: _Any) -> _Any:
    """Return the class of the details that a field holds, None for a count, or raise TypeError."""
    members = {annotation}
    origin: _Any = _typing.get_origin(annotation)
    if origin in (_typing.Union, _types.UnionType):
        members = set(_typing.get_args(annotation)) - {type(None)}
    if members <= {int, float}:
        return None
    *others, member = members
    if others or not _is_model(member):
        raise TypeError(f"{annotation!r} is neither int | float nor a class of details (or None)")
    return member


class _Field:
    """A field of a class: what it holds, and how it is set and added.

    - name, camel: its name in snake_case and in camelCase.
    - details: the class of the details that it holds, None for a count.
    - required: whether a payload must have it; else default takes its place.
    - set(usage, value): sets it in a new instance.
    """

    __slots__ = ("camel", "default", "details", "name", "required", "set")

    def __init__(self, cls: _Any, field: _Any, annotation: _Any) -> None:
        self.name: str = field.name
        first, *words = self.name.split("_")
        self.camel = first + "".join(word.capitalize() for word in words)
        self.details = _details_in(annotation)
        slot = getattr(cls, self.name, None)  # Faster than __setattr__, if the class has slots.
        self.set: _Any = getattr(slot, "__set__", self._set_by_name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        # A pickle by value copies MISSING, so its type tells.
        has_default = not isinstance(default, type(_dataclasses.MISSING))
        # A field with init=False and no default is set by a __post_init__.
        self.required: bool = field.init and not has_default
        self.default: _Any = None
        if has_default and default is not None:
            read = _to_count if self.details is None else self.details.from_dict
            self.default = read(default)

    def _set_by_name(self, usage: object, value: object) -> None:
        object.__setattr__(usage, self.name, value)

    def zero(self) -> _Any:
        """Return the sum of no values."""
        if self.default is None and not self.required:
            return None
        return 0 if self.details is None else self.details.zero()

    def add(self, x: _Any, y: _Any) -> _Any:
        """Return the sum of two values, either of which may be None."""
        if x is None:
            x, y = y, x
        if x is None:
            return self.zero()  # The class of the sum may require the field.
        if self.details is None:
            return x if y is None else _add_counts(x, y)
        total = x if y is None else x + y
        if not isinstance(total, self.details):
            # The sum of the details of two edits is of their class. Our zero converts it.
            total += self.details.zero()
            if not isinstance(total, self.details):
                raise TypeError(f"cannot add {x!r} and {y!r}: {self.name} cannot hold the sum")
        return total


class _Cache(dict[_Any, _Any]):
    """What make(key) returned for each key. It is pickled without these items."""

    def __init__(self, make: _abc.Callable[[_Any], _Any]) -> None:
        self._make = make

    def __missing__(self, key: _Any) -> _Any:
        return self.setdefault(key, self._make(key))

    def __reduce__(self) -> tuple[_Any, ...]:
        return type(self), (self._make,)


def _cached(make: _abc.Callable[[_Any], _Any]) -> _abc.Callable[[_Any], _Any]:
    """Decorate a function: call it once for each argument.

    functools.cache cannot be pickled, and pasted code is pickled with all that it refers to.
    """
    return _Cache(make).__getitem__


def _check_decorated(cls: _Any) -> None:
    """Raise TypeError if an annotation in a class is not a field: its counts would be lost."""
    for base in cls.__mro__:
        lost: set[str] = set()
        if "__dataclass_fields__" in vars(base):
            # If cls is not decorated, it has only the fields of the first of its bases.
            lost = base.__dataclass_fields__.keys() - cls.__dataclass_fields__.keys()
        elif hasattr(base, "__dataclass_fields__"):  # Only a base of it is decorated.
            annotations = _inspect.get_annotations(base)
            lost = {name for name in annotations if not _is_class_var(annotations[name])}
        if lost:
            raise TypeError(
                f"{base.__name__}.{min(lost)} is not a field of {cls.__name__}: decorate "
                "each class with @dataclass(frozen=True, slots=True, kw_only=True)"
            )


@_cached
def _fields_of(cls: _Any) -> list[_Field]:
    """Return the fields of a class, or raise TypeError."""
    _check_decorated(cls)
    annotations = _typing.get_type_hints(cls)
    fields: list[_Field] = []
    # Not dataclasses.fields(), which compares marks that a pickle by value copies.
    for name, field in cls.__dataclass_fields__.items():
        try:
            if not _is_class_var(annotations[name]):
                fields.append(_Field(cls, field, annotations[name]))
        except (TypeError, UsageError) as error:
            raise TypeError(f"{cls.__name__}.{name}: {error}") from None
    return fields


@_cached
def _rows_of(cls: _Any) -> list[tuple[_Any, ...]]:
    """Return the fields as tuples, which _build unpacks faster than it reads attributes."""
    return [(f.name, f.camel, f.details, f.required, f.default, f.set) for f in _fields_of(cls)]


@_cached
def _class_of_sum(classes: tuple[_Any, _Any]) -> _Any:
    """Return the class of the sum of instances of two classes, or raise TypeError."""
    one, two = classes
    if issubclass(one, two):
        found = one
    elif issubclass(two, one):
        found = two
    else:
        common = one._common_class
        heirs = [cls for cls in classes if issubclass(cls, common)]
        found = heirs[0] if len(heirs) == 1 else common
    kept = {field.name for field in _fields_of(found)}
    lost = {field.name for cls in classes for field in _fields_of(cls)} - kept
    if lost:
        raise TypeError(f"cannot add {one.__name__} and {two.__name__}: {min(lost)} would be lost")
    return found


# Models

_new = object.__new__  # Looking it up for each instance makes parsing 5 % slower.


def _check_mapping(cls: _Any, data: _Any) -> None:
    """Raise UsageError if data is not a mapping, and say what to pass in its place."""
    if isinstance(data, _abc.Mapping):
        return
    got = _describe(data)
    if hasattr(data, "usage"):
        got += ": pass its .usage.model_dump()"
    elif hasattr(data, "model_dump"):
        got += ": pass its .model_dump()"
    elif hasattr(data, "to_dict"):
        got += ": pass its .to_dict()"
    raise UsageError(cls.__name__, [("", _A_MAPPING, got)])


def _one_value(snake: _Any, camel: _Any) -> _Any:
    """Return the value of a field that a payload has in both spellings, or raise UsageError."""
    if snake is None:
        return camel
    if camel is None or snake is camel or snake == camel:
        return snake
    raise _refusal("one value in both spellings", f"{_describe(snake)} and {_describe(camel)}")


def _keys_of(cls: _Any) -> set[str]:
    return {key for field in _fields_of(cls) for key in (field.name, field.camel)}


def _missing(cls: _Any, payload: _Any, details: _Any) -> UsageError:
    """Return the error for a required field that a payload lacks, with the keys it has instead."""
    known = _keys_of(cls)
    unknown = [key for key in payload if key not in known]
    got = f"nothing; unknown keys: {_describe(unknown)}" if unknown else "nothing"
    return _refusal(_A_COUNT if details is None else _A_MAPPING, got)


def _build(cls: _Any, payload: _Any, given: _Any = None) -> _Any:
    """Return an instance with what a payload has for its fields, or raise UsageError.

    A constructor gives the instance that it has made, and the values of that as the payload.
    """
    if dict is not type(payload):  # In the other order, pyright finds unknown types below.
        if isinstance(payload, cls):
            return payload
        _check_mapping(cls, payload)
    usage = _new(cls) if given is None else given
    problems: tuple[_Problem, ...] = ()
    for name, camel, details, required, default, set_field in _rows_of(cls):
        try:
            if name in payload:
                value = payload[name]
                if camel in payload:
                    value = _one_value(value, payload[camel])
            elif camel in payload:
                value = payload[camel]
            elif required:
                raise _missing(cls, payload, details)
            else:
                value = None
            if value is None and not required:
                value = default
            elif details is not None:
                value = _build(details, value)
            elif type(value) is not int or value < 0:  # _to_count() returns other ints as they are.
                value = _to_count(value)
            set_field(usage, value)
        except UsageError as error:
            for path, expected, got in error.problems:
                problems += ((f"{name}.{path}" if path else name, expected, got),)
    if problems:
        if "usage" in payload and _keys_of(cls).isdisjoint(payload):
            problems = (("", "a usage", "a whole response: pass its ['usage']"),)
        raise UsageError(cls.__name__, problems)
    if cls._has_hook and given is None:  # A constructor runs it itself.
        usage.__post_init__()
    return usage


def _values_of(usage: _Any) -> dict[str, _Any]:
    """Return the values by name. A field with init=False may not be set yet."""
    return {field.name: getattr(usage, field.name, None) for field in _fields_of(type(usage))}


def _restore(cls: _Any, values: dict[str, _Any]) -> _Any:
    """Restore a copy or a pickle as it was: nothing is checked, and no __post_init__ called."""
    usage = _new(cls)
    for field in _fields_of(cls):
        field.set(usage, values.get(field.name))
    return usage


class _Model:
    """The methods of all classes."""

    __slots__ = ()
    _has_hook = False  # Whether a subclass has a __post_init__ of its own, which must call ours.

    def __init_subclass__(cls, **kwargs: _Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._has_hook = cls.__post_init__ is not _Model.__post_init__
        # Under `from __future__ import annotations`, annotations are strings, and where a class is
        # unpickled by value, their names are unknown. So they are evaluated here, if they can be.
        with _suppress(Exception):
            cls.__annotations__ = _inspect.get_annotations(cls, eval_str=True)

    def __post_init__(self) -> None:
        """Check the arguments of the constructor as from_dict does, or raise UsageError."""
        _build(type(self), _values_of(self), self)

    @classmethod
    def from_dict(cls: type[_T], data: _T | _abc.Mapping[str, object]) -> _T:  # noqa: PYI019, RUF100
        """Return the instance that a mapping describes, with keys in snake_case or camelCase.

        A count is a finite real number of at least 0, but not a bool. A whole one becomes an int,
        any other a float. A missing or null field gets its default. Unknown keys are ignored. An
        instance is returned as it is. A new one runs a subclass's __post_init__.

        Raise UsageError with all problems of the payload. Raise TypeError if a field of the class
        is neither a count nor details, or if the class lacks @dataclass.

        >>> InputTokensDetails.from_dict({"textTokens": 13.0, "image_tokens": None})
        InputTokensDetails(image_tokens=None, text_tokens=13)
        """
        usage: _T = _build(cls, data)
        return usage

    def to_dict(self, *, camel_case: bool = False) -> dict[str, _Any]:
        """Return a new dict of ints, floats and nested dicts, in the order of the fields.

        Fields that are None are left out. The keys are in snake_case, or else in camelCase.

        >>> InputTokensDetails(text_tokens=13).to_dict(camel_case=True)
        {'textTokens': 13}
        """
        payload: dict[str, _Any] = {}
        for field in _fields_of(type(self)):
            value = getattr(self, field.name)
            if value is not None:
                if field.details is not None:
                    value = value.to_dict(camel_case=camel_case)
                payload[field.camel if camel_case else field.name] = value
        return payload

    # For type checkers: the first is for one class, the others for two that have a base in common.
    @_typing.overload
    def __add__(self: _T, other: _T | _typing.Literal[0]) -> _T: ...
    @_typing.overload
    def __add__(self: "_Usage", other: "_Usage") -> "CreateImageUsage": ...  # type: ignore[misc, overload-cannot-match, unused-ignore]  # noqa: UP037, RUF100
    @_typing.overload
    def __add__(self: "_Details", other: "_Details") -> "InputTokensDetails": ...  # type: ignore[misc, overload-cannot-match, unused-ignore]  # noqa: UP037, RUF100

    def __add__(self, other: _Any) -> _Any:
        """Return the sum, field by field; the sum of None and a count is that count.

        Floats add up as they are written in decimal. The sum with 0 is self. The sum of a class
        and a subclass is of the subclass. Any other sum is a CreateImageUsage or an
        InputTokensDetails; if one of the two extends that class, the sum is of its class.

        Raise TypeError if a field would be lost.

        >>> InputTokensDetails(text_tokens=0.1) + InputTokensDetails(text_tokens=0.2)
        InputTokensDetails(image_tokens=None, text_tokens=0.3)
        """
        cls: _Any = type(self)
        if type(other) is not cls:
            if type(other) is int and other == 0:
                return self
            if not _is_model(type(other)):
                return NotImplemented
            cls = _class_of_sum((cls, type(other)))
        total = _new(cls)  # _build() would check again what is checked, in twice the time.
        for field in _fields_of(cls):
            x: _Any = getattr(self, field.name, None)
            y: _Any = getattr(other, field.name, None)
            both_int = type(x) is int and type(y) is int  # Nearly always; this saves a call.
            field.set(total, x + y if both_int else field.add(x, y))
        if cls._has_hook:
            total.__post_init__()
        return total

    def __radd__(self: _T, other: int) -> _T:  # noqa: PYI019, RUF100
        """Return self for 0 + self, with which sum() begins. Anything else is a TypeError."""
        if type(other) is int and other == 0:
            return self
        return NotImplemented

    @classmethod
    def zero(cls: type[_T]) -> _T:  # noqa: PYI019, RUF100
        """Return the sum of no usages or details.

        A count is 0 and details are their zero, but a field whose default is None is None.

        >>> CreateImageEditInputTokensDetails.zero().to_dict()
        {'text_tokens': 0, 'image_tokens': 0}
        >>> CreateImageUsage.zero().to_dict()
        {'input_tokens_details': {}}
        """
        usage: _T = _build(cls, {field.name: field.zero() for field in _fields_of(cls)})
        return usage

    def __reduce__(self) -> tuple[_Any, ...]:
        """Copy and pickle by the names of the fields, and run no __post_init__.

        cloudpickle 2 would lose the counts of a pasted class.
        """
        return _restore, (type(self), _values_of(self))


class _Details(_Model):
    """The base of all details, which can be added to each other."""

    __slots__ = ()


class _Usage(_Model):
    """The base of all usages, which can be added to each other."""

    __slots__ = ()


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputTokensDetails(_Details):
    """The input tokens of a generation, an edit or a variation, by kind; also the sum of details.

    - image_tokens: tokens of the images in the input; None if not reported.
    - text_tokens: tokens of the text in the input; None if not reported.
    """

    image_tokens: int | float | None = None
    text_tokens: int | float | None = None


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageUsage(_Usage):
    """The tokens that a generation, an edit or a variation used; also the sum of different usages.

    The constructor checks and converts its arguments as from_dict does, and raises UsageError.
    CreateImageEditUsage and CreateImageVariationUsage also refuse a usage that lacks a count.

    - input_tokens: tokens of the input, text and images together; None if not reported.
    - input_tokens_details: the input tokens by kind; required, but its counts may be None.
    - output_tokens: tokens of the output; None if not reported.
    - total_tokens: tokens of the input and the output; None if not reported.
    """

    input_tokens: int | float | None = None
    input_tokens_details: InputTokensDetails
    output_tokens: int | float | None = None
    total_tokens: int | float | None = None


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationInputTokensDetails(_Details):
    """The input tokens of a variation, by kind, as in InputTokensDetails; both are required."""

    text_tokens: int | float
    image_tokens: int | float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationUsage(_Usage):
    """The tokens that a variation used, as in CreateImageUsage; all fields are required."""

    total_tokens: int | float
    input_tokens: int | float
    output_tokens: int | float
    input_tokens_details: CreateImageVariationInputTokensDetails


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageEditInputTokensDetails(_Details):
    """The input tokens of an edit, by kind, as in InputTokensDetails; both are required."""

    text_tokens: int | float
    image_tokens: int | float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageEditUsage(_Usage):
    """The tokens that an edit used, as in CreateImageUsage; all fields are required."""

    total_tokens: int | float
    input_tokens: int | float
    output_tokens: int | float
    input_tokens_details: CreateImageEditInputTokensDetails


# The classes of the sums of different classes.
_typing.cast(_Any, _Details)._common_class = InputTokensDetails
_typing.cast(_Any, _Usage)._common_class = CreateImageUsage

# Other names of the API: the first is of the Python SDK since 4.8, the others of that before 4.2.
CreateImageInputTokensDetails = InputTokensDetails
PostV2ProxyImagesEditsInputTokensDetails = CreateImageEditInputTokensDetails
PostV2ProxyImagesEditsUsage = CreateImageEditUsage

# The usage of any image endpoint, for annotations, isinstance() and maps from endpoint to class.
ImageUsage = CreateImageUsage | CreateImageVariationUsage | CreateImageEditUsage
