# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Tests of orq_usage; `python -m unittest` runs them with nothing installed.

Tests that need another package, another Python or processes are skipped where these are missing.
"""

import collections
import copy
import dataclasses
import decimal
import doctest
import importlib.metadata
import importlib.util
import inspect
import itertools
import json
import operator
import pathlib
import pickle
import pydoc
import random
import re
import shlex
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
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
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
    ImageUsage,
    InputTokensDetails,
    UsageError,
)

Payload: TypeAlias = dict[str, Any]

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = (HERE / "orq_usage.py").read_text(encoding="utf-8")
README = (HERE / "README.md").read_text(encoding="utf-8")

USAGES: list[Any] = [CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage]
DETAILS: list[Any] = [
    InputTokensDetails,
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

needs_processes = unittest.skipIf(sys.platform == "emscripten", "needs processes")


def needs(package: str, *minimum: int) -> Callable[[Any], Any]:
    found = importlib.util.find_spec(package) is not None
    if found and minimum:
        found = (*map(int, importlib.metadata.version(package).split(".")[:2]),) >= minimum
    return unittest.skipUnless(found, f"needs {package}")


def names_of(model: Any) -> list[str]:
    return [field.name for field in dataclasses.fields(model)]


def payload_of(model: type, camel_case: bool = False) -> Payload:
    if model in USAGES:
        return CAMEL if camel_case else SNAKE
    return CAMEL_DETAILS if camel_case else SNAKE_DETAILS


def changed(path: str, value: object, payload: Payload = SNAKE) -> Payload:
    """`payload` with another value at the dotted path, or without one for `...`."""
    head, _, rest = path.partition(".")
    if rest:
        return {**payload, head: changed(rest, value, payload[head])}
    new = {**payload, head: value}
    return {key: value for key, value in new.items() if value is not ...}


def raised_by(call: Callable[..., object], *args: object, **kwargs: object) -> Any:
    try:
        call(*args, **kwargs)
    except BaseException as error:  # noqa: BLE001
        return error
    return None


def problems_of(call: Callable[..., object], *args: object, **kwargs: object) -> dict[str, Any]:
    """{path: (expected, got)} of the UsageError that the call must raise."""
    error = raised_by(call, *args, **kwargs)
    assert isinstance(error, UsageError), repr(error)
    found = {path: (expected, got) for path, expected, got in error.problems}
    assert len(found) == len(error.problems), f"a path twice: {error}"
    # One problem is a line in all; several take a line each below the name of the class.
    assert len(str(error).splitlines()) == len(found) + (len(found) > 1), error
    return found


def random_usages(seed: int, models: list[Any], count: int, whole: bool | None = None) -> list[Any]:
    """Usages of whole counts of any size; or of hundredths, as sums of those are exact, too."""
    rng = random.Random(seed)
    whole = bool(seed % 2) if whole is None else whole

    def count_of() -> float:
        hundredths = rng.randrange(10 ** rng.randrange(1, 11))
        fractions = [hundredths / 100, hundredths, float(hundredths)]
        return rng.randrange(10 ** rng.randrange(1, 40)) if whole else rng.choice(fractions)

    def payload(model: Any) -> Payload:
        return {
            field.name: payload(field.type) if field.type in DETAILS else count_of()
            for field in dataclasses.fields(model)
            if field.default is dataclasses.MISSING or rng.random() < 0.7
        }

    return [model.from_dict(payload(model)) for model in rng.choices(models, k=count)]


def total_of(payloads: list[Payload]) -> CreateImageUsage:
    return sum(map(CreateImageUsage.from_dict, payloads), CreateImageUsage.zero())


def text(count: Any) -> InputTokensDetails:
    return InputTokensDetails(text_tokens=count)


def run(*arguments: str, python: str = sys.executable, cwd: Any = HERE, stderr: str = "") -> str:
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


def tool(name: str) -> str:
    """The lines of the README below the comment that begins with the name of the tool."""
    pattern = rf"(?m)^# {name}\b.*\n((?:[^#].*\n)+)"
    (found,) = re.findall(pattern, block("python\n# pydantic"))
    return cast(str, found)


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_script(self, *parts: str) -> str:
        script = self.folder / "script.py"
        script.write_text("".join(map(textwrap.dedent, parts)), encoding="utf-8")
        return run("-W", "error", str(script))


class Models(unittest.TestCase):
    def test_fields(self) -> None:
        """They are in the order of the API; a "?" marks the optional ones."""
        wide = "input_tokens? input_tokens_details output_tokens? total_tokens?"
        narrow = "total_tokens input_tokens output_tokens input_tokens_details"
        details = "image_tokens? text_tokens?", *["text_tokens image_tokens"] * 2
        for model, expected in zip(MODELS, (wide, narrow, narrow, *details), strict=True):
            fields = dataclasses.fields(model)
            names = [field.name + "?" * (field.default is None) for field in fields]
            self.assertEqual(names, expected.split())
            for field, name in zip(fields, names, strict=True):
                count = float | None if name.endswith("?") else float
                kind = DETAILS_OF[model] if "details" in name else count
                self.assertEqual(typing.get_type_hints(model)[field.name], kind)
                self.assertIn(f"- {field.name}: ", str(model.__doc__))

    def test_public_names(self) -> None:
        names = orq_usage.__all__
        self.assertEqual({*names}, {name for name in vars(orq_usage) if not name.startswith("_")})
        values = [getattr(orq_usage, name) for name in names]
        self.assertEqual((len(names), {*values}), (11, {*MODELS, ImageUsage, UsageError}))
        self.assertRegex(orq_usage.__version__, r"^\d+\.\d+\.\d+$")
        self.assertIs(orq_usage.PostV2ProxyImagesEditsUsage, CreateImageEditUsage)
        self.assertIs(orq_usage.CreateImageInputTokensDetails, InputTokensDetails)

    def test_help_shows_no_private_class(self) -> None:
        shown = pydoc.plain(pydoc.render_doc(orq_usage))
        self.assertEqual(re.findall(r"class _\w+", shown), [])
        for name in orq_usage.__all__:
            self.assertRegex(shown, rf"\n    (class )?{name}\b")

    def test_methods_have_docstrings_and_annotations_that_can_be_evaluated(self) -> None:
        methods = ("from_dict", "to_dict", "zero", "__add__", "__radd__")
        for model, name in itertools.product(MODELS, methods):
            method = getattr(model, name)
            with self.subTest(model=model.__name__, method=name):
                self.assertTrue(method.__doc__)
                hints = typing.get_type_hints(method)
                signature = inspect.signature(method, eval_str=True)
                self.assertEqual(signature.return_annotation, hints["return"])
                self.assertLessEqual({*signature.parameters} - {"self"}, {*hints})
                for overload in getattr(typing, "get_overloads", lambda _: [])(method):
                    self.assertIn("return", typing.get_type_hints(overload))

    def test_image_usage_is_the_three_usages(self) -> None:
        for model in MODELS:
            self.assertEqual(isinstance(model.zero(), ImageUsage), model in USAGES)
            self.assertEqual(issubclass(model, ImageUsage), model in USAGES)
            match model.from_dict(payload_of(model)):
                case CreateImageUsage() | CreateImageEditUsage(total_tokens=5343):
                    self.assertIn(model, USAGES)
                case CreateImageVariationUsage(input_tokens=1724):
                    self.assertIs(model, CreateImageVariationUsage)
                case _:
                    self.assertIn(model, DETAILS)


class Lazy(Mapping[str, object]):
    """A mapping that answers for single keys only, and raises an error for one of them."""

    def __init__(self, data: Payload, where: object = None, error: Any = None) -> None:
        self._data, self._where, self._error = data, where, error

    def __contains__(self, key: object) -> bool:
        if self._where == ("in", key):
            raise self._error
        return key in self._data

    def __getitem__(self, key: str) -> object:
        if self._where == ("[]", key):
            raise self._error
        return self._data[key]

    def __iter__(self) -> Any:
        raise AssertionError("went through all keys")

    __len__ = __iter__


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
                self.assertIs(type(usage), model)
                self.assertIs(type(usage.input_tokens_details), DETAILS_OF[model])
                found = [operator.attrgetter(path)(usage) for path in PATHS]
                self.assertEqual(found, [5343, 1724, 3619, 838, 886])

    def test_missing_and_null_optional_counts_are_none(self) -> None:
        null: Payload = dict.fromkeys(("input_tokens", "outputTokens", "total_tokens"))
        for more in ({}, null):
            usage = CreateImageUsage.from_dict({"inputTokensDetails": {"textTokens": None}, **more})
            self.assertEqual(usage, CreateImageUsage(input_tokens_details=text(None)))
            self.assertIsNone(usage.output_tokens)

    def check_mapping(self, kind: Any) -> None:
        payloads: list[Payload] = [SNAKE, CAMEL, {"input_tokens_details": {}}]
        for payload in payloads:
            *_, key = payload
            nested = kind({**payload, key: kind(payload[key])})
            expected = CreateImageUsage.from_dict(payload)
            self.assertEqual(CreateImageUsage.from_dict(nested), expected)

    def test_any_mapping(self) -> None:
        for kind in (types.MappingProxyType, collections.OrderedDict, collections.UserDict, Lazy):
            self.check_mapping(kind)

    @needs("wrapt")
    def test_a_proxy_of_a_dict_is_a_mapping(self) -> None:
        self.check_mapping(importlib.import_module("wrapt").ObjectProxy)

    def test_an_instance_is_returned_as_it_is(self) -> None:
        for model in MODELS:
            self.assertIs(model.from_dict(zero := model.zero()), zero)
        for model, other in itertools.permutations(USAGES, 2):
            self.assertEqual(list(problems_of(model.from_dict, other.zero())), [""])
            details = DETAILS_OF[model].zero()
            usage = model.from_dict(changed("input_tokens_details", details))
            self.assertIs(usage.input_tokens_details, details)

    def test_the_input_is_neither_changed_nor_shared(self) -> None:
        payloads = [SNAKE, CAMEL, {"input_tokens_details": {}, "x": [1]}, {"inputTokensDetails": 5}]
        for payload, model in itertools.product(payloads, USAGES):
            growing = collections.defaultdict(lambda: 7, copy.deepcopy(payload))
            raised_by(model.from_dict, growing)
            self.assertEqual(growing, payload)
        details = {"text_tokens": 1}
        growing = collections.defaultdict(lambda: 7, {"input_tokens_details": details})
        usage = CreateImageUsage.from_dict(growing)
        details["text_tokens"] = 2
        self.assertEqual(usage, CreateImageUsage(input_tokens_details=text(1)))

    def test_what_a_mapping_raises_comes_through(self) -> None:
        kinds = [ConnectionError, RuntimeError, KeyError, TypeError, ValueError, OverflowError]
        errors = [kind("total_tokens") for kind in (*kinds, MemoryError, KeyboardInterrupt)]
        for payload, inner, model in itertools.product((SNAKE, CAMEL), (False, True), USAGES):
            *_, key = payload
            level = payload[key] if inner else payload
            for error, method, field in itertools.product(errors, ("in", "[]"), level):
                lazy: Any = Lazy(level, (method, field), error)
                with self.subTest(model=model.__name__, method=method, field=field, error=error):
                    given = {**payload, key: lazy} if inner else lazy
                    self.assertIs(raised_by(model.from_dict, given), error)


Int: Any = type("Int", (int,), {})
Float: Any = type("Float", (float,), {"__repr__": lambda self: "odd\nlines"})
Unprintable: Any = type("Unprintable", (), {"__repr__": None})


class IntLike:
    """A number, or what its conversion raises."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __index__(self) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value


