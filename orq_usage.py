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

__version__ = "4.0.0"
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
_Count = int | float
_Problem = tuple[str, str, str]

_MAX = 1.7976931348623157e308  # sys.float_info.max
_COUNT = "a finite number of at least 0"
_MAPPING = "a mapping"


# Errors


class UsageError(ValueError):
    """A payload is not a valid usage, or a sum of usages is out of the range of float.

    A problem of a payload is a bad count, a required field that is missing or null, a payload or
    details that are not a mapping, two different values of one field, or a whole response in
    place of its usage.

    - model: the name of the class that was parsed, constructed or summed.
    - problems: for each problem, the dotted path of the field (in snake_case; empty for the
      whole payload), what was expected, and what was found, as a tuple of three strings.
    """

    def __init__(self, model: str, problems: _abc.Iterable[_Problem]) -> None:
        self.model = model
        self.problems = tuple(problems)
        super().__init__(self.model, self.problems)

    def __str__(self) -> str:
        lines = [
            f"{path or 'payload'}: expected {expected}, got {got}"
            for path, expected, got in self.problems
        ]
        if len(lines) == 1:
            return f"{self.model}: {lines[0]}"
        return "\n  ".join([f"{self.model}:", *lines])


def _refusal(expected: str, got: str) -> UsageError:
    """Return the error for one value. The class that has the value adds its name and the path."""
    return UsageError("", [("", expected, got)])


def _problems_of(name: str, error: UsageError) -> tuple[_Problem, ...]:
    """Return the problems of the value of a field, with the name of the field in their paths."""
    # The path of the value itself is empty.
    return tuple(
        (f"{name}.{path}".rstrip("."), expected, got) for path, expected, got in error.problems
    )


def _describe(value: object) -> str:
    """Return a short text on a value: None, a number or a str itself, else what it is."""
    from numbers import Number  # Slow to import.

    if isinstance(value, int) and abs(value) > _MAX:
        return "an int out of the range of float"
    if value is None or isinstance(value, (str, Number)):
        return " ".join(_short_repr(value).splitlines())
    if isinstance(value, type):
        return f"the class {value.__qualname__}"
    kind = type(value)
    if kind.__module__ == "builtins":
        return f"an object of type {kind.__qualname__}"
    return f"an object of type {kind.__module__}.{kind.__qualname__}"


def _hint(usage: _Any, path: str) -> str:
    """Return the end of an error on the usage at a path: what to pass instead, or nothing."""
    if usage is None:
        return ": its usage is None"
    if isinstance(usage, type):
        return ""
    if isinstance(usage, _abc.Mapping):
        return f": pass its {path}"
    for method in ("model_dump", "to_dict"):
        if hasattr(usage, method):
            return f": pass its {path}.{method}()"
    return ""


def _describe_no_mapping(data: _Any) -> str:
    """Return a text on an object that is not a mapping, and on what to pass in its place."""
    if data is None or isinstance(data, type):
        return _describe(data)
    if hasattr(data, "usage"):
        return _describe(data) + _hint(data.usage, ".usage")
    return _describe(data) + _hint(data, "")


# Counts


def _int_if_whole(number: float) -> _Count:
    """Return a float as an int if it is whole. A float from 2**53 on may be rounded, and stays."""
    if number < 2**53 and number.is_integer():
        return int(number)
    return number


def _real_number(value: _Any) -> _Any:
    """Return a real number as an int if it is whole, else as a float; None for anything else."""
    if type(value) is int:
        return value
    if isinstance(value, float):
        return _int_if_whole(float(value))
    from decimal import Decimal  # Slow to import, as is numbers.
    from math import trunc
    from numbers import Integral, Rational, Real

    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        return None
    if isinstance(value, Integral):
        return value.__index__()
    number = float(value)
    if isinstance(value, (Rational, Decimal)) and abs(number) <= _MAX:
        whole: _Any = trunc(value)  # The value may have more digits than a float.
        if whole == value:
            return int(whole)
    return _int_if_whole(number)


def _count(value: _Any) -> _Count:
    """Return a count as an int if it is whole, else as a float, or raise UsageError.

    The loops of from_dict, _check_fields and __add__ have a shortcut for counts below 10**9.
    """
    try:
        number: _Count | None = _real_number(value)
    except (ValueError, OverflowError, AttributeError):
        # NumPy registers timedelta64 as Integral, but it has no __index__: AttributeError.
        number = None
    # float(Decimal("-1e-999")) is -0.0, so the value itself must be compared, too.
    if number is None or not 0 <= number <= _MAX or value < 0:
        raise _refusal(_COUNT, _describe(value))
    return number


