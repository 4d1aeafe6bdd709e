# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Parse, add and dump the token usage that Orq's image endpoints report.

CreateImageUsage reads the usage of generations, edits and variations. With the Python SDK, pass
response.usage.model_dump(), unless response.usage is None. The names of classes are the API's.

>>> usage = CreateImageUsage.from_dict({
...     "total_tokens": 5343, "input_tokens": 1724, "output_tokens": 3619,
...     "input_tokens_details": {"text_tokens": 838, "image_tokens": 886},
... })
>>> sum([usage, usage], CreateImageUsage.zero()).total_tokens
10686
"""

# All but the public names begin with "_", as the file may be pasted into a script.
import collections.abc as _abc
import dataclasses as _dataclasses
import inspect as _inspect
import typing as _typing
from contextlib import suppress as _suppress
from reprlib import repr as _short_repr

__version__ = "3.0.0"
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


class UsageError(ValueError):
    """A payload is not a valid usage, or a sum of usages is too large.

    - model: the name of the class that was parsed, constructed or summed.
    - problems: for each problem, the dotted path of the field (in snake_case; empty for the
      whole payload), what was expected, and what was found, as a tuple of three strings.
    """

    def __init__(self, model: str, problems: _abc.Iterable[tuple[str, str, str]]) -> None:
        self.model, self.problems = model, tuple(problems)
        super().__init__(model, self.problems)

    def __str__(self) -> str:
        lines = [f"{p or 'payload'}: expected {e}, got {g}" for p, e, g in self.problems]
        return (" " if len(lines) == 1 else "\n  ").join([f"{self.model}:", *lines])


def _refusal(expected: str, got: str) -> UsageError:
    """Return the error for a value, without the class and the path, which _within adds."""
    return UsageError("", [("", expected, got)])


def _within(name: str, error: UsageError) -> tuple[tuple[str, str, str], ...]:
    """Return the problems of the value of a field, with its name before their paths."""
    return tuple((f"{name}.{path}".rstrip("."), e, g) for path, e, g in error.problems)


def _shown(value: object) -> str:
    """Return a short text for an error message: None, a number or a str itself, else its type."""
    from numbers import Number  # Slow to import.

    if isinstance(value, int) and abs(value) > _MAX:
        return "an int out of the range of float"
    if value is None or isinstance(value, (str, Number)):
        return " ".join(_short_repr(value).splitlines())
    kind = type(value)
    return f"an object of type {kind.__module__}.{kind.__qualname__}".replace(" builtins.", " ")


_COUNT = "a finite number of at least 0"


def _count(value: _Any) -> int | float:
    """Return a token count as a plain int or float, or raise UsageError."""
    from decimal import Decimal  # Slow to import, as is numbers.
    from numbers import Integral, Rational, Real

    kind: _Any = value.__class__
    if kind is not bool and issubclass(kind, (Real, Decimal)):
        # NumPy's durations are Integral, but have no __index__: AttributeError.
        with _suppress(AttributeError, ValueError, OverflowError):
            number: int | float = value.__index__() if issubclass(kind, Integral) else float(value)
            exact = issubclass(kind, (Rational, Decimal)) and abs(number) <= _MAX
            # A Decimal or Fraction may have more digits than a float.
            number = whole if exact and (whole := int(value)) == value else number
            if 0 <= number <= _MAX and not value < 0:
                return number
    raise _refusal(_COUNT, _shown(value))


def _add(x: int | float, y: int | float) -> int | float:  # noqa: PYI041, RUF100
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
        raise _refusal(f"a sum of at most {_MAX:.1e}", "a larger one")
    return total


class _Cache(dict[_Any, _Any]):
    """What is made from a class or a pair of classes on first use. A pickle leaves it behind.

    It is not a functools.cache, as cloudpickle cannot ship that with pasted code.
    """

    def __missing__(self, key: _Any) -> _Any:
        plan = self[_class_of_sum(*key)] if type(key) is tuple else key and _plan_of(key)
        return self.setdefault(key, plan)

    def __reduce__(self) -> tuple[_Any, ...]:
        return type(self), ()


_CACHE = _Cache()
_KINDS = "a field is int, float, both or a class of details known at run time, alone or with None"


def _plan_of(cls: _Any) -> tuple[_Any, ...]:
    """Return the rows of a class, the arguments of its own __post_init__ or None, and the class.

    A row has the name in both spellings, the default (a value or a factory; ... if required), the
    class of details and what parses them (None for a count), and what sets the field.
    """
    missing = type(_dataclasses.MISSING)  # MISSING itself is another object after a pickle.
    rows, arguments = list[_Any](), list[_Any]()
    # dataclasses.fields() finds none after a pickle of cloudpickle 2.2.
    for name, field in getattr(cls, "__dataclass_fields__", {}).items():
        found = (d for d in (field.default, field.default_factory) if not isinstance(d, missing))
        default = next(found, ... if field.init else None)
        kind = str(field.type).partition("[")[0].rpartition(".")[2].rstrip("'>")
        if kind == "InitVar":
            arguments.append(default)
        elif kind != "ClassVar":
            camel = name.split("_")[0] + "".join(w[:1].upper() + w[1:] for w in name.split("_")[1:])
            slot = getattr(getattr(cls, name, None), "__set__", None)
            set_: _Any = slot or (lambda new, value, n=name: object.__setattr__(new, n, value))  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType, reportUnknownVariableType]
            rows.append((name, camel, default, *_details_of(cls, field), set_))
    if not rows or ... in arguments:
        raise TypeError(f"{cls.__name__} has no fields, or an InitVar that has no default")
    return tuple(rows), arguments if cls.__post_init__ is not _Model.__post_init__ else None, cls


def _details_of(cls: _Any, field: _Any) -> tuple[_Any, _Any]:
    """Return the class of details of a field and what parses them, or None twice for a count."""
    *_, owner = (b for b in cls.__mro__ if field in getattr(b, "__dataclass_fields__", {}).values())
    try:
        kinds = _kinds(field.type, owner)
        if kinds and kinds <= {int, float}:
            return None, None
        [(model, read)] = [(kind, kind._read) for kind in kinds]  # Only details have _read.
        return model, read if model.from_dict == model._parse else model.from_dict
    except Exception as error:
        raise TypeError(f"{owner.__name__}.{field.name} is {field.type!r}; {_KINDS}") from error


def _kinds(hint: _Any, owner: _Any) -> set[_Any]:
    """Return what an annotation in a class allows beside None."""
    names = {"__module__": owner.__module__, "__annotations__": {"": hint}}
    hint = _typing.get_type_hints(type("", (), names), None, {**vars(owner)})[""]
    if hasattr(hint, "__value__"):  # type X = ...
        return _kinds(hint.__value__, owner)
    if _typing.get_origin(hint) in (_typing.Union, type(int | str)):  # type: ignore[comparison-overlap, unused-ignore]
        return {kind for part in _typing.get_args(hint) for kind in _kinds(part, owner)}
    return {hint} - {type(None)}


def _class_of_sum(one: _Any, two: _Any) -> _Any:
    """Return the class for the sum of two classes, None for a stranger, or raise TypeError."""
    if getattr(two, "_wide", None) != one._wide:
        return None
    found = [cls for cls, other in ((one, two), (two, one)) if issubclass(cls, other)]
    found = found or [cls for cls in (one, two) if issubclass(cls, one._wide)] or [one._wide]
    kept, *given = [{(r[0], r[3] is None) for r in _CACHE[c][0]} for c in (found[0], one, two)]
    if len(found) > 1 or not kept.issuperset(given[0] | given[1]):
        raise TypeError(f"cannot add {one.__name__} and {two.__name__}: neither can hold the sum")
    return found[0]


def _no_mapping(data: _Any) -> str:
    """Return a text on an object that is no mapping: what it is, and what to pass instead."""
    shown, path = _shown(data), ".usage" if hasattr(data, "usage") else ""
    data = data.usage if path else data
    way = path + next((f".{n}()" for n in ("model_dump", "to_dict") if hasattr(data, n)), "")
    return shown + (": its usage is None" if path and data is None else way and f": pass its {way}")


def _no_field(rows: tuple[_Any, ...], payload: _Any) -> str:
    """Return a text on a mapping that lacks a field: its keys that belong to no field."""
    keys = [str(k) for k in payload if not any(k in (name, camel) for name, camel, *_ in rows)]
    way = ": pass its ['usage']" if "usage" in keys and payload["usage"] is not None else ""
    return f"nothing beside {_short_repr(keys)}{way}" if keys else "nothing"


def _read_usage(cls: type[_T], data: _Any, new: _T | None = None) -> _T:  # noqa: UP047, RUF100
    """Return an instance made from a mapping; or fill `new`. Pickles name this function."""
    rows, arguments, _ = _CACHE[cls]
    payload: _Any = data
    if type(data) is not dict and (isinstance(data, cls) or not isinstance(data, _abc.Mapping)):
        if isinstance(data, cls):
            return data
        raise UsageError(cls.__name__, [("", "a mapping", _no_mapping(data))])
    usage: _Any = _new(cls) if new is None else new
    problems: tuple[_Any, ...] = ()
    for name, camel, default, model, parse, set_ in rows:
        try:
            if name in payload:
                value = payload[name]
                if camel in payload and camel != name and value != payload[camel]:
                    both = f"{_shown(value)} and {_shown(payload[camel])}"
                    raise _refusal("one value in both spellings", both)
            elif camel in payload:
                value = payload[camel]
            elif default is None:
                value = None
            elif default is not ...:
                value = default() if callable(default) else default
            else:
                got, data = _no_field(rows, data), ()  # The keys are named once.
                raise _refusal("a mapping" if model else _COUNT, got)
            if value is None and default is None:
                pass
            elif model is not None:
                if type(value) is dict or not isinstance(value, model):
                    value = parse(value)
            elif not (  # To call _count for each count would be slow.
                (type(value) is float and 0.0 <= value < 1e9)
                or (type(value) is int and 0 <= value < 10**9)
            ):
                value = _count(value)
            set_(usage, value)
        except UsageError as error:
            problems += _within(name, error)
    if problems:
        raise UsageError(cls.__name__, problems)
    if arguments is not None and new is None:
        usage.__post_init__(*arguments)
    return usage  # type: ignore[no-any-return]


class _Model:
    """The methods that all classes share, each a loop over the rows of the class."""

    __slots__ = ()
    _wide = _typing.cast(_Any, None)  # The class of sums of different classes.

    def __init_subclass__(cls, **kwargs: _Any) -> None:
        super().__init_subclass__(**kwargs)
        # Annotations that are strings are evaluated here, as they may not be where a pickle goes.
        with _suppress(Exception):  # What fails is left to the first use.
            cls.__annotations__ = _inspect.get_annotations(cls, eval_str=True)
            hints = _typing.get_type_hints(cls, None, dict(vars(cls)), True)  # Nested ones, too.
            cls.__annotations__ = {name: hints[name] for name in cls.__annotations__}

    @classmethod
    def from_dict(cls: type[_T], data: _T | _abc.Mapping[str, object]) -> _T:  # noqa: PYI019, RUF100
        """Return the instance that a mapping describes, with keys in snake_case or camelCase.

        A count is an int, a float or another real number (Decimal, Fraction, NumPy's), finite,
        at least 0 and no bool. A missing field gets its default; null is accepted where the
        default is None; unknown keys are ignored. An instance of the class is returned as it is.
        Like + and zero, it calls a subclass's __post_init__ once an instance, but not __init__.

        Raise UsageError with all problems: a bad count, a required field that is missing or null,
        a payload or details that are no mapping, a field with different values in two spellings.
        Raise TypeError if the class has a field that is neither a count nor details.

        >>> InputTokensDetails.from_dict({"textTokens": 13, "image_tokens": None})
        InputTokensDetails(image_tokens=None, text_tokens=13)
        """
        return _read_usage(cls, data, None)

    _parse = from_dict  # Pickles of 2.0.0 name it.

    def __post_init__(self) -> None:
        """Apply the rules of from_dict to the arguments of the constructor."""
        for name, _, default, model, _, _ in _CACHE[type(self)][0]:
            value: _Any = getattr(self, name, None)
            kind = type(value)  # pyright: ignore[reportUnknownVariableType]
            if kind is model or (kind is int and model is None and 0 <= value < 10**9):
                continue
            if not (value is default is None or (kind is float and not model and 0 <= value < 1e9)):
                _read_usage(*_Model.__reduce__(self)[1], self)
                return

    def __reduce__(self) -> tuple[_Any, tuple[type[_Any], dict[str, _Any]]]:
        """Pickle and copy by the names of the fields, as a later release may add fields."""
        values = {name: getattr(self, name, None) for name, *_ in _CACHE[type(self)][0]}
        return _read_usage, (type(self), values)

    def to_dict(self, *, camel_case: bool = False) -> dict[str, _Any]:
        """Return a new dict of plain values, in field order, without the fields that are None.

        >>> InputTokensDetails(text_tokens=13).to_dict(camel_case=True)
        {'textTokens': 13}
        """
        plain: dict[str, _Any] = {}
        for name, camel, _, model, _, _ in _CACHE[type(self)][0]:
            if (value := getattr(self, name)) is not None:
                key = camel if camel_case else name
                plain[key] = value if model is None else value.to_dict(camel_case=camel_case)
        return plain

    @_typing.overload
    def __add__(self: _T, other: _T | _typing.Literal[0]) -> _T: ...
    @_typing.overload
    def __add__(self: "_Usage", other: "_Usage") -> "CreateImageUsage": ...  # type: ignore[misc, overload-cannot-match, unused-ignore]  # noqa: UP037, RUF100
    @_typing.overload
    def __add__(self: "_Details", other: "_Details") -> "InputTokensDetails": ...  # type: ignore[misc, overload-cannot-match, unused-ignore]  # noqa: UP037, RUF100

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
            rows, arguments, _ = _CACHE[cls]
        elif plan := _CACHE[cls, type(other)]:
            rows, arguments, cls = plan
        else:
            return self if type(other) is int and other == 0 else NotImplemented
        total = _new(cls)
        problems: tuple[_Any, ...] = ()
        for name, _, default, model, _, set_ in rows:
            x, y = getattr(self, name, None), getattr(other, name, None)
            if type(x) is int and type(y) is int and (small := x + y) < 10**9:
                set_(total, small)
                continue
            try:
                value = x if y is None else y if x is None else x + y if model else _add(x, y)
                # Details are of the class of their field, and not None if it is required.
                if model and not (isinstance(value, model) or value is default is None):
                    value = _read_usage(model, model.zero() + (0 if value is None else value))
                set_(total, value)
            except UsageError as error:
                problems += _within(name, error)
        if problems:
            raise UsageError(cls.__name__, problems)
        if arguments is not None:
            total.__post_init__(*arguments)
        return total

    def __radd__(self: _T, other: int) -> _T:  # noqa: PYI019, RUF100
        """Return self for 0 + self, with which sum() begins."""
        return self if type(other) is int and other == 0 else _typing.cast(_T, NotImplemented)

    @classmethod
    def zero(cls: type[_T]) -> _T:  # noqa: PYI019, RUF100
        """Return the sum of no usages: 0 for each count, None where None is the default."""
        rows = ((n, model) for n, _, default, model, *_ in _CACHE[cls][0] if default is not None)
        return _read_usage(cls, {name: model.zero() if model else 0 for name, model in rows})


class _Details(_Model):
    __slots__ = ()
    _read = classmethod(_read_usage)  # What from_dict calls.


class _Usage(_Model):
    __slots__ = ()


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputTokensDetails(_Details):
    """The input tokens of a generation, by kind; also the sum of different details.

    In the Python SDK since 4.8, CreateImageInputTokensDetails.

    - image_tokens: tokens of the images in the input; None if not reported.
    - text_tokens: tokens of the text in the input; None if not reported.
    """

    image_tokens: int | float | None = None
    text_tokens: int | float | None = None


_Details._wide = InputTokensDetails  # pyright: ignore[reportPrivateUsage]


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageUsage(_Usage):
    """The tokens that a generation, an edit or a variation used; also the sum of different usages.

    - input_tokens: tokens of the input, text and images together; None if not reported.
    - input_tokens_details: the input tokens by kind; required, but its counts may be None.
    - output_tokens: tokens of the output; None if not reported.
    - total_tokens: tokens of the input and the output; None if not reported.
    """

    input_tokens: int | float | None = None
    input_tokens_details: InputTokensDetails
    output_tokens: int | float | None = None
    total_tokens: int | float | None = None


_Usage._wide = CreateImageUsage  # pyright: ignore[reportPrivateUsage]


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationInputTokensDetails(_Details):
    """The input tokens of a variation, by kind; both are required.

    - text_tokens: tokens of the text in the input.
    - image_tokens: tokens of the images in the input.
    """

    text_tokens: int | float
    image_tokens: int | float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CreateImageVariationUsage(_Usage):
    """The tokens that a variation used; all fields are required.

    - total_tokens: tokens of the input and the output.
    - input_tokens: tokens of the input, text and images together.
    - output_tokens: tokens of the output.
    - input_tokens_details: the input tokens by kind.
    """

    total_tokens: int | float
    input_tokens: int | float
    output_tokens: int | float
    input_tokens_details: CreateImageVariationInputTokensDetails


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsInputTokensDetails(_Details):
    """The input tokens of an edit; in the Python SDK, CreateImageEditInputTokensDetails.

    - text_tokens: tokens of the text in the input.
    - image_tokens: tokens of the images in the input.
    """

    text_tokens: int | float
    image_tokens: int | float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsUsage(_Usage):
    """The tokens that an edit used; in the Python SDK since 4.2.0, CreateImageEditUsage.

    - total_tokens: tokens of the input and the output.
    - input_tokens: tokens of the input, text and images together.
    - output_tokens: tokens of the output.
    - input_tokens_details: the input tokens by kind.
    """

    total_tokens: int | float
    input_tokens: int | float
    output_tokens: int | float
    input_tokens_details: PostV2ProxyImagesEditsInputTokensDetails


CreateImageInputTokensDetails = InputTokensDetails
CreateImageEditInputTokensDetails = PostV2ProxyImagesEditsInputTokensDetails
CreateImageEditUsage = PostV2ProxyImagesEditsUsage

# The usage of any image endpoint, for annotations, isinstance() and maps from endpoint to class.
ImageUsage = CreateImageUsage | CreateImageVariationUsage | PostV2ProxyImagesEditsUsage