class FloatLike(IntLike):
    __float__ = IntLike.__index__
    __index__ = cast(Any, property())  # So it has none.


# Numbers and the plain counts that become of them.
ACCEPTED: list[tuple[Any, float]] = [
    *((count, count) for count in (0, 1, 10**9 - 1, 10**9, 2**53 + 1, MAX_INT - 1, MAX_INT)),
    *((count, count) for count in (0.0, 5e-324, 0.5, 1e9, MAX_FLOAT)),
    *((kind(count), count) for kind in (Int, IntLike, Fraction) for count in (0, 12, MAX_INT)),
    *((kind(count), count) for kind in (Float, FloatLike) for count in (0.0, 1.5, MAX_FLOAT)),
    *((Decimal(12), 12), (Decimal("12.00"), 12), (Decimal("1e3"), 1000)),
    *((Decimal("9007199254740993"), 9007199254740993), (Decimal("0.1"), 0.1), (Decimal("-0"), 0)),
    *((Decimal(MAX_INT), MAX_INT), (Decimal("1e-999999"), 0.0), (Decimal("12.5"), 12.5)),
    *((Fraction(2**60 + 1), 2**60 + 1), (Fraction(1, 4), 0.25), (Fraction(1, 10**400), 0.0)),
]
NOT_COUNTS: list[Any] = [
    *(True, False, "12", "", b"12", "a\nb", "\ud800", "x" * 1000, 1j, [], [1], (), {}, {"a": 1}),
    *(set[int](), object(), int, float, range(3), Unprintable(), type("bool_", (IntLike,), {})(1)),
    *(float("nan"), float("inf"), -float("inf"), -1, -0.5, -5e-324, Float("nan"), Float(-1)),
    *(MAX_INT + 1, 10**5000, -(10**5000), Int(-1), Int(MAX_INT + 1), IntLike(-1)),
    *(IntLike(MAX_INT + 1), FloatLike(float("nan")), FloatLike(float("inf")), FloatLike(-0.5)),
    *map(Decimal, ("NaN", "sNaN", "Infinity", "-Infinity", "-1", "-0.5", str(MAX_INT + 1))),
    *map(Decimal, (f"1e{decimal.MAX_EMAX}", f"-1e{decimal.MAX_EMAX}", "-1e-999999")),
    *(Fraction(-1, 2), Fraction(-1, 10**400), Fraction(10**400), Fraction(MAX_INT + 1)),
    *(kind(error) for kind in (IntLike, FloatLike) for error in (TypeError(), ValueError("x"))),
    *(IntLike(OverflowError("x")), FloatLike(OverflowError("x"))),
]


class Counts(unittest.TestCase):
    """What a count may be, in from_dict and in the constructor."""

    def check_accepted(self, accepted: list[tuple[Any, float]]) -> None:
        for given, plain in accepted:
            with self.subTest(type=type(given).__name__, plain=plain):
                counts = [text(given).text_tokens]
                for path, model in itertools.product(PATHS, USAGES):
                    usage = model.from_dict(changed(path, given))
                    counts.append(operator.attrgetter(path)(usage))
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

    def test_text_is_no_count_whatever_holds_it(self) -> None:
        self.check_refused([collections.UserString("12"), bytearray(b"12"), memoryview(b"12")])

    @needs("numpy")
    def test_numpy(self) -> None:
        np: Any = importlib.import_module("numpy")
        accepted = [(np.int64(12), 12), (np.uint8(7), 7), (np.float64(1.5), 1.5)]
        accepted += [(np.float32(1.5), 1.5), (np.float16(2), 2.0), (np.int64(2**53 + 1), 2**53 + 1)]
        self.check_accepted(accepted)
        refused = [np.bool_(True), np.bool_(False), np.float64("nan"), np.complex64(1)]
        refused += [np.int64(-1), np.float32("inf"), np.array([1.5]), np.str_("1"), np.bytes_(b"1")]
        self.check_refused(refused)

    def test_other_exceptions_of_a_number_come_through(self) -> None:
        errors = [ZeroDivisionError("x"), RuntimeError("x"), LookupError("x"), KeyboardInterrupt()]
        for error, kind in itertools.product(errors, (IntLike, FloatLike)):
            for path, model in itertools.product(PATHS, USAGES):
                self.assertIs(raised_by(model.from_dict, changed(path, kind(error))), error)
            self.assertIs(raised_by(text, kind(error)), error)