def _add_ten_thousandths(x: _Count, y: _Count) -> _Count | None:
    """Return the sum of two counts of at most four decimals if it is below 10**11, else None."""
    if x + y >= 1e11:
        return None
    a = round(x * 10_000)
    b = round(y * 10_000)
    # a and b have at most 15 digits, which a float keeps (sys.float_info.dig). So if a / 10_000
    # is x, x is written with at most four decimals. a + b is exact; only its division rounds.
    if a / 10_000 != x or b / 10_000 != y:
        return None
    if (a + b) % 10_000 == 0:
        return (a + b) // 10_000
    return (a + b) / 10_000


def _add_fractions(x: _Count, y: _Count) -> _Count:
    """Return the sum of two counts as they are written in decimal, rounded once."""
    from fractions import Fraction  # Slow to import.

    try:
        return _int_if_whole(float(Fraction(str(x)) + Fraction(str(y))))
    except OverflowError:
        return float("inf")


def _add_counts(x: _Count, y: _Count) -> _Count:
    """Return the sum of two counts, so that 0.1 + 0.2 is 0.3, or raise UsageError."""
    total: _Count | None
    if type(x) is int and type(y) is int:
        total = x + y
    else:
        total = _add_ten_thousandths(x, y)  # Quicker by far, and the normal case.
        if total is None:
            total = _add_fractions(x, y)
    if total > _MAX:
        raise _refusal(f"a sum of at most {_MAX:.1e}", "a larger one")
    return total


# The plan of a class


class _Cache(dict[_Any, _Any]):
    """What make(cls) returns, kept for each class from its first use on.

    functools.cache cannot be used, as cloudpickle cannot ship it with pasted code. This cache is
    pickled without its items.
    """

    def __init__(self, make: _abc.Callable[[_Any], _Any]) -> None:
        self._make = make

    def __missing__(self, key: _Any) -> _Any:
        return self.setdefault(key, self._make(key))

    def __reduce__(self) -> tuple[_Any, ...]:
        return type(self), (self._make,)


_KINDS = "a field is int, float, int | float or a class of details, each alone or with None"
_REQUIRED = "required"  # Stands for the default of a field that has none.


def _is_model(cls: _Any) -> bool:
    """Tell whether a class is a model, maybe one of an earlier run of the cell with this code."""
    return hasattr(cls, "_is_details")  # All models have this attribute, be it true or false.


def _is_details_class(annotation: _Any) -> bool:
    """Tell whether an annotation is a class of details. A generic alias of one is not."""
    return isinstance(annotation, type) and getattr(annotation, "_is_details", False)


def _own_fields(cls: _Any) -> dict[str, _Any]:
    """Return the fields that dataclass has given a class; none if it is not decorated."""
    fields: dict[str, _Any] = cls.__dict__.get("__dataclass_fields__", {})
    return fields


def _own_annotations(cls: _Any) -> dict[str, _Any]:
    """Return the evaluated annotations of a class, without those of its bases."""
    names = {
        "__module__": cls.__module__,
        # eval_str, as get_type_hints of Python 3.10 does not evaluate a string "KW_ONLY".
        "__annotations__": _inspect.get_annotations(cls, eval_str=True),
    }
    # get_type_hints would evaluate the bases, too, and the names of a mixin may be unknown.
    without_bases = type(cls.__name__, (), names)
    # The names of the class come first, as a nested class hides one of the module.
    return _typing.get_type_hints(without_bases, None, dict(cls.__dict__), include_extras=True)


def _is_field(annotation: _Any) -> bool:
    """Tell whether an evaluated annotation makes a field. ClassVar and KW_ONLY do not."""
    origin: _Any = _typing.get_origin(annotation)
    if annotation is _typing.ClassVar or origin is _typing.ClassVar:
        return False
    # Not `is KW_ONLY`, as a pickle by value makes another object of it.
    return not isinstance(annotation, type(_dataclasses.KW_ONLY))


def _not_decorated(cls: _Any, name: str) -> TypeError:
    return TypeError(
        f"{name} is annotated, but is not a field of {cls.__name__}: "
        f"decorate {cls.__name__} with @dataclass(frozen=True, slots=True, kw_only=True)"
    )


