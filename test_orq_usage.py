# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Tests of orq_usage; `python -m unittest` runs them with nothing installed.

Contract holds what the README promises, a plain example a test. The other classes go through all
cases, in the order of the parts of the module: errors, counts, plans, sums of classes, models;
then pasted code, processes, the SDK and the README. Tests that need another package, another
Python or processes are skipped where these are missing.
"""

import ast
import collections
import concurrent.futures
import contextlib
import copy
import dataclasses
import decimal
import doctest
import functools
import gc
import importlib.metadata
import importlib.util
import io
import itertools
import json
import operator
import pathlib
import pickle
import random
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import tracemalloc
import types
import typing
import unittest.mock
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, InitVar, dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar, TypeAlias, cast

import orq_usage
from orq_usage import (
    CreateImageEditInputTokensDetails,
    CreateImageEditUsage,
    CreateImageUsage,
    CreateImageVariationInputTokensDetails,
    CreateImageVariationUsage,
    ImageUsage,
    InputTokensDetails,
    UsageError,
)

Payload: TypeAlias = dict[str, Any]

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = (HERE / "orq_usage.py").read_text(encoding="utf-8")
README = (HERE / "README.md").read_text(encoding="utf-8")

# The fields of each usage | and of its details, in the order of the API; "?": optional.
WIDE = "input_tokens? input_tokens_details output_tokens? total_tokens?|image_tokens? text_tokens?"
NARROW = "total_tokens input_tokens output_tokens input_tokens_details | text_tokens image_tokens"
FIELDS: dict[Any, str] = {
    CreateImageUsage: WIDE,
    CreateImageVariationUsage: NARROW,
    CreateImageEditUsage: NARROW,
}
USAGES = [*FIELDS]
NARROW_USAGES = [model for model in USAGES if FIELDS[model] == NARROW]
DETAILS_OF = {model: typing.get_type_hints(model)["input_tokens_details"] for model in USAGES}
DETAILS = [*DETAILS_OF.values()]
MODELS: list[Any] = [*USAGES, *DETAILS]

SNAKE_DETAILS: Payload = {"text_tokens": 838, "image_tokens": 886}
CAMEL_DETAILS: Payload = {"textTokens": 838, "imageTokens": 886}
SNAKE: Payload = {"total_tokens": 5343, "input_tokens": 1724, "output_tokens": 3619}
SNAKE["input_tokens_details"] = SNAKE_DETAILS
CAMEL: Payload = {"totalTokens": 5343, "inputTokens": 1724, "outputTokens": 3619}
CAMEL["inputTokensDetails"] = CAMEL_DETAILS
CAMEL_KEYS = dict(zip([*SNAKE, *SNAKE_DETAILS], [*CAMEL, *CAMEL_DETAILS], strict=True))
TEXT_PATH = "input_tokens_details.text_tokens"
IMAGE_PATH = "input_tokens_details.image_tokens"
PATHS = ["total_tokens", "input_tokens", "output_tokens", TEXT_PATH, IMAGE_PATH]
MAX_FLOAT = sys.float_info.max
MAX_INT = int(MAX_FLOAT)
COUNT = "a finite number of at least 0"
FUTURE = "from __future__ import annotations\n"
IMPORTED = f"import sys; sys.path.insert(0, {str(HERE)!r})\nfrom orq_usage import *\n"
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)

needs_processes = unittest.skipIf(sys.platform == "emscripten", "needs processes and threads")


def needs(package: str) -> Callable[[Any], Any]:
    found = importlib.util.find_spec(package) is not None
    return unittest.skipUnless(found, f"needs {package}")


def names_of(model: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(model)]


def changed(path: str, value: object, payload: Payload = SNAKE) -> Payload:
    """`payload` with another value at the dotted path."""
    head, _, rest = path.partition(".")
    return {**payload, head: changed(rest, value, payload[head]) if rest else value}


def without(path: str, payload: Payload = SNAKE) -> Payload:
    """`payload` without the value at the dotted path."""
    head, _, rest = path.partition(".")
    if rest:
        return {**payload, head: without(rest, payload[head])}
    return {key: value for key, value in payload.items() if key != head}


def get(path: str, value: object) -> Any:
    return operator.attrgetter(path)(value)


def exactly(count: object) -> tuple[str, type]:
    """What tells 13 from 13.0, and from the number of another library."""
    return repr(count), type(count)


def raised_by(call: Callable[..., object], *args: object, **kwargs: object) -> Any:
    try:
        call(*args, **kwargs)
    except BaseException as error:  # noqa: BLE001
        return error
    return None


def problems_of(call: Callable[..., object], *args: object, **kwargs: object) -> dict[str, Any]:
    """{path: (expected, got)} of the UsageError that the call must raise."""
    error = raised_by(call, *args, **kwargs)
    assert type(error).__mro__[:2] == (UsageError, ValueError), repr(error)
    found = {path: (expected, got) for path, expected, got in error.problems}
    assert len(found) == len(error.problems), f"a path twice: {error}"
    # One problem is a line in all; several take a line each below the name of the class.
    assert len(str(error).splitlines()) == len(found) + (len(found) > 1), error
    return found


def random_usages(seed: int, models: list[Any], count: int, whole: bool | None = None) -> list[Any]:
    """Usages of whole counts of any size; or of hundredths, as sums of those are exact, too."""
    rng = random.Random(seed)
    whole = bool(seed % 2) if whole is None else whole

    def payload(model: Any) -> Payload:
        found: Payload = {}
        for each in dataclasses.fields(model):
            hundredths = rng.randrange(10 ** rng.randrange(1, 11))
            fraction = rng.choice([hundredths / 100, hundredths, float(hundredths)])
            value = rng.randrange(10 ** rng.randrange(1, 40)) if whole else fraction
            if each.default is dataclasses.MISSING or rng.random() < 0.7:
                found[each.name] = payload(each.type) if each.type in DETAILS else value
        return found

    return [model.from_dict(payload(model)) for model in rng.choices(models, k=count)]


def total_of(payloads: list[Payload]) -> CreateImageUsage:
    return sum(map(CreateImageUsage.from_dict, payloads), CreateImageUsage.zero())


def text(count: Any) -> InputTokensDetails:
    return InputTokensDetails(text_tokens=count)


def first_uses(model: Any) -> list[Callable[[], object]]:
    """Calls of all methods of a class."""
    empty, required = object.__new__(model), {"input_tokens_details": InputTokensDetails()}
    parse = [functools.partial(model.from_dict, given) for given in (SNAKE, None)]
    calls = [lambda: empty + empty, lambda: copy.copy(empty), lambda: model(**required)]
    return [model.zero, empty.to_dict, *parse, *calls]


def derived(base: Any, name: str = "Sub", slots: bool = True, **fields: Any) -> Any:
    """A dataclass with more fields: for each of them its annotation, and a default or none."""
    kinds = {key: kind for key, (kind, *_) in fields.items()}
    defaults = {key: default for key, (_, *given) in fields.items() for default in given}
    names = {"__annotations__": kinds, "__module__": __name__, **defaults}
    made = type(name, (base,), names)
    return dataclass(frozen=True, kw_only=True, slots=slots)(made)


def filled(code: str, **values: object) -> str:
    """A script in which each word in capitals is replaced by the value of that name."""
    for name, value in values.items():
        code = re.sub(rf"\b{name}\b", lambda _: repr(value), code)  # noqa: B023
    return textwrap.dedent(code)


def run(*arguments: str, cwd: Any = HERE, stderr: str = "", python: str = sys.executable) -> str:
    """The output of a Python process, which must write to stderr what the pattern matches."""
    command = [python, *map(textwrap.dedent, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0 and re.fullmatch(stderr, done.stderr), done.stderr
    return done.stdout


def block(start: str) -> str:
    """The one code block of the README whose language and first characters are `start`."""
    pattern = rf"(?ms)^( *)```({re.escape(start)}.*?)^ *```$"
    ((indent, code),) = re.findall(pattern, README)
    return re.sub(rf"(?m)^{indent}", "", cast(str, code).partition("\n")[2])


class Lazy(Mapping[str, object]):
    """A mapping that answers for single keys only, or raises the error for one of them."""

    def __init__(self, data: Payload, errors: Any = types.MappingProxyType({})) -> None:
        self._data, self._errors = data, errors

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def __getitem__(self, key: str) -> object:
        if key in self._errors:
            raise self._errors[key]
        return self._data[key]

    __iter__ = __len__ = cast(Any, None)  # It does not go through all keys.


class Contract(unittest.TestCase):
    """What the README promises."""

    def test_camel_case_and_snake_case_are_read_alike(self) -> None:
        self.assertEqual(CreateImageUsage.from_dict(CAMEL), CreateImageUsage.from_dict(SNAKE))

    def test_to_dict_writes_either_spelling_in_field_order(self) -> None:
        usage = CreateImageEditUsage.from_dict(CAMEL)
        self.assertEqual(json.dumps(usage.to_dict()), json.dumps(SNAKE))
        self.assertEqual(json.dumps(usage.to_dict(camel_case=True)), json.dumps(CAMEL))

    def test_one_class_reads_the_usage_of_every_endpoint(self) -> None:
        usage = CreateImageUsage.from_dict(CreateImageVariationUsage.from_dict(SNAKE).to_dict())
        self.assertEqual(usage.total_tokens, 5343)
        self.assertIsInstance(usage, ImageUsage)

    def test_a_whole_count_is_an_int_and_another_a_float(self) -> None:
        self.assertEqual(repr(text(13.0).text_tokens), "13")
        self.assertEqual(repr(text(-0.0).text_tokens), "0")
        self.assertEqual(repr(text(Decimal("13.00")).text_tokens), "13")
        self.assertEqual(repr(text(Decimal("13.50")).text_tokens), "13.5")
        self.assertEqual(repr(text(2.0**53 - 1).text_tokens), "9007199254740991")
        self.assertEqual(repr(text(2.0**53).text_tokens), "9007199254740992.0")

    def test_what_is_no_count_is_refused(self) -> None:
        self.assertIsInstance(raised_by(text, True), UsageError)
        self.assertIsInstance(raised_by(text, "12"), UsageError)
        self.assertIsInstance(raised_by(text, -1), UsageError)
        self.assertIsInstance(raised_by(text, float("nan")), UsageError)
        self.assertIsInstance(raised_by(text, float("inf")), UsageError)

    def test_an_error_names_every_problem(self) -> None:
        payload = {"totalTokens": "12", "inputTokensDetails": {"textTokens": -1}}
        error = raised_by(CreateImageUsage.from_dict, payload)
        self.assertIsInstance(error, ValueError)
        self.assertEqual(error.model, "CreateImageUsage")
        expected = ((TEXT_PATH, COUNT, "-1"), ("total_tokens", COUNT, "'12'"))
        self.assertEqual(error.problems, expected)
        line = f"total_tokens: expected {COUNT}, got '12'"
        lines = [f"{TEXT_PATH}: expected {COUNT}, got -1", line]
        self.assertEqual(str(error), "\n  ".join(["CreateImageUsage:", *lines]))
        error = raised_by(CreateImageUsage.from_dict, {**SNAKE, "total_tokens": "12"})
        self.assertEqual(str(error), f"CreateImageUsage: {line}")

    def test_missing_is_not_zero(self) -> None:
        usage = CreateImageUsage.from_dict({"input_tokens_details": {}, "output_tokens": 0})
        self.assertIsNone(usage.total_tokens)
        self.assertEqual(usage.to_dict(), {"input_tokens_details": {}, "output_tokens": 0})

    def test_missing_and_null_are_the_same(self) -> None:
        missing = CreateImageUsage.from_dict({"input_tokens_details": {}})
        null = {"input_tokens_details": {"text_tokens": None}, "total_tokens": None}
        self.assertEqual(CreateImageUsage.from_dict(null), missing)

    def test_required_fields(self) -> None:
        found = problems_of(CreateImageUsage.from_dict, {"total_tokens": 5})
        self.assertEqual(found, {"input_tokens_details": ("a mapping", "nothing")})
        found = problems_of(CreateImageUsage.from_dict, {"input_tokens_details": None})
        self.assertEqual(found, {"input_tokens_details": ("a mapping", "None")})
        found = problems_of(CreateImageVariationUsage.from_dict, without("total_tokens"))
        self.assertEqual(found, {"total_tokens": (COUNT, "nothing")})
        found = problems_of(CreateImageEditUsage.from_dict, without(TEXT_PATH))
        self.assertEqual(found, {TEXT_PATH: (COUNT, "nothing")})

    def test_unknown_keys_are_ignored(self) -> None:
        payload = {**SNAKE, "output_tokens_details": {"text_tokens": "x"}}
        self.assertEqual(CreateImageEditUsage.from_dict(payload).to_dict(), SNAKE)

    def test_two_values_of_one_field_are_an_error(self) -> None:
        found = problems_of(CreateImageUsage.from_dict, {**SNAKE, "totalTokens": 1})
        self.assertEqual(found, {"total_tokens": ("one value in both spellings", "5343 and 1")})

    def test_a_whole_response_is_refused_with_a_hint(self) -> None:
        found = problems_of(CreateImageUsage.from_dict, {"created": 1, "usage": SNAKE})
        got = "nothing beside ['created', 'usage']: pass its ['usage']"
        self.assertEqual(found, {"input_tokens_details": ("a mapping", got)})

    def test_the_constructor_follows_the_same_rules(self) -> None:
        usage = CreateImageUsage(total_tokens=13.0, input_tokens_details=text(None))
        self.assertEqual(repr(usage.total_tokens), "13")
        error = raised_by(replace, usage, total_tokens="12")
        self.assertEqual(str(error), f"CreateImageUsage: total_tokens: expected {COUNT}, got '12'")

    def test_instances_are_immutable_and_hashable(self) -> None:
        usage = CreateImageUsage.from_dict(SNAKE)
        self.assertIsInstance(raised_by(setattr, usage, "total_tokens", 1), AttributeError)
        self.assertEqual(len({usage, CreateImageUsage.from_dict(CAMEL)}), 1)

    def test_counts_are_added_field_by_field(self) -> None:
        total = CreateImageEditUsage.from_dict(SNAKE) + CreateImageEditUsage.from_dict(CAMEL)
        self.assertEqual(total.total_tokens, 10686)
        self.assertEqual(total.input_tokens_details.text_tokens, 1676)

    def test_floats_add_up_as_they_are_written(self) -> None:
        self.assertEqual(repr((text(0.1) + text(0.2)).text_tokens), "0.3")
        self.assertEqual(repr((text(0.5) + text(0.5)).text_tokens), "1")

    def test_a_sum_adds_what_was_reported(self) -> None:
        self.assertEqual((text(None) + text(5)).text_tokens, 5)
        self.assertIsNone((text(None) + text(None)).text_tokens)

    def test_sum_of_a_list(self) -> None:
        usages = [CreateImageUsage.from_dict(SNAKE), CreateImageUsage.from_dict(CAMEL)]
        self.assertEqual(sum(usages, CreateImageUsage.zero()).output_tokens, 7238)
        self.assertEqual(sum(usages), sum(usages, CreateImageUsage.zero()))
        self.assertEqual(CreateImageUsage.zero().to_dict(), {"input_tokens_details": {}})
        self.assertEqual(CreateImageEditUsage.zero().total_tokens, 0)

    def test_different_endpoints_add_up(self) -> None:
        total = CreateImageVariationUsage.from_dict(SNAKE) + CreateImageEditUsage.from_dict(SNAKE)
        self.assertIs(type(total), CreateImageUsage)
        self.assertIs(type(total.input_tokens_details), InputTokensDetails)
        self.assertEqual(total.total_tokens, 10686)

    def test_a_class_and_its_subclass_make_the_subclass(self) -> None:
        sub = derived(CreateImageUsage, retries=(int, 0))
        total = CreateImageUsage.from_dict(SNAKE) + sub.from_dict({**SNAKE, "retries": 2})
        self.assertEqual((type(total), total.retries), (sub, 2))

    def test_a_sum_that_would_lose_a_field_is_a_type_error(self) -> None:
        sub = derived(CreateImageEditUsage, retries=(int, 0)).from_dict(SNAKE)
        self.assertIsInstance(raised_by(operator.add, sub, CreateImageUsage.zero()), TypeError)

    def test_copies_and_pickles_are_equal(self) -> None:
        usage = CreateImageEditUsage.from_dict(SNAKE)
        self.assertEqual(copy.deepcopy(usage), usage)
        self.assertEqual(pickle.loads(pickle.dumps(usage)), usage)

    def test_a_subclass_that_forgets_the_decorator_is_a_type_error(self) -> None:
        class Forgetful(CreateImageUsage):
            own_tokens: int | None = None

        error = raised_by(Forgetful.from_dict, {**SNAKE, "own_tokens": 5})
        self.assertIsInstance(error, TypeError)
        self.assertRegex(str(error), "^own_tokens .* decorate Forgetful with @dataclass")

    def test_post_init_runs_for_new_instances_but_not_for_copies(self) -> None:
        @dataclass(frozen=True, slots=True, kw_only=True)
        class Fee(CreateImageUsage):
            fee: int = 0

            def __post_init__(self) -> None:
                CreateImageUsage.__post_init__(self)
                object.__setattr__(self, "fee", self.fee + 1)

        usage = Fee.from_dict(SNAKE)
        self.assertEqual(usage.fee, 1)
        self.assertEqual(copy.copy(usage).fee, 1)
        self.assertEqual((usage + usage).fee, 3)


Int: Any = type("Int", (int,), {})
Float: Any = type("Float", (float,), {"__repr__": lambda self: "odd\nlines"})
Unprintable: Any = type("Unprintable", (), {"__repr__": None, "__qualname__": "Outer.Inner"})
IndexOnly: Any = type("IndexOnly", (), {"__index__": lambda self: 12})
FloatOnly: Any = type("FloatOnly", (), {"__float__": lambda self: 1.5})

# What is given, and the count that it becomes.
ACCEPTED: list[tuple[Any, int | float]] = [(Int(12), 12), (Int(MAX_INT), MAX_INT)]
ACCEPTED += [(count, count) for count in (0, 1, 10**9 - 1, 10**9, 2**53 + 1, MAX_INT - 1, MAX_INT)]
ACCEPTED += [(c, c) for c in (5e-324, 0.5, 1e9 - 0.5, 2.0**52 - 0.5, 2.0**53, MAX_FLOAT)]
ACCEPTED += [(float(count), count) for count in (0, 13, 10**9 - 1, 10**9, 10**9 + 1, 2**53 - 1)]
ACCEPTED += [(-0.0, 0), (Float(0), 0), (Float(1.5), 1.5), (Float(MAX_FLOAT), MAX_FLOAT)]
ACCEPTED += [(Fraction(count), count) for count in (0, 12, 2**60 + 1, MAX_INT)]
ACCEPTED += [(Fraction(1, 4), 0.25), (Fraction(1, 10**400), 0), (Fraction(2**54 + 1, 2), 2.0**53)]
ACCEPTED += [(Decimal(digits), 12) for digits in ("12", "12.00", "1.2e1")]
ACCEPTED += [(Decimal(2**53 + 1), 2**53 + 1), (Decimal(MAX_INT), MAX_INT), (Decimal("-0"), 0)]
ACCEPTED += [(Decimal("0.1"), 0.1), (Decimal("12.5"), 12.5), (Decimal("1e-999999"), 0)]

NOT_COUNTS: list[Any] = [True, False, 1j, object(), int, float, Unprintable()]
NOT_COUNTS += ["12", "", "a\nb", "\ud800", "x" * 1000, b"12", bytearray(b"12"), memoryview(b"12")]
NOT_COUNTS += [collections.UserString("12"), [], [1], (), {}, {"a": 1}, set[int](), range(3)]
NOT_COUNTS += [IndexOnly(), FloatOnly()]
NOT_COUNTS += [float("nan"), float("inf"), -float("inf"), Float("nan"), -0.5, -5e-324, Float(-1)]
NOT_COUNTS += [-1, Int(-1), MAX_INT + 1, Int(MAX_INT + 1), 10**5000, -(10**5000)]
NOT_COUNTS += map(Decimal, ("NaN", "sNaN", "Infinity", "-Infinity", "-1", "-0.5", "1.8e308"))
NOT_COUNTS += map(Decimal, (f"1e{decimal.MAX_EMAX}", f"-1e{decimal.MAX_EMAX}", "-1e-999999"))
NOT_COUNTS += [Fraction(-1, 2), Fraction(-1, 10**400), Fraction(10**400), Fraction(MAX_INT + 1)]
NOT_COUNTS += [Decimal(MAX_INT + 1)]

COUNT_OR_NONE: Any = int | float | None


@dataclass(frozen=True, kw_only=True)
class Priced(CreateImageUsage):
    """Its __post_init__ checks a count, computes fields and an attribute, and counts its runs."""

    made: ClassVar[list[Any]] = []
    cost: float = field(init=False)
    runs: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.output_tokens == 13:
            raise ArithmeticError("13 output tokens")
        self.made.append(self)
        object.__setattr__(self, "cost", (self.total_tokens or 0) * 2)
        object.__setattr__(self, "runs", self.runs + 1)
        object.__setattr__(self, "label", "no field")


@dataclass(frozen=True, slots=True)
class Counted(CreateImageUsage):
    """Its __post_init__ changes a count."""

    _: KW_ONLY
    runs: int = 0

    def __post_init__(self) -> None:
        CreateImageUsage.__post_init__(self)
        object.__setattr__(self, "runs", self.runs + 1)


def check_details(self: Any) -> None:
    InputTokensDetails.__post_init__(self)
    self.made.append(self.text_tokens)
    if self.text_tokens == 13:
        raise UsageError("CheckedDetails", [("text_tokens", "no 13", "13")])


hook = {"__post_init__": check_details, "made": [], "__bool__": lambda self: False}
CheckedDetails: Any = type("CheckedDetails", (InputTokensDetails,), hook)
more: dict[str, Any] = {"own_tokens": (COUNT_OR_NONE, None)}
more["output_tokens_details"] = ("InputTokensDetails | None", None)
WideUsage = derived(CreateImageUsage, "WideUsage", **more)
# A field with a digit in its name, and details of a narrower class, which is not defined yet.
more = {"count_4k_HD_": (typing.Annotated[int | None, "images"], None)}
more["output_tokens_details"] = (typing.Annotated["OutputDetails | None", "by kind"], None)
WidestUsage = derived(WideUsage, "WidestUsage", **more)
OutputDetails = derived(InputTokensDetails, "OutputDetails", tokens=(int | float,))
CachedDetails = derived(InputTokensDetails, "CachedDetails", own_tokens=(COUNT_OR_NONE, None))
UnslottedUsage = derived(CreateImageUsage, "UnslottedUsage", False, extra=(COUNT_OR_NONE, None))
CachedVariation = derived(CreateImageVariationUsage, "CachedVariation", own_tokens=(float, 0))
PricedVariation: Any = type("PricedVariation", (CreateImageVariationUsage,), {"rate": 0.001})
NamedUsage: Any = type("NamedUsage", (CreateImageUsage,), {})  # With methods only.
NamedVariation: Any = type("NamedVariation", (CreateImageVariationUsage,), {})
OwnParser: Any = type("OwnParser", (CachedDetails,), {"from_dict": lambda words: 1 / 0})
NamedDetails: Any = type("NamedDetails", (CreateImageVariationInputTokensDetails,), {})
MORE = {"own_tokens": 5, "output_tokens_details": {"text_tokens": 2}}
# Nothing is required: details have a default, or may be None.
LaxUsage = derived(CreateImageUsage, input_tokens_details=(InputTokensDetails, text(None)))
AnyUsage = derived(CreateImageUsage, input_tokens_details=(InputTokensDetails | None, None))

# What a copy must do, wherever it is: a list of results and errors, as text.
VERDICTS = """
    def verdicts():
        found, good = [], SNAKE
        payloads = [good, CAMEL, {"input_tokens_details": {}}, {}, {"data": []},
                    {**good, "totalTokens": 1}, {**good, "totalTokens": 5343.0},
                    {**good, "total_tokens": None}, {**good, "total_tokens": 1e308},
                    {**good, "output_tokens": 0.1, "inputTokensDetails": {"textTokens": -1}},
                    {**good, "input_tokens_details": {"text_tokens": 0.123456}}]
        for model in ImageUsage.__args__:
            for payload in payloads:
                try:
                    usage = model.from_dict(payload)
                    total = usage + usage + CreateImageUsage.zero()
                    found += [repr(usage), repr(total), repr(total.to_dict())]
                    found += [isinstance(total, CreateImageUsage) and isinstance(usage, ImageUsage)]
                    found += [usage + 0 is 0 + usage is model.from_dict(usage) is usage]
                    again = model.from_dict(usage.to_dict(camel_case=True))
                    built = model(**{name: getattr(usage, name) for name in usage.to_dict()})
                    found += [hash(built) == hash(again), built == again == usage]
                except Exception as error:
                    found += [type(error) is UsageError, str(error)]
        return found if False not in found else 1 / 0