class Values(unittest.TestCase):
    def test_field_order_and_plain_types_in_both_spellings(self) -> None:
        for model, camel_case in itertools.product(MODELS, (False, True)):
            dumped = model.from_dict(payload_of(model)).to_dict(camel_case=camel_case)
            self.assertEqual(dumped, payload_of(model, camel_case))
            keys = [CAMEL_KEYS[name] if camel_case else name for name in names_of(model)]
            self.assertEqual(list(dumped), keys)
            self.assertIs(type(dumped), dict)
            self.assertEqual(json.loads(json.dumps(dumped)), dumped)

    def test_missing_counts_are_left_out_and_zeros_are_not(self) -> None:
        usage = CreateImageUsage(output_tokens=0, input_tokens_details=InputTokensDetails())
        self.assertEqual(usage.to_dict(), {"input_tokens_details": {}, "output_tokens": 0})
        camel = usage.to_dict(camel_case=True)
        self.assertEqual(camel, {"inputTokensDetails": {}, "outputTokens": 0})
        camel["inputTokensDetails"]["textTokens"] = camel["outputTokens"] = 1
        self.assertEqual(usage.to_dict(), {"input_tokens_details": {}, "output_tokens": 0})
        self.assertIsInstance(raised_by(usage.to_dict, True), TypeError)

    def test_keywords_only(self) -> None:
        for model in MODELS:
            complete = {name: getattr(model.zero(), name) for name in names_of(model)}
            self.assertEqual(model(**complete), model.zero())
            self.assertIsInstance(raised_by(model, *complete.values()), TypeError)
            self.assertIsInstance(raised_by(model, **complete, textTokens=1), TypeError)
            for name, value in complete.items():
                self.assertEqual(dataclasses.replace(model.zero(), **{name: value}), model.zero())
                self.assertIn(name, problems_of(dataclasses.replace, model.zero(), **{name: "x"}))

    def test_the_same_as_from_dict(self) -> None:
        for model in USAGES:
            details = DETAILS_OF[model].from_dict(SNAKE_DETAILS)
            built = model(**changed("input_tokens_details", details))
            self.assertEqual(built, model.from_dict(SNAKE))
            self.assertIs(built.input_tokens_details, details)
            bad: Payload = {"total_tokens": -1, "input_tokens": "12", "output_tokens": True}
            bad["input_tokens_details"] = 5
            self.assertEqual(problems_of(model, **bad), problems_of(model.from_dict, bad))
            others = [cls.zero() for cls in DETAILS if cls is not DETAILS_OF[model]]
            for stranger in (5, 5.0, None, "x", [], *others):
                found = problems_of(model, **changed("input_tokens_details", stranger))
                self.assertEqual(list(found), ["input_tokens_details"])

    def test_immutable_and_slotted(self) -> None:
        for value in (model.zero() for model in MODELS):
            for name in names_of(type(value)):
                for call in (lambda: setattr(value, name, 1), lambda: delattr(value, name)):  # noqa: B023
                    self.assertIs(type(raised_by(call)), dataclasses.FrozenInstanceError)
            self.assertIsInstance(raised_by(setattr, value, "x", 1), (AttributeError, TypeError))
            self.assertFalse(hasattr(value, "__dict__"))

    def test_equal_and_hashable_by_content(self) -> None:
        for model in MODELS:
            payload = payload_of(model)
            value = model.from_dict(payload)
            self.assertEqual(value, model.from_dict(payload))
            for path in PATHS if model in USAGES else SNAKE_DETAILS:
                number = operator.attrgetter(path)(value)
                other = model.from_dict(changed(path, number + 1, payload))
                self.assertNotEqual(value, other)
                self.assertNotEqual(hash(value), hash(other))
                alike = model.from_dict(changed(path, float(number), payload))
                self.assertEqual((value, hash(value)), (alike, hash(alike)))
            self.assertNotEqual(value, payload)
            self.assertEqual(value, unittest.mock.ANY)  # The other operand has its say.
        for one, two in itertools.permutations(USAGES, 2):
            self.assertNotEqual(one.from_dict(SNAKE), two.from_dict(SNAKE))

    def test_round_trips(self) -> None:
        names = {name: getattr(orq_usage, name) for name in orq_usage.__all__}
        for usage in random_usages(7, USAGES, 100):
            protocols = range(pickle.HIGHEST_PROTOCOL + 1)
            again = [pickle.loads(pickle.dumps(usage, protocol)) for protocol in protocols]
            again += [copy.copy(usage), copy.deepcopy(usage), eval(repr(usage), names)]
            for camel_case in (False, True):
                dumped = json.loads(json.dumps(usage.to_dict(camel_case=camel_case)))
                again.append(type(usage).from_dict(dumped))
            for value in again:
                self.assertEqual((value, repr(value)), (usage, repr(usage)))


class Add(unittest.TestCase):
    def test_field_by_field_and_nested(self) -> None:
        for one, two in itertools.product(USAGES, repeat=2):
            usage: Any = one.from_dict(SNAKE)
            total = usage + two.from_dict(CAMEL)
            model = one if one is two else CreateImageUsage
            twice = {name: 2 * SNAKE[name] for name in PATHS[:3]}
            details = {name: 2 * SNAKE_DETAILS[name] for name in SNAKE_DETAILS}
            self.assertEqual(total, model.from_dict({**twice, "input_tokens_details": details}))
            self.assertIs(type(total), model)
            self.assertIs(type(total.input_tokens_details), DETAILS_OF[model])
            self.assertEqual(usage, one.from_dict(SNAKE))

    def test_missing_is_not_zero(self) -> None:
        missing, five = InputTokensDetails(), InputTokensDetails(text_tokens=5, image_tokens=0.5)
        self.assertEqual([missing + missing, missing + five, five + missing], [missing, five, five])
        some = CreateImageUsage(total_tokens=5, input_tokens_details=missing)
        other = CreateImageUsage(output_tokens=2, input_tokens_details=five)
        both = CreateImageUsage(total_tokens=5, output_tokens=2, input_tokens_details=five)
        self.assertEqual([some + other, other + some], [both, both])

    def test_sum_and_zero(self) -> None:
        usages = [model.from_dict(SNAKE) for model in USAGES]
        three = total_of([SNAKE] * 3)
        self.assertEqual([sum(usages), sum(usages, CreateImageUsage.zero())], [three, three])
        self.assertIs(type(sum(usages[1:2])), CreateImageVariationUsage)
        zero = CreateImageUsage(input_tokens_details=InputTokensDetails())
        self.assertEqual([CreateImageUsage.zero(), total_of([])], [zero, zero])
        for model in USAGES[1:]:
            details = {"text_tokens": 0, "image_tokens": 0}
            expected = {**dict.fromkeys(PATHS[:3], 0), "input_tokens_details": details}
            self.assertEqual(repr(model.zero().to_dict()), repr(expected))

    def test_the_int_0_adds_nothing_and_anything_else_is_a_type_error(self) -> None:
        for model in MODELS:
            value = model.from_dict(payload_of(model))
            self.assertIs(value + 0, value)
            self.assertIs(0 + value, value)
            other = (InputTokensDetails if model in USAGES else CreateImageUsage).zero()
            for stranger in (other, False, True, 1, -1, 0.0, None, "", {}, SNAKE, object()):
                for pair in ((value, stranger), (stranger, value)):
                    self.assertIs(type(raised_by(operator.add, *pair)), TypeError, pair)
            # Another class has its say.
            self.assertIs(value + unittest.mock.MagicMock(__radd__=lambda *_: ...), ...)

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
            with self.subTest(pair=pair):
                if total:
                    counts = [operator.attrgetter(path)(pair[0] + pair[1]) for path in paths]
                    self.assertEqual({*map(repr, counts)}, {repr(total)})
                    continue
                expected = ("a sum of at most 1.8e+308", "a larger one")
                self.assertEqual(problems_of(operator.add, *pair), dict.fromkeys(paths, expected))
                model = one if one is two else CreateImageUsage
                self.assertEqual(raised_by(operator.add, *pair).model, model.__name__)

    def test_memory_of_a_sum_is_constant(self) -> None:
        def peak(count: int) -> int:
            usage = CreateImageEditUsage.from_dict(SNAKE)
            tracemalloc.start()
            total = sum((usage for _ in range(count)), CreateImageEditUsage.zero())
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            self.assertEqual(total.total_tokens, 5343 * count)
            return most

        peak(10)
        self.assertLess(peak(10_000), 2 * peak(100) + 10_000)

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
    """Sums of fractions as they are written in decimal."""

    def total(self, *counts: float) -> float:
        return cast(float, sum(map(text, counts), text(0)).text_tokens)

    def test_as_a_person_would_add(self) -> None:
        for counts, expected in (
            *(((0.1, 0.2), 0.3), ((14417.92, 0.07, 1), 14418.99), ((1.005, 2.0005), 3.0055)),
            *(((1e23, 0.0), 1e23), ((2**53 + 1, 0.5), 9007199254740994.0), ((5, 5.0), 10.0)),
            ((2**53, 1, 2**53, 1), 2**54 + 2),
        ):
            self.assertEqual(repr(self.total(*counts)), repr(expected))

    def test_sums_against_an_exact_decimal_sum(self) -> None:
        exact = decimal.Context(prec=800, Emin=-999, Emax=999, traps=[])
        rng = random.Random(1)
        for case in range(4000):
            digits = rng.randrange(1, 13)
            kinds: list[Callable[[], float]] = [
                lambda: round(rng.random() * 10 ** rng.randrange(9, 16), digits),  # noqa: B023
                lambda: rng.randrange(10**15) / 10**digits,  # noqa: B023
                lambda: round(rng.random() * 10 ** rng.randrange(18), rng.randrange(8)),
                lambda: rng.random() * 10.0 ** rng.randrange(-300, 300),
                lambda: rng.randrange(10 ** rng.randrange(1, 30)),
                lambda: rng.randrange(10 ** rng.randrange(1, 18)) / 100,
            ]
            x, y = (rng.choice(kinds)() for _ in range(2))
            with self.subTest(case=case, x=x, y=y):
                written = exact.add(*(exact.create_decimal(repr(count)) for count in (x, y)))
                expected = x + y if type(x) is type(y) is int else float(written)
                self.assertEqual(repr((text(x) + text(y)).text_tokens), repr(expected))

    def test_the_last_digit_decides_between_two_floats(self) -> None:
        for power in range(53, 1024):
            halfway, above = 2**power + 2 ** (power - 53), 2**power + 2 ** (power - 52)
            self.assertEqual((text(halfway) + text(5e-324)).text_tokens, float(above), power)

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
            default.prec, default.Emin, default.Emax = 1, 0, 0
            default.capitals, default.clamp, default.rounding = 0, 1, decimal.ROUND_UP
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