def _annotations_of(cls: _Any) -> dict[str, _Any]:
    """Return the evaluated annotations of a class and its bases.

    Raise TypeError if one cannot be evaluated, or if one in a model has not become a field.
    """
    annotations: dict[str, _Any] = {}
    for base in reversed(cls.__mro__):
        base_fields = _own_fields(base)
        if not base_fields and not _is_model(base):
            continue  # The annotations of a mixin are not fields, unless it is a dataclass.
        try:
            own_annotations = _own_annotations(base)
        except Exception as error:
            text = f"an annotation of {base.__name__} cannot be evaluated: {error}; {_KINDS}"
            raise TypeError(text) from error
        annotations |= own_annotations
        for name, annotation in own_annotations.items():
            if not _is_field(annotation):
                continue
            if name not in base_fields:
                raise _not_decorated(base, name)
            # Without the decorator, a class inherits only the fields of its first base.
            if name not in cls.__dataclass_fields__:
                raise _not_decorated(cls, name)
    return annotations


def _members(annotation: _Any) -> list[_Any]:
    """Return the members of a union except None; of another annotation, itself."""
    if annotation is type(None):
        return []
    if hasattr(annotation, "__value__"):  # type X = ...
        return _members(annotation.__value__)
    origin: _Any = _typing.get_origin(annotation)
    arguments = _typing.get_args(annotation)
    if origin is _typing.Annotated:
        return _members(arguments[0])
    if origin is _typing.Union or origin is _types.UnionType:
        return [member for argument in arguments for member in _members(argument)]
    return [annotation]


def _wrong_kind(cls: _Any, field: _Any, annotation: _Any) -> TypeError:
    # Subclasses share the Field object: the last class of the MRO that has it defines the field.
    owners = [base for base in cls.__mro__ if _own_fields(base).get(field.name) is field]
    return TypeError(f"{owners[-1].__name__}.{field.name} is {annotation!r}; {_KINDS}")


def _details_of(cls: _Any, field: _Any, annotation: _Any) -> _Any:
    """Return the class of the details in a field, None for a count, or raise TypeError."""
    try:
        members = _members(annotation)
    except Exception as error:  # The value of a type statement cannot be evaluated.
        raise _wrong_kind(cls, field, annotation) from error
    if members and all(member in (int, float) for member in members):
        return None
    if len(members) == 1 and _is_details_class(members[0]):
        return members[0]
    raise _wrong_kind(cls, field, annotation)


def _default_of(field: _Any) -> _Any:
    """Return None for a default of None, _REQUIRED for none, else a function that makes it."""
    missing = type(_dataclasses.MISSING)  # A pickle by value makes another object of MISSING.
    if not isinstance(field.default_factory, missing):
        return field.default_factory
    if field.default is None:
        return None
    if not isinstance(field.default, missing):
        return lambda: field.default
    if field.init:
        return _REQUIRED
    return None  # A __post_init__ will set it.


def _overrides(cls: _Any, method: str) -> bool:
    """Tell whether a subclass or a mixin has its own version of a method of all models."""
    owner = next(base for base in cls.__mro__ if method in vars(base))
    models = [base for base in cls.__mro__ if _is_model(base)]
    return owner is not models[-1]  # The last one is _Model, maybe of an earlier run of the cell.


def _parser_of(details: _Any) -> _Any:
    """Return a function that parses details and returns an instance as it is, as from_dict does."""
    if not _overrides(details, "from_dict"):
        return details.from_dict

    def parse(value: _Any) -> _Any:  # The from_dict of a subclass may not take an instance.
        if isinstance(value, details):
            return value
        return details.from_dict(value)

    return parse


def _setter_of(cls: _Any, name: str) -> _Any:
    """Return a function that sets a field of a new instance: that of its slot, if it has one."""
    slot: _Any = getattr(cls, name, None)
    if hasattr(slot, "__set__"):
        return slot.__set__

    def set_field(usage: _Any, value: _Any) -> None:
        object.__setattr__(usage, name, value)

    return set_field


def _camel_case(name: str) -> str:
    first, *words = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in words)


