# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Tests of orq_usage; `python -m unittest` runs them with nothing installed.

Tests that need another package, another Python or processes are skipped where these are missing.
"""

import collections
import copy
import ctypes
import dataclasses
import datetime
import decimal
import doctest
import enum
import importlib.metadata
import importlib.util
import itertools
import json
import operator
import pathlib
import pickle
import random
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
import types
import typing
import unittest.mock
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, cast

import orq_usage
from orq_usage import (
    CreateImageEditInputTokensDetails,
    CreateImageEditUsage,
    CreateImageUsage,
    CreateImageVariationInputTokensDetails,
    CreateImageVariationUsage,
    InputTokensDetails,
    UsageError,
)

Payload: TypeAlias = dict[str, Any]

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = (HERE / "orq_usage.py").read_text(encoding="utf-8")
README = (HERE / "README.md").read_text(encoding="utf-8")

USAGES: list[Any] = [CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage]
DETAILS: list[Any] = [
    orq_usage.CreateImageInputTokensDetails,
    CreateImageVariationInputTokensDetails,
    CreateImageEditInputTokensDetails,
]
MODELS: list[Any] = [*USAGES, *DETAILS]
DETAILS_OF = dict(zip(USAGES, DETAILS, strict=True))

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

needs_processes = unittest.skipIf(sys.platform == "emscripten", "needs processes")


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

    def value_of(hint: Any) -> object:
        models = {*DETAILS}.intersection(typing.get_args(hint) or [hint])
        if models:
            return payload(models.pop())
        hundredths = rng.randrange(10 ** rng.randrange(1, 11))
        fractions = [hundredths / 100, hundredths, float(hundredths)]
        return rng.randrange(10 ** rng.randrange(1, 40)) if whole else rng.choice(fractions)

    def payload(model: Any) -> Payload:
        hints = typing.get_type_hints(model).items()
        required = {f.name for f in dataclasses.fields(model) if f.default is dataclasses.MISSING}
        return {k: value_of(hint) for k, hint in hints if k in required or rng.random() < 0.7}

    return [model.from_dict(payload(model)) for model in rng.choices(models, k=count)]


def total_of(payloads: list[Payload]) -> CreateImageUsage:
    return sum(map(CreateImageUsage.from_dict, payloads), CreateImageUsage.zero())


def text(count: Any) -> InputTokensDetails:
    return InputTokensDetails(text_tokens=count)


def derived(base: Any, name: str = "Sub", slots: bool = False, **fields: Any) -> Any:
    """A dataclass with more fields: for each of them its annotation, and a default or none."""
    kinds = {key: kind for key, (kind, *_) in fields.items()}
    defaults = {key: default for key, (_, *given) in fields.items() for default in given}
    names = {"__annotations__": kinds, "__module__": __name__, **defaults}
    made = type(name, (base,), names)
    return dataclasses.dataclass(frozen=True, kw_only=True, slots=slots)(made)


def filled(code: str, **values: object) -> str:
    """A script in which each word in capitals is replaced by the value of that name."""
    for name, value in values.items():
        code = re.sub(rf"\b{name}\b", lambda _: repr(value), code)  # noqa: B023
    return textwrap.dedent(code)


def run(*arguments: str, cwd: Any = HERE, stderr: str = "") -> str:
    """The output of a Python process, which must write to stderr what the pattern matches."""
    command = [sys.executable, *map(textwrap.dedent, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0 and re.fullmatch(stderr, done.stderr), done.stderr
    return done.stdout


def block(start: str) -> str:
    """The one code block of the README whose language and first characters are `start`."""
    pattern = rf"(?ms)^( *)```({re.escape(start)}.*?)^ *```$"
    ((indent, code),) = re.findall(pattern, README)
    return re.sub(rf"(?m)^{indent}", "", cast(str, code).partition("\n")[2])


def tool(name: str) -> str:
    """The lines of the README below the comment that begins with the name of the tool."""
    pattern = rf"(?m)^# {name}\b.*\n((?:[^#].*\n)+)"
    (found,) = re.findall(pattern, block("python\n# pydantic"))
    return cast(str, found)


class Lazy(Mapping[str, object]):
    """A mapping that answers for single keys only, or raises the error for them."""

    def __init__(self, data: Payload, errors: Any = types.MappingProxyType({})) -> None:
        self._data, self._errors = data, errors

    def _ask(self, *at: object) -> Any:
        if at in self._errors:
            raise self._errors[at]

    def __contains__(self, key: object) -> bool:
        return self._ask("in", key) or key in self._data

    def __getitem__(self, key: str) -> object:
        return self._ask("[]", key) or self._data[key]

    __iter__ = __len__ = cast(Any, None)  # It does not go through all keys.


Int: Any = type("Int", (int,), {})
Float: Any = type("Float", (float,), {"__repr__": lambda self: "odd\nlines"})
Unprintable: Any = type("Unprintable", (), {"__repr__": None, "__qualname__": "Outer.Inner"})
Size = enum.IntEnum("Size", {"SMALL": 12})
IndexOnly: Any = type("IndexOnly", (), {"__index__": lambda self: 12})
FloatOnly: Any = type("FloatOnly", (), {"__float__": lambda self: 1.5})

ACCEPTED: list[tuple[Any, int | float]] = [(Size.SMALL, 12), (Int(12), 12), (Int(MAX_INT), MAX_INT)]
ACCEPTED += [(count, count) for count in (0, 1, 10**9 - 1, 10**9, 2**53 + 1, MAX_INT - 1, MAX_INT)]
ACCEPTED += [(count, count) for count in (0.0, 5e-324, 0.5, 1e9, MAX_FLOAT)]
ACCEPTED += [(Float(count), count) for count in (0.0, 1.5, MAX_FLOAT)]
ACCEPTED += [(Fraction(count), count) for count in (0, 12, 2**60 + 1, MAX_INT)]
ACCEPTED += [(Fraction(1, 4), 0.25), (Fraction(1, 10**400), 0.0)]
ACCEPTED += [(Decimal(digits), 12) for digits in ("12", "12.00", "1.2e1")]
ACCEPTED += [(Decimal(2**53 + 1), 2**53 + 1), (Decimal(MAX_INT), MAX_INT), (Decimal("-0"), 0)]
ACCEPTED += [(Decimal("0.1"), 0.1), (Decimal("12.5"), 12.5), (Decimal("1e-999999"), 0.0)]

NOT_COUNTS: list[Any] = [True, False, 1j, object(), int, float, Unprintable()]
NOT_COUNTS += ["12", "", "a\nb", "\ud800", "x" * 1000, b"12", bytearray(b"12"), memoryview(b"12")]
NOT_COUNTS += [collections.UserString("12"), [], [1], (), {}, {"a": 1}, set[int](), range(3)]
NOT_COUNTS += [IndexOnly(), FloatOnly(), ctypes.c_int(12), ctypes.c_double(1.5)]
NOT_COUNTS += [datetime.timedelta(1), datetime.date.today(), datetime.datetime.now()]
NOT_COUNTS += [float("nan"), float("inf"), -float("inf"), Float("nan"), -0.5, -5e-324, Float(-1)]
NOT_COUNTS += [-1, Int(-1), MAX_INT + 1, Int(MAX_INT + 1), 10**5000, -(10**5000)]
NOT_COUNTS += map(Decimal, ("NaN", "sNaN", "Infinity", "-Infinity", "-1", "-0.5"))
NOT_COUNTS += map(
    Decimal, (str(MAX_INT + 1), f"1e{decimal.MAX_EMAX}", f"-1e{decimal.MAX_EMAX}", "-1e-999999")
)
NOT_COUNTS += [Fraction(-1, 2), Fraction(-1, 10**400), Fraction(10**400), Fraction(MAX_INT + 1)]

COUNT_OR_NONE: Any = int | float | None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Priced(CreateImageUsage):
    """Its __post_init__ checks a count and computes two fields."""

    rate: dataclasses.InitVar[int] = 2
    made: typing.ClassVar[list[Any]] = []
    cost: float = dataclasses.field(init=False)
    half: float = dataclasses.field(init=False, default=0)

    def __post_init__(self, rate: int) -> None:
        super().__post_init__()
        if self.output_tokens == 13:
            raise ArithmeticError("13 output tokens")
        self.made.append(self)
        object.__setattr__(self, "cost", (self.total_tokens or 0) * rate)
        object.__setattr__(self, "half", self.cost / 2)


def check_details(self: Any) -> None:
    InputTokensDetails.__post_init__(self)
    self.made.append(self.text_tokens)
    if self.text_tokens == 13:
        raise UsageError("CheckedDetails", [("text_tokens", "no 13", "13")])


hook = {"__post_init__": check_details, "made": [], "__bool__": lambda self: False}
CheckedDetails: Any = type("CheckedDetails", (InputTokensDetails,), hook)
more: dict[str, Any] = {"cached_tokens": (COUNT_OR_NONE, None)}
more["output_tokens_details"] = ("InputTokensDetails | None", None)
WideUsage = derived(CreateImageUsage, "WideUsage", slots=True, **more)
# A field with a digit in its name, and details of a narrower class, which is not defined yet.
more = {"count_4k_HD_": (typing.Annotated[int | None, "images"], None)}
more["output_tokens_details"] = (typing.Annotated["OutputDetails | None", "by kind"], None)
WidestUsage = derived(WideUsage, "WidestUsage", slots=True, **more)
OutputDetails = derived(InputTokensDetails, "OutputDetails", tokens=(int | float,))
CachedDetails = derived(InputTokensDetails, "CachedDetails", cached_tokens=(COUNT_OR_NONE, None))
UnslottedUsage = derived(CreateImageUsage, "UnslottedUsage", audio_tokens=(COUNT_OR_NONE, None))
CachedVariation = derived(CreateImageVariationUsage, "CachedVariation", cached_tokens=(float, 0))
PricedVariation: Any = type("PricedVariation", (CreateImageVariationUsage,), {"rate": 0.001})
NamedUsage: Any = type("NamedUsage", (CreateImageUsage,), {})  # With methods only.
NamedVariation: Any = type("NamedVariation", (CreateImageVariationUsage,), {})
OwnParser: Any = type("OwnParser", (CachedDetails,), {"from_dict": lambda words: 1 / 0})
NamedDetails: Any = type("NamedDetails", (CreateImageVariationInputTokensDetails,), {})
MORE = {"cached_tokens": 5, "output_tokens_details": {"text_tokens": 2}}

# What a copy must do, wherever it is: a list of results and errors, as text.
VERDICTS = """
    def verdicts():
        found, good = [], SNAKE
        payloads = [good, CAMEL, {"input_tokens_details": {}}, {}, {"data": []},
                    {**good, "totalTokens": 1}, {**good, "totalTokens": 5343.0},
                    {**good, "total_tokens": None}, {**good, "total_tokens": 1e308},
                    {**good, "output_tokens": 0.1, "inputTokensDetails": {"textTokens": -1}},
                    {**good, "input_tokens_details": {"text_tokens": 0.123456}}]
        for model in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
            for payload in payloads:
                try:
                    usage = model.from_dict(payload)
                    total = usage + usage + CreateImageUsage.zero()
                    found += [repr(usage), repr(total), repr(total.to_dict())]
                    found += [isinstance(total, CreateImageUsage) and isinstance(usage, ImageUsage)]
                    found += [usage + 0 is 0 + usage is model.from_dict(usage) is usage]
                    found += [model.from_dict(usage.to_dict(camel_case=True)) == usage]
                    found += [model(**{n: getattr(usage, n) for n in usage.to_dict()}) == usage]
                    found += [hash(usage) == hash(model.from_dict(usage.to_dict()))]
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