# As the Python SDK returns them.
SdkUsage: Any = type("SdkUsage", (), {"model_dump": lambda self: SNAKE})
SdkResponse: Any = type("SdkResponse", (SdkUsage,), {"usage": SdkUsage()})
Unreported: Any = type("Unreported", (SdkUsage,), {"usage": None})


class Refusals(unittest.TestCase):
    def test_what_came_is_shown(self) -> None:
        stranger = f"an object of type {__name__}.Unprintable"
        large = "an int out of the range of float"
        shown: list[tuple[Any, str]] = [
            *((-1, "-1"), ("12", "'12'"), (float("nan"), "nan"), (True, "True"), (-0.5, "-0.5")),
            *((1j, "1j"), ((), "an object of type tuple"), (Decimal(-2), "Decimal('-2')")),
            *((MAX_INT + 1, large), (-(10**5000), large), ("a\nb", r"'a\nb'")),
            *((Unprintable(), stranger), (Fraction(-1, 2), "Fraction(-1, 2)"), (None, "None")),
        ]
        for bad, got in shown:
            found = problems_of(CreateImageVariationUsage.from_dict, changed(TEXT_PATH, bad))
            self.assertEqual(found, {TEXT_PATH: (COUNT, got)})
        for bad, pattern in ((-MAX_INT, r"-\d+\.\.\.\d+"), ("x" * 1000, r"'x+\.\.\.x+'")):
            self.assertRegex(problems_of(text, bad)["text_tokens"][1], rf"^{pattern}$")

    def test_what_is_no_mapping(self) -> None:
        strangers: list[Any] = [None, 5, 0.5, True, "total_tokens", b"", [], ["total_tokens"], ()]
        strangers += [[("total_tokens", 1)], set(), object(), dict, CreateImageUsage, Unprintable()]
        for stranger, model in itertools.product(strangers, MODELS):
            found = problems_of(model.from_dict, stranger)
            self.assertEqual([*found, found[""][0]], ["", "a mapping"])
            if model in USAGES:
                nested = problems_of(model.from_dict, changed("input_tokens_details", stranger))
                self.assertEqual(nested, {"input_tokens_details": found[""]})

    def test_an_object_of_the_sdk_gets_a_hint(self) -> None:
        for kind, hint in ((SdkUsage, ""), (SdkResponse, ".usage"), (Unreported, "")):
            got = f"an object of type {__name__}.{kind.__name__}: pass its {hint}.model_dump()"
            found = problems_of(CreateImageUsage.from_dict, kind())
            self.assertEqual(found, {"": ("a mapping", got)})

    def test_required_fields_missing_or_null(self) -> None:
        for model, path in itertools.product(USAGES[1:], [*PATHS, "input_tokens_details"]):
            for value, got in ((..., "nothing"), (None, "None")):
                found = problems_of(model.from_dict, changed(path, value))
                self.assertEqual(found, {path: (COUNT if path in PATHS else "a mapping", got)})

    def test_a_missing_field_names_the_keys_that_belong_to_no_field(self) -> None:
        odd: dict[Any, Any] = {"a\nb": "secret", 5: "\n", "\u2028\x00'": "", None: 1, "\ud800": 0}
        payloads: list[tuple[Payload, str]] = [
            ({"prompt_tokens": 5, "inputTokens": 7, "cost": "x"}, "['prompt_tokens', 'cost']"),
            ({"created": 1, "data": ["x"], "usage": SNAKE}, "['created', 'data', 'usage']"),
            (odd, r"""['a\nb', '5', "\u2028\x00'", 'None', '\ud800']"""),
        ]
        for payload, keys in payloads:
            expected = {"input_tokens_details": ("a mapping", f"nothing beside {keys}")}
            self.assertEqual(problems_of(CreateImageUsage.from_dict, payload), expected)
        details = {"textTokens": 1, "image_token": 2, "cached": "x"}
        for model in USAGES[1:]:
            found = problems_of(model.from_dict, {"id": "x", "inputTokensDetails": details})
            got = {path: found[path][1] for path in found}
            first, second = "nothing beside ['id']", "nothing beside ['image_token', 'cached']"
            self.assertEqual(list(got.values()), [first, "nothing", "nothing", second])
            self.assertEqual(list(got), [*PATHS[:3], IMAGE_PATH])

    def test_as_many_keys_as_fit_a_short_line(self) -> None:
        for count in (5, 100):
            keys = [f"unknown_{number}" for number in range(count)]
            found = problems_of(CreateImageUsage.from_dict, dict.fromkeys(keys))
            got = found["input_tokens_details"][1]
            self.assertTrue(got.startswith(f"nothing beside {keys[:5]}"[:-1]), got)
            self.assertEqual((got.endswith(", ...]"), len(got) < 140), (count == 100, True), got)

    def test_two_spellings(self) -> None:
        details = {**SNAKE_DETAILS, "textTokens": 0.5}
        for model in USAGES:
            both = {**SNAKE, **CAMEL, "totalTokens": 5343.0, "inputTokensDetails": SNAKE_DETAILS}
            self.assertEqual(model.from_dict(both), model.from_dict(SNAKE))
            bad = {**SNAKE, "totalTokens": 1, "outputTokens": None, "input_tokens_details": details}
            found = problems_of(model.from_dict, bad)
            self.assertEqual({*found}, {"total_tokens", "output_tokens", TEXT_PATH})
            self.assertEqual(found["total_tokens"], ("one value in both spellings", "5343 and 1"))
            found = problems_of(model.from_dict, {**SNAKE, "inputTokensDetails": details})
            self.assertEqual(list(found), ["input_tokens_details"])
        null = {"text_tokens": None, "textTokens": None}
        self.assertEqual(InputTokensDetails.from_dict(null), InputTokensDetails())
        found = problems_of(InputTokensDetails.from_dict, {"text_tokens": "x", "textTokens": "x"})
        self.assertEqual(found, {"text_tokens": (COUNT, "'x'")})

    def test_messages(self) -> None:
        payload = {"total_tokens": -1, "input_tokens": 1, "inputTokensDetails": {"text_tokens": ""}}
        error = raised_by(CreateImageVariationUsage.from_dict, payload)
        lines = [
            "CreateImageVariationUsage:",
            f"  total_tokens: expected {COUNT}, got -1",
            f"  output_tokens: expected {COUNT}, got nothing",
            f"  input_tokens_details.text_tokens: expected {COUNT}, got ''",
            f"  input_tokens_details.image_tokens: expected {COUNT}, got nothing",
        ]
        self.assertEqual(str(error), "\n".join(lines))
        self.assertIsInstance(error, ValueError)
        self.assertEqual(error.problems[0], ("total_tokens", COUNT, "-1"))
        error = raised_by(InputTokensDetails.from_dict, 5)
        self.assertEqual(str(error), "InputTokensDetails: payload: expected a mapping, got 5")

    def test_errors_hold_their_arguments_and_pickle(self) -> None:
        problems = (("total_tokens", "a", "b"),)
        errors = [UsageError("Model", problems), UsageError(model="Model", problems=[*problems])]
        for error in errors:
            self.assertEqual((error.args, error.model), (("Model", problems), "Model"))
            self.assertEqual(str(error), "Model: total_tokens: expected a, got b")
        wrong: list[Any] = [{}, [], changed(TEXT_PATH, "x"), {**SNAKE, "totalTokens": 1}]
        for payload in wrong:
            errors.append(raised_by(CreateImageVariationUsage.from_dict, payload))
        for error, protocol in itertools.product(errors, range(pickle.HIGHEST_PROTOCOL + 1)):
            again = pickle.loads(pickle.dumps(error, protocol))
            self.assertIs(type(again), UsageError)
            self.assertEqual((again.model, again.problems), error.args)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WideUsage(CreateImageUsage):
    cached_tokens: float | None = None
    output_tokens_details: "InputTokensDetails | None" = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WidestUsage(WideUsage):
    """A field with a digit in its name, and details of a narrower class, which follows."""

    count_4K_images: typing.Annotated[typing.Optional[int], "images"] = None  # noqa: UP045
    output_tokens_details: typing.Annotated["None | OutputDetails", "by kind"] = None  # noqa: RUF036


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnslottedUsage(CreateImageUsage):
    audio_tokens: float | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class CachedVariation(CreateImageVariationUsage):
    cached_tokens: float = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Defaults(CreateImageVariationUsage):
    retries: typing.Annotated[float, "a count"] = 0
    attempts: "int | None" = 1
    cached: float = dataclasses.field(default_factory=lambda: 2)
    output_details: InputTokensDetails = dataclasses.field(default_factory=InputTokensDetails)
    reported: float | None = None

    def __post_init__(self) -> None:
        raise AssertionError("from_dict, + and zero do not call it")