"""
VERDICTS = filled(VERDICTS, SNAKE=SNAKE, CAMEL=CAMEL)


def verdicts_of(names: Any) -> list[object]:
    """The verdicts on the public names of a namespace, which is given nothing else."""
    local = {name: names[name] for name in orq_usage.__all__}
    exec(VERDICTS, local)
    return cast(list[object], local["verdicts"]())


EXPECTED = verdicts_of(vars(orq_usage))

OLD_PICKLES = {
    "1.1.0": """
ccopy_reg _reconstructor p0 (corq_usage CreateImageUsage p1 c__builtin__ object p2 Ntp3 Rp4 (lp5
I1724 ag0 (corq_usage InputTokensDetails p6 g2 Ntp7 Rp8 (lp9 NaF838.5 abaNaF5343.0 ab.
""",
    "1.1.0, edit": """
ccopy_reg _reconstructor p0 (corq_usage PostV2ProxyImagesEditsUsage p1 c__builtin__ object p2 Ntp3
Rp4 (lp5 F5343.0 aI1724 aI0 ag0 (corq_usage PostV2ProxyImagesEditsInputTokensDetails p6 g2 Ntp7 Rp8
(lp9 F838.5 aI0 abab.
""",
    "2.0.0": """
coperator methodcaller p0 (V_parse p1 (dp2 Vinput_tokens p3 I1724 sVinput_tokens_details p4 g0 (g1
(dp5 Vimage_tokens p6 NsVtext_tokens p7 F838.5 stp8 Rp9 (corq_usage InputTokensDetails p10 tp11
Rp12 sVoutput_tokens p13 NsVtotal_tokens p14 I5343 stp15 Rp16 (corq_usage CreateImageUsage p17
tp18 Rp19 .
""",
    "3.0.0": """
corq_usage _read_usage p0 (corq_usage CreateImageUsage p1 (dp2 Vinput_tokens p3 I1724
sVinput_tokens_details p4 g0 (corq_usage InputTokensDetails p5 (dp6 Vimage_tokens p7 NsVtext_tokens
p8 F838.5 stp9 Rp10 sVoutput_tokens p11 NsVtotal_tokens p12 F5343.0 stp13 Rp14 .
""",
}


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name: str, *parts: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(map(textwrap.dedent, parts)), encoding="utf-8")
        return name

    def run_script(self, *parts: str) -> str:
        return run("-W", "error", self.write("script.py", *parts), cwd=self.folder)


class Refusals(unittest.TestCase):
    """The texts of errors."""

    def test_what_came_is_shown(self) -> None:
        large = "an int out of the range of float"
        shown: list[tuple[Any, str]] = [(-1, "-1"), ("12", "'12'"), (True, "True"), (-0.5, "-0.5")]
        shown += [(Float("nan"), "odd lines"), (1j, "1j"), (b"", "an object of type bytes")]
        shown += [(Decimal(-2), "Decimal('-2')"), (Fraction(-1, 2), "Fraction(-1, 2)")]
        shown += [(MAX_INT + 1, large), (Int(-(10**5000)), large), ("a\nb", r"'a\nb'")]
        shown += [(Unprintable(), f"an object of type {__name__}.Outer.Inner")]
        shown += [(int, "the class int"), (Unprintable, "the class Outer.Inner")]
        for bad, got in shown:
            found = problems_of(CreateImageVariationUsage.from_dict, changed(TEXT_PATH, bad))
            self.assertEqual(found, {TEXT_PATH: (COUNT, got)})
        for bad, pattern in ((-MAX_INT, r"-\d+\.\.\.\d+"), ("x" * 1000, r"'x+\.\.\.x+'")):
            self.assertRegex(problems_of(text, bad)["text_tokens"][1], rf"^{pattern}$")

    def test_errors_hold_their_arguments_and_pickle(self) -> None:
        error = UsageError(model="Model", problems=[("total_tokens", "a", "b")])
        self.assertEqual(str(error), "Model: total_tokens: expected a, got b")
        for protocol in PROTOCOLS:
            again = pickle.loads(pickle.dumps(error, protocol))
            self.assertEqual((type(again), again.args), (UsageError, error.args))
            self.assertEqual((again.model, again.problems), error.args)

    def test_what_is_not_a_mapping(self) -> None:
        strangers: list[Any] = [None, 5, 0.5, True, "total_tokens", b"", [], ["total_tokens"], ()]
        strangers += [set(), object(), dict, CreateImageUsage, types.SimpleNamespace(usage=5)]
        strangers += [types.SimpleNamespace(usage=CreateImageUsage), type("R", (), {"usage": None})]
        for stranger, model in itertools.product(strangers, USAGES):
            found = problems_of(model.from_dict, stranger)
            self.assertEqual([*found, found[""][0]], ["", "a mapping"])
            self.assertEqual(raised_by(model.from_dict, stranger).model, model.__name__)
            self.assertNotIn(": ", found[""][1])
            nested = problems_of(model.from_dict, changed("input_tokens_details", stranger))
            self.assertEqual(nested, {"input_tokens_details": found[""]})

    def test_an_object_gets_a_hint_that_works(self) -> None:
        usage = CreateImageEditUsage.from_dict(SNAKE)
        holder = types.SimpleNamespace
        sdk = holder(model_dump=lambda: SNAKE, to_dict=dict)  # As the Python SDK returns it.
        hints: list[tuple[Any, str]] = [(sdk, ".model_dump()"), (usage, ".to_dict()")]
        hints += [(holder(usage=sdk), ".usage.model_dump()"), (holder(usage=SNAKE), ".usage")]
        hints += [(holder(usage=usage), ".usage.to_dict()")]
        hints += [({"usage": SNAKE, "x": 1}, "['usage']"), ({"usage": Lazy(SNAKE)}, "['usage']")]
        hints += [({"usage": sdk}, "['usage'].model_dump()")]
        for given, hint in hints:
            ((_, got),) = problems_of(CreateImageUsage.from_dict, given).values()
            self.assertRegex(got, rf": pass its {re.escape(hint)}$")
            again = CreateImageUsage.from_dict(eval(f"given{hint}"))
            self.assertEqual(again.total_tokens, 5343)

    def test_a_response_without_a_usage_says_so(self) -> None:
        unreported = types.SimpleNamespace(usage=None, model_dump=lambda: {})
        got = problems_of(CreateImageUsage.from_dict, unreported)[""][1]
        self.assertEqual(got, "an object of type types.SimpleNamespace: its usage is None")
        ends = {None: ": its usage is None", "text": "", 5: "", CreateImageUsage: ""}
        for usage, end in ends.items():
            found = problems_of(CreateImageUsage.from_dict, {"usage": usage})
            got = f"nothing beside ['usage']{end}"
            self.assertEqual(found, {"input_tokens_details": ("a mapping", got)})

    def test_a_whole_response_is_refused_wherever_its_usage_stands(self) -> None:
        keys = [f"key_{number}" for number in range(20)]
        for at, model in itertools.product((0, 3, 20), [*USAGES, AnyUsage, LaxUsage]):
            body = dict.fromkeys([*keys[:at], "usage", *keys[at:]], SNAKE)
            found = {got for _, got in problems_of(model.from_dict, body).values()} - {"nothing"}
            self.assertEqual(len(found), 1)
            self.assertRegex(found.pop(), r"^nothing beside \['.*\]: pass its \['usage'\]$")
        for model in (AnyUsage, LaxUsage):
            self.assertEqual(model.from_dict({**SNAKE, "usage": 1}), model.from_dict(SNAKE))
            expected = "a usage", "nothing beside ['usage']: its usage is None"
            self.assertEqual(problems_of(model.from_dict, {"usage": None}), {"": expected})
            self.assertEqual(model.from_dict(types.MappingProxyType({"x": 1})), model.zero())
        whole = types.MappingProxyType({"usage": SNAKE})
        self.assertEqual(InputTokensDetails.from_dict(whole), text(None))

    def test_a_missing_field_names_the_keys_that_belong_to_no_field(self) -> None:
        odd: dict[Any, Any] = {"a\nb": "secret", 5: "\n", "\u2028\x00'": "", None: 1, "\ud800": 0}
        payloads = [(odd, r"""['a\nb', '5', "\u2028\x00'", 'None', '\ud800']""")]
        payloads += [({"prompt_tokens": 5, "inputTokens": 7, "x": 1}, "['prompt_tokens', 'x']")]
        payloads += [(dict.fromkeys(map(str, range(99))), "['0', '1', '2', '3', '4', '5', ...]")]
        for payload, keys in payloads:
            found = problems_of(CreateImageUsage.from_dict, payload)
            self.assertEqual(found["input_tokens_details"], ("a mapping", f"nothing beside {keys}"))
        payload = {"id": "x", "inputTokensDetails": {"textTokens": 1, "image_token": 2}}
        for model in NARROW_USAGES:
            found = problems_of(model.from_dict, payload)
            self.assertEqual([*found], [*PATHS[:3], IMAGE_PATH])
            first, last = "nothing beside ['id']", "nothing beside ['image_token']"
            self.assertEqual([g for _, g in found.values()], [first, "nothing", "nothing", last])

    def test_two_spellings(self) -> None:
        details = {**SNAKE_DETAILS, "textTokens": 0.5}
        bad = {**SNAKE, "input_tokens_details": details, "output_tokens": "a\nb", "outputTokens": 1}
        both = {**SNAKE, **CAMEL, "totalTokens": 5343.0, "inputTokensDetails": SNAKE_DETAILS}
        nulls = {**dict.fromkeys(SNAKE), **CAMEL}, {**SNAKE, **dict.fromkeys(CAMEL)}
        for model in USAGES:
            for given in (both, *nulls):
                self.assertEqual(model.from_dict(given), model.from_dict(SNAKE))
            found = problems_of(model.from_dict, bad)
            self.assertEqual({*found}, {"output_tokens", TEXT_PATH})
            self.assertEqual(found["output_tokens"][1], r"'a\nb' and 1")
            found = problems_of(model.from_dict, {**SNAKE, "inputTokensDetails": details})
            self.assertEqual([*found], ["input_tokens_details"])
        found = problems_of(InputTokensDetails.from_dict, {"text_tokens": "x", "textTokens": "x"})
        self.assertEqual(found, {"text_tokens": (COUNT, "'x'")})


class Counts(unittest.TestCase):
    def ways(self, path: str, given: Any) -> Any:
        """Every way to make an instance that has the count at the path, and the instance."""
        head, _, rest = path.partition(".")
        for model in USAGES:
            payload = changed(path, given)
            details = {CAMEL_KEYS[k]: v for k, v in payload["input_tokens_details"].items()}
            camel = {CAMEL_KEYS[key]: value for key, value in payload.items()}
            usage = model.from_dict(payload)
            new = {head: getattr(usage, head) if rest else given}
            yield "from_dict", usage
            yield "camelCase", model.from_dict({**camel, "inputTokensDetails": details})
            yield "another mapping", model.from_dict(types.MappingProxyType(payload))
            yield "constructor", model(**payload)
            yield "constructor of details", DETAILS_OF[model](**payload["input_tokens_details"])
            yield "replace", replace(model.from_dict(SNAKE), **new)
            yield "copy", copy.copy(usage)
            yield "deepcopy", copy.deepcopy(usage)
            yield from (("pickle", pickle.loads(pickle.dumps(usage, p))) for p in PROTOCOLS)
            yield "to_dict", model.from_dict(usage.to_dict(camel_case=True))
            yield "zero + usage", CreateImageUsage.zero() + usage

    def check_accepted(self, accepted: list[tuple[Any, int | float]]) -> None:
        for (given, expected), path in itertools.product(accepted, PATHS):
            for way, made in self.ways(path, given):
                if "details" in path or "details" not in way:
                    found = get(path.rpartition(".")[2] if "details" in way else path, made)
                    self.assertEqual(exactly(found), exactly(expected), (way, given))

    def check_refused(self, refused: list[Any]) -> None:
        for number, bad in enumerate(refused):
            for path, model in itertools.product(PATHS, USAGES):
                found = problems_of(model.from_dict, changed(path, bad))
                self.assertEqual([*found, found[path][0]], [path, COUNT], number)
                self.assertLess(len(found[path][1]), 100, number)
                self.assertEqual(problems_of(model, **changed(path, bad)), found)

    def test_numbers(self) -> None:
        self.check_accepted(ACCEPTED)
        self.check_refused(NOT_COUNTS)

    def test_old_pickles(self) -> None:
        def loaded(release: str, **values: str) -> Any:
            dumped = OLD_PICKLES[release]
            for old, new in values.items():
                dumped = dumped.replace({"total": "5343", "text": "F838.5"}[old], new)
            return pickle.loads("\n".join(dumped.split()).encode())

        counts = [(13.0, 13), (0.5, 0.5), (2.0**53 - 1, 2**53 - 1), (2.0**53, 2.0**53)]
        for release, (given, expected) in itertools.product(OLD_PICKLES, counts):
            usage = loaded(release, text=f"F{given!r}")
            self.assertEqual(repr(usage), repr(replace(usage, **usage.to_dict())), release)
            self.assertEqual((usage.input_tokens, usage.output_tokens or None), (1724, None))
            found = [get(path, usage) for path in ("total_tokens", TEXT_PATH)]
            self.assertEqual(repr(found), repr([5343, expected]), release)
            self.assertEqual([*problems_of(loaded, release, total="-1")], ["total_tokens"])
            self.assertEqual([*problems_of(loaded, release, text="Fnan")], ["text_tokens"])
        # A pickle of a release that had fewer fields, or more.
        OLD_PICKLES["fewer"] = OLD_PICKLES["3.0.0"].replace("sVoutput_tokens p11 N", "")
        OLD_PICKLES["more"] = OLD_PICKLES["3.0.0"].replace("Voutput_tokens", "Vnew_tokens")
        for release in ("fewer", "more"):
            self.assertEqual(loaded(release), loaded("3.0.0"))
        OLD_PICKLES["short"] = OLD_PICKLES["1.1.0"].replace("abaNaF5343.0 ab.", "abab.")
        self.assertIsNone(loaded("short").total_tokens)

    @needs("numpy")
    def test_numpy(self) -> None:
        np: Any = importlib.import_module("numpy")
        accepted = [(np.int64(12), 12), (np.uint8(7), 7), (np.float64(1.5), 1.5)]
        accepted += [(np.float32(1.5), 1.5), (np.float16(2), 2), (np.int64(2**53 + 1), 2**53 + 1)]
        accepted += [(np.float64(12), 12), (np.float32(2**60), 2.0**60)]
        self.check_accepted(accepted)
        refused = [np.bool_(True), np.bool_(False), np.float64("nan"), np.complex64(1)]
        refused += [np.int64(-1), np.float32("inf"), np.str_("1"), np.bytes_(b"1"), np.array(["1"])]
        refused += [np.array(1), np.array(1.5), np.array([1]), np.array([1.5]), np.zeros((2, 2))]
        refused += [kind(5, unit) for kind in (np.timedelta64, np.datetime64) for unit in "sDY"]
        self.check_refused(refused)


class AsWritten(unittest.TestCase):
    """The sums of counts."""

    def total(self, *counts: float) -> int | float:
        return cast(float, sum(map(text, counts), text(0)).text_tokens)

    def test_as_a_person_would_add(self) -> None:
        sums: list[tuple[list[float], float]] = [([0.1, 0.2], 0.3), ([1.005, 2.0005], 3.0055)]
        sums += [([14417.92, 0.07, 1], 14418.99), ([5, 5.0], 10), ([1e23, 5e-324], 1e23 + 2**24)]
        sums += [([2**53 + 1, 0.5], 9007199254740994.0), ([2**53, 1, 2**53, 1], 2**54 + 2)]
        sums += [([0.25] * 4, 1), ([2.0**53, 1], 9007199254740992.0), ([1e-5, 0.99999], 1)]
        sums += [([2.0**53 - 1, 1], 2**53), ([2.0**52 + 0.5, 2.0**52 - 0.5], 2.0**53)]
        for counts, expected in sums:
            self.assertEqual(exactly(self.total(*counts)), exactly(expected), counts)

    def test_sums_against_an_exact_decimal_sum(self) -> None:
        exact = decimal.Context(prec=800, Emin=-999, Emax=999, traps=[])
        rng = random.Random(1)
        for case in range(4000):
            numbers = [rng.randrange(10**15) / 10 ** rng.randrange(1, 13) for _ in range(2)]
            numbers += [round(rng.random() * 10 ** rng.randrange(18), rng.randrange(8))]
            numbers += [rng.random() * 10.0 ** rng.randrange(-300, 300)]
            numbers += [rng.randrange(10 ** rng.randrange(1, 30)) for _ in range(2)]
            x, y = (text(number).text_tokens for number in rng.sample(numbers, 2))
            written = exact.add(*(exact.create_decimal(repr(count)) for count in (x, y)))
            expected: Any = float(written)
            if type(x) is type(y) is int:
                expected = cast(Any, x) + y
            elif expected < 2**53 and expected == int(expected):
                expected = int(expected)
            found = (text(x) + text(y)).text_tokens
            self.assertEqual(exactly(found), exactly(expected), f"case {case}: {x!r} + {y!r}")

    def test_fifteen_digits_are_exact_in_any_order_and_grouping(self) -> None:
        """The digits of the total before the point and the decimals of the finest count."""
        for seed in range(75):
            rng = random.Random(seed)
            decimals = 1 + seed % 15
            total = rng.randrange(10**14, 10**15)
            cuts = sorted([0, total, *(rng.randrange(total) for _ in range(40))])
            parts = [two - one for one, two in itertools.pairwise(cuts)]
            parts = [part - part % 10 ** rng.randrange(decimals) for part in parts]
            parts.append(total - sum(parts))
            counts = [part / 10**decimals for part in parts]
            for _ in range(3):
                self.assertEqual(self.total(*counts), total / 10**decimals, (seed, counts))
                rng.shuffle(counts)
            while len(counts) > 1:
                at = rng.randrange(len(counts) - 1)
                counts[at : at + 2] = [self.total(*counts[at : at + 2])]
            self.assertEqual(counts, [total / 10**decimals], seed)
        # With more digits, here 16 and 20, the order may matter.
        for counts in ([916546748985165.9, 0.4, 0.1], [0.320468, 84709293619705.31, 0.369532]):
            found = {self.total(*order) for order in itertools.permutations(counts)}
            self.assertEqual(len(found), 2, counts)

    def test_the_range_of_a_sum(self) -> None:
        whole, real, half, small = MAX_INT, MAX_FLOAT, MAX_INT // 2, 10**9 - 1
        cases: list[Any] = [(small, 0, small), (small, 1, small + 1), (half, whole - half, whole)]
        cases += [(whole - 1, 1, whole), (whole, 0.5, real), (real, 1.0, real), (whole, 1, None)]
        cases += [(real, whole, None), (real, 1e293, None), (real, real, None)]
        some = [[TEXT_PATH], ["total_tokens"], ["output_tokens", IMAGE_PATH], PATHS]
        for (x, y, total), paths, one, two in itertools.product(cases, some, USAGES, USAGES):
            left, right = SNAKE, SNAKE
            for path in paths:
                left, right = changed(path, x, left), changed(path, y, right)
            pair = one.from_dict(left), two.from_dict(right)
            if total:
                counts = [get(path, pair[0] + pair[1]) for path in paths]
                self.assertEqual({*map(repr, counts)}, {repr(total)}, pair)
            else:
                expected = dict.fromkeys(paths, ("a sum of at most 1.8e+308", "a larger one"))
                self.assertEqual(problems_of(operator.add, *pair), expected)
                model = one if one is two else CreateImageUsage
                self.assertEqual(raised_by(operator.add, *pair).model, model.__name__)

    def test_identity_commutativity_and_associativity(self) -> None:
        for seed in range(300):
            for models in (USAGES, *([model] for model in USAGES)):
                one, two, three = random_usages(seed, models, 3)
                self.assertEqual(repr(one + one.zero()), repr(one))
                self.assertEqual(repr(one.zero() + one), repr(one))
                self.assertEqual(repr(one + two), repr(two + one), seed)
                self.assertEqual(one + (two + three), (one + two) + three, (seed, one, two, three))


class Fields(Folder):
    """A class is its fields: what may be one, and what is none."""

    def check_refused(self, kind: object, *defaults: object) -> None:
        evaluated = r"Sub\.more is .*|an annotation of Sub cannot be evaluated: .*"
        for call in first_uses(derived(CreateImageUsage, more=(kind, *defaults))):
            error = raised_by(call)
            self.assertIs(type(error), TypeError, kind)
            self.assertRegex(str(error), rf"^({evaluated}); a field is int, float, .* None$")

    def test_a_count_or_details_each_alone_or_with_none(self) -> None:
        counts: list[Any] = [int, float, int | float, "int | float", int | None, "float | None"]
        counts += [typing.Optional[float], typing.Union[int, float, None]]  # noqa: UP007, UP045
        counts += [typing.Annotated[int | None, "a"], typing.Annotated["int | float", {}]]
        kinds: list[Any] = [InputTokensDetails, CachedDetails, CreateImageEditInputTokensDetails]
        kinds += [kind | None for kind in kinds]
        marked: Any = typing.Annotated[InputTokensDetails, "a"]
        kinds += ["InputTokensDetails | None", marked | None]
        for base, kind in itertools.product((CreateImageUsage, InputTokensDetails), counts + kinds):
            model, more = derived(base, more=(kind, None)), 5 if kind in counts else SNAKE_DETAILS
            usage = model.from_dict({**SNAKE, "more": more})
            self.assertEqual(usage.to_dict()["more"], more, kind)
            self.assertEqual((usage + usage).more, usage.more + usage.more, kind)
            self.assertIsNone(model.zero().more, kind)

    def test_anything_else_is_refused(self) -> None:
        kinds: list[Any] = [str, bool, bool | None, Decimal | None, complex, object, None, Any]
        kinds += [dict[str, InputTokensDetails], list[int], type[InputTokensDetails]]
        kinds += [int | str, int | InputTokensDetails, InputTokensDetails | OutputDetails]
        kinds += [CreateImageUsage, type("Other", (), {"from_dict": print}), typing.Literal[0]]
        kinds += ["Unknown", "int | Unknown", "1 / 0", "(", typing.NewType("Tokens", int)]
        base = vars(typing)["Generic"][vars(typing)["AnyStr"]]
        generic: Any = types.new_class("G", (InputTokensDetails, base))
        kinds += ["ClassVar[Unknown]", InitVar[int], "InitVar[int]", generic[str]]
        for kind in kinds:
            self.check_refused(kind, None)
        inner = derived(derived(InputTokensDetails, text_tokens=(Decimal, None)), "Other")
        error = raised_by(derived(CreateImageUsage, more=(inner,)).from_dict, {"more": {}})
        self.assertRegex(str(error), r"^Sub\.text_tokens is <class 'decimal.Decimal'>; a field is ")

    @unittest.skipIf(sys.version_info < (3, 12), "needs type statements")
    def test_a_type_alias_is_what_it_stands_for(self) -> None:
        names: dict[str, Any] = {**vars(typing), "InputTokensDetails": InputTokensDetails}
        code = """
            type Count = int | float
            type Optional = Count | None
            type Marked = Annotated[Optional, {}]
            type Details = InputTokensDetails | None
            type Broken = Undefined | None
        """
        exec(textwrap.dedent(code), names)
        self.check_refused(names["Broken"], None)
        for alias in ("Count", "Optional", "Marked", "Details"):
            more: Any = SNAKE_DETAILS if alias == "Details" else 5
            for kind in (names[alias], names[alias] | None):
                model = derived(CreateImageUsage, more=(kind, None))
                self.assertEqual(model.from_dict({**SNAKE, "more": more}).to_dict()["more"], more)

    def test_what_is_not_a_field(self) -> None:
        """ClassVars, KW_ONLY and mixins; a private name and a name of a nested class are fields."""
        code = """
            import typing
            from dataclasses import KW_ONLY, dataclass
            from orq_usage import *
            class Mixin:
                label: "Unknown"
                count: int = 5
            class Size(InputTokensDetails): pass
            @dataclass(frozen=True, slots=True, kw_only=True)
            class Mine(CreateImageUsage, Mixin):
                names: "typing.ClassVar[list[int]]" = []
                bare: typing.ClassVar = 7
                _: "KW_ONLY"
                _retries: "int | float" = 0
                class Size(InputTokensDetails): pass
                size: typing.Optional["Size"] = None  # Not the one of the module.
        """
        code = textwrap.dedent(code)
        sources = [code, FUTURE + code.replace('"', ""), code.replace("slots=True, ", "")]
        payload = {**SNAKE, "_retries": 2.0, "size": {"textTokens": 1}}
        for source in sources:
            names: dict[str, Any] = {"__name__": __name__}
            exec(source, names)
            mine = names["Mine"]
            usage = mine.from_dict(payload)
            self.assertEqual((type(usage.size), mine.count, mine.bare), (mine.Size, 5, 7))
            double = {**total_of([SNAKE, SNAKE]).to_dict(), "_retries": 4}
            self.assertEqual((usage + usage).to_dict(), {**double, "size": {"text_tokens": 2}})

    def test_a_field_without_the_decorator(self) -> None:
        """All ways to annotate what has not become a field, at all first uses."""

        def bare(*bases: Any, **fields: Any) -> Any:
            names = {"__annotations__": fields, "__module__": __name__}
            return type("Bare", bases, {**names, **dict.fromkeys(fields)})

        count, one, two = int | None, (CreateImageUsage,), derived(CreateImageUsage, one=(int, 0))
        three = derived(CreateImageUsage, slots=False, three=(int, 0))
        ways = [bare(*one, three=count), bare(*one, _three=count), bare(*one, input_tokens=count)]
        ways += [derived(bare(*one, three=count), more=(int, 0)), bare(two, three)]
        mixin = dataclasses.make_dataclass("Mixin", [("three", int, field(default=0))], frozen=True)
        ways += [bare(*one, mixin)]
        for model in ways:
            for call in first_uses(model):
                error = raised_by(call)
                self.assertIs(type(error), TypeError)
                self.assertRegex(str(error), "^(_?three|input_tokens) .*: decorate Bare with @data")
        # With the decorator, all is well.
        usage: Any = derived(bare(two, three), slots=False).from_dict({**SNAKE, "three": 2})
        self.assertEqual((usage + usage).three, 4)
        model = derived(CreateImageUsage, more=(bare(InputTokensDetails, cached=count), None))
        self.assertRegex(str(raised_by(model.from_dict, {**SNAKE, "more": {}})), "^cached .* Bare")

    def test_a_class_that_is_used_before_it_is_complete(self) -> None:
        def register(cls: Any) -> Any:
            self.assertIs(type(raised_by(cls.from_dict, SNAKE)), TypeError)
            return cls

        @dataclass(frozen=True, kw_only=True)
        @register
        class Early(CreateImageUsage):
            more: int | None = None

        self.assertEqual(Early.from_dict({**SNAKE, "more": 5}).more, 5)

    if sys.version_info >= (3, 14):  # Annotations are deferred.

        def test_a_forward_reference_in_code_with_globals_of_its_own(self) -> None:
            code = """
                from dataclasses import dataclass
                from orq_usage import *
                @dataclass(frozen=True, slots=True, kw_only=True)
                class Mine(CreateImageUsage):
                    more: Later | None = None
                class Later(InputTokensDetails): pass
            """
            names: dict[str, Any] = {"__name__": "not_in_sys_modules"}
            exec(textwrap.dedent(code), names)
            usage = names["Mine"].from_dict({**SNAKE, "more": {"text_tokens": 5}})
            self.assertEqual(usage.more, names["Later"](text_tokens=5))

    def test_a_field_with_a_default_is_optional(self) -> None:
        factory = field(default_factory=InputTokensDetails)
        fields: Any = {"retries": (typing.Annotated[float, "a count"], 2.0), "attempts": ("int", 1)}
        fields["cached"] = float, field(default_factory=lambda: Decimal(3))
        fields |= {"details": (InputTokensDetails, factory), "reported": (COUNT_OR_NONE, None)}
        for slots in (True, False):
            model = derived(CreateImageVariationUsage, slots=slots, **fields)
            self.assertEqual(model.__annotations__["retries"], fields["retries"][0])
            for given in (SNAKE, {**SNAKE, **dict.fromkeys(fields)}):  # Missing, then null.
                for usage in (model.from_dict(given), model(**given)):
                    found = [getattr(usage, name) for name in fields]
                    self.assertEqual(repr(found), repr([2, 1, 3, InputTokensDetails(), None]))
            given = {"retries": 3, "attempts": 4, "cached": 5, "details": {"textTokens": 6}}
            usage = model.from_dict({**SNAKE, **given, "reported": 7})
            double, zero = (usage + usage).to_dict(), model.zero().to_dict()
            self.assertEqual([double[name] for name in fields], [6, 8, 10, {"text_tokens": 12}, 14])
            self.assertEqual([zero.get(name) for name in fields], [0, 0, 0, {}, None])
        self.assertIn("x", problems_of(derived(InputTokensDetails, x=(int, -1))))
        none = derived(CreateImageUsage, x=(COUNT_OR_NONE, field(default_factory=lambda: None)))
        self.assertIsNone(none.from_dict({**SNAKE, "x": None}).x)


class Subclasses(unittest.TestCase):
    """A field is one line: nothing else knows of it."""

    def test_all_follows_from_the_fields(self) -> None:
        details, camel_details = {"text_tokens": 2, "tokens": 1}, {"textTokens": 2, "tokens": 1}
        snake = {**SNAKE, "own_tokens": 5, "output_tokens_details": details}
        camel = {**CAMEL, "ownTokens": 5, "outputTokensDetails": camel_details}
        usage = WidestUsage.from_dict({**snake, "count_4k_HD_": 3})
        self.assertEqual(usage.output_tokens_details, OutputDetails(tokens=1, text_tokens=2))
        again = WidestUsage.from_dict({**camel, "count4kHD": 3})
        self.assertEqual((again, hash(again), eval(repr(usage))), (usage, hash(usage), usage))
        self.assertEqual(usage.to_dict(camel_case=True), {**camel, "count4kHD": 3})
        self.assertEqual([*usage.to_dict()][-3:], [*MORE, "count_4k_HD_"])
        double: Any = usage + usage
        self.assertEqual((double.own_tokens, double.count_4k_HD_), (10, 6))
        self.assertEqual(double.output_tokens_details, OutputDetails(tokens=2, text_tokens=4))
        self.assertEqual(usage + WidestUsage.zero(), usage)
        wrong: list[Payload] = [{}, {"tokens": "x"}, {"tokens": float("nan")}]
        for bad in ({**snake, "output_tokens_details": details} for details in wrong):
            for found in (problems_of(WidestUsage.from_dict, bad), problems_of(WidestUsage, **bad)):
                self.assertEqual([*found], ["output_tokens_details.tokens"])
        # A name of one word has one spelling.
        found = problems_of(OutputDetails.from_dict, {"tokens": float("nan")})
        self.assertEqual(found, {"tokens": (COUNT, "nan")})

    def test_details_of_a_subclass_are_kept(self) -> None:
        zero, edit = CreateImageUsage.zero(), CreateImageEditUsage.from_dict(SNAKE)
        for cls in (CachedDetails, OwnParser):
            details = cls.zero() + cls(text_tokens=Int(1), own_tokens=2)
            wider = derived(WideUsage, more=(cls,))
            for each in (details, derived(cls).zero()):
                self.assertIs(wider.from_dict({**SNAKE, "more": each}).more, each)
                self.assertIs(wider(**{**SNAKE, "more": each}).more, each)
            usage = CreateImageUsage.from_dict({"inputTokensDetails": details})
            copies = [copy.deepcopy(usage), pickle.loads(pickle.dumps(usage)), usage + zero]
            for again in [usage, zero + usage, *copies]:
                self.assertEqual(again.input_tokens_details, details)
            for total in (usage + edit, edit + usage):
                self.assertEqual(total.input_tokens_details, details + edit.input_tokens_details)

    def test_details_with_their_own_from_dict(self) -> None:
        parse: Any = {"from_dict": classmethod(lambda cls, data: cls(**data["x"]))}
        cls = type("Parser", (InputTokensDetails,), parse)
        model = derived(AnyUsage, more=(cls, None), input_tokens_details=(cls | None, None))
        usage = model.from_dict({"more": {"x": {"text_tokens": 5}}})
        self.assertEqual((usage + replace(usage, total_tokens=1)).more.text_tokens, 10)
        self.assertEqual((usage + total_of([SNAKE])).input_tokens_details, cls(**SNAKE_DETAILS))

    def test_a_mixin_with_methods_of_its_own(self) -> None:
        class Mixin:
            def __radd__(self, other: Any) -> Any:
                return cast(Any, self) + other

            def _check(self) -> None:
                raise AssertionError

            _parse = _check

        hook = classmethod(lambda cls, label: setattr(cls, "label", label))
        bases = Mixin, CreateImageUsage, type("Labelled", (), {"__init_subclass__": hook})
        named: Any = types.new_class("Named", bases, {"label": "x"})
        usage = sum([named.from_dict(SNAKE)])
        self.assertEqual((copy.copy(usage), named.label), (usage, "x"))

    def test_fields_of_a_mixin_that_is_a_dataclass(self) -> None:
        fields = [("retries", int, field(default=0))]
        mixin = dataclasses.make_dataclass("Mixin", fields, frozen=True)
        both = derived(type("Both", (CreateImageUsage, mixin), {}), slots=False)
        usage = both.from_dict({**SNAKE, "retries": 2.0})
        self.assertEqual(((usage + usage).retries, both.zero().retries), (4, 0))

    @needs_processes
    def test_threads_at_the_first_use(self) -> None:
        for _ in range(20):
            model = derived(CreateImageUsage, more=(int, 0), last=(CachedDetails | None, None))
            barrier = threading.Barrier(8)

            def work(_: int, model: Any = model, barrier: Any = barrier) -> Any:
                barrier.wait()
                usage = model.from_dict({**SNAKE, "more": 1})
                return usage + usage + CreateImageEditUsage.from_dict(SNAKE)

            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                totals = [*pool.map(work, range(8))]
            self.assertEqual([(t.total_tokens, t.more) for t in totals], [(16029, 2)] * 8)


class Sums(unittest.TestCase):
    """The class of a sum, and what happens to its details."""

    def test_the_class_of_a_sum(self) -> None:
        models = [WideUsage, UnslottedUsage, CachedVariation, PricedVariation, NamedVariation]
        models += [*MODELS, NamedUsage, NamedDetails, CachedDetails, OutputDetails]
        more = {"own_tokens": 2, "extra": 4, "tokens": 3}
        known = {m: m.from_dict({**SNAKE, **SNAKE_DETAILS, **more}) for m in models}
        wide, variation, details = CreateImageUsage, CreateImageVariationUsage, InputTokensDetails
        others = [model for model in USAGES if model is not variation]
        # One class, others, and the class of the sum with each of these; None if there is none.
        rows: list[tuple[Any, list[Any], Any]] = [
            (WideUsage, [WideUsage, *USAGES, PricedVariation, CachedVariation], WideUsage),
            (UnslottedUsage, [*USAGES, PricedVariation], UnslottedUsage),
            (UnslottedUsage, [WideUsage, NamedUsage], None),
            (PricedVariation, [*others, NamedVariation], wide),
            (CachedVariation, [*others, PricedVariation, UnslottedUsage], None),
            (CachedDetails, [*DETAILS, NamedDetails], CachedDetails),
            (OutputDetails, [*DETAILS, NamedDetails], OutputDetails),
            (NamedDetails, [DETAILS_OF[variation]], NamedDetails),
            (NamedDetails, [details, DETAILS_OF[CreateImageEditUsage]], details),
            (OutputDetails, [CachedDetails], None),
            (wide, NARROW_USAGES, wide),
            (details, [DETAILS_OF[model] for model in NARROW_USAGES], details),
        ]
        for one, others_of_one, expected in rows:
            for other, step in itertools.product(others_of_one, (1, -1)):
                x, y = (known[one], known[other])[::step]
                if not expected:
                    self.assertIs(type(raised_by(operator.add, x, y)), TypeError, (x, y))
                    continue
                total = x + y
                self.assertIs(type(total), expected, (x, y))
                self.assertEqual(pickle.loads(pickle.dumps(total)), total)
                for name in {*names_of(type(x)), *names_of(type(y))} - {"input_tokens_details"}:
                    counts = [getattr(value, name, None) or 0 for value in (x, y)]
                    self.assertEqual(getattr(total, name) or 0, sum(counts), name)

    def test_details_in_a_sum_are_of_the_class_of_their_field(self) -> None:
        wide: Any = WideUsage.from_dict({**SNAKE, **MORE})
        given = OutputDetails(tokens=1, image_tokens=3)
        pairs = [(given, OutputDetails(tokens=1, image_tokens=3, text_tokens=2))]
        pairs += [(None, OutputDetails(tokens=0, text_tokens=2))]
        for details, expected in pairs:
            widest = WidestUsage.from_dict({**SNAKE, "output_tokens_details": details})
            for total in (wide + widest, widest + wide):
                self.assertEqual(total.output_tokens_details, expected)

    def test_details_of_another_class_are_read_by_the_class_of_their_field(self) -> None:
        narrow = CreateImageVariationInputTokensDetails
        strict = derived(CreateImageUsage, input_tokens_details=(narrow,)).from_dict(SNAKE)
        none = derived(CreateImageUsage, input_tokens_details=(narrow | None, None)).zero()
        whole, part = (CreateImageUsage.from_dict(p) for p in (SNAKE, without(IMAGE_PATH)))
        more = CreateImageUsage(input_tokens_details=CachedDetails(own_tokens=2))
        double = narrow(text_tokens=1676, image_tokens=1772)
        pairs = [((strict, whole), double), ((none, whole), narrow(**SNAKE_DETAILS))]
        for step in (1, -1):
            for pair, total in pairs:
                self.assertEqual(operator.add(*pair[::step]).input_tokens_details, total)
            found = problems_of(operator.add, *(none, part)[::step])
            self.assertEqual(found, {IMAGE_PATH: (COUNT, "None")})
            message = "^cannot add CachedDetails to CreateImageVariationInputTokensDetails: "
            self.assertRegex(str(raised_by(operator.add, *(strict, more)[::step])), message)

    def test_a_sum_always_parses_again(self) -> None:
        lax = [derived(m, input_tokens_details=(DETAILS_OF[m] | None, None)) for m in NARROW_USAGES]
        usages = [model.from_dict(without("input_tokens_details")) for model in lax]
        for one, two in itertools.permutations(usages, 2):
            total = one + two
            self.assertEqual(total.input_tokens_details, InputTokensDetails())
            self.assertEqual(CreateImageUsage.from_dict(total.to_dict()), total)

    def test_a_field_that_would_be_lost_is_a_type_error(self) -> None:
        count = derived(CreateImageUsage, more=(int | None, None))
        details = derived(CreateImageUsage, more=(InputTokensDetails, None))
        other = derived(CreateImageVariationUsage, more=(InputTokensDetails | None, None))
        cached, edit = CachedVariation.from_dict(SNAKE), CreateImageEditUsage.from_dict(SNAKE)
        message = "cannot add CachedVariation and PostV2ProxyImagesEditsUsage: neither can hold the"
        self.assertEqual(str(raised_by(operator.add, cached, edit)), f"{message} sum")
        # Fields of the same name of which one is a count and one details.
        value = other.from_dict({**SNAKE, "more": {"text_tokens": 5}})
        self.assertIs(type(raised_by(operator.add, count.from_dict(SNAKE), value)), TypeError)
        self.assertEqual((details.from_dict({**SNAKE, "more": {}}) + value).more, text(5))
        kinds = [CachedDetails.zero(), OutputDetails.zero()]
        pair = [CreateImageUsage(input_tokens_details=kind) for kind in kinds]
        self.assertIs(type(raised_by(operator.add, *pair)), TypeError)

    def test_the_int_0_adds_nothing_and_anything_else_is_a_type_error(self) -> None:
        for model in MODELS:
            value = model.from_dict({**SNAKE, **SNAKE_DETAILS})
            self.assertIs(value + 0, value)
            self.assertIs(0 + value, value)
            other = (InputTokensDetails if model in USAGES else CreateImageUsage).zero()
            for stranger in (other, False, True, 1, -1, 0.0, None, "", {}, SNAKE, object()):
                for pair in ((value, stranger), (stranger, value)):
                    error = repr(raised_by(operator.add, *pair))
                    self.assertRegex(error, r"^TypeError\(.*(unsupported|concatenate)")
            self.assertEqual(value + unittest.mock.MagicMock(__radd__=lambda *_: "sum"), "sum")

    def test_the_memory_of_a_sum_is_constant(self) -> None:
        def peak(count: int) -> int:
            gc.collect()
            tracemalloc.start()
            sum((CreateImageUsage.from_dict(SNAKE) for _ in range(count)), total_of([]))
            size = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return size

        self.assertLess(peak(5000), peak(50) + 10_000)


class Models(unittest.TestCase):
    def test_fields(self) -> None:
        for model, texts in FIELDS.items():
            for each, expected in zip((model, DETAILS_OF[model]), texts.split("|"), strict=True):
                names = [f.name + "?" * (f.default is None) for f in dataclasses.fields(each)]
                self.assertEqual(names, expected.split())
                self.assertFalse(hasattr(each.zero(), "__dict__"))
                for name, hint in typing.get_type_hints(each).items():
                    count = int | float | None if name + "?" in names else int | float
                    self.assertEqual(hint, DETAILS_OF[model] if "details" in name else count)
                    self.assertIn(f"- {name}: ", str(each.__doc__))

    def test_public_names(self) -> None:
        names = orq_usage.__all__
        self.assertEqual({*names}, {name for name in vars(orq_usage) if not name.startswith("_")})
        values = {getattr(orq_usage, name) for name in names}
        self.assertEqual(values, {*MODELS, functools.reduce(operator.or_, USAGES), UsageError})

    def test_every_mixture_of_spellings_on_both_levels_beside_unknown_keys(self) -> None:
        more: dict[Any, Any] = {"cached": {"a": [1]}, "OutputTokens": -1, "": None, 5: "x"}
        for model, picks in itertools.product(USAGES, itertools.product((False, True), repeat=6)):
            pairs = zip(CAMEL_KEYS.items(), picks, strict=True)
            keys = {name: camel if pick else name for (name, camel), pick in pairs}
            payload: Any = {keys[name]: value for name, value in SNAKE.items()} | more
            details = {keys[name]: value for name, value in SNAKE_DETAILS.items()} | more
            payload[keys["input_tokens_details"]] = details
            counts = [get(path, model.from_dict(payload)) for path in PATHS]
            self.assertEqual(counts, [5343, 1724, 3619, 838, 886], payload)

    def test_any_mapping(self) -> None:
        kinds = [types.MappingProxyType, collections.OrderedDict, collections.UserDict, Lazy]
        payloads: list[Payload] = [SNAKE, CAMEL, {"input_tokens_details": {}}]
        for kind, payload in itertools.product(cast(Any, kinds), payloads):
            *_, key = payload
            nested = kind({**payload, key: kind(payload[key])})
            expected = CreateImageUsage.from_dict(payload)
            self.assertEqual(CreateImageUsage.from_dict(nested), expected)

    def test_an_instance_is_returned_as_it_is(self) -> None:
        hashed: Any = {"__hash__": object.__hash__}
        mapping = type("Both", (CachedVariation, collections.UserDict), hashed)
        for model in (*MODELS, mapping):
            self.assertIs(model.from_dict(zero := derived(model, slots=False).zero()), zero)
        for model, other in itertools.permutations(USAGES, 2):
            self.assertEqual(list(problems_of(model.from_dict, other.zero())), [""])
            details = DETAILS_OF[model].zero()
            usage = model.from_dict(changed("input_tokens_details", details))
            self.assertIs(usage.input_tokens_details, details)

    def test_what_a_mapping_or_a_number_raises_comes_through(self) -> None:
        for error in (ConnectionError("x"), KeyError("total_tokens"), TypeError("x")):
            whole, inner = (Lazy(p, {next(iter(p)): error}) for p in (SNAKE, SNAKE_DETAILS))
            convert = unittest.mock.Mock(side_effect=error)
            number: Any = type("Failing", (Fraction,), {"__float__": convert})(1, 2)
            payload = changed("input_tokens_details", inner)
            for given in (whole, payload, changed(TEXT_PATH, number)):
                self.assertIs(raised_by(CreateImageUsage.from_dict, given), error)

    def test_the_constructor_takes_keywords_only(self) -> None:
        for model in MODELS:
            complete = {name: getattr(model.zero(), name) for name in names_of(model)}
            self.assertEqual(model(**complete), model.zero())
            self.assertIsInstance(raised_by(model, *complete.values()), TypeError)
            self.assertIsInstance(raised_by(model, **complete, textTokens=1), TypeError)

    def test_the_constructor_is_the_same_as_from_dict(self) -> None:
        for model in USAGES:
            details = DETAILS_OF[model].from_dict(SNAKE_DETAILS)
            built = model(**changed("input_tokens_details", details))
            self.assertEqual(built, model.from_dict(SNAKE))
            self.assertIs(built.input_tokens_details, details)
            self.assertEqual(model(**SNAKE), built)  # A dict in place of details is parsed.
            bad: Payload = {**SNAKE, "total_tokens": -1, "input_tokens_details": 5}
            self.assertEqual(problems_of(model, **bad), problems_of(model.from_dict, bad))
            others = [cls.zero() for cls in DETAILS if cls is not DETAILS_OF[model]]
            for stranger in (5, 5.0, None, "x", [], *others):
                found = problems_of(model, **changed("input_tokens_details", stranger))
                self.assertEqual(list(found), ["input_tokens_details"])


class CopiesAndHooks(Folder):
    """A copy restores; a new instance runs __post_init__ once."""

    def copies_of(self, value: Any) -> list[Any]:
        ways = [copy.copy(value), copy.deepcopy(value)]
        return ways + [pickle.loads(pickle.dumps(value, protocol)) for protocol in PROTOCOLS]

    def test_round_trips(self) -> None:
        names = {name: getattr(orq_usage, name) for name in orq_usage.__all__}
        for usage in random_usages(7, USAGES, 100) + random_usages(8, USAGES, 100):
            again = [*self.copies_of(usage), eval(repr(usage), names)]
            dumps = [usage.to_dict(camel_case=camel_case) for camel_case in (False, True)]
            again += [type(usage).from_dict(json.loads(json.dumps(dump))) for dump in dumps]
            for value in again:
                self.assertEqual((value, repr(value)), (usage, repr(usage)))

    def test_copies_of_classes_with_hooks(self) -> None:
        priced: Any = Priced.from_dict(changed("total_tokens", 7.0))
        counted = Counted.from_dict({**SNAKE, "runs": 3})
        checked = derived(CreateImageUsage, more=(CheckedDetails | None, None))
        nested = checked.from_dict({**SNAKE, "more": {"text_tokens": 5}})
        values: list[Any] = [priced, priced + priced, counted, counted + counted, Counted.zero()]
        made = len(Priced.made), len(CheckedDetails.made)
        for value in values:
            for again in self.copies_of(value):
                self.assertEqual(again, value)
        self.assertEqual(copy.copy(nested), nested)
        self.assertEqual((len(Priced.made), len(CheckedDetails.made)), made)
        self.assertEqual((priced.cost, vars(copy.deepcopy(priced))), (14, vars(priced)))
        self.assertNotIn("total_tokens", vars(priced))

    @needs_processes
    def test_pickles_between_pythons(self) -> None:
        usages = [model.from_dict(changed("total_tokens", 0.5)) for model in USAGES]
        ours = pickle.dumps(usages, 4)
        code = filled("import pickle; print(pickle.dumps(pickle.loads(OURS), 4).hex())", OURS=ours)
        for minor in range(10, 16):
            python = shutil.which(f"python3.{minor}")
            if python and not subprocess.run([python, "-c", ""], capture_output=True).returncode:
                theirs = bytes.fromhex(run("-c", IMPORTED + code, python=python))
                self.assertEqual(pickle.loads(theirs), usages, python)

    def test_a_new_instance_runs_the_hook_once(self) -> None:
        one: Any = Priced.from_dict(SNAKE)
        large: Any = Priced.from_dict(changed("total_tokens", 2**60))
        other, details = CreateImageEditUsage.from_dict(SNAKE), text(1)
        # A way to make an instance, its total tokens, and how often the hooks of all parts ran.
        ways: list[tuple[Any, Any, int]] = [(lambda: Priced.from_dict(SNAKE), 5343, 1)]
        ways += [(Priced.zero, None, 1), (derived(Priced, slots=False).zero, None, 1)]
        ways += [(lambda: Priced(total_tokens=2**60, input_tokens_details=details), 2**60, 1)]
        ways += [(lambda: Priced(total_tokens=7.0, input_tokens_details=details), 7, 1)]
        ways += [(lambda: replace(large, output_tokens=1), 2**60, 2)]
        ways += [(lambda: one + one, 10686, 3), (lambda: other + one, 10686, 2)]
        ways += [(lambda: one + 0, 5343, 1), (lambda: Priced.from_dict(one), 5343, 1)]
        for number, (way, total, runs) in enumerate(ways):
            usage = way()
            found = (usage.total_tokens, usage.cost, usage.runs)
            self.assertEqual(found, (total, 2 * (total or 0), runs), number)
        self.assertEqual(one.to_dict(), {**total_of([SNAKE]).to_dict(), "cost": 10686, "runs": 1})

    def test_hooks_of_details_within_a_usage(self) -> None:
        model = derived(CreateImageUsage, more=(CheckedDetails | None, None))
        payload = {**SNAKE, "more": {"text_tokens": 5}}
        usage = model.from_dict(payload)
        ways: list[Any] = [lambda: usage + usage, lambda: model.from_dict(payload), model.zero]
        for way, tokens in zip(ways, ([10], [5], []), strict=True):
            CheckedDetails.made.clear()
            way()
            self.assertEqual(CheckedDetails.made, tokens)
        CheckedDetails.made.clear()
        none = derived(CreateImageUsage, input_tokens_details=(CheckedDetails | None, None)).zero()
        total = none + CreateImageUsage(input_tokens_details=text(5))
        self.assertEqual((total.input_tokens_details.text_tokens, CheckedDetails.made), (5, [5]))
        found = problems_of(model.from_dict, {"more": {"text_tokens": 13}})
        self.assertEqual([*found], ["input_tokens_details", "more.text_tokens"])

    def test_what_a_hook_raises(self) -> None:
        payload = changed("output_tokens", 13)
        self.assertIs(type(raised_by(Priced.from_dict, payload)), ArithmeticError)
        found = problems_of(Priced.from_dict, {**payload, "total_tokens": -1})
        self.assertEqual([*found], ["total_tokens"])


class Pasted(unittest.TestCase):
    def setUp(self) -> None:
        main = types.ModuleType("pasted_main")  # Where the annotations of a cell are looked up.
        self.names: dict[str, Any] = vars(main)
        sys.modules["pasted_main"] = main
        self.addCleanup(sys.modules.pop, "pasted_main")

    def test_each_private_name_stands_above_what_uses_it(self) -> None:
        """Else marimo deletes it when the cell has run."""

        def private(name: str) -> bool:
            return name.startswith("_") and not name.startswith("__")

        defined = set[str]()
        for statement in ast.parse(SOURCE).body:
            for each in getattr(statement, "names", [statement]):
                defined.add(str(getattr(each, "asname", None) or getattr(each, "name", None)))
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            defined |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
            self.assertEqual({*filter(private, used)} - defined, set(), ast.unparse(statement)[:80])
        self.assertGreater(len({*filter(private, defined)}), 20)

    def test_a_script_may_rebind_all_other_names(self) -> None:
        names = "annotations dataclass dataclasses fields field typing Any Mapping T cls inspect"
        rebound, before = dict.fromkeys(names.split()), dict(self.names)
        for head, used in itertools.product(("", FUTURE), (False, True)):
            self.names.clear()
            self.names |= {**before, **rebound}
            exec(compile(head + SOURCE, "cell", "exec"), self.names)
            bound = {name for name in self.names if not name.startswith("_")}
            self.assertEqual(bound, {*orq_usage.__all__, *rebound})
            if used:
                verdicts_of(self.names)
            self.names |= rebound
            self.assertEqual(verdicts_of(self.names), EXPECTED)
            self.assertIn("return", typing.get_type_hints(self.names["CreateImageUsage"].from_dict))

    def test_a_cell_that_is_run_again(self) -> None:
        for head, used in itertools.product(("", FUTURE), (False, True)):
            exec(compile(head + SOURCE, "cell", "exec"), self.names)
            old = dict(self.names)
            usage = old["CreateImageEditUsage"].from_dict(SNAKE)
            other = old["CreateImageVariationUsage"].from_dict(SNAKE)
            if used:
                operator.add(usage, other)
            exec(compile(head + SOURCE, "cell", "exec"), self.names)
            self.assertEqual(verdicts_of(self.names), EXPECTED)
            error = self.names["UsageError"]  # What `except UsageError` catches from now on.
            self.assertEqual(verdicts_of({**old, "UsageError": error}), EXPECTED)
            self.assertIs(type(usage + other), old["CreateImageUsage"])
            model = self.names["CreateImageEditUsage"]
            new = model.from_dict(SNAKE)
            for pair in ((usage, new), (new, usage), (other, new)):
                self.assertIs(type(raised_by(operator.add, *pair)), TypeError)
            self.assertIs(type(raised_by(model.from_dict, usage)), error)
            self.assertEqual(model.from_dict(usage.to_dict()), new)
            # A subclass of a class of the earlier run, with details of that run.
            more = {"__annotations__": {"more": old["InputTokensDetails"] | None}, "more": None}
            made = type("Sub", (old["CreateImageUsage"],), more)
            sub: Any = dataclass(frozen=True, kw_only=True)(made)
            total = usage + sub.from_dict({**SNAKE, "more": {"text_tokens": 5}})
            self.assertEqual((total.total_tokens, total.more.text_tokens), (10686, 5))


@needs_processes
class Copies(Folder):
    check, expected = VERDICTS + "print(verdicts())\n", f"{EXPECTED}\n"

    def test_isolated_and_pasted_into_a_script(self) -> None:
        found = run("-I", "-S", "-OO", "-W", "error", "-c", IMPORTED + self.check)
        self.assertEqual(found, self.expected)
        for head in ("", FUTURE + "import json\n", "from typing import TYPE_CHECKING\n"):
            self.assertEqual(self.run_script(head, SOURCE, self.check), self.expected)

    def check_package(self, head: str) -> None:
        self.write("outer/__init__.py", head)
        self.write("outer/inner/__init__.py", "from .usage import *\n")
        self.write("outer/inner/usage.py", SOURCE)
        self.assertEqual(self.run_script("from outer.inner import *\n", self.check), self.expected)

    def test_submodule_of_a_package(self) -> None:
        self.check_package("")

    @needs("beartype")
    def test_under_the_import_hook_of_beartype(self) -> None:
        head = "from beartype import BeartypeConf, claw\n"
        conf = "conf=BeartypeConf(is_pep484_tower=True)"
        self.check_package(f"{head}claw.beartype_this_package({conf})\n")

    @needs("typeguard")
    def test_under_the_import_hook_of_typeguard(self) -> None:
        self.check_package("import typeguard\ntypeguard.install_import_hook('outer')\n")

    def test_reload(self) -> None:
        self.write("reloaded.py", SOURCE)
        with unittest.mock.patch.object(sys, "path", [str(self.folder), *sys.path]):
            module: Any = importlib.import_module("reloaded")
            self.addCleanup(sys.modules.pop, "reloaded")
            old = module.CreateImageEditUsage.from_dict(SNAKE)
            importlib.reload(module)
        new = module.CreateImageEditUsage.from_dict(SNAKE)
        self.assertEqual((old + old).to_dict(), (new + new).to_dict())
        self.assertEqual(copy.deepcopy(old), old)
        self.assertIs(type(raised_by(operator.add, old, new)), TypeError)

    def test_import_brings_in_nothing_slow(self) -> None:
        head = "import sys, dataclasses, typing\nbefore = set(sys.modules)\n"
        tail = """
            (CreateImageUsage.from_dict(SNAKE) + CreateImageUsage.zero()).to_dict()
            InputTokensDetails(text_tokens=12345.67) + InputTokensDetails(text_tokens=1)
            print(*set(sys.modules) - before)
        """
        code = head + IMPORTED + filled(tail, SNAKE=SNAKE)
        self.assertEqual(run("-I", "-S", "-c", code), "orq_usage\n")


@needs_processes
class Processes(Folder):
    @needs("cloudpickle")
    def test_by_value(self) -> None:
        """Pasted code with subclasses, by value; and subclasses of the imported module."""
        script = """
            import cloudpickle, pathlib, typing
            from dataclasses import KW_ONLY, dataclass
            @dataclass(frozen=True, kw_only=True)
            class MyDetails(InputTokensDetails):
                own_tokens: float
            @dataclass(frozen=True, slots=True, kw_only=True)
            class MyUsage(CreateImageVariationUsage):
                _: KW_ONLY
                rate: typing.ClassVar[int] = 2
                retries: float = 0
                my_details: "MyDetails | None" = None
                others: typing.Optional["MyDetails"] = None
                def __post_init__(self):
                    CreateImageVariationUsage.__post_init__(self)
                    if self.retries > 9:
                        raise ArithmeticError(self.retries)
            def parse(more):
                try:
                    usage = MyUsage.from_dict({**SNAKE, **more})
                    return str(usage + usage), usage.to_dict(), str(MyUsage.zero())
                except (UsageError, ArithmeticError) as error:
                    return str(error)
            def both():
                more = [{"ownTokens": 5.0}, {"own_tokens": -1}, {}, None]
                more = [{"my_details": details, "others": details} for details in more]
                return verdicts(), [*map(parse, more + [{"retries": 3}, {"retries": 6}])]
            expected = both() if USED else None
            pathlib.Path("both.pickle").write_bytes(cloudpickle.dumps(both))
            print(both())
        """
        load = "import pickle\nprint(pickle.load(open('both.pickle', 'rb'))())"
        sources = [SOURCE, FUTURE + SOURCE, IMPORTED, FUTURE + IMPORTED]
        for source, used in itertools.product(sources, (False, True)):
            there = self.run_script(source, VERDICTS, filled(script, SNAKE=SNAKE, USED=used))
            self.assertTrue(there.startswith(f"({EXPECTED}, [('MyUsage("), there)
            self.assertIn("'retries': 3", there)
            head = IMPORTED if IMPORTED in source else ""
            self.assertEqual(run("-I", "-c", head + load, cwd=self.folder), there)


@needs("orq_ai_sdk")
class Sdk(unittest.TestCase):
    def sdk_model(self, model: Any) -> Any:
        models = importlib.import_module("orq_ai_sdk.models")
        if model is InputTokensDetails:
            return models.CreateImageInputTokensDetails
        return getattr(models, model.__name__.replace("PostV2ProxyImagesEdits", "CreateImageEdit"))

    def test_we_parse_what_it_dumps_and_it_accepts_what_we_dump(self) -> None:
        for seed in range(200):
            one, two = random_usages(seed, USAGES, 2, whole=False)
            for usage in (one, two, one + two):
                sdk = self.sdk_model(type(usage)).model_validate(usage.to_dict())
                self.assertEqual(sdk.model_dump(exclude_none=True), usage.to_dict())
                again = type(usage).from_dict(sdk.model_dump())
                self.assertEqual((again, repr(again)), (usage, repr(usage)))

    def test_the_same_fields(self) -> None:
        for model in MODELS:
            ours = {f.name: f.default is dataclasses.MISSING for f in dataclasses.fields(model)}
            theirs = self.sdk_model(model).model_fields
            required = {name: field.is_required() for name, field in theirs.items()}
            self.assertEqual(ours, required, model)

    def test_what_it_does_before_us(self) -> None:
        model = self.sdk_model(CreateImageUsage)
        odd = {"input_tokens": True, "output_tokens": "12", "totalTokens": 5}
        read = model.model_validate({**odd, "input_tokens_details": {}})
        found = (read.input_tokens, read.output_tokens, read.total_tokens)
        self.assertEqual([*map(repr, found)], ["1.0", "12.0", "None"])
        self.assertNotIsInstance(raised_by(model.model_validate, odd), UsageError | None)


# Runs what the README shows of the SDK with a client that answers without a network.
CLIENT = """
    import httpx, json, os, runpy
    from orq_ai_sdk import Orq
    from orq_usage import CreateImageUsage
    def answer(request):
        assert request.url.path.endswith("/images/generations"), request.url
        return httpx.Response(200, json=body)
    made = httpx.Client
    httpx.Client = lambda **keywords: made(transport=httpx.MockTransport(answer), **keywords)
    os.environ["ORQ_API_KEY"] = key = "key"
    body = {"created": 1, "data": [{"url": "https://example.com/1.png"}]}
    runpy.run_path("sdk.py")
    body["usage"], endpoint, model = SNAKE, "generations", "openai/gpt-image-1"
    response = runpy.run_path("sdk.py")["response"]
    with open("log.jsonl", "w") as log:
        exec(WRITER)
    body["usage"] = {**SNAKE, "total_tokens": "12"}  # Of which the SDK makes 12.0.
    exec(HOOK)
    try:
        orq.router.images.generations.create(model="m", prompt="p")
    except ValueError as error:
        print(error)
"""


class Rows(list[Any]):
    """What the README uses of Spark's data."""

    cache: Any = lambda self: self
    collect: Any = cache
    collectAsMap: Any = lambda self: dict(self)
    map: Any = lambda self, function: Rows(function(row) for row in self)
    filter: Any = lambda self, function: Rows(row for row in self if function(row))
    values: Any = lambda self: Rows(value for _, value in self)

    def reduceByKey(self, function: Any) -> "Rows":
        values = {key: [value for each, value in self if each == key] for key, _ in self}
        return Rows((key, functools.reduce(function, values[key])) for key in values)


class Readme(Folder):
    def setUp(self) -> None:
        super().setUp()
        self.write("orq_usage.py", SOURCE)

    def total(self, *lines: str, stderr: str = "") -> str:
        data = "\n".join(lines).encode(errors="surrogateescape")
        (self.folder / "log.jsonl").write_bytes(data)
        script = self.write("total.py", block("python\nimport json"))
        return run(script, "log.jsonl", cwd=self.folder, stderr=stderr)

    @needs_processes
    def test_the_main_command(self) -> None:
        command, shown = block("sh\npython3 -c"), block("text\n{")
        code = command.split('"')[1]
        self.assertEqual(run("-c", code), shown)
        self.assertLessEqual(len(command), 160)
        # sh, PowerShell and cmd pass it on alike: one pair of double quotes, nothing to expand.
        self.assertEqual(command, f'python3 -c "{code}"\n')
        self.assertFalse({*code} & {*'"$`%!^\\\n'})

    @needs_processes
    def test_the_script_for_a_log(self) -> None:
        def line(response: object = None, model: object = "a") -> str:
            return json.dumps({"endpoint": "edits", "model": model, "response": response})

        def usage(value: object) -> str:
            return line({"usage": changed("total_tokens", value)}, "c")

        fine = line({"created": 1, "usage": SNAKE})
        only = {"total_tokens": 7.0, "input_tokens_details": {}}
        others, name = cast(Any, [[], 5, None]), "CreateImageUsage: "
        # Each line, and what is said of it: nothing if it is complete.
        lines: list[tuple[str, str]] = [("\ufeff" + fine, ""), (fine + "\r", ""), ("", "")]
        lines += [("  \r", ""), (line({"usage": CAMEL}, "b\n\ud800é"), ""), (usage(10**308), "")]
        lines += [(usage(10**308), name + "total_tokens: .* larger"), ("\udcff", "'utf-8' codec")]
        lines += [(fine[:60], "Expecting|Unterminated"), ("[" * 100_000, "maximum recursion")]
        absent: list[str] = ["[]", "5", "null", '"text"', "{}", '{"model": "a"}', line({})]
        absent += [line(response) for response in ({"created": 1}, {"usage": None}, "x", *others)]
        absent += [line({"usage": SNAKE}, model) for model in ({}, *others)]
        lines += [(each, "no model or no usage") for each in absent]
        lines += [(line({"usage": value}), name + "payload: expected") for value in ("x", 5)]
        lines += [(line({"usage": {"\ud800": 5}}), name + r"input_tokens_details: .*\\ud800")]
        lines += [(usage(value), name + "total_tokens: ") for value in ("12", True, float("nan"))]
        lines += [(usage(None), "no total_tokens$"), (line({"usage": SNAKE}, "b\n\ud800é"), "")]
        lines += [(line({"usage": only}, "d"), "no input_tokens, output_tokens$")]
        said = "".join(f"line {n}: ({why}).*\n" for n, (_, why) in enumerate(lines, 1) if why)
        found = self.total(*(text for text, _ in lines), stderr=f"(?m){said}")
        large = [changed("total_tokens", 10**308), without("total_tokens")]
        payloads = {"a": [SNAKE] * 2, "b\n\ud800é": [SNAKE] * 2, "c": large, "d": [only]}
        expected = [{"model": m, **total_of(each).to_dict()} for m, each in payloads.items()]
        self.assertEqual([*map(json.loads, found.splitlines())], expected)
        self.assertTrue(found.isascii())

    @needs_processes
    @needs("orq_ai_sdk")
    def test_the_scripts_for_the_sdk(self) -> None:
        self.write("sdk.py", block("python\nimport os"))
        code = {"WRITER": block("python\nbody = "), "HOOK": block("python\ndef check")}
        printed = self.run_script(filled(CLIENT, SNAKE=SNAKE, **code))
        missing, found, refused = printed.splitlines()
        self.assertEqual((missing, found), ("The response has no usage.", str(total_of([SNAKE]))))
        self.assertEqual(refused, f"CreateImageUsage: total_tokens: expected {COUNT}, got '12'")
        log = (self.folder / "log.jsonl").read_text()
        self.assertNotIn("example.com", log)
        self.assertEqual(json.loads(log)["response"]["created"], 1)
        expected = {"model": "openai/gpt-image-1", **total_of([SNAKE]).to_dict()}
        self.assertEqual(self.total(log), json.dumps(expected) + "\n")
        sdk = importlib.import_module("orq_ai_sdk").Orq(api_key="key")
        for name, arguments in re.findall(r"images\.(\w+)\.create\((.*?)\)", README):
            known = getattr(sdk.router.images, name).create.__code__.co_varnames
            self.assertLessEqual({*re.findall(r"(\w+)=", arguments)}, {*known})

    @needs("genai_prices")
    def test_the_price(self) -> None:
        names = ["openai/unknown", "gpt-image-1", "openai/gpt-image-1"]
        totals = dict.fromkeys(names, total_of([SNAKE])) | {"openai/dall-e-2": total_of([])}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(block("python\nfrom genai_prices"), {"totals": totals})
        unknown, nameless, found, missing = printed.getvalue().splitlines()
        self.assertIn("Unable to find model", unknown)
        why = "needs provider/model, input_tokens and output_tokens"
        self.assertEqual((nameless, missing), (f"gpt-image-1 {why}", f"openai/dall-e-2 {why}"))
        # In genai-prices 0.2.3, 5, 10 and 40 dollars for a million text, image and output tokens.
        if importlib.metadata.version("genai-prices") == "0.2.3":
            price = (838 * 5 + 886 * 10 + 3619 * 40) / 1e6
            self.assertEqual(found, f"openai/gpt-image-1 {price}")

    @needs("pydantic")
    def test_pydantic(self) -> None:
        pydantic: Any = importlib.import_module("pydantic")
        names = {**vars(typing), **vars(orq_usage), "BeforeValidator": pydantic.BeforeValidator}
        hint = eval(block("python\nusage: Annotated").partition(": ")[2], names)
        row = pydantic.create_model("Row", any=(ImageUsage, ...), usage=(hint, ...))
        for model in USAGES:
            usage = model.from_dict({**SNAKE, "total_tokens": 2**60 + 1, "output_tokens": 0.5})
            read = row(any=usage, usage=CAMEL)
            self.assertEqual((type(read.any), read.usage), (model, total_of([SNAKE])))
            adapter = pydantic.TypeAdapter(model)
            self.assertEqual(repr(adapter.validate_json(adapter.dump_json(usage))), repr(usage))
        floats, usage = {**SNAKE, "total_tokens": 5343.0, "input_tokens": None}, total_of([])
        served = json.loads(row(any=usage, usage=floats).model_dump_json())["usage"]
        self.assertEqual(repr([served["total_tokens"], served["input_tokens"]]), "[5343, None]")
        bad = {"input_tokens_details": {}, "total_tokens": "294"}
        self.assertEqual(raised_by(row, any=usage, usage=bad).error_count(), 1)
        read = pydantic.validate_call(CreateImageUsage.from_dict)(CAMEL)
        self.assertEqual(read, total_of([SNAKE]))

    @needs("pandas")
    def test_pandas(self) -> None:
        (column,) = re.findall(r"columns such as\s+`([^`]*)`", README)
        usages = [CreateImageUsage.zero(), *[CreateImageUsage.from_dict(SNAKE)] * 2]
        names: dict[str, Any] = {"days": ["2026-01-01"] * 3, "models": ["a", "b", "b"]}
        names |= {"usages": usages, "pandas": importlib.import_module("pandas")}
        exec(block("python\nframe = pandas"), names)
        table = names["table"]
        self.assertEqual(table.loc[("2026-01-01", "b"), column], 1676)
        self.assertEqual([*map(str, table.dtypes)], ["Int64"] * 5)
        self.assertEqual(table.index.names, ["day", "model"])
        self.assertTrue(table.loc[("2026-01-01", "a")].isna().all())

    @needs("pyarrow")
    def test_arrow(self) -> None:
        arrow: Any = importlib.import_module("pyarrow")
        usages = [CreateImageUsage.zero(), CreateImageUsage.from_dict(SNAKE)]
        table = arrow.Table.from_pylist([*map(dataclasses.asdict, usages)])
        again = [CreateImageUsage.from_dict(row) for row in table.to_pylist()]
        self.assertEqual([*map(repr, again)], [*map(repr, usages)])
        for scalar in map(arrow.scalar, (12, 1.5)):
            self.assertEqual(text(scalar.as_py()).text_tokens, scalar.as_py())
            self.assertEqual([*problems_of(text, scalar)], ["text_tokens"])

    def test_spark(self) -> None:
        lines = [{"model": "a", "response": {"usage": payload}} for payload in (SNAKE, CAMEL, {})]
        texts = [*map(json.dumps, lines), "x", "[]", "{}", '{"model": "a", "response": null}']
        spark, names = unittest.mock.MagicMock(), vars(orq_usage) | {"json": json}
        spark.sparkContext.textFile = lambda _: Rows(texts)
        names |= {"spark": spark, "operator": operator}
        exec(block("python\ndef parse"), names)
        self.assertEqual(names["totals"], {"a": total_of([SNAKE, CAMEL])})
        for given, said in zip(texts[2:], cast(Any, names["bad"]), strict=True):
            self.assertTrue(said.endswith(given), said)

    def test_the_subclass(self) -> None:
        names: dict[str, Any] = {**vars(orq_usage), "dataclass": dataclass}
        exec(block("python\n  @dataclass"), names)
        model = names["MyUsage"]
        for payload in ({}, dict.fromkeys(SNAKE), dict.fromkeys(CAMEL), {"x": 1}):
            self.assertEqual(model.from_dict(payload), model.zero())
            self.assertEqual(model.zero() + CreateImageUsage.zero(), model.zero())
        usage = model.from_dict({**CAMEL, "outputTokensDetails": {"text_tokens": 5}})
        self.assertEqual((usage + usage).output_tokens_details, text(10))
        self.assertEqual(dataclasses.asdict(usage)["output_tokens_details"]["text_tokens"], 5)
        if importlib.util.find_spec("orjson"):
            orjson: Any = importlib.import_module("orjson")
            self.assertEqual(model.from_dict(orjson.loads(orjson.dumps(usage.to_dict()))), usage)


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    tests.addTests(doctest.DocTestSuite(orq_usage))
    tests.addTests(doctest.DocFileSuite("README.md", encoding="utf-8"))
    return tests