PICKLE_OF_2_0_0 = """
coperator methodcaller p0 (V_parse p1 (dp2 Vinput_tokens p3 NsVinput_tokens_details p4 g0 (g1
(dp5 Vimage_tokens p6 NsVtext_tokens p7 F838.5 stp8 Rp9 (corq_usage InputTokensDetails p10 tp11
Rp12 sVoutput_tokens p13 NsVtotal_tokens p14 I5343 stp15 Rp16 (corq_usage CreateImageUsage p17
tp18 Rp19 .
"""


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


class Models(unittest.TestCase):
    def test_fields(self) -> None:
        """They are in the order of the API; a "?" marks the optional ones."""
        wide = "input_tokens? input_tokens_details output_tokens? total_tokens?"
        narrow = "total_tokens input_tokens output_tokens input_tokens_details"
        details = "image_tokens? text_tokens?", *["text_tokens image_tokens"] * 2
        for model, expected in zip(MODELS, (wide, narrow, narrow, *details), strict=True):
            names = [f.name + "?" * (f.default is None) for f in dataclasses.fields(model)]
            self.assertEqual(names, expected.split())
            for name, hint in typing.get_type_hints(model).items():
                count = int | float | None if name + "?" in names else int | float
                self.assertEqual(hint, DETAILS_OF[model] if "details" in name else count)
                self.assertIn(f"- {name}: ", str(model.__doc__))

    def test_public_names(self) -> None:
        names = orq_usage.__all__
        self.assertEqual({*names}, {name for name in vars(orq_usage) if not name.startswith("_")})
        values, (wide, narrow, edit) = [getattr(orq_usage, name) for name in names], USAGES
        self.assertEqual((len(names), {*values}), (11, {*MODELS, wide | narrow | edit, UsageError}))


class FromDict(unittest.TestCase):
    def test_every_mixture_of_spellings_on_both_levels_beside_unknown_keys(self) -> None:
        more: dict[Any, Any] = {"cached": {"a": [1]}, "OutputTokens": -1, "": None, 5: "x"}
        for model, picks in itertools.product(USAGES, itertools.product((False, True), repeat=6)):
            pairs = zip(CAMEL_KEYS.items(), picks, strict=True)
            keys = {name: camel if pick else name for (name, camel), pick in pairs}
            payload: Any = {keys[name]: value for name, value in SNAKE.items()} | more
            details = {keys[name]: value for name, value in SNAKE_DETAILS.items()} | more
            payload[keys["input_tokens_details"]] = details
            with self.subTest(model=model.__name__, payload=payload):
                usage = model.from_dict(payload)
                self.assertEqual(usage, model.from_dict(SNAKE))
                self.assertEqual([get(path, usage) for path in PATHS], [5343, 1724, 3619, 838, 886])

    def test_missing_and_null_optional_counts_are_none(self) -> None:
        nulls: Payload = dict.fromkeys(("input_tokens", "outputTokens", "total_tokens"))
        for more in ({}, nulls):
            usage = CreateImageUsage.from_dict({"inputTokensDetails": {"textTokens": None}, **more})
            self.assertEqual(usage, CreateImageUsage(input_tokens_details=text(None)))

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
            self.assertIs(model.from_dict(zero := derived(model).zero()), zero)
        for model, other in itertools.permutations(USAGES, 2):
            self.assertEqual(list(problems_of(model.from_dict, other.zero())), [""])
            details = DETAILS_OF[model].zero()
            usage = model.from_dict(changed("input_tokens_details", details))
            self.assertIs(usage.input_tokens_details, details)

    def test_the_input_is_not_changed(self) -> None:
        payloads = [SNAKE, CAMEL, {"input_tokens_details": {}, "x": [1]}, {"inputTokensDetails": 5}]
        for payload, model in itertools.product(payloads, USAGES):
            growing = collections.defaultdict(lambda: 7, copy.deepcopy(payload))
            raised_by(model.from_dict, growing)
            self.assertEqual(growing, payload)

    def test_what_a_mapping_raises_comes_through(self) -> None:
        kinds = [ConnectionError, RuntimeError, KeyError, TypeError, ValueError, OverflowError]
        errors = [kind("total_tokens") for kind in (*kinds, MemoryError, KeyboardInterrupt)]
        for payload, inner, model in itertools.product((SNAKE, CAMEL), (False, True), USAGES):
            *_, key = payload
            level = payload[key] if inner else payload
            for error, method, field in itertools.product(errors, ("in", "[]"), level):
                lazy: Any = Lazy(level, {(method, field): error})
                with self.subTest(model=model.__name__, method=method, field=field, error=error):
                    given = {**payload, key: lazy} if inner else lazy
                    self.assertIs(raised_by(model.from_dict, given), error)