@dataclasses.dataclass(frozen=True, kw_only=True)
class OutputDetails(InputTokensDetails):
    tokens: float  # A name of one word, which is the same in both spellings.


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CachedDetails(InputTokensDetails):
    cached_tokens: float | None = None


PricedVariation: Any = type("PricedVariation", (CreateImageVariationUsage,), {"rate": 0.001})
NamedUsage: Any = type("NamedUsage", (CreateImageUsage,), {})  # With methods only.
NamedVariation: Any = type("NamedVariation", (CreateImageVariationUsage,), {})
OwnParser: Any = type("OwnParser", (CachedDetails,), {"from_dict": lambda words: 1 / 0})
NamedDetails: Any = type("NamedDetails", (CreateImageVariationInputTokensDetails,), {})
MORE = {"cached_tokens": 5, "output_tokens_details": {"text_tokens": 2}}


class Subclasses(unittest.TestCase):
    """A field is one line: nothing else knows of it."""

    def test_all_follows_from_the_fields(self) -> None:
        details, camel_details = {"text_tokens": 2, "tokens": 1}, {"textTokens": 2, "tokens": 1}
        snake = {**SNAKE, "cached_tokens": 5, "output_tokens_details": details}
        camel = {**CAMEL, "cachedTokens": 5, "outputTokensDetails": camel_details}
        usage = WidestUsage.from_dict({**snake, "count_4K_images": 3})
        self.assertEqual(usage.output_tokens_details, OutputDetails(tokens=1, text_tokens=2))
        again = WidestUsage.from_dict({**camel, "count4KImages": 3})
        self.assertEqual((again, hash(again), eval(repr(usage))), (usage, hash(usage), usage))
        self.assertEqual(usage.to_dict(camel_case=True), {**camel, "count4KImages": 3})
        names = [*names_of(CreateImageUsage), *MORE, "count_4K_images"]
        self.assertEqual(list(usage.to_dict()), names)
        double: Any = usage + usage
        self.assertEqual((double.cached_tokens, double.count_4K_images), (10, 6))
        self.assertEqual(double.output_tokens_details, OutputDetails(tokens=2, text_tokens=4))
        self.assertEqual(usage + WidestUsage.zero(), usage)
        self.assertIsNone(WidestUsage.zero().output_tokens_details)
        self.assertEqual(OutputDetails.zero(), OutputDetails(tokens=0))
        wrong: list[Payload] = [{}, {"tokens": "x"}, {"tokens": float("nan")}]
        for bad in ({**snake, "output_tokens_details": details} for details in wrong):
            for found in (problems_of(WidestUsage.from_dict, bad), problems_of(WidestUsage, **bad)):
                self.assertEqual([*found], ["output_tokens_details.tokens"])

    def test_a_name_of_one_word_has_one_spelling(self) -> None:
        found = problems_of(OutputDetails, tokens=float("nan"))
        self.assertEqual(found, {"tokens": (COUNT, "nan")})

    def test_a_field_with_a_default_is_optional(self) -> None:
        usage = Defaults.from_dict(SNAKE)
        names = names_of(Defaults)[4:]
        expected = [0, 1, 2, InputTokensDetails(), None]
        self.assertEqual([getattr(usage, name) for name in names], expected)
        self.assertEqual(Defaults.from_dict({**SNAKE, "reported": None}), usage)
        for name in names[:-1]:
            self.assertEqual(list(problems_of(Defaults.from_dict, {**SNAKE, name: None})), [name])
        given = {"retries": 3, "attempts": 4, "cached": 5, "outputDetails": {"textTokens": 6}}
        usage = Defaults.from_dict({**SNAKE, **given, "reported": 7})
        double = (usage + usage).to_dict()
        self.assertEqual([double[name] for name in names], [6, 8, 10, {"text_tokens": 12}, 14])
        zero = Defaults.zero().to_dict()
        self.assertEqual([zero.get(name) for name in names], [0, 0, 0, {}, None])
        self.assertIsInstance(raised_by(dataclasses.replace, usage), AssertionError)

    def test_details_of_a_subclass_are_kept(self) -> None:
        zero, edit = CreateImageUsage.zero(), CreateImageEditUsage.from_dict(SNAKE)
        for cls in (CachedDetails, OwnParser):
            details = cls(text_tokens=Int(1), cached_tokens=2)
            keywords: Any = {"bases": (WideUsage,), "frozen": True, "kw_only": True}
            wider: Any = dataclasses.make_dataclass("Wider", [("more", cls)], **keywords)
            self.assertIs(wider.from_dict({**SNAKE, "more": details}).more, details)
            usage = CreateImageUsage.from_dict({"inputTokensDetails": details})
            copies = [copy.copy(usage), copy.deepcopy(usage), pickle.loads(pickle.dumps(usage))]
            copies += [CreateImageUsage(input_tokens_details=details), usage + zero, zero + usage]
            for again in [usage, *copies]:
                self.assertEqual(again.input_tokens_details, details)
            for total in (usage + edit, edit + usage):
                self.assertEqual(total.input_tokens_details, details + edit.input_tokens_details)

    def test_the_class_of_a_sum(self) -> None:
        models = [WideUsage, UnslottedUsage, CachedVariation, PricedVariation, NamedVariation]
        models += [*MODELS, NamedUsage, NamedDetails, CachedDetails, OutputDetails]
        more = {"cached_tokens": 2, "audio_tokens": 4, "tokens": 3}
        known = {m: m.from_dict({**SNAKE, **SNAKE_DETAILS, **more}) for m in models}
        wide, variation, edit = USAGES
        details, variation_details, edit_details = DETAILS
        for one, others, expected in (
            (WideUsage, [WideUsage, *USAGES, PricedVariation, CachedVariation], WideUsage),
            (UnslottedUsage, [*USAGES, PricedVariation], UnslottedUsage),
            (PricedVariation, [variation], PricedVariation),
            (PricedVariation, [wide, edit, NamedVariation], wide),
            (CachedVariation, [variation], CachedVariation),
            (CachedVariation, [wide, edit, PricedVariation, UnslottedUsage], None),
            (UnslottedUsage, [WideUsage, NamedUsage], None),
            (CachedDetails, [*DETAILS, NamedDetails], CachedDetails),
            (NamedDetails, [variation_details], NamedDetails),
            (NamedDetails, [details, edit_details], details),
            (OutputDetails, [*DETAILS, NamedDetails], OutputDetails),
            (OutputDetails, [CachedDetails], None),
        ):
            for other, step in itertools.product(others, (1, -1)):
                x, y = (known[one], known[other])[::step]
                with self.subTest(x=x, y=y):
                    if not expected:
                        self.assertIs(type(raised_by(operator.add, x, y)), TypeError)
                        continue
                    total = x + y
                    self.assertIs(type(total), expected)
                    self.assertEqual(pickle.loads(pickle.dumps(total)), total)
                    for name in {*names_of(type(x)), *names_of(type(y))} - {"input_tokens_details"}:
                        both = [getattr(value, name, None) or 0 for value in (x, y)]
                        self.assertEqual(getattr(total, name) or 0, sum(both), name)

    def test_a_wider_usage_loses_nothing_in_any_order(self) -> None:
        wide, edit = WideUsage.from_dict({**SNAKE, **MORE}), CreateImageEditUsage.from_dict(SNAKE)
        variation = NamedVariation.from_dict(SNAKE)
        four = total_of([SNAKE] * 4).to_dict()
        for usages in itertools.permutations([edit, wide, edit, variation]):
            total: Any = sum(usages, CreateImageUsage.zero())
            self.assertEqual(total.to_dict(), {**four, **MORE})

    def test_details_in_a_sum_are_of_the_class_of_their_field(self) -> None:
        wide: Any = WideUsage.from_dict({**SNAKE, **MORE})
        more = {"output_tokens_details": OutputDetails(tokens=1)}
        for widest in (WidestUsage.from_dict({**SNAKE, **more}), WidestUsage.zero()):
            for total in (wide + widest, widest + wide):
                self.assertIs(type(total.output_tokens_details), OutputDetails)
                self.assertEqual(pickle.loads(pickle.dumps(total)), total)