class _Plan:
    """What the methods of a class do: for each of them, a list with one row for each field.

    Rows are tuples, as loops unpack those fastest. In the rows,

    - camel is the name in camelCase, and key is the name in one of the spellings,
    - may_be_none tells whether the default is None,
    - details is the class of details, and parse_details its parser; both are None for a count,
    - is_details tells whether the field holds details,
    - parse returns a parsed value or raises UsageError,
    - set_field sets the field of an instance.
    """

    def __init__(self, cls: _Any) -> None:
        self.cls = cls
        self.own_post_init = None
        if _overrides(cls, "__post_init__"):
            self.own_post_init = cls.__post_init__
        # These are filled in _add_rows.
        self.to_read: list[tuple[str, str, bool, _Any, _Any]] = []
        self.to_check: list[tuple[str, bool, _Any, _Any, _Any]] = []
        self.to_add: list[tuple[str, bool, _Any, _Any]] = []
        self.to_dump: list[tuple[str, str, bool]] = []
        self.to_dump_in_camel_case: list[tuple[str, str, bool]] = []
        self.required: dict[str, str] = {}  # What is expected, for errors.
        self.defaults: dict[str, _Any] = {}  # Except None: what makes a default, and its parser.
        annotations = _annotations_of(cls)
        for name, field in cls.__dataclass_fields__.items():
            annotation = annotations.get(name, field.type)  # A pickle by value may have lost them.
            if _is_field(annotation):
                details = _details_of(cls, field, annotation)
                self._add_rows(name, _default_of(field), details, _setter_of(cls, name))
        self.keys = {key for name, camel, *_ in self.to_read for key in (name, camel)}
        # If no field is required, a whole response would be parsed as a usage without counts.
        self.may_be_empty = not self.required and not cls._is_details

    def _add_rows(self, name: str, default: _Any, details: _Any, set_field: _Any) -> None:
        camel = _camel_case(name)
        may_be_none = default is None
        expected = _COUNT
        parse: _Any = _count
        parse_details = None
        if details is not None:
            expected = _MAPPING
            parse = parse_details = _parser_of(details)
        if default is _REQUIRED:
            self.required[name] = expected
        elif default is not None:
            self.defaults[name] = default, parse
        self.to_read.append((name, camel, may_be_none, parse_details, set_field))
        self.to_check.append((name, may_be_none, details, parse, set_field))
        self.to_add.append((name, may_be_none, details, set_field))
        self.to_dump.append((name, name, details is not None))
        self.to_dump_in_camel_case.append((name, camel, details is not None))

    def default(self, name: str) -> _Any:
        """Return the default of a field that is null, or raise UsageError if it is required."""
        if name in self.required:
            raise _refusal(self.required[name], "None")
        make, parse = self.defaults[name]
        value = make()
        if value is None:
            return None
        return parse(value)

    def default_in(self, payload: _Any, name: str) -> _Any:
        """Return the default of a field that is missing or null, or raise UsageError."""
        if name in self.defaults:  # It is not required.
            return self.default(name)
        missing = [
            field
            for field, camel, *_ in self.to_read
            if field in self.required and field not in payload and camel not in payload
        ]
        if name not in missing:
            got = "None"
        elif name == missing[0]:  # Only the error of the first one lists the unknown keys.
            got = self.describe_missing(payload)
        else:
            got = "nothing"
        raise _refusal(self.required[name], got)

    def check_payload(self, payload: _Any) -> None:
        """Raise UsageError if a payload is not a mapping, or is a response instead of its usage."""
        if not isinstance(payload, _abc.Mapping):
            problem = "", _MAPPING, _describe_no_mapping(payload)
            raise UsageError(self.cls.__name__, [problem])
        keys = _typing.cast(_Any, payload)
        if self.may_be_empty and "usage" in keys and self.keys.isdisjoint(keys):
            problem = "", "a usage", self.describe_missing(payload)
            raise UsageError(self.cls.__name__, [problem])

    def has_fields_of(self, plan: _Any) -> bool:
        """Tell whether the class has each field of another plan, so that none would be lost."""
        # A row to dump holds the name of a field, and whether it is a count or details.
        return set(self.to_dump).issuperset(plan.to_dump)

    def describe_missing(self, payload: _Any) -> str:
        """Return a text on a payload that lacks a field: its unknown keys, and what to pass."""
        unknown = [key for key in payload if key not in self.keys]
        if not unknown:
            return "nothing"
        text = f"nothing beside {_short_repr([str(key) for key in unknown])}"
        if "usage" in unknown:
            text += _hint(payload["usage"], "['usage']")
        return text


_PLANS: dict[_Any, _Plan] = _Cache(_Plan)

_new = object.__new__  # Looking it up for each instance makes parsing 5 % slower.