class Counts(unittest.TestCase):
    def check_accepted(self, accepted: list[tuple[Any, int | float]]) -> None:
        for given, plain in accepted:
            with self.subTest(type=type(given).__name__, plain=plain):
                counts = [text(given).text_tokens]
                for path, model in itertools.product(PATHS, USAGES):
                    counts.append(get(path, model.from_dict(changed(path, given))))
                for count in counts:
                    self.assertEqual((repr(count), type(count)), (repr(plain), type(plain)))

    def check_refused(self, refused: list[Any]) -> None:
        for number, bad in enumerate(refused):
            with self.subTest(number=number, type=type(bad).__name__):
                for path, model in itertools.product(PATHS, USAGES):
                    found = problems_of(model.from_dict, changed(path, bad))
                    self.assertEqual([*found, found[path][0]], [path, COUNT])
                    self.assertLess(len(found[path][1]), 100)
                for cls in DETAILS:
                    found = problems_of(cls, text_tokens=1, image_tokens=bad)
                    self.assertEqual([*found, found["image_tokens"][0]], ["image_tokens", COUNT])

    def test_numbers(self) -> None:
        self.check_accepted(ACCEPTED)
        self.check_refused(NOT_COUNTS)

    @needs("numpy")
    def test_numpy(self) -> None:
        np: Any = importlib.import_module("numpy")
        accepted = [(np.int64(12), 12), (np.uint8(7), 7), (np.float64(1.5), 1.5)]
        accepted += [(np.float32(1.5), 1.5), (np.float16(2), 2.0), (np.int64(2**53 + 1), 2**53 + 1)]
        self.check_accepted(accepted)
        refused = [np.bool_(True), np.bool_(False), np.float64("nan"), np.complex64(1)]
        refused += [np.int64(-1), np.float32("inf"), np.str_("1"), np.bytes_(b"1"), np.array(["1"])]
        refused += [np.array(1), np.array(1.5), np.array([1]), np.array([1.5]), np.zeros((2, 2))]
        for unit in ("ns", "us", "s", "D", "Y"):
            refused += [np.timedelta64(5, unit), np.datetime64(5, unit)]
        self.check_refused(refused)

    @needs("pyarrow")
    def test_arrow(self) -> None:
        arrow = importlib.import_module("pyarrow")
        self.check_refused([arrow.scalar(value) for value in (12, 1.5, "12", True)])
        row = arrow.array([{"total_tokens": "12", "input_tokens_details": {}}])[0]  # A Mapping.
        self.assertEqual([*problems_of(CreateImageUsage.from_dict, row)], ["total_tokens"])

    def test_other_exceptions_of_a_number_come_through(self) -> None:
        for error in (ZeroDivisionError("x"), RuntimeError("x"), LookupError("x"), TypeError("x")):
            convert = unittest.mock.Mock(side_effect=error)
            number: Any = type("Failing", (Fraction,), {"__float__": convert})(1, 2)
            self.assertIs(raised_by(CreateImageUsage.from_dict, changed(TEXT_PATH, number)), error)
            self.assertIs(raised_by(text, number), error)


class ToDict(unittest.TestCase):
    def test_field_order_and_plain_types_in_both_spellings(self) -> None:
        for model, camel_case in itertools.product(USAGES, (False, True)):
            payload = CAMEL if camel_case else SNAKE
            dumped = model.from_dict(payload).to_dict(camel_case=camel_case)
            self.assertEqual(dumped, payload)
            keys = [CAMEL_KEYS.get(name) if camel_case else name for name in names_of(model)]
            self.assertEqual(list(dumped), [key for key in keys if key in dumped])
            self.assertIs(type(dumped), dict)
            self.assertEqual(json.loads(json.dumps(dumped)), dumped)

    def test_missing_counts_are_left_out_and_zeros_are_not(self) -> None:
        usage = CreateImageUsage(output_tokens=0, input_tokens_details=InputTokensDetails())
        self.assertEqual(usage.to_dict(), {"input_tokens_details": {}, "output_tokens": 0})
        self.assertIs(type(raised_by(usage.to_dict, True)), TypeError)
        camel = usage.to_dict(camel_case=True)
        self.assertEqual(camel, {"inputTokensDetails": {}, "outputTokens": 0})


class Constructor(unittest.TestCase):
    def test_keywords_only(self) -> None:
        for model in MODELS:
            complete = {name: getattr(model.zero(), name) for name in names_of(model)}
            self.assertEqual(model(**complete), model.zero())
            self.assertIsInstance(raised_by(model, *complete.values()), TypeError)
            self.assertIsInstance(raised_by(model, **complete, textTokens=1), TypeError)
            for name in complete:
                self.assertIn(name, problems_of(dataclasses.replace, model.zero(), **{name: "x"}))

    def test_the_same_as_from_dict(self) -> None:
        for model in USAGES:
            details = DETAILS_OF[model].from_dict(SNAKE_DETAILS)
            built = model(**changed("input_tokens_details", details))
            self.assertEqual(built, model.from_dict(SNAKE))
            self.assertIs(built.input_tokens_details, details)
            # A dict in place of details is parsed; numbers become plain.
            built = model(**changed("total_tokens", Decimal(2**60)))
            self.assertEqual(built, model.from_dict(changed("total_tokens", 2**60)))
            bad: Payload = {**SNAKE, "total_tokens": -1, "input_tokens_details": 5}
            self.assertEqual(problems_of(model, **bad), problems_of(model.from_dict, bad))
            others = [cls.zero() for cls in DETAILS if cls is not DETAILS_OF[model]]
            for stranger in (5, 5.0, None, "x", [], *others):
                found = problems_of(model, **changed("input_tokens_details", stranger))
                self.assertEqual(list(found), ["input_tokens_details"])

    def test_immutable_and_slotted(self) -> None:
        for value, name in ((model.zero(), name) for model in MODELS for name in names_of(model)):
            self.assertIsInstance(raised_by(setattr, value, name, 1), AttributeError)
            self.assertIsInstance(raised_by(delattr, value, name), AttributeError)
            self.assertFalse(hasattr(value, "__dict__"))

    def test_equal_and_hashable_by_content(self) -> None:
        for model, path in itertools.product(USAGES, PATHS):
            value = model.from_dict(SNAKE)
            other = model.from_dict(changed(path, get(path, value) + 1))
            alike = model.from_dict(changed(path, float(get(path, value))))
            self.assertEqual((value == other, hash(value) == hash(other)), (False, False))
            self.assertEqual((value, hash(value)), (alike, hash(alike)))
        self.assertNotEqual(*(model.from_dict(SNAKE) for model in USAGES[1:]))


class RoundTrips(Folder):
    def test_all_but_yaml(self) -> None:
        names = {name: getattr(orq_usage, name) for name in orq_usage.__all__}
        for usage in random_usages(7, USAGES, 100):
            again = [pickle.loads(pickle.dumps(usage, protocol)) for protocol in PROTOCOLS]
            again += [copy.copy(usage), copy.deepcopy(usage), eval(repr(usage), names)]
            for camel_case in (False, True):
                dumped = json.loads(json.dumps(usage.to_dict(camel_case=camel_case)))
                again.append(type(usage).from_dict(dumped))
            for value in again:
                self.assertEqual((value, repr(value)), (usage, repr(usage)))

    def test_a_pickle_of_2_0_0(self) -> None:
        again = pickle.loads("\n".join(PICKLE_OF_2_0_0.split()).encode())
        expected = {"input_tokens_details": {"text_tokens": 838.5}, "total_tokens": 5343}
        self.assertEqual((type(again), again.to_dict()), (CreateImageUsage, expected))

    @needs("yaml")
    def test_yaml(self) -> None:
        yaml = importlib.import_module("yaml")
        for usage in random_usages(9, USAGES, 10):
            again = yaml.unsafe_load(yaml.dump(usage))
            self.assertEqual((again, repr(again)), (usage, repr(usage)))

    @needs_processes
    def test_pickles_outlive_a_release_that_adds_a_field_in_front(self) -> None:
        front = r"(?m)^    (input_tokens: int \| float \| None|image_tokens: int \| float \| None)"
        new = re.sub(front, r"    new_tokens: int | float | None = None\n\g<0>", SOURCE)
        self.write("orq_usage.py", new)
        usages = [model.from_dict(SNAKE) for model in USAGES]
        values = [*usages, *(usage.input_tokens_details for usage in usages)]
        code = """
            import pickle
            for values in map(pickle.loads, PICKLES):
                assert repr(values).count("new_tokens=None") == 3
                print([(type(value).__name__, value.to_dict()) for value in values])
        """
        code = filled(code, PICKLES=[pickle.dumps(values, protocol) for protocol in PROTOCOLS])
        expected = [(type(value).__name__, value.to_dict()) for value in values]
        self.assertEqual(self.run_script(code), f"{expected}\n" * len(PROTOCOLS))