# What a copy must do, wherever it is: a list of results and errors, as text.
VERDICTS = f"""
    def verdicts():
        found, good = [], {SNAKE!r}
        payloads = [good, {CAMEL!r}, {{"input_tokens_details": {{}}}}, {{}}, {{"data": []}},
                    {{**good, "totalTokens": 1}}, {{**good, "totalTokens": 5343.0}},
                    {{**good, "total_tokens": None}}, {{**good, "total_tokens": 1e308}},
                    {{**good, "output_tokens": 0.1, "inputTokensDetails": {{"textTokens": -1}}}},
                    {{**good, "input_tokens_details": {{"text_tokens": 0.123456}}}}]
        for model in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
            for payload in payloads:
                try:
                    usage = model.from_dict(payload)
                    total = usage + usage + CreateImageUsage.zero()
                    found += [repr(usage), repr(total), repr(total.to_dict())]
                    found += [isinstance(total, CreateImageUsage) and isinstance(usage, ImageUsage)]
                    found += [usage + 0 is 0 + usage is model.from_dict(usage) is usage]
                    found += [model.from_dict(usage.to_dict(camel_case=True)) == usage]
                    found += [model(**{{n: getattr(usage, n) for n in usage.to_dict()}}) == usage]
                    found += [hash(usage) == hash(model.from_dict(usage.to_dict()))]
                except Exception as error:
                    found += [type(error) is UsageError, str(error)]
        return found
"""


def verdicts_of(names: Any) -> list[object]:
    """The verdicts on the public names of a namespace, which is given nothing else."""
    local = {name: names[name] for name in orq_usage.__all__}
    exec(textwrap.dedent(VERDICTS), local)
    return cast(list[object], local["verdicts"]())


EXPECTED = verdicts_of(vars(orq_usage))


class Pasted(unittest.TestCase):
    def setUp(self) -> None:
        main = types.ModuleType("pasted_main")  # Where the annotations of a cell are looked up.
        self.names: dict[str, Any] = vars(main)
        sys.modules["pasted_main"] = main
        self.addCleanup(sys.modules.pop, "pasted_main")

    def test_a_script_may_rebind_all_other_names(self) -> None:
        rebound = dict.fromkeys("annotations dataclass dataclasses fields field typing Any".split())
        rebound |= dict.fromkeys("Mapping MISSING TYPE_CHECKING T name value cls inspect".split())
        before = dict(self.names)
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
            hints = typing.get_type_hints(self.names["CreateImageUsage"].from_dict)
            self.assertIn("return", hints)

    def test_a_cell_that_is_run_again(self) -> None:
        for head, used in itertools.product(("", FUTURE), (False, True)):
            exec(compile(head + SOURCE, "cell", "exec"), self.names)
            old = dict(self.names)
            usage = old["CreateImageEditUsage"].from_dict(SNAKE)
            other = old["CreateImageVariationUsage"].from_dict(SNAKE)
            if used:
                operator.add(usage, other)
            exec(compile(head + SOURCE, "cell", "exec"), self.names)
            # The new classes work, and the old ones among themselves.
            self.assertEqual(verdicts_of(self.names), EXPECTED)
            error = self.names["UsageError"]  # What `except UsageError` catches from now on.
            self.assertEqual(verdicts_of({**old, "UsageError": error}), EXPECTED)
            self.assertIs(type(usage + usage), old["CreateImageEditUsage"])
            self.assertIs(type(usage + other), old["CreateImageUsage"])
            # Old and new do not mix.
            model = self.names["CreateImageEditUsage"]
            new = model.from_dict(SNAKE)
            self.assertNotEqual(usage, new)
            for pair in ((usage, new), (new, usage), (other, new)):
                self.assertIs(type(raised_by(operator.add, *pair)), TypeError)
            mixed = changed("input_tokens_details", usage.input_tokens_details)
            for call, given in ((type(other).from_dict, {}), (model.from_dict, usage)):
                self.assertIs(type(raised_by(call, given)), error)
            self.assertIs(type(raised_by(model, **mixed)), error)

    def test_reload(self) -> None:
        self.assertNotIn(False, EXPECTED)
        with unittest.mock.patch.dict(sys.modules):
            del sys.modules["orq_usage"]
            module = importlib.import_module("orq_usage")
            old = dict(vars(module))
            importlib.reload(module)
            for names in (vars(module), {**old, "UsageError": module.UsageError}):
                self.assertEqual(verdicts_of(names), EXPECTED)

    @unittest.skipIf(sys.platform == "emscripten", "needs threads")
    def test_first_use_by_many_threads(self) -> None:
        barrier = threading.Barrier(32)

        def work(_: int) -> Payload:
            barrier.wait()
            usage = self.names["CreateImageEditUsage"].from_dict(SNAKE)
            return cast(Payload, (usage + self.names["CreateImageUsage"].zero()).to_dict())

        with ThreadPoolExecutor(32) as pool:
            for _ in range(5):
                exec(compile(SOURCE, "cell", "exec"), self.names)
                self.assertEqual(list(pool.map(work, range(32))), [SNAKE] * 32)


IMPORTED = f"import sys; sys.path.insert(0, {str(HERE)!r})\nfrom orq_usage import *\n"