def _check_fields(usage: _Any, *init_vars: object) -> None:
    """Apply the rules of from_dict to the arguments of the constructor, or raise UsageError.

    This is the __post_init__ of all models. It accepts init_vars only so that a class with
    InitVars gets the TypeError of _PLANS, and not one about the number of arguments.
    """
    cls: _Any = usage.__class__
    plan = _PLANS[cls]
    problems: tuple[_Problem, ...] = ()
    for name, may_be_none, details, parse, set_field in plan.to_check:
        value = getattr(usage, name, None)  # A field with init=False may not be set yet.
        if type(value) is details:
            continue  # Its own constructor has checked it. A count never gets here.
        if details is None and type(value) is int and 0 <= value < 10**9:
            continue  # A shortcut, as in from_dict.
        if details is None and type(value) is float and 0.0 <= value < 1e9:
            if value.is_integer():
                set_field(usage, value.__trunc__())
            continue
        if value is None and may_be_none:
            continue
        try:
            if value is None:
                value = plan.default(name)
            else:
                value = parse(value)
            set_field(usage, value)
        except UsageError as error:
            problems += _problems_of(name, error)
    if problems:
        raise UsageError(cls.__name__, problems)


def _restore(usage: _Any, values: dict[str, _Any]) -> None:
    """Set the fields of a new instance, and what else a subclass without slots has; check them."""
    remaining = dict(values)
    for name, _, _, set_field in _PLANS[usage.__class__].to_add:
        set_field(usage, remaining.pop(name, None))
    if hasattr(usage, "__dict__"):
        usage.__dict__.update(remaining)
    _check_fields(usage)


def _read_usage(cls: _Any, values: dict[str, _Any]) -> _Any:
    """Restore a copy or a pickle. The __post_init__ of a subclass is not called.

    Pickles of 3.0.0 and later name this function.
    """
    usage: _Any = _new(cls)
    _restore(usage, values)
    return usage


# Sums of classes


def _no_sum(one: _Any, two: _Any) -> TypeError:
    return TypeError(f"cannot add {one.__name__} and {two.__name__}: neither can hold the sum")


def _plan_of_sum(one: _Any, two: _Any) -> _Plan | None:
    """Return the plan of the class of a sum, or None if these are not two usages or two details.

    Raise TypeError if that class would lose a field, or if no class extends the other but each
    extends the common class of sums.
    """
    if not _is_model(two) or one._sum_class is not two._sum_class:
        return None
    common = one._sum_class
    if issubclass(one, two):
        found = one
    elif issubclass(two, one):
        found = two
    elif issubclass(one, common) and issubclass(two, common):
        raise _no_sum(one, two)
    elif issubclass(one, common):
        found = one
    elif issubclass(two, common):
        found = two
    else:
        found = common
    plan = _PLANS[found]
    if not plan.has_fields_of(_PLANS[one]) or not plan.has_fields_of(_PLANS[two]):
        raise _no_sum(one, two)
    return plan


_PLANS_OF_SUMS = _Cache(lambda one: _Cache(lambda two: _plan_of_sum(one, two)))


def _zero_of(details: _Any, may_be_none: bool) -> _Any:
    """Return the sum of no values of a field."""
    if may_be_none:
        return None
    if details is None:
        return 0
    return details.zero()


def _convert_details(value: _Any, details: _Any) -> _Any:
    """Return a value as an instance of the class `details`. A field that it lacks gets its zero."""
    if isinstance(value, details):
        return value
    cls: _Any = value.__class__
    plan = _PLANS[details]
    if not plan.has_fields_of(_PLANS[cls]):
        raise TypeError(f"cannot add {cls.__name__} to {details.__name__}: it has more fields")
    values = {name: getattr(value, name, None) for name, *_ in _PLANS[cls].to_add}
    for name, may_be_none, nested, _ in plan.to_add:
        if name not in values:
            values[name] = _zero_of(nested, may_be_none)
    converted = _read_usage(details, values)
    if plan.own_post_init is not None:
        plan.own_post_init(converted)
    return converted


def _add_none(x: _Any, y: _Any, details: _Any, may_be_none: bool) -> _Any:
    """Return the sum of two values of a field of which one or both are None."""
    if x is None and y is None and may_be_none:
        return None  # The most frequent case needs no other call.
    if x is None and y is None:
        return _zero_of(details, may_be_none)
    value = y
    if y is None:
        value = x
    if details is None:
        return value
    return _convert_details(value, details)