class Add(unittest.TestCase):
    def test_field_by_field_and_nested(self) -> None:
        for one, two in itertools.product(USAGES, repeat=2):
            usage: Any = one.from_dict(SNAKE)
            total = usage + two.from_dict(CAMEL)
            model = one if one is two else CreateImageUsage
            twice = {name: 2 * SNAKE[name] for name in PATHS[:3]}
            details = {name: 2 * SNAKE_DETAILS[name] for name in SNAKE_DETAILS}
            self.assertEqual(total, model.from_dict({**twice, "input_tokens_details": details}))
            self.assertEqual(usage, one.from_dict(SNAKE))

    def test_missing_is_not_zero(self) -> None:
        missing, five = InputTokensDetails(), InputTokensDetails(text_tokens=5, image_tokens=0.5)
        self.assertEqual([missing + missing, missing + five, five + missing], [missing, five, five])

    def test_sum_and_zero(self) -> None:
        usages = [model.from_dict(SNAKE) for model in USAGES]
        three = total_of([SNAKE] * 3)
        self.assertEqual([sum(usages), sum(usages, CreateImageUsage.zero())], [three, three])
        self.assertIs(type(sum(usages[1:2])), CreateImageVariationUsage)
        zero = CreateImageUsage(input_tokens_details=InputTokensDetails())
        self.assertEqual([CreateImageUsage.zero(), total_of([])], [zero, zero])
        for model in USAGES[1:]:
            self.assertEqual({get(path, model.zero()) for path in PATHS}, {0})

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
            other = unittest.mock.MagicMock(__radd__=lambda *_: "its sum")
            self.assertEqual(value + other, "its sum")

    def test_the_range_of_a_sum(self) -> None:
        whole, real, half, small = MAX_INT, MAX_FLOAT, MAX_INT // 2, 10**9 - 1
        fine: list[Any] = [(small, 0, small), (small, 1, small + 1), (half, whole - half, whole)]
        fine += [(whole - 1, 1, whole), (whole, 0.5, real), (real, 1.0, real)]
        large = [(x, y, None) for x, y in ((whole, 1), (real, whole), (real, 1e293), (real, real))]
        some = [[TEXT_PATH], ["total_tokens"], ["output_tokens", IMAGE_PATH], PATHS]
        for (x, y, total), paths, one, two in itertools.product(fine + large, some, USAGES, USAGES):
            left, right = SNAKE, SNAKE
            for path in paths:
                left, right = changed(path, x, left), changed(path, y, right)
            pair = one.from_dict(left), two.from_dict(right)
            if total:
                counts = [get(path, pair[0] + pair[1]) for path in paths]
                self.assertEqual({*map(repr, counts)}, {repr(total)}, pair)
                continue
            expected = ("a sum of at most 1.8e+308", "a larger one")
            self.assertEqual(problems_of(operator.add, *pair), dict.fromkeys(paths, expected))
            model = one if one is two else CreateImageUsage
            self.assertEqual(raised_by(operator.add, *pair).model, model.__name__)

    def test_identity_commutativity_and_associativity(self) -> None:
        for seed in range(300):
            for models in (USAGES, *([model] for model in USAGES)):
                one, two, three = random_usages(seed, models, 3)
                with self.subTest(seed=seed, one=one, two=two, three=three):
                    self.assertEqual(repr(one + one.zero()), repr(one))
                    self.assertEqual(repr(one.zero() + one), repr(one))
                    self.assertEqual(repr(one + two), repr(two + one))
                    self.assertEqual(one + (two + three), (one + two) + three)


class AsWritten(unittest.TestCase):
    def total(self, *counts: float) -> int | float:
        return cast(float, sum(map(text, counts), text(0)).text_tokens)

    def test_as_a_person_would_add(self) -> None:
        sums: list[tuple[list[float], float]] = [([0.1, 0.2], 0.3), ([1.005, 2.0005], 3.0055)]
        sums += [([14417.92, 0.07, 1], 14418.99), ([5, 5.0], 10.0), ([1e23, 5e-324], 1e23 + 2**24)]
        sums += [([2**53 + 1, 0.5], 9007199254740994.0), ([2**53, 1, 2**53, 1], 2**54 + 2)]
        for counts, expected in sums:
            self.assertEqual(repr(self.total(*counts)), repr(expected))

    def test_sums_against_an_exact_decimal_sum(self) -> None:
        exact = decimal.Context(prec=800, Emin=-999, Emax=999, traps=[])
        rng = random.Random(1)
        for case in range(4000):
            digits = rng.randrange(1, 13)
            kinds: list[Callable[[], float]] = [
                lambda: rng.randrange(10**15) / 10**digits,  # noqa: B023
                lambda: round(rng.random() * 10 ** rng.randrange(18), rng.randrange(8)),
                lambda: rng.random() * 10.0 ** rng.randrange(-300, 300),
                lambda: rng.randrange(10 ** rng.randrange(1, 30)),
            ]
            x, y = (rng.choice(kinds)() for _ in range(2))
            written = exact.add(*(exact.create_decimal(repr(count)) for count in (x, y)))
            expected = x + y if type(x) is type(y) is int else float(written)
            found = (text(x) + text(y)).text_tokens
            self.assertEqual(repr(found), repr(expected), f"case {case}: {x!r} + {y!r}")

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
            with self.subTest(seed=seed, counts=counts):
                for _ in range(3):
                    self.assertEqual(self.total(*counts), total / 10**decimals)
                    rng.shuffle(counts)
                while len(counts) > 1:
                    at = rng.randrange(len(counts) - 1)
                    counts[at : at + 2] = [self.total(*counts[at : at + 2])]
                self.assertEqual(counts, [total / 10**decimals])
        # With more digits, here 16 and 20, the order may matter.
        for counts in ([916546748985165.9, 0.4, 0.1], [0.320468, 84709293619705.31, 0.369532]):
            found = {self.total(*order) for order in itertools.permutations(counts)}
            self.assertEqual(len(found), 2, counts)

    @needs_processes
    def test_decimal_contexts_neither_matter_nor_change(self) -> None:
        code = """
            import decimal
            default = decimal.DefaultContext
            default.prec, default.Emin, default.Emax, default.clamp = 1, 0, 0, 1
            default.capitals, default.rounding = 0, decimal.ROUND_UP
            default.traps = dict.fromkeys(default.traps, True)
            decimal.setcontext(decimal.Context())
            before = repr(default), repr(decimal.getcontext())
            from orq_usage import InputTokensDetails as Details
            for x, y in ((1e300, 1 / 3), (1 / 3, 1e-300), (12345678901.2, 1e-5), (1e16, 1.0)):
                print((Details(text_tokens=x) + Details(text_tokens=y)).text_tokens)
            assert before == (repr(default), repr(decimal.getcontext()))
        """
        expected = "1e+300 0.3333333333333333 12345678901.20001 1e+16"
        self.assertEqual(run("-c", code).split(), expected.split())