@needs_processes
class Copies(Folder):
    check = textwrap.dedent(VERDICTS) + "print(verdicts())\n"
    expected = f"{EXPECTED}\n"

    def test_isolated_optimized_without_site_and_with_warnings_as_errors(self) -> None:
        found = run("-I", "-S", "-OO", "-W", "error", "-c", IMPORTED + self.check)
        self.assertEqual(found, self.expected)

    def test_pasted_into_a_script(self) -> None:
        for head in ("", FUTURE + "import json\n", "from typing import TYPE_CHECKING\n"):
            self.assertEqual(self.run_script(head, SOURCE, self.check), self.expected)

    def check_package(self, head: str) -> None:
        package = self.folder / "outer" / "inner"
        package.mkdir(parents=True)
        (self.folder / "outer" / "__init__.py").write_text(head, encoding="utf-8")
        (package / "__init__.py").write_text("from .usage import *\n", encoding="utf-8")
        (package / "usage.py").write_text(SOURCE, encoding="utf-8")
        self.assertEqual(self.run_script("from outer.inner import *\n", self.check), self.expected)

    def test_submodule_of_a_package(self) -> None:
        self.check_package("")

    @needs("beartype")
    def test_under_the_import_hook_of_beartype(self) -> None:
        head = "from beartype import BeartypeConf, claw\n"
        hook = "claw.beartype_this_package(conf=BeartypeConf(is_pep484_tower=True))\n"
        self.check_package(head + hook)

    @needs("typeguard")
    def test_under_the_import_hook_of_typeguard(self) -> None:
        self.check_package("import typeguard\ntypeguard.install_import_hook('outer')\n")

    @needs("pydantic")
    def test_pydantic(self) -> None:
        code = f"""
            import pydantic
            from orq_usage import *
            snake = {SNAKE!r}
            parse = pydantic.validate_call(CreateImageUsage.from_dict)
            assert parse(snake) == CreateImageUsage.from_dict(snake)
            class Row(pydantic.BaseModel):
                usage: ImageUsage
                kind: type[ImageUsage]
            for kind in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
                row = Row(usage=kind.from_dict(snake), kind=kind)
                assert type(row.usage) is kind
                assert row.model_dump() == {{"usage": snake, "kind": kind}}, row
        """
        run("-c", code)

    def test_import_brings_in_nothing_slow(self) -> None:
        head = "import sys, dataclasses, typing\nbefore = set(sys.modules)\n"
        tail = f"""
            (CreateImageUsage.from_dict({SNAKE!r}) + CreateImageUsage.zero()).to_dict()
            InputTokensDetails(text_tokens=12345.67) + InputTokensDetails(text_tokens=1)
            print(*set(sys.modules) - before)
        """
        code = head + IMPORTED + textwrap.dedent(tail)
        self.assertEqual(run("-I", "-S", "-c", code), "orq_usage\n")


@needs_processes
class Processes(Folder):
    """Engines pickle the classes of a script by value, those of a module by name."""

    def test_fold_across_processes(self) -> None:
        payloads = [usage.to_dict(camel_case=True) for usage in random_usages(11, USAGES, 400)]
        with ProcessPoolExecutor(2) as pool:
            usages = pool.map(CreateImageUsage.from_dict, payloads, chunksize=50)
            self.assertEqual(sum(usages), total_of(payloads))
            totals = pool.map(total_of, [payloads[start::4] for start in range(4)])
            self.assertEqual(sum(totals), total_of(payloads))
            future = pool.submit(CreateImageUsage.from_dict, changed(TEXT_PATH, "12"))
            self.assertEqual(list(problems_of(future.result)), [TEXT_PATH])

    def test_pickles_cross_between_the_pythons_on_the_path(self) -> None:
        minors = {*range(10, 15)} - {sys.version_info.minor}
        others = [path for minor in minors if (path := shutil.which(f"python3.{minor}"))]
        others = [path for path in others if not subprocess.call([path, "-c", ""], stderr=-3)]
        if not others:
            self.skipTest("needs another Python")
        code = f"""
            import pathlib, pickle
            values = [CreateImageUsage.from_dict({SNAKE!r}), CreateImageEditUsage.zero(),
                      InputTokensDetails(text_tokens=0.5), UsageError("Model", (("a", "b", "c"),))]
            folder = pathlib.Path({str(self.folder)!r})
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                path = folder / f"{{protocol}}-{{sys.version_info.minor}}.pickle"
                path.write_bytes(pickle.dumps(values, protocol))
            for path in folder.glob("*.pickle"):
                assert repr(pickle.loads(path.read_bytes())) == repr(values), path
        """
        for python in (sys.executable, *others) * 2:  # In the second round, all read all.
            run("-B", "-c", IMPORTED + textwrap.dedent(code), python=python)

    def test_pickles_outlive_a_release_that_adds_a_field_in_front(self) -> None:
        front = r"(?m)^    (input_tokens: float \| None|image_tokens: float \| None)"
        new = re.sub(front, r"    new_tokens: float | None = None\n\g<0>", SOURCE)
        (self.folder / "orq_usage.py").write_text(new, encoding="utf-8")
        usages = [model.from_dict(SNAKE) for model in USAGES]
        values = [*usages, *(usage.input_tokens_details for usage in usages)]
        pickles = [pickle.dumps(values, number) for number in range(pickle.HIGHEST_PROTOCOL + 1)]
        code = f"""
            import pickle, sys
            sys.path.insert(0, {str(self.folder)!r})
            for values in map(pickle.loads, {pickles!r}):
                assert repr(values).count("new_tokens=None") == 3
                print([(type(value).__name__, value.to_dict()) for value in values])
        """
        expected = [(type(value).__name__, value.to_dict()) for value in values]
        self.assertEqual(run("-B", "-c", code), f"{expected}\n" * len(pickles))

    @needs("cloudpickle", 3, 1)  # Earlier ones lose the fields of every dataclass.
    def test_a_fresh_interpreter(self) -> None:
        path = self.folder / "both.pickle"
        script = f"""
            import cloudpickle, pathlib
            from dataclasses import dataclass
            @dataclass(frozen=True, kw_only=True)
            class MyDetails(InputTokensDetails):
                cached_tokens: float
            @dataclass(frozen=True, slots=True, kw_only=True)
            class MyUsage(CreateImageVariationUsage):
                retries: float = 0
                my_details: "MyDetails | None" = None
            def parse(my_details):
                try:
                    usage = MyUsage.from_dict({{**{SNAKE!r}, "my_details": my_details}})
                    return str(usage + usage), usage.to_dict()
                except UsageError as error:
                    return str(error)
            def both():
                parsed = [*map(parse, ({{"cachedTokens": 5}}, {{"cached_tokens": -1}}, {{}}, None))]
                return verdicts(), parsed
            expected = both() if {{}} else None
            pathlib.Path({str(path)!r}).write_bytes(cloudpickle.dumps(both))
            print(both())
        """
        load = f"import pickle\nprint(pickle.load(open({str(path)!r}, 'rb'))())"
        for head, used in itertools.product(("", FUTURE), (False, True)):
            with self.subTest(head=head, used=used):
                there = self.run_script(head, SOURCE, VERDICTS, script.replace("{}", str(used)))
                self.assertTrue(there.startswith(f"({EXPECTED}, [('MyUsage("))
                self.assertEqual(run("-I", "-c", load), there)

    @needs("dask")
    def test_dask(self) -> None:
        good = [SNAKE, CAMEL] * 10
        script = f"""
            import operator
            good = {good!r}
            payloads = good + [{{}}, {{"input_tokens_details": {{}}}}, {changed(TEXT_PATH, True)!r}]
            def parse(payload):
                try:
                    return CreateImageVariationUsage.from_dict(payload)
                except UsageError as error:
                    return str(error)
            if __name__ == "__main__":
                import dask.bag
                dask.config.set(scheduler="processes", num_workers=2)
                parsed = dask.bag.from_sequence(payloads, npartitions=3).map(parse).compute()
                assert parsed == list(map(parse, payloads)), parsed
                payloads = good
        """
        script = textwrap.dedent(script) + textwrap.indent(tool("Dask") + "print(total)\n", "    ")
        for source in (SOURCE, IMPORTED):
            self.assertEqual(self.run_script(source, script), f"{total_of(good)}\n")


@needs("orq_ai_sdk")
class Sdk(unittest.TestCase):
    def sdk_model(self, model: Any) -> Any:
        name = "CreateImageEditUsage" if model is CreateImageEditUsage else model.__name__
        return getattr(importlib.import_module("orq_ai_sdk.models"), name)

    def test_we_parse_what_it_dumps_and_it_accepts_what_we_dump(self) -> None:
        for seed in range(200):
            one, two = random_usages(seed, USAGES, 2, whole=False)
            for usage in (one, two, one + two):
                with self.subTest(seed=seed, usage=usage):
                    sdk = self.sdk_model(type(usage)).model_validate(usage.to_dict())
                    self.assertEqual(sdk.model_dump(exclude_none=True), usage.to_dict())
                    self.assertEqual(type(usage).from_dict(sdk.model_dump()), usage)

    def test_the_same_fields(self) -> None:
        for model in USAGES:
            ours = {f.name: f.default is dataclasses.MISSING for f in dataclasses.fields(model)}
            theirs = self.sdk_model(model).model_fields
            self.assertEqual(ours, {name: theirs[name].is_required() for name in theirs})


