# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Parse, add and dump the token usage that Orq's image endpoints report.

CreateImageUsage reads the usage of all three endpoints: generations, edits and variations.

>>> usage = CreateImageUsage.from_dict({
...     "total_tokens": 5343, "input_tokens": 1724, "output_tokens": 3619,
...     "input_tokens_details": {"text_tokens": 838, "image_tokens": 886},
... })
>>> total = sum([usage, usage], CreateImageUsage.zero())
>>> total.total_tokens
10686

With Orq's Python SDK, the usage of a response is an object, or None if it was not reported:

    if response.usage is not None:
        total += CreateImageUsage.from_dict(response.usage.model_dump())
"""

# All but the public names begin with "_", as the file may be pasted into a script.
import collections.abc as _abc
import dataclasses as _dataclasses
import inspect as _inspect
import typing as _typing
from contextlib import suppress as _suppress
from operator import methodcaller as _methodcaller
from reprlib import repr as _short_repr

__version__ = "2.0.0"
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
_T = _typing.TypeVar("_T")
_MAX = 1.7976931348623157e308  # sys.float_info.max
_new = object.__new__
_Missing = type(_dataclasses.MISSING)  # MISSING itself is another object after a pickle.
_COUNT = "a finite number of at least 0"


class UsageError(ValueError):
    """A payload is not a valid usage, or a sum of usages is too large.

    - model: the name of the class that was parsed, constructed or summed.
    - problems: for each problem, the dotted path of the field (in snake_case; empty for the
      whole payload), what was expected, and what was found, as a tuple of three strings.
    """

    def __init__(self, model: str, problems: _abc.Iterable[tuple[str, str, str]]) -> None:
        self.model = model
        self.problems = tuple(problems)
        super().__init__(model, self.problems)

    def __str__(self) -> str:
        lines = [f"{p or 'payload'}: expected {e}, got {g}" for p, e, g in self.problems]
        return (" " if len(lines) == 1 else "\n  ").join([f"{self.model}:", *lines])


def _shown(value: object) -> str:
    """Return a short text for an error message: None, a number or a str itself, else its type."""
    from numbers import Number  # Slow to import.

    if isinstance(value, int) and abs(value) > _MAX:
        return "an int out of the range of float"
    if value is None or isinstance(value, (str, Number)):
        return " ".join(_short_repr(value).splitlines())
    kind = type(value)
    return f"an object of type {kind.__module__}.{kind.__qualname__}".replace(" builtins.", " ")


def _count(value: _Any) -> float:
    """Return a token count as a plain int or float, or raise UsageError."""
    from numbers import Complex, Real  # Slow to import.

    kind = value.__class__
    try:
        # float() reads text, too, and NumPy's complex; NumPy names its bool "bool_" or "bool".
        imaginary = issubclass(kind, Complex) and not issubclass(kind, Real)
        if imaginary or issubclass(kind, _abc.Sequence) or kind.__name__ in ("bool", "bool_"):
            raise TypeError
        number = value.__index__() if hasattr(value, "__index__") else float(value)
        exact = hasattr(value, "__trunc__") and not isinstance(value, (int, float))
        if exact and abs(number) <= _MAX and (whole := int(value)) == value:
            number = whole  # A Decimal or Fraction may have more digits than a float.
        if 0 <= number <= _MAX and not (exact and value < 0):
            return number
    except (TypeError, ValueError, OverflowError):
        pass
    raise UsageError("", [("", _COUNT, _shown(value))])


def _add_counts(x: float, y: float) -> float:
    """Return the sum of two counts as they are written in decimal, or raise UsageError."""
    total = x + y
    if type(total) is float:
        if total < 1e11:
            # Four decimals below 10**11 are 15 digits, which a float keeps (sys.float_info.dig).
            a, b = round(x * 10_000), round(y * 10_000)
            if a / 10_000 == x and b / 10_000 == y:
                return (a + b) / 10_000
        from decimal import ROUND_HALF_EVEN, Context, Decimal  # Slow to import.

        # From 1.8e308 down to 5e-324 there are fewer than 700 digits: only float() rounds.
        exact = Context(700, ROUND_HALF_EVEN, -999, 999, capitals=1, clamp=0, flags=[], traps=[])
        total = float(exact.add(Decimal(repr(x)), Decimal(repr(y))))
    if total > _MAX:
        raise UsageError("", [("", f"a sum of at most {_MAX:.1e}", "a larger one")])
    return total


def _nothing(cls: type[_Any], keys: _abc.Iterable[object]) -> str:
    """Return a text with the keys that belong to no field of a class, as many as fit a line."""
    known = {key for row in _TABLES[cls] for key in row[:2]}
    unnamed, text = [key for key in keys if key not in known], ""
    while unnamed and len(text) < 80:
        text += ", " + _short_repr(str(unnamed.pop(0)))
    return f"nothing beside [{text[2:]}{', ...' if unnamed else ''}]" if text else "nothing"


class _Memo(dict[_Any, _T]):
    """Values that are made from their keys on first use. A pickle leaves them behind."""

    def __init__(self, make: _abc.Callable[[_Any], _T]) -> None:
        self.make = make

    def __missing__(self, key: _Any) -> _T:
        value = self[key] = self.make(key)
        return value

    def __reduce__(self) -> tuple[_Any, ...]:
        return type(self), (self.make,)


def _rows(cls: type[_Any]) -> _abc.Iterator[tuple[str, str, _Any, _Any, _Any]]:
    """Yield a row for each field of a class.

    A row has the name in snake_case and camelCase, the function that sets the field, the class
    of details (None for a count), and the dataclasses.Field (None if the default is None).
    """
    hints = _typing.get_type_hints(cls)
    for field in _dataclasses.fields(cls):
        name = field.name
        kinds = getattr(hints[name], "__args__", (hints[name],))
        model = next((kind for kind in kinds if hasattr(kind, "from_dict")), None)
        head, *tail = name.split("_")
        camel = head + "".join(part[:1].upper() + part[1:] for part in tail)
        set_ = getattr(getattr(cls, name, None), "__set__", _setter(name))
        yield name, camel, set_, model, None if field.default is None else field


def _setter(name: str) -> _abc.Callable[[object, object], None]:
    return lambda new, value: object.__setattr__(new, name, value)


def _plan(one: _Any, two: _Any) -> _Any:
    """Return the class for the sum of instances of two classes, and its table.

    That is the derived one of the two; otherwise the widest class of their kind, or the one of
    the two that extends it. Return None, or raise TypeError, if they do not add up.
    """
    wide = one._wide
    if getattr(two, "_wide", None) != wide:
        return None
    found = [cls for cls, other in ((one, two), (two, one)) if issubclass(cls, other)]
    found = found or [cls for cls in (one, two) if issubclass(cls, wide)] or [wide]
    table = _TABLES[found[0]]
    fields = {row[0] for row in _TABLES[one] + _TABLES[two]}
    if len(found) > 1 or not fields.issubset(row[0] for row in table):
        raise TypeError(f"cannot add {one.__name__} and {two.__name__}: neither extends the other")
    return found[0], table


_TABLES = _Memo(lambda cls: tuple(_rows(cls)))
_PLANS = _Memo(lambda one: _Memo(lambda two: _plan(one, two)))


class _Model:
    """The methods that all classes share, each a loop over the table of the class."""

    __slots__ = ()
    _wide = _typing.cast(_Any, None)  # The class of sums of different classes.

    def __init_subclass__(cls, **kwargs: _Any) -> None:
        super().__init_subclass__(**kwargs)
        # Annotations that are strings are evaluated here, as they may not be where a pickle goes.
        with _suppress(NameError):
            cls.__annotations__ = _inspect.get_annotations(cls, eval_str=True)

    @classmethod
    def from_dict(cls: type[_T], data: _T | _abc.Mapping[str, object]) -> _T:  # noqa: PYI019
        """Return the instance that a mapping describes, with keys in snake_case or camelCase.

        A count is an int, a float or another number (Decimal, Fraction, NumPy's), finite, at
        least 0 and no bool. A missing field gets its default; null is accepted where the
        default is None; unknown keys are ignored. An instance of the class is returned as it is.

        Raise UsageError with all problems: a bad count, a required field that is missing or null,
        a payload or details that are no mapping, a field with different values in two spellings.
        from_dict, + and zero do not call __init__ or __post_init__ of a subclass.

        >>> InputTokensDetails.from_dict({"textTokens": 13, "image_tokens": None})
        InputTokensDetails(image_tokens=None, text_tokens=13)
        >>> InputTokensDetails.from_dict(None)
        Traceback (most recent call last):
          ...
        orq_usage.UsageError: InputTokensDetails: payload: expected a mapping, got None
        """
        payload: _Any = data
        if type(data) is not dict:
            if isinstance(data, cls):
                return data
            if not isinstance(data, _abc.Mapping):
                way = "" if getattr(data, "usage", None) is None else ".usage"
                hint = f": pass its {way}.model_dump()" if hasattr(data, "model_dump") else ""
                raise UsageError(cls.__name__, [("", "a mapping", _shown(data) + hint)])
        new = _new(cls)
        problems: tuple[_Any, ...] = ()
        unnamed = payload
        for name, camel, set_, model, field in _TABLES[cls]:
            if name in payload:
                value = payload[name]
                if camel in payload and camel != name and value != payload[camel]:
                    both = f"{_shown(value)} and {_shown(payload[camel])}"
                    problems += ((name, "one value in both spellings", both),)
                    continue
            elif camel in payload:
                value = payload[camel]
            elif field is None:
                value = None
            elif not isinstance(field.default, _Missing):
                value = field.default
            elif not isinstance(field.default_factory, _Missing):
                value = field.default_factory()
            else:
                problems += ((name, "a mapping" if model else _COUNT, _nothing(cls, unnamed)),)
                unnamed = ()  # The keys are named once.
                continue
            try:
                if value is None and field is None:
                    pass
                elif model is not None:
                    if type(value) is dict or not isinstance(value, model):
                        value = model.from_dict(value)
                elif not (  # To call _count for each field would be slow.
                    (type(value) is float and 0.0 <= value < 1e9)
                    or (type(value) is int and 0 <= value < 1_000_000_000)
                ):
                    value = _count(value)
                set_(new, value)
            except UsageError as error:
                for path, expected, got in error.problems:
                    problems += ((f"{name}.{path}".rstrip("."), expected, got),)
        if problems:
            raise UsageError(cls.__name__, problems)
        return new

    _parse = from_dict  # Pickles name it, as a subclass may override from_dict.

    def __post_init__(self) -> None:
        """Apply the rules of from_dict to the arguments of the constructor."""
        table = _TABLES[type(self)]
        for name, _, _, model, field in table:
            value = getattr(self, name)
            if not (
                (type(value) is int and model is None and 0 <= value < 1_000_000_000)
                or type(value) is model
                or (type(value) is float and model is None and 0.0 <= value < 1e9)
                or (value is None and field is None)
            ):
                parsed = self._parse({row[0]: getattr(self, row[0]) for row in table})
                for row in table:
                    row[2](self, getattr(parsed, row[0]))
                return

    def __reduce__(self) -> tuple[_Any, ...]:
        """Pickle and copy by the names of the fields, as a later release may add fields."""
        values = {row[0]: getattr(self, row[0]) for row in _TABLES[type(self)]}
        return _methodcaller("_parse", values), (type(self),)

    def to_dict(self, *, camel_case: bool = False) -> dict[str, _Any]:
        """Return a new dict of plain values, in field order, without the fields that are None.

        >>> InputTokensDetails(text_tokens=13).to_dict(camel_case=True)
        {'textTokens': 13}
        """
        plain: dict[str, _Any] = {}
        for name, camel, _, model, _ in _TABLES[type(self)]:
            value = getattr(self, name)
            if value is not None:
                key = camel if camel_case else name
                plain[key] = value if model is None else value.to_dict(camel_case=camel_case)
        return plain

    @_typing.overload
    def __add__(self: _T, other: _T | _typing.Literal[0]) -> _T: ...
    @_typing.overload
    def __add__(self: "_Usage", other: "_Usage") -> "CreateImageUsage": ...  # type: ignore[misc, overload-cannot-match]  # noqa: UP037, RUF100
    @_typing.overload
    def __add__(self: "_Details", other: "_Details") -> "InputTokensDetails": ...  # type: ignore[misc, overload-cannot-match]  # noqa: UP037, RUF100

    def __add__(self, other: _Any) -> _Any:
        """Return the sum, field by field; the sum of None and a count is that count.

        Different classes make a CreateImageUsage or InputTokensDetails, or the one that extends
        it; a class and a subclass, the subclass. Floats add up as written. The sum with 0 is
        self. Raise UsageError with all sums that are out of range, and TypeError if a field
        would be lost or both classes extend that class.

        >>> InputTokensDetails(text_tokens=0.1) + InputTokensDetails(text_tokens=0.2)
        InputTokensDetails(image_tokens=None, text_tokens=0.3)
        """
        cls = type(self)
        if type(other) is cls:
            table = _TABLES[cls]
        elif plan := _PLANS[cls][type(other)]:
            cls, table = plan
        else:
            return self if type(other) is int and other == 0 else NotImplemented
        total = _new(cls)
        problems: tuple[_Any, ...] = ()
        for name, _, set_, model, _ in table:
            x, y = getattr(self, name, None), getattr(other, name, None)
            if type(x) is int and type(y) is int and (small := x + y) < 1_000_000_000:
                set_(total, small)
                continue
            try:
                if x is None or y is None:
                    value = y if x is None else x
                else:
                    value = _add_counts(x, y) if model is None else x + y
                if not (model is None or value is None or isinstance(value, model)):
                    value = model.zero() + value  # The class of the field, not of the operands.
                set_(total, value)
            except UsageError as error:
                for path, expected, got in error.problems:
                    problems += ((f"{name}.{path}".rstrip("."), expected, got),)
        if problems:
            raise UsageError(cls.__name__, problems)
        return total

    def __radd__(self: _T, other: int) -> _T:  # noqa: PYI019
        """Return self for 0 + self, with which sum() begins."""
        if type(other) is int and other == 0:
            return self
        return NotImplemented

    @classmethod
    def zero(cls: type[_T]) -> _T:  # noqa: PYI019
        """Return the sum of no usages: 0 for each count, None where None is the default.

        >>> CreateImageVariationInputTokensDetails.zero()
        CreateImageVariationInputTokensDetails(text_tokens=0, image_tokens=0)
        """
        new = _new(cls)
        for _, _, set_, model, field in _TABLES[cls]:
            set_(new, None if field is None else model.zero() if model else 0)
        return new


class _Details(_Model):
    __slots__ = ()


class _Usage(_Model):
    __slots__ = ()


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputTokensDetails(_Details):
    """The input tokens of a generation, by kind; also the sum of different details.

    The name is the API's; in the Python SDK since 4.8, CreateImageInputTokensDetails.

    - image_tokens: tokens of the images in the input; None if not reported.
    - text_tokens: tokens of the text in the input; None if not reported.
    """

    image_tokens: float | None = None
    text_tokens: float | None = None


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageUsage(_Usage):
    """The tokens that a generation, an edit or a variation used; also the sum of different usages.

    In the API, the usage of a generation has this name.

    - input_tokens: tokens of the input, text and images together; None if not reported.
    - input_tokens_details: the input tokens by kind; required, but its counts may be None.
    - output_tokens: tokens of the output; None if not reported.
    - total_tokens: tokens of the input and the output; None if not reported.
    """

    input_tokens: float | None = None
    input_tokens_details: InputTokensDetails
    output_tokens: float | None = None
    total_tokens: float | None = None


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationInputTokensDetails(_Details):
    """The input tokens of a variation, by kind; both are required. The name is the API's.

    - text_tokens: tokens of the text in the input.
    - image_tokens: tokens of the images in the input.
    """

    text_tokens: float
    image_tokens: float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationUsage(_Usage):
    """The tokens that a variation used; all fields are required. The name is the API's.

    - total_tokens: tokens of the input and the output.
    - input_tokens: tokens of the input, text and images together.
    - output_tokens: tokens of the output.
    - input_tokens_details: the input tokens by kind.
    """

    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: CreateImageVariationInputTokensDetails


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsInputTokensDetails(_Details):
    """The input tokens of an edit, by kind; both are required. The name is the API's.

    In the Python SDK since 4.2.0, CreateImageEditInputTokensDetails.

    - text_tokens: tokens of the text in the input.
    - image_tokens: tokens of the images in the input.
    """

    text_tokens: float
    image_tokens: float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsUsage(_Usage):
    """The tokens that an edit used; all fields are required. The name is the API's.

    In the Python SDK since 4.2.0, CreateImageEditUsage.

    - total_tokens: tokens of the input and the output.
    - input_tokens: tokens of the input, text and images together.
    - output_tokens: tokens of the output.
    - input_tokens_details: the input tokens by kind.
    """

    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: PostV2ProxyImagesEditsInputTokensDetails


_Details._wide = InputTokensDetails  # pyright: ignore[reportPrivateUsage]
_Usage._wide = CreateImageUsage  # pyright: ignore[reportPrivateUsage]

CreateImageInputTokensDetails = InputTokensDetails
CreateImageEditInputTokensDetails = PostV2ProxyImagesEditsInputTokensDetails
CreateImageEditUsage = PostV2ProxyImagesEditsUsage

# The usage of any image endpoint, for annotations, isinstance() and maps from endpoint to class.
ImageUsage = CreateImageUsage | CreateImageVariationUsage | PostV2ProxyImagesEditsUsage