class Refusals(unittest.TestCase):
    def test_what_came_is_shown(self) -> None:
        large = "an int out of the range of float"
        shown: list[tuple[Any, str]] = [(-1, "-1"), ("12", "'12'"), (True, "True"), (-0.5, "-0.5")]
        shown += [(Float("nan"), "odd lines"), (1j, "1j"), (b"", "an object of type bytes")]
        shown += [(Decimal(-2), "Decimal('-2')"), (Fraction(-1, 2), "Fraction(-1, 2)")]
        shown += [(MAX_INT + 1, large), (Int(-(10**5000)), large), ("a\nb", r"'a\nb'")]
        shown += [(Unprintable(), f"an object of type {__name__}.Outer.Inner")]
        for bad, got in shown:
            found = problems_of(CreateImageVariationUsage.from_dict, changed(TEXT_PATH, bad))
            self.assertEqual(found, {TEXT_PATH: (COUNT, got)})
        for bad, pattern in ((-MAX_INT, r"-\d+\.\.\.\d+"), ("x" * 1000, r"'x+\.\.\.x+'")):
            self.assertRegex(problems_of(text, bad)["text_tokens"][1], rf"^{pattern}$")

    def test_what_is_no_mapping(self) -> None:
        strangers: list[Any] = [None, 5, 0.5, True, "total_tokens", b"", [], ["total_tokens"], ()]
        for stranger, model in itertools.product([*strangers, set(), object(), dict], USAGES):
            found = problems_of(model.from_dict, stranger)
            self.assertEqual([*found, found[""][0]], ["", "a mapping"])
            nested = problems_of(model.from_dict, changed("input_tokens_details", stranger))
            self.assertEqual(nested, {"input_tokens_details": found[""]})

    def test_an_object_gets_a_hint_that_works(self) -> None:
        usage = CreateImageEditUsage.from_dict(SNAKE)
        holder = types.SimpleNamespace
        sdk = holder(model_dump=lambda: SNAKE, to_dict=dict)  # As the Python SDK returns it.
        hints: list[tuple[Any, str]] = [(sdk, "model_dump()"), (usage, "to_dict()")]
        hints += [(holder(usage=sdk), "usage.model_dump()"), (holder(usage=SNAKE), "usage")]
        hints += [(holder(usage=usage), "usage.to_dict()")]
        for given, hint in hints:
            got = problems_of(CreateImageUsage.from_dict, given)[""][1]
            self.assertRegex(got, rf"^an object of type \S+: pass its \.{re.escape(hint)}$")
            again = CreateImageUsage.from_dict(eval(f"given.{hint}"))
            self.assertEqual(again.total_tokens, 5343)
        unreported = holder(usage=None, model_dump=lambda: {})
        for given, end in ((unreported, ": its usage is None"), (holder(), "")):
            got = problems_of(CreateImageUsage.from_dict, given)[""][1]
            self.assertRegex(got, rf"^an object of type types\.SimpleNamespace{end}$")

    def test_a_whole_body_gets_a_hint_wherever_its_usage_stands(self) -> None:
        keys = [f"key_{number}" for number in range(20)]
        for at, model in itertools.product((0, 3, 20), USAGES):
            body = dict.fromkeys([*keys[:at], "usage", *keys[at:]], SNAKE)
            (found,) = {got for _, got in problems_of(model.from_dict, body).values()} - {"nothing"}
            self.assertRegex(found, r"^nothing beside \['.*\]: pass its \['usage'\]$")

    def test_required_fields_missing_or_null(self) -> None:
        for model, path in itertools.product(USAGES[1:], [*PATHS, "input_tokens_details"]):
            expected = COUNT if path in PATHS else "a mapping"
            found = problems_of(model.from_dict, without(path))
            self.assertEqual(found, {path: (expected, "nothing")})
            found = problems_of(model.from_dict, changed(path, None))
            self.assertEqual(found, {path: (expected, "None")})

    def test_a_missing_field_names_the_keys_that_belong_to_no_field(self) -> None:
        payloads: list[tuple[Payload, str]]
        odd: dict[Any, Any] = {"a\nb": "secret", 5: "\n", "\u2028\x00'": "", None: 1, "\ud800": 0}
        payloads = [
            ({"prompt_tokens": 5, "inputTokens": 7, "cost": 1}, "['prompt_tokens', 'cost']")
        ]
        payloads += [({"created": 1, "usage": None}, "['created', 'usage']")]
        payloads += [(odd, r"""['a\nb', '5', "\u2028\x00'", 'None', '\ud800']""")]
        for payload, keys in payloads:
            found = problems_of(CreateImageUsage.from_dict, payload)
            self.assertEqual(found["input_tokens_details"], ("a mapping", f"nothing beside {keys}"))
        details = {"textTokens": 1, "image_token": 2, "cached": "x"}
        expected = ["nothing beside ['id']", "nothing", "nothing"]
        for model in USAGES[1:]:
            found = problems_of(model.from_dict, {"id": "x", "inputTokensDetails": details})
            self.assertEqual([*found], [*PATHS[:3], IMAGE_PATH])
            last = "nothing beside ['image_token', 'cached']"
            self.assertEqual([found[path][1] for path in found], [*expected, last])
        found = problems_of(CreateImageUsage.from_dict, dict.fromkeys(map(str, range(100))))
        got = "nothing beside ['0', '1', '2', '3', '4', '5', ...]"
        self.assertEqual(found, {"input_tokens_details": ("a mapping", got)})

    def test_two_spellings(self) -> None:
        details = {**SNAKE_DETAILS, "textTokens": 0.5}
        both = {**SNAKE, **CAMEL, "totalTokens": 5343.0, "inputTokensDetails": SNAKE_DETAILS}
        bad = {**SNAKE, "totalTokens": 1, "output_tokens": "a\nb", "outputTokens": []}
        for model in USAGES:
            self.assertEqual(model.from_dict(both), model.from_dict(SNAKE))
            found = problems_of(model.from_dict, {**bad, "input_tokens_details": details})
            self.assertEqual({*found}, {"total_tokens", "output_tokens", TEXT_PATH})
            self.assertEqual(found["total_tokens"], ("one value in both spellings", "5343 and 1"))
            self.assertEqual(found["output_tokens"][1], r"'a\nb' and an object of type list")
            found = problems_of(model.from_dict, {**SNAKE, "inputTokensDetails": details})
            self.assertEqual([*found], ["input_tokens_details"])
        null = {"text_tokens": None, "textTokens": None}
        self.assertEqual(InputTokensDetails.from_dict(null), InputTokensDetails())
        found = problems_of(InputTokensDetails.from_dict, {"text_tokens": "x", "textTokens": "x"})
        self.assertEqual(found, {"text_tokens": (COUNT, "'x'")})

    def test_messages(self) -> None:
        payload = {"total_tokens": -1, "input_tokens": 1, "inputTokensDetails": {"text_tokens": ""}}
        error = raised_by(CreateImageVariationUsage.from_dict, payload)
        got = zip([PATHS[0], *PATHS[2:]], ["-1", "nothing", "''", "nothing"], strict=True)
        lines = [f"\n  {path}: expected {COUNT}, got {value}" for path, value in got]
        self.assertEqual(str(error), "CreateImageVariationUsage:" + "".join(lines))
        error = raised_by(InputTokensDetails.from_dict, 5)
        self.assertEqual(str(error), "InputTokensDetails: payload: expected a mapping, got 5")

    def test_errors_hold_their_arguments_and_pickle(self) -> None:
        problems = (("total_tokens", "a", "b"),)
        error = UsageError(model="Model", problems=[*problems])
        self.assertEqual((error.args, error.model), (("Model", problems), "Model"))
        self.assertEqual(str(error), "Model: total_tokens: expected a, got b")
        wrong = raised_by(CreateImageVariationUsage.from_dict, changed(TEXT_PATH, "x"))
        for each, protocol in itertools.product((error, wrong), PROTOCOLS):
            again = pickle.loads(pickle.dumps(each, protocol))
            self.assertEqual((type(again), again.args), (UsageError, each.args))
            self.assertEqual((again.model, again.problems), each.args)