# Runs the script in sdk.py against a server on this machine, and logs what it answers.
SERVER = """
    import functools, http.server, json, os, runpy, threading
    import orq_ai_sdk

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            assert (b"PNG" in sent) != self.path.endswith("/images/generations"), sent
            body = {"created": 1, "data": [{"url": "https://example.com/1.png"}]}
            body = json.dumps({**body, "usage": usage} if usage else body).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        log_message = lambda *_: None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    orq_ai_sdk.Orq = functools.partial(orq_ai_sdk.Orq, server_url=url)
    os.environ["ORQ_API_KEY"], endpoint, usage = "key", "edits", None
    assert not runpy.run_path("sdk.py")["totals"]
    usage = USAGE
    with open("log.jsonl", "w") as log:
        for model, response in runpy.run_path("sdk.py")["responses"]:
            exec(WRITER)
"""


@needs_processes
class Readme(Folder):
    def write(self, name: str, *parts: str) -> str:
        (self.folder / name).write_text("".join(map(textwrap.dedent, parts)), encoding="utf-8")
        return name

    def run_parts(self, *parts: str) -> str:
        self.write("orq_usage.py", SOURCE)
        return run(self.write("script.py", *parts), cwd=self.folder)

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
        self.assertEqual(total["input_tokens"], sum(total["input_tokens_details"].values()))

    def test_the_script_for_a_log(self) -> None:
        def line(response: object = None, model: object = "a") -> str:
            return json.dumps({"endpoint": "edits", "model": model, "response": response})

        def usage(value: object) -> str:
            return line({"usage": changed("total_tokens", value)}, "c")

        fine = line({"created": 1, "usage": SNAKE})
        others: list[Any] = [[], 5]
        absent, name = "no model or no response", "CreateImageUsage: "
        # Each line, and what is said of it: nothing if it is counted.
        lines: list[tuple[str | bytes, str]] = [
            *((b"\xef\xbb\xbf" + fine.encode(), ""), (fine + "\r", "")),  # A byte order mark.
            *(("", ""), ("  \r", ""), (line({"usage": CAMEL}, "b"), ""), (usage(10**308), "")),
            *((usage(10**308), name + "total_tokens: .* larger"), ("not JSON", "Expecting")),
            *((fine[:60], "Expecting|Unterminated"), (b'"\xff"', "'utf-8' codec")),
            *((text, absent) for text in ("[]", "5", "null", '"text"', "{}", '{"model": "a"}')),
            *((line(response), absent) for response in (None, "x", *others)),
            *((line({"usage": SNAKE}, model), absent) for model in (None, {}, *others)),
            *((line(response), "no usage") for response in ({}, {"created": 1}, {"usage": None})),
            *((line({"usage": value}), name + "payload: expected") for value in ("x", *others)),
            (line({"usage": {"prompt_tokens": 5}}), name + "input_tokens_details: .*'prompt_tok"),
            (line({"usage": {"prompt": 5, "input_tokens_details": {}}}), "no total_tokens"),
            *((usage(value), name + "total_tokens: ") for value in ("12", True, float("nan"))),
            *(("[" * 100_000, "maximum recursion"), (line({"usage": SNAKE}, "b"), "")),
        ]
        data = [text if isinstance(text, bytes) else text.encode() for text, _ in lines]
        (self.folder / "log.jsonl").write_bytes(b"\n".join(data))
        said = "".join(f"line {n}: ({why}).*\n" for n, (_, why) in enumerate(lines, 1) if why)
        names = self.write("total.py", block("python\nimport json")), "log.jsonl"
        self.write("orq_usage.py", SOURCE)
        two = json.dumps(total_of([SNAKE, SNAKE]).to_dict())
        large = json.dumps(total_of([changed("total_tokens", 10**308)]).to_dict())
        found = run(*names, cwd=self.folder, stderr=said)
        self.assertEqual(found, f"a {two}\nb {two}\nc {large}\n")

    @needs("orq_ai_sdk")
    def test_the_scripts_for_the_sdk(self) -> None:
        (self.folder / "photo.png").write_bytes(b"\x89PNG")
        self.write("sdk.py", block("python\nimport os"))
        self.write("total.py", block("python\nimport json"))
        writer = block("python\nbody = ")
        models = "openai/gpt-image-1", "openai/gpt-image-1", "openai/dall-e-2"
        sums = [re.sub(r"(\d+)", r"\1.0", str(total_of([SNAKE] * n).to_dict())) for n in (2, 1)]
        totals = "".join(
            f"{model} {total}\n" for model, total in zip(models[1:], sums, strict=True)
        )
        nothing = "".join(f"{model} no usage\n" for model in models)
        found = self.run_parts(f"USAGE, WRITER = {SNAKE!r}, {writer!r}\n", SERVER)
        self.assertEqual(found, nothing + totals)
        found = run("total.py", "log.jsonl", cwd=self.folder)
        self.assertEqual(found, totals.replace("'", '"'))
        self.assertNotIn("example.com", (self.folder / "log.jsonl").read_text())

    @needs("genai_prices")
    def test_the_price(self) -> None:
        head = f"""
            from orq_usage import CreateImageUsage
            usage = CreateImageUsage.from_dict({SNAKE!r})
            totals = {{"openai/dall-e-2": usage, "openai/gpt-image-1": usage}}
        """
        unknown, found = self.run_parts(head, block("python\nfrom genai_prices")).splitlines()
        self.assertIn("Unable to find model", unknown)
        version, shown = re.findall(r"in ([\d.]+), 838 text.*\s.* cost ([\d.]+) dollars", README)[0]
        # 5, 10 and 40 dollars for a million text, image and output tokens.
        self.assertEqual(float(shown), (838 * 5 + 886 * 10 + 3619 * 40) / 1e6)
        if importlib.metadata.version("genai-prices") == version:
            self.assertEqual(found, f"openai/gpt-image-1 {shown}")

    @needs("pydantic")
    def test_pydantic(self) -> None:
        head = """
            from typing import Annotated
            from pydantic import BaseModel, BeforeValidator, ValidationError
            from orq_usage import *
            class Row(BaseModel):
        """
        tail = f"""
            row = Row(usage={CAMEL!r})
            print(row.usage == CreateImageUsage.from_dict({SNAKE!r}), Row(usage=row.usage) == row)
            try:
                Row(usage={{"input_tokens_details": {{}}, "total_tokens": "294"}})
            except ValidationError as error:
                print(error.error_count())
        """
        field = textwrap.indent(tool("pydantic"), "    ")
        found = self.run_parts(textwrap.dedent(head) + field + textwrap.dedent(tail))
        self.assertEqual(found, "True True\n1\n")

    @needs("pandas")
    def test_pandas(self) -> None:
        (column,) = re.findall(r"# pandas; columns such as (.*)", README)
        head = f"""
            import pandas
            from orq_usage import *
            usages = [CreateImageUsage.from_dict({SNAKE!r}), CreateImageVariationUsage.zero()]
        """
        tail = f'print(list(frame["{column}"]), pandas.Series(usages).sum() == sum(usages))\n'
        self.assertEqual(self.run_parts(head, tool("pandas"), tail), "[838, 0] True\n")

    def test_a_subclass_and_mended_details(self) -> None:
        names: dict[str, Any] = {**vars(orq_usage), "dataclass": dataclasses.dataclass}
        exec(block("python\n  @dataclass"), names)
        usage = names["MyUsage"].from_dict({**SNAKE, "output_tokens_details": {"text_tokens": 5}})
        self.assertEqual((usage + usage).output_tokens_details, text(10))
        (code,) = re.findall(r"`(\{.*\*\*payload\})`", README)
        mended = eval(code, {"payload": changed("input_tokens_details", ...)})
        self.assertEqual(CreateImageUsage.from_dict(mended).total_tokens, 5343)


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    tests.addTests(doctest.DocTestSuite(orq_usage))
    tests.addTests(doctest.DocFileSuite("README.md", encoding="utf-8"))
    return tests