# Models


def _one_value(snake: _Any, camel: _Any) -> _Any:
    """Return the value of a field that a payload has in both spellings, or raise UsageError."""
    if snake is None:
        return camel
    if camel is None or snake == camel:
        return snake
    raise _refusal("one value in both spellings", f"{_describe(snake)} and {_describe(camel)}")


class _Model:
    """The methods of all classes. Each is a loop over the rows that the plan of the class has."""

    __slots__ = ()
    _is_details = False

    def __init_subclass__(cls, **kwargs: _Any) -> None:
        super().__init_subclass__(**kwargs)
        # Annotations that are strings are evaluated here, as their names may be unknown where the
        # class is unpickled. Those that cannot be evaluated yet are left to the first use.
        with _suppress(Exception):
            cls.__annotations__ = _own_annotations(cls)

    @classmethod
    def from_dict(cls: type[_T], data: _T | _abc.Mapping[str, object]) -> _T:  # noqa: PYI019, RUF100
        """Return the instance that a mapping describes, with keys in snake_case or camelCase.

        A count is a finite real number of at least 0, but not a bool. A whole one becomes an int,
        except a float of 2**53 or more. A missing or null field gets its default. Unknown keys
        are ignored. An instance is returned as it is. A new one runs a subclass's __post_init__.

        Raise UsageError with all problems of the payload. Raise TypeError if a field of the class
        is neither a count nor details, or if the class lacks @dataclass.

        >>> InputTokensDetails.from_dict({"textTokens": 13.0, "image_tokens": None})
        InputTokensDetails(image_tokens=None, text_tokens=13)
        """
        plan = _PLANS[cls]
        payload: _Any = data
        if type(data) is not dict or (plan.may_be_empty and "usage" in payload):
            if isinstance(payload, cls):
                return payload
            plan.check_payload(payload)
        usage = _new(cls)
        problems: tuple[_Problem, ...] = ()
        for name, camel, may_be_none, parse_details, set_field in plan.to_read:
            try:
                value = None
                if name in payload:
                    value = payload[name]
                    if camel in payload and camel != name:
                        value = _one_value(value, payload[camel])
                elif camel in payload:
                    value = payload[camel]
                if value is None:
                    if not may_be_none:
                        value = plan.default_in(payload, name)
                elif parse_details is not None:
                    value = parse_details(value)
                elif type(value) is int and 0 <= value < 10**9:
                    pass  # A shortcut for the normal case. _count would return the same.
                elif type(value) is float and 0.0 <= value < 1e9:
                    if value.is_integer():
                        value = value.__trunc__()  # Faster than int(value).
                else:
                    value = _count(value)
                set_field(usage, value)
            except UsageError as error:
                problems += _problems_of(name, error)
        if problems:
            raise UsageError(cls.__name__, problems)
        if plan.own_post_init is not None:
            plan.own_post_init(usage)
        return usage

    __post_init__ = _check_fields
    _parse = classmethod(_read_usage)  # Pickles of 2.0.0 name it.

    def __reduce__(self) -> tuple[_Any, tuple[_Any, dict[str, _Any]]]:
        """Copy and pickle by the names of the fields, as a later release may add fields."""
        values = dict(getattr(self, "__dict__", {}))  # What a subclass without slots has.
        for name, *_ in _PLANS[type(self)].to_add:
            values[name] = getattr(self, name, None)
        return _read_usage, (type(self), values)

    def __setstate__(self, state: list[_Any]) -> None:
        """Restore a pickle of 1.0.0 or 1.1.0, which holds the values without names."""
        names = [name for name, *_ in _PLANS[type(self)].to_add]
        _restore(self, dict(zip(names, state, strict=False)))

    def to_dict(self, *, camel_case: bool = False) -> dict[str, _Any]:
        """Return a new dict of ints, floats and nested dicts, in the order of the fields.

        Fields that are None are left out. The keys are in snake_case, or else in camelCase.

        >>> InputTokensDetails(text_tokens=13).to_dict(camel_case=True)
        {'textTokens': 13}
        """
        rows = _PLANS[type(self)].to_dump
        if camel_case:
            rows = _PLANS[type(self)].to_dump_in_camel_case
        payload: dict[str, _Any] = {}
        for name, key, is_details in rows:
            value = getattr(self, name)
            if value is not None:
                if is_details:
                    value = value.to_dict(camel_case=camel_case)
                payload[key] = value
        return payload

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

        Raise UsageError with all sums that are out of the range of float. Raise TypeError if a
        field would be lost, or if two different subclasses could be the class of the sum.

        >>> InputTokensDetails(text_tokens=0.1) + InputTokensDetails(text_tokens=0.2)
        InputTokensDetails(image_tokens=None, text_tokens=0.3)
        """
        cls: _Any = type(self)
        if type(other) is cls:
            plan = _PLANS[cls]
        else:
            plan = _PLANS_OF_SUMS[cls][type(other)]
            if plan is None and type(other) is int and other == 0:
                return self
            if plan is None:
                return NotImplemented
        total = _new(plan.cls)
        problems: tuple[_Problem, ...] = ()
        for name, may_be_none, details, set_field in plan.to_add:
            x = getattr(self, name, None)
            y = getattr(other, name, None)
            value: _Any
            try:
                if type(x) is int and type(y) is int:
                    value = x + y
                    if value >= 10**9:  # It may be out of the range of float.
                        value = _add_counts(x, y)
                elif x is None or y is None:
                    value = _add_none(x, y, details, may_be_none)
                elif details is None:
                    value = _add_counts(x, y)
                else:
                    value = x + y
                    if type(value) is not details:  # That sum may be of another class.
                        value = _convert_details(value, details)
                set_field(total, value)
            except UsageError as error:
                problems += _problems_of(name, error)
        if problems:
            raise UsageError(plan.cls.__name__, problems)
        if plan.own_post_init is not None:
            plan.own_post_init(total)
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
        plan = _PLANS[cls]
        usage = _new(cls)
        for _, may_be_none, details, set_field in plan.to_add:
            set_field(usage, _zero_of(details, may_be_none))
        if plan.own_post_init is not None:
            plan.own_post_init(usage)
        return usage


class _Details(_Model):
    """The base of all details, which can be added to each other."""

    __slots__ = ()
    _is_details = True


class _Usage(_Model):
    """The base of all usages, which can be added to each other."""

    __slots__ = ()


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class InputTokensDetails(_Details):
    """The input tokens of a generation, an edit or a variation, by kind; also the sum of details.

    In the Python SDK since 4.8, CreateImageInputTokensDetails.

    - image_tokens: tokens of the images in the input; None if not reported.
    - text_tokens: tokens of the text in the input; None if not reported.
    """

    image_tokens: int | float | None = None
    text_tokens: int | float | None = None


# The class of the sum of different details.
_typing.cast(_Any, _Details)._sum_class = InputTokensDetails


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


# The class of the sum of different usages.
_typing.cast(_Any, _Usage)._sum_class = CreateImageUsage


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
    """The input tokens of an edit, by kind; both are required.

    In the Python SDK, CreateImageEditInputTokensDetails.

    - text_tokens: tokens of the text in the input.
    - image_tokens: tokens of the images in the input.
    """

    text_tokens: int | float
    image_tokens: int | float


@_dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PostV2ProxyImagesEditsUsage(_Usage):
    """The tokens that an edit used; all fields are required.

    In the Python SDK since 4.2.0, CreateImageEditUsage.

    - total_tokens: tokens of the input and the output.
    - input_tokens: tokens of the input, text and images together.
    - output_tokens: tokens of the output.
    - input_tokens_details: the input tokens by kind.
    """

    total_tokens: int | float
    input_tokens: int | float
    output_tokens: int | float
    input_tokens_details: PostV2ProxyImagesEditsInputTokensDetails


# dataclass gives classes with slots a __setstate__ that restores a pickle of 1.1.0 without
# making 13 of 13.0. Without it, they inherit the one of _Model.
_models: tuple[_Any, ...] = (
    InputTokensDetails,
    CreateImageUsage,
    CreateImageVariationInputTokensDetails,
    CreateImageVariationUsage,
    PostV2ProxyImagesEditsInputTokensDetails,
    PostV2ProxyImagesEditsUsage,
)
for _model in _models:
    del _model.__setstate__

CreateImageInputTokensDetails = InputTokensDetails
CreateImageEditInputTokensDetails = PostV2ProxyImagesEditsInputTokensDetails
CreateImageEditUsage = PostV2ProxyImagesEditsUsage

# The usage of any image endpoint, for annotations, isinstance() and maps from endpoint to class.
ImageUsage = CreateImageUsage | CreateImageVariationUsage | PostV2ProxyImagesEditsUsage