class Subclasses(unittest.TestCase):
    """A field is one line: nothing else knows of it."""

    def test_all_follows_from_the_fields(self) -> None:
        details, camel_details = {"text_tokens": 2, "tokens": 1}, {"textTokens": 2, "tokens": 1}
        snake = {**SNAKE, "cached_tokens": 5, "output_tokens_details": details}
        camel = {**CAMEL, "cachedTokens": 5, "outputTokensDetails": camel_details}
        usage = WidestUsage.from_dict({**snake, "count_4k_HD_": 3})
        self.assertEqual(usage.output_tokens_details, OutputDetails(tokens=1, text_tokens=2))
        again = WidestUsage.from_dict({**camel, "count4kHD": 3})
        self.assertEqual((again, hash(again), eval(repr(usage))), (usage, hash(usage), usage))
        self.assertEqual(usage.to_dict(camel_case=True), {**camel, "count4kHD": 3})
        self.assertEqual([*usage.to_dict()][-3:], [*MORE, "count_4k_HD_"])
        double: Any = usage + usage
        self.assertEqual((double.cached_tokens, double.count_4k_HD_), (10, 6))
        self.assertEqual(double.output_tokens_details, OutputDetails(tokens=2, text_tokens=4))
        self.assertEqual(usage + WidestUsage.zero(), usage)
        wrong: list[Payload] = [{}, {"tokens": "x"}, {"tokens": float("nan")}]
        for bad in ({**snake, "output_tokens_details": details} for details in wrong):
            for found in (problems_of(WidestUsage.from_dict, bad), problems_of(WidestUsage, **bad)):
                self.assertEqual([*found], ["output_tokens_details.tokens"])
        # A name of one word has one spelling.
        found = problems_of(OutputDetails, tokens=float("nan"))
        self.assertEqual(found, {"tokens": (COUNT, "nan")})

    def test_a_field_with_a_default_is_optional(self) -> None:
        factory = dataclasses.field(default_factory=InputTokensDetails)
        fields: Any = {"retries": (typing.Annotated[float, "a count"], 0), "attempts": ("int", 1)}
        fields["cached"] = float, dataclasses.field(default_factory=lambda: 2)
        fields |= {"details": (InputTokensDetails, factory), "reported": (COUNT_OR_NONE, None)}
        model = derived(CreateImageVariationUsage, **fields)
        usage = model.from_dict(SNAKE)
        self.assertEqual(model.__annotations__["retries"], fields["retries"][0])
        expected = [0, 1, 2, InputTokensDetails(), None]
        self.assertEqual([getattr(usage, name) for name in fields], expected)
        self.assertEqual(model.from_dict({**SNAKE, "reported": None}), usage)
        for name in [*fields][:-1]:
            self.assertEqual(list(problems_of(model.from_dict, {**SNAKE, name: None})), [name])
        given = {"retries": 3, "attempts": 4, "cached": 5, "details": {"textTokens": 6}}
        usage = model.from_dict({**SNAKE, **given, "reported": 7})
        double = (usage + usage).to_dict()
        self.assertEqual([double[name] for name in fields], [6, 8, 10, {"text_tokens": 12}, 14])
        zero = model.zero().to_dict()
        self.assertEqual([zero.get(name) for name in fields], [0, 0, 0, {}, None])
        self.assertIn("x", problems_of(derived(InputTokensDetails, x=(int, -1))))

    def test_details_of_a_subclass_are_kept(self) -> None:
        zero, edit = CreateImageUsage.zero(), CreateImageEditUsage.from_dict(SNAKE)
        for cls in (CachedDetails, OwnParser):
            details = cls.zero() + cls(text_tokens=Int(1), cached_tokens=2)
            wider = derived(WideUsage, more=(cls,))
            for each in (details, derived(cls).zero()):
                self.assertIs(wider.from_dict({**SNAKE, "more": each}).more, each)
            usage = CreateImageUsage.from_dict({"inputTokensDetails": details})
            copies = [copy.deepcopy(usage), pickle.loads(pickle.dumps(usage)), usage + zero]
            for again in [usage, zero + usage, *copies]:
                self.assertEqual(again.input_tokens_details, details)
            for total in (usage + edit, edit + usage):
                self.assertEqual(total.input_tokens_details, details + edit.input_tokens_details)

    def test_details_with_their_own_from_dict(self) -> None:
        parse: Any = {"from_dict": classmethod(lambda cls, data: cls(**data["x"]))}
        model = derived(CreateImageUsage, more=(type("Parser", (InputTokensDetails,), parse), None))
        usage = model.from_dict({**SNAKE, "more": {"x": {"text_tokens": 5}}})
        self.assertEqual(usage.more.text_tokens, 5)

    def test_keywords_of_a_mixin_come_through(self) -> None:
        class Mixin:
            def __init_subclass__(cls, label: str, **keywords: Any) -> None:
                super().__init_subclass__(**keywords)
                cast(Any, cls).label = label

        named: Any = types.new_class("Named", (CreateImageUsage, Mixin), {"label": "x"})
        self.assertEqual((named.label, named.zero().to_dict()), ("x", {"input_tokens_details": {}}))

    def test_the_class_of_a_sum(self) -> None:
        models = [WideUsage, UnslottedUsage, CachedVariation, PricedVariation, NamedVariation]
        models += [*MODELS, NamedUsage, NamedDetails, CachedDetails, OutputDetails]
        more = {"cached_tokens": 2, "audio_tokens": 4, "tokens": 3}
        known = {m: m.from_dict({**SNAKE, **SNAKE_DETAILS, **more}) for m in models}
        wide, variation, edit = USAGES
        details, variation_details, edit_details = DETAILS
        both = [details, edit_details]
        rows: list[Any] = [
            (WideUsage, [WideUsage, *USAGES, PricedVariation, CachedVariation], WideUsage)
        ]
        rows += [(UnslottedUsage, [*USAGES, PricedVariation], UnslottedUsage)]
        rows += [(UnslottedUsage, [WideUsage, NamedUsage], None)]
        rows += [(PricedVariation, [variation], PricedVariation)]
        rows += [(PricedVariation, [wide, edit, NamedVariation], wide)]
        rows += [(CachedVariation, [variation], CachedVariation)]
        rows += [(CachedVariation, [wide, edit, PricedVariation, UnslottedUsage], None)]
        rows += [(cls, [*DETAILS, NamedDetails], cls) for cls in (CachedDetails, OutputDetails)]
        rows += [(NamedDetails, [variation_details], NamedDetails), (NamedDetails, both, details)]
        rows += [(OutputDetails, [CachedDetails], None)]
        for one, others, expected in rows:
            for other, step in itertools.product(others, (1, -1)):
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
        more = {"output_tokens_details": OutputDetails(tokens=1, image_tokens=3)}
        full = OutputDetails(tokens=1, image_tokens=3, text_tokens=2)
        none = OutputDetails(tokens=0, text_tokens=2)
        pairs = [(WidestUsage.from_dict({**SNAKE, **more}), full), (WidestUsage.zero(), none)]
        for widest, expected in pairs:
            for total in (wide + widest, widest + wide):
                self.assertEqual(total.output_tokens_details, expected)
                self.assertEqual(pickle.loads(pickle.dumps(total)), total)

    def test_a_sum_always_parses_again(self) -> None:
        kinds = {model: DETAILS_OF[model] | None for model in USAGES[1:]}
        lax = [derived(model, input_tokens_details=(kinds[model], None)) for model in kinds]
        pair = [model.from_dict(without("input_tokens_details")) for model in lax]
        for total in (pair[0] + pair[1], pair[1] + pair[0]):
            self.assertEqual(total.input_tokens_details, InputTokensDetails())
            self.assertEqual(CreateImageUsage.from_dict(total.to_dict()), total)
            self.assertEqual(total.total_tokens, 10686)

    def test_a_field_that_would_be_lost_is_a_type_error(self) -> None:
        count = derived(CreateImageUsage, more=(int | None, None))
        details = derived(CreateImageUsage, more=(InputTokensDetails, None))
        other = derived(CreateImageVariationUsage, more=(InputTokensDetails | None, None))
        cached, edit = CachedVariation.from_dict(SNAKE), CreateImageEditUsage.from_dict(SNAKE)
        message = (
            "cannot add CachedVariation and PostV2ProxyImagesEditsUsage: neither can hold the sum"
        )
        self.assertEqual(str(raised_by(operator.add, cached, edit)), message)
        # Fields of the same name of which one is a count and one details.
        value = other.from_dict({**SNAKE, "more": {"text_tokens": 5}})
        self.assertIs(type(raised_by(operator.add, count.from_dict(SNAKE), value)), TypeError)
        self.assertEqual((details.from_dict({**SNAKE, "more": {}}) + value).more, text(5))
        strict = derived(CreateImageUsage, input_tokens_details=(DETAILS[1],)).from_dict(SNAKE)
        found = problems_of(operator.add, strict, CreateImageUsage.from_dict(SNAKE))
        self.assertEqual([*found], ["input_tokens_details"])
        kinds = [CachedDetails.zero(), OutputDetails.zero()]
        pair = [CreateImageUsage(input_tokens_details=kind) for kind in kinds]
        self.assertIs(type(raised_by(operator.add, *pair)), TypeError)


class Fields(Folder):
    def check_refused(self, kind: object) -> None:
        model = derived(CreateImageUsage, more=(kind, None))
        empty, details = object.__new__(model), InputTokensDetails()
        calls: list[Callable[[], object]] = [model.zero, empty.to_dict, lambda: empty + empty]
        calls += [lambda: model.from_dict(SNAKE), lambda: model.from_dict(None)]
        for call in (*calls, lambda: model(input_tokens_details=details)):
            error = raised_by(call)
            self.assertEqual((type(error), bool(error.__cause__)), (TypeError, True), kind)
            self.assertRegex(str(error), r"^Sub\.more is .*; a field is int, float, .* None$")

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
        for kind in kinds:
            self.check_refused(kind)
        inner = derived(derived(InputTokensDetails, text_tokens=(Decimal, None)), "Other")
        model = derived(CreateImageUsage, more=(inner, None))
        error = raised_by(model.from_dict, {**SNAKE, "more": {}})
        self.assertRegex(str(error), r"^Sub\.text_tokens is <class 'decimal.Decimal'>; a field is ")
        empty: Any = type("Empty", (cast(Any, InputTokensDetails).__mro__[1],), {})
        for model in (empty, derived(CreateImageUsage, rate=(dataclasses.InitVar,))):
            self.assertRegex(str(raised_by(model.zero)), "has no fields, or an InitVar that has no")

    @unittest.skipIf(sys.version_info < (3, 12), "needs type statements")
    def test_a_type_alias_is_what_it_stands_for(self) -> None:
        names: dict[str, Any] = {**vars(typing), "InputTokensDetails": InputTokensDetails}
        code = """
            type Count = int | float
            type Optional = Count | None
            type Marked = Annotated[Optional, {}]
            type Details = InputTokensDetails | None
        """
        exec(textwrap.dedent(code), names)
        for alias in ("Count", "Optional", "Marked", "Details"):
            more: Any = SNAKE_DETAILS if alias == "Details" else 5
            for kind in (names[alias], names[alias] | None):
                model = derived(CreateImageUsage, more=(kind, None))
                self.assertEqual(model.from_dict({**SNAKE, "more": more}).to_dict()["more"], more)

    def test_what_is_no_field(self) -> None:
        code = """
            import typing
            from dataclasses import InitVar, dataclass
            from orq_usage import *
            @dataclass(frozen=True, kw_only=True)
            class Mine(CreateImageUsage):
                names: "typing.ClassVar[list[Unknown]]" = []
                label: "InitVar[Unknown]" = 'x'
                last: "InitVar[str]" = 'y'
                retries: "int | float" = 0
                class Size(InputTokensDetails): pass
                size: "Size | None" = None  # Not the one of the module.
                def __post_init__(self, label, last):
                    self.names.append(label + last)
        """
        for source in (textwrap.dedent(code), FUTURE + textwrap.dedent(code).replace('"', "")):
            names: dict[str, Any] = {"__name__": __name__}
            exec(source, names)
            usage = names["Mine"].from_dict({**SNAKE, "retries": 2})
            expected = {**total_of([SNAKE, SNAKE]).to_dict(), "retries": 4}
            self.assertEqual(((usage + usage).to_dict(), usage.names), (expected, ["xy", "xy"]))

    @needs_processes
    def test_circular_imports(self) -> None:
        """What cannot be evaluated while the class is defined is evaluated at the first use."""
        one = """
            import dataclasses, two
            from orq_usage import CreateImageUsage
            @dataclasses.dataclass(frozen=True, kw_only=True)
            class Usage(CreateImageUsage):
                more: HINT = None
        """
        two = """
            import dataclasses, one
            from orq_usage import InputTokensDetails
            @dataclasses.dataclass(frozen=True, kw_only=True)
            class More(InputTokensDetails):
                words: int | float
        """
        code = """
            import two, one
            usage = one.Usage.from_dict({"input_tokens_details": {}, "more": {"words": 5}})
            print(usage.more.words)
        """
        self.write("two.py", two)
        plain, quoted = "two.More | None", '"two.More | None"'
        lazy = [("", plain)] if sys.version_info >= (3, 14) else []  # Else Python evaluates it.
        for head, hint in [(FUTURE, plain), (FUTURE, quoted), ("", quoted), *lazy]:
            self.write("one.py", head, textwrap.dedent(one).replace("HINT", hint))
            self.assertEqual(self.run_script(IMPORTED, code), "5\n")


class PostInit(unittest.TestCase):
    def test_once_an_instance(self) -> None:
        one: Any = Priced.from_dict(SNAKE)
        large: Any = Priced.from_dict(changed("total_tokens", 2**60))
        other, details = CreateImageEditUsage.from_dict(SNAKE), text(1)
        ways: list[tuple[Any, Any]] = [(lambda: Priced.from_dict(SNAKE), 5343), (Priced.zero, None)]
        ways += [(lambda: Priced(total_tokens=7, input_tokens_details=details), 7)]
        ways += [(lambda: Priced(total_tokens=2**60, input_tokens_details=details), 2**60)]
        ways += [(lambda: dataclasses.replace(large, output_tokens=1), 2**60)]
        ways += [(lambda: one + one, 10686), (lambda: other + one, 10686)]
        ways += [(lambda: copy.deepcopy(large), 2**60)]
        ways += [(lambda: pickle.loads(pickle.dumps(one)), 5343), (derived(Priced).zero, None)]
        for number, (way, total) in enumerate(ways):
            Priced.made.clear()
            usage, cost = way(), 2 * (total or 0)
            self.assertEqual(len(Priced.made), 1, number)
            self.assertEqual((usage.total_tokens, usage.cost, usage.half), (total, cost, cost / 2))
        expected = {**CreateImageUsage.from_dict(SNAKE).to_dict(), "cost": 10686, "half": 5343}
        self.assertEqual((one.to_dict(), Priced.from_dict(expected)), (expected, one))

    def test_in_details_within_a_usage(self) -> None:
        model = derived(CreateImageUsage, more=(CheckedDetails | None, None))
        payload = {**SNAKE, "more": {"text_tokens": 5}}
        usage = model.from_dict(payload)
        ways: list[Any] = [lambda: usage + usage, lambda: model.from_dict(payload), model.zero]
        for way, tokens in zip(ways, ([10], [5], []), strict=True):
            CheckedDetails.made.clear()
            way()
            self.assertEqual(CheckedDetails.made, tokens)
        given = derived(CreateImageUsage, more=(CheckedDetails, usage.more))
        self.assertEqual(given.zero().more, CheckedDetails())

    def test_what_it_raises(self) -> None:
        payload = changed("output_tokens", 13)
        self.assertIs(type(raised_by(Priced.from_dict, payload)), ArithmeticError)
        found = problems_of(Priced.from_dict, {**payload, "total_tokens": -1})
        self.assertEqual([*found], ["total_tokens"])
        model = derived(CreateImageUsage, more=(CheckedDetails | None, None))
        found = problems_of(model.from_dict, {"more": {"text_tokens": 13}})
        self.assertEqual([*found], ["input_tokens_details", "more.text_tokens"])


class Pasted(unittest.TestCase):
    def setUp(self) -> None:
        main = types.ModuleType("pasted_main")  # Where the annotations of a cell are looked up.
        self.names: dict[str, Any] = vars(main)
        sys.modules["pasted_main"] = main
        self.addCleanup(sys.modules.pop, "pasted_main")

    def test_a_script_may_rebind_all_other_names(self) -> None:
        names = (
            "annotations dataclass dataclasses fields field typing Any Mapping T name cls inspect"
        )
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
        for conf in ("", "conf=BeartypeConf(is_pep484_tower=True)"):
            head = "from beartype import BeartypeConf, claw\n"
            self.check_package(f"{head}claw.beartype_this_package({conf})\n")

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
            from dataclasses import dataclass
            @dataclass(frozen=True, kw_only=True)
            class MyDetails(InputTokensDetails):
                cached_tokens: float
            @dataclass(frozen=True, slots=True, kw_only=True)
            class MyUsage(CreateImageVariationUsage):
                retries: float = 0
                my_details: "MyDetails | None" = None
                others: typing.Optional["MyDetails"] = None
                def __post_init__(self):
                    if self.retries > 9:
                        raise ArithmeticError(self.retries)
            def parse(more):
                try:
                    usage = MyUsage.from_dict({**SNAKE, **more})
                    return str(usage + usage), usage.to_dict(), str(MyUsage.zero())
                except (UsageError, ArithmeticError) as error:
                    return str(error)
            def both():
                more = [{"cachedTokens": 5}, {"cached_tokens": -1}, {}, None]
                more = [{"my_details": details, "others": details} for details in more]
                return verdicts(), [*map(parse, more + [{"retries": 3}, {"retries": 6}])]
            expected = both() if USED else None
            pathlib.Path("both.pickle").write_bytes(cloudpickle.dumps(both))
            print(both())
        """
        load = "import pickle\nprint(pickle.load(open('both.pickle', 'rb'))())"
        sources = [SOURCE, FUTURE + SOURCE, IMPORTED, FUTURE + IMPORTED]
        for source, used in itertools.product(sources, (False, True)):
            with self.subTest(source=source[:200], used=used):
                there = self.run_script(source, VERDICTS, filled(script, SNAKE=SNAKE, USED=used))
                self.assertTrue(there.startswith(f"({EXPECTED}, [('MyUsage("), there)
                self.assertIn("'retries': 3", there)
                head = IMPORTED if IMPORTED in source else ""
                self.assertEqual(run("-I", "-c", head + load, cwd=self.folder), there)

    @needs("dask")
    def test_dask(self) -> None:
        good = [SNAKE, CAMEL] * 10
        script = """
            if __name__ == "__main__":
                import dask.bag, operator
                dask.config.set(scheduler="processes", num_workers=2)
                payloads = GOOD
        """
        script = filled(script, GOOD=good)
        script += textwrap.indent(tool("Dask") + "print(total)\n", "    ")
        for source in (SOURCE, IMPORTED):
            self.assertEqual(self.run_script(source, script), f"{total_of(good)}\n")


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
                self.assertEqual(type(usage).from_dict(sdk.model_dump()), usage)

    def test_the_same_fields(self) -> None:
        for model in MODELS:
            ours = {f.name: f.default is dataclasses.MISSING for f in dataclasses.fields(model)}
            theirs = self.sdk_model(model).model_fields
            required = {name: field.is_required() for name, field in theirs.items()}
            with self.subTest(model=model.__name__):
                self.assertEqual(ours, required)


# Runs the script in sdk.py with a client that answers without a network, and logs an answer.
CLIENT = """
    import httpx, json, orq_ai_sdk, os, runpy
    official = orq_ai_sdk.Orq

    def answer(request):
        assert request.url.path.endswith("/images/generations"), request.url
        body = {"created": 1, "data": [{"url": "https://example.com/1.png"}]}
        return httpx.Response(200, json={**body, "usage": usage} if usage else body)

    def client(**keywords):
        return official(client=httpx.Client(transport=httpx.MockTransport(answer)), **keywords)

    orq_ai_sdk.Orq = client
    os.environ["ORQ_API_KEY"], usage = "key", None
    runpy.run_path("sdk.py")
    usage, endpoint, model = SNAKE, "generations", "openai/gpt-image-1"
    response = runpy.run_path("sdk.py")["response"]
    with open("log.jsonl", "w") as log:
        exec(WRITER)
"""


@needs_processes
class Readme(Folder):
    def setUp(self) -> None:
        super().setUp()
        self.write("orq_usage.py", SOURCE)

    def test_the_main_command(self) -> None:
        command, shown = block("sh\npython3 -c"), block("text\n{")
        python, option, code = shlex.split(command)
        self.assertEqual((python, option), ("python3", "-c"))
        self.assertEqual(run(option, code), shown)
        # sh, PowerShell and cmd pass it on alike: one pair of double quotes, nothing to expand.
        self.assertEqual(command, f'python3 -c "{code}"\n')
        self.assertFalse({*code} & {*'"$`%!^\\\n'})
        total = eval(shown)
        self.assertEqual(total["total_tokens"], total["input_tokens"] + total["output_tokens"])

    def test_the_script_for_a_log(self) -> None:
        def line(response: object = None, model: object = "a") -> str:
            return json.dumps({"endpoint": "edits", "model": model, "response": response})

        def usage(value: object) -> str:
            return line({"usage": changed("total_tokens", value)}, "c")

        fine = line({"created": 1, "usage": SNAKE})
        empty: Payload = {"input_tokens_details": {}}
        only = {"total_tokens": 7, **empty}
        others, name = cast(Any, [[], 5, None]), "CreateImageUsage: "
        # Each line, and what is said of it: nothing if it is complete.
        lines: list[tuple[str, str]] = [("\ufeff" + fine, ""), (fine + "\r", ""), ("", "")]
        lines += [("  \r", ""), (line({"usage": CAMEL}, "b"), ""), (usage(10**308), "")]
        lines += [(usage(10**308), name + "total_tokens: .* larger"), ("\udcff", "'utf-8' codec")]
        lines += [("not JSON", "Expecting"), (fine[:60], "Expecting|Unterminated")]
        absent: list[str] = ["[]", "5", "null", '"text"', "{}", '{"model": "a"}', line({})]
        absent += [line(response) for response in ({"created": 1}, {"usage": None}, "x", *others)]
        absent += [line({"usage": SNAKE}, model) for model in ({}, *others)]
        lines += [(each, "no model or no usage") for each in absent]
        lines += [(line({"usage": value}), name + "payload: expected") for value in ("x", 5)]
        lines += [(line({"usage": {"prompt": 5}}), name + "input_tokens_details: .*prompt")]
        lines += [(usage(value), name + "total_tokens: ") for value in ("12", True, float("nan"))]
        lines += [(usage(None), "no total_tokens$"), (line({"usage": SNAKE}, "b"), "")]
        lines += [(line({"usage": only}, "d"), "no input_tokens, output_tokens$")]
        lines += [(line({"usage": empty}, "d"), "no input_tokens, output_tokens, total_tokens$")]
        lines += [("[" * 100_000, "maximum recursion")]
        data = "\n".join(text for text, _ in lines).encode(errors="surrogateescape")
        (self.folder / "log.jsonl").write_bytes(data)
        said = "".join(f"line {n}: ({why}).*\n" for n, (_, why) in enumerate(lines, 1) if why)
        script = self.write("total.py", block("python\nimport json"))
        two = json.dumps(total_of([SNAKE, SNAKE]).to_dict())
        large = [changed("total_tokens", 10**308), without("total_tokens")]
        found = run(script, "log.jsonl", cwd=self.folder, stderr=f"(?m){said}")
        expected = f"a {two}\nb {two}\nc {json.dumps(total_of(large).to_dict())}\n"
        self.assertEqual(found, expected + f"d {json.dumps(total_of([only]).to_dict())}\n")

    @needs("orq_ai_sdk")
    def test_the_scripts_for_the_sdk(self) -> None:
        self.write("sdk.py", block("python\nimport os"))
        self.write("total.py", block("python\nimport json"))
        found = self.run_script(filled(CLIENT, SNAKE=SNAKE, WRITER=block("python\nbody = ")))
        nothing = "no usage: bicycle\nno usage: car\n{'input_tokens_details': {}}\n"
        one, two = (re.sub(r"(\d+)", r"\1.0", str(total_of([SNAKE] * n).to_dict())) for n in (1, 2))
        self.assertEqual(found, f"{nothing}{two}\n")
        found = run("total.py", "log.jsonl", cwd=self.folder)
        self.assertEqual(found, f"openai/gpt-image-1 {one}\n".replace("'", '"'))
        self.assertNotIn("example.com", (self.folder / "log.jsonl").read_text())

    @needs("genai_prices")
    def test_the_price(self) -> None:
        head = """
            from orq_usage import CreateImageUsage
            usage = CreateImageUsage.from_dict(SNAKE)
            totals = dict.fromkeys(["openai/unknown", "gpt-image-1", "openai/gpt-image-1"], usage)
            totals["openai/dall-e-2"] = CreateImageUsage.zero()
        """
        script = filled(head, SNAKE=SNAKE), block("python\nfrom genai_prices")
        unknown, nameless, found, missing = self.run_script(*script).splitlines()
        self.assertIn("Unable to find model", unknown)
        self.assertEqual(nameless, "gpt-image-1 no price without provider/ in the name")
        self.assertEqual(missing, "openai/dall-e-2 no price without input_tokens and output_tokens")
        pattern = r"prices ([\d.]+), 838 text(?:.|\n)* cost\s([\d.]+)\sdollars"
        ((version, shown),) = re.findall(pattern, README)
        # 5, 10 and 40 dollars for a million text, image and output tokens.
        self.assertEqual(float(shown), (838 * 5 + 886 * 10 + 3619 * 40) / 1e6)
        if importlib.metadata.version("genai-prices") == version:
            self.assertEqual(found, f"openai/gpt-image-1 {shown}")

    @needs("pydantic")
    def test_pydantic(self) -> None:
        head = """
            from typing import Annotated
            from pydantic import BaseModel, BeforeValidator, TypeAdapter, validate_call
            from orq_usage import *
            class Row(BaseModel):
                any: ImageUsage
        """
        tail = """
            for kind in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
                usage = kind.from_dict({**SNAKE, "total_tokens": 2**60 + 1, "output_tokens": 0.5})
                row = Row(any=usage, usage=CAMEL)
                assert (type(row.any), row.usage) == (kind, CreateImageUsage.from_dict(SNAKE))
                adapter = TypeAdapter(kind)
                assert repr(adapter.validate_json(adapter.dump_json(usage))) == repr(usage)
            print(validate_call(CreateImageUsage.from_dict)(CAMEL) == row.usage)
            print(TypeAdapter(CreateImageUsage).dump_json(CreateImageUsage.zero()).decode())
            try:
                Row(any=usage, usage={"input_tokens_details": {}, "total_tokens": "294"})
            except ValueError as error:
                print(error.error_count())
        """
        field = textwrap.indent(tool("pydantic"), "    ")
        script = textwrap.dedent(head) + field + filled(tail, SNAKE=SNAKE, CAMEL=CAMEL)
        null = json.dumps(dataclasses.asdict(CreateImageUsage.zero())).replace(" ", "")
        self.assertEqual(self.run_script(script), f"True\n{null}\n1\n")

    @needs("pandas")
    @needs("pyarrow")
    def test_tables(self) -> None:
        (column,) = re.findall(r"# pandas; columns such as (.*)", README)
        head = """
            import dataclasses, pandas, pyarrow
            from orq_usage import *
            models = ["a", "b", "b"]
            usages = [CreateImageUsage.zero(), *[CreateImageUsage.from_dict(SNAKE)] * 2]
        """
        tail = """
            print(list(frame["COLUMN"].dropna()), totals["b"] == usages[1] + usages[2])
            again = [CreateImageUsage.from_dict(row) for row in table.to_pylist()]
            print(again == usages, type(again[1].total_tokens))
        """
        parts = filled(head, SNAKE=SNAKE), tool("pandas"), tool("Arrow"), tail
        found = self.run_script(*(part.replace("COLUMN", column) for part in parts))
        self.assertEqual(found, "[838.0, 838.0] True\nTrue <class 'int'>\n")

    def test_a_subclass(self) -> None:
        names: dict[str, Any] = {**vars(orq_usage), "dataclass": dataclasses.dataclass}
        exec(block("python\n  @dataclass"), names)
        usage = names["MyUsage"].from_dict({**SNAKE, "output_tokens_details": {"text_tokens": 5}})
        self.assertEqual((usage + usage).output_tokens_details, text(10))

    def test_mended_details(self) -> None:
        names: dict[str, Any] = {}
        exec(block("python\n  def with_details"), names)
        mend, none = names["with_details"], text(None)
        snake, camel = "input_tokens_details", "inputTokensDetails"
        five, null = {"textTokens": 5}, None
        given: list[Any] = [({}, none), ({snake: null}, none), ({camel: null}, none)]
        given += [({snake: five}, text(5)), ({camel: five}, text(5)), ({camel: {}}, none)]
        given += [({snake: null, camel: five}, text(5)), ({snake: null, camel: null}, none)]
        for (details, expected), counts in itertools.product(given, (SNAKE, CAMEL)):
            payload = {**without(snake, without(camel, counts)), **details}
            before = copy.deepcopy(payload)
            usage = CreateImageUsage.from_dict(mend(payload))
            self.assertEqual((usage.input_tokens_details, usage.total_tokens), (expected, 5343))
            self.assertEqual(payload, before)
        bad = mend(changed(snake, None, changed("total_tokens", "x")))
        self.assertEqual([*problems_of(CreateImageUsage.from_dict, bad)], ["total_tokens"])
        self.assertEqual([mend("x"), mend({"usage": null})], ["x", {"usage": null}])


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    tests.addTests(doctest.DocTestSuite(orq_usage))
    tests.addTests(doctest.DocFileSuite("README.md", encoding="utf-8"))
    return tests
