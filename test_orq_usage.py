# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT
"""Tests of orq_usage; `python -m unittest` runs them with nothing installed.

Tests that need another package, another Python or processes are skipped where these are missing.
"""

import contextlib
import copy
import dataclasses
import decimal
import doctest
import enum
import functools
import importlib
import importlib.metadata
import importlib.util
import io
import itertools
import json
import operator
import os
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
import time
import tracemalloc
import types
import typing
import unittest
import unittest.mock
from collections import OrderedDict, UserDict, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeAlias, cast

import orq_usage
from orq_usage import (
    CreateImageEditInputTokensDetails,
    CreateImageEditUsage,
    CreateImageInputTokensDetails,
    CreateImageUsage,
    CreateImageVariationInputTokensDetails,
    CreateImageVariationUsage,
    ImageUsage,
    InputTokensDetails,
    PostV2ProxyImagesEditsInputTokensDetails,
    PostV2ProxyImagesEditsUsage,
    UsageError,
)

Payload: TypeAlias = dict[str, Any]
Usage: TypeAlias = CreateImageUsage | CreateImageVariationUsage | CreateImageEditUsage
Details: TypeAlias = (
    InputTokensDetails | CreateImageVariationInputTokensDetails | CreateImageEditInputTokensDetails
)

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE / "orq_usage.py"
README = (HERE / "README.md").read_text(encoding="utf-8")

USAGES: list[type[Usage]] = [CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage]
DETAILS: list[type[Details]] = [
    InputTokensDetails,
    CreateImageVariationInputTokensDetails,
    CreateImageEditInputTokensDetails,
]
MODELS: list[type[Usage] | type[Details]] = [*USAGES, *DETAILS]
DETAILS_OF: dict[type[Usage], type[Details]] = dict(zip(USAGES, DETAILS, strict=True))

SNAKE: Payload = {
    "total_tokens": 5343,
    "input_tokens": 1724,
    "output_tokens": 3619,
    "input_tokens_details": {"text_tokens": 838, "image_tokens": 886},
}
CAMEL: Payload = {
    "totalTokens": 5343,
    "inputTokens": 1724,
    "outputTokens": 3619,
    "inputTokensDetails": {"textTokens": 838, "imageTokens": 886},
}
CAMEL_KEYS = {
    **dict(zip(SNAKE, CAMEL, strict=True)),
    **dict(zip(SNAKE["input_tokens_details"], CAMEL["inputTokensDetails"], strict=True)),
}
TEXT_PATH = "input_tokens_details.text_tokens"
IMAGE_PATH = "input_tokens_details.image_tokens"
PATHS = ["total_tokens", "input_tokens", "output_tokens", TEXT_PATH, IMAGE_PATH]
MAX_FLOAT = sys.float_info.max
MAX_INT = int(MAX_FLOAT)
COUNT = "an int or float from 0 to 1.8e+308"

needs_processes = unittest.skipIf(sys.platform == "emscripten", "needs processes")


def needs(package: str, *minimum: int) -> Callable[[Any], Any]:
    found = importlib.util.find_spec(package) is not None
    if found and minimum:
        version = importlib.metadata.version(package).split(".")
        found = tuple(map(int, version[: len(minimum)])) >= minimum
    return unittest.skipUnless(found, f"needs {package}")


def names_of(model: type) -> list[str]:
    return [field.name for field in dataclasses.fields(cast(Any, model))]


def usage_of(total: float, details: tuple[float, float] = (0, 0)) -> CreateImageVariationUsage:
    text, image = details
    return CreateImageVariationUsage(
        total_tokens=total,
        input_tokens=0,
        output_tokens=0,
        input_tokens_details=CreateImageVariationInputTokensDetails(
            text_tokens=text, image_tokens=image
        ),
    )


def changed(path: str, value: object, payload: Payload = SNAKE) -> Payload:
    """`payload` with another value at the dotted path."""
    head, _, rest = path.partition(".")
    return {**payload, head: changed(rest, value, payload[head]) if rest else value}


def without(path: str, payload: Payload = SNAKE) -> Payload:
    head, _, rest = path.partition(".")
    kept = {key: value for key, value in payload.items() if rest or key != head}
    return {**kept, head: without(rest, payload[head])} if rest else kept


def problems_of(
    call: Callable[..., object], *args: object, **kwargs: object
) -> dict[str, tuple[str, str]]:
    """{path: (expected, got)} of the UsageError that the call must raise."""
    try:
        result = call(*args, **kwargs)
    except UsageError as error:
        found = {path: (expected, got) for path, expected, got in error.problems}
        assert len(found) == len(error.problems), f"a path twice: {error}"
        return found
    raise AssertionError(f"no UsageError, but {result!r}")


def random_count(rng: random.Random, whole: bool) -> float:
    """A whole count of any size; or one of hundredths, as sums of those are exact, too."""
    if whole:
        return rng.randrange(10 ** rng.randrange(1, 40))
    hundredths = rng.randrange(10 ** rng.randrange(1, 11))
    return rng.choice([hundredths / 100, hundredths, float(hundredths)])


def random_usage(rng: random.Random, model: type[Usage], whole: bool) -> Usage:
    def counts(cls: type[Usage] | type[Details]) -> Payload:
        return {
            field.name: random_count(rng, whole)
            for field in dataclasses.fields(cls)
            if field.name != "input_tokens_details"
            and (field.default is dataclasses.MISSING or rng.random() < 0.7)
        }

    details = DETAILS_OF[model].from_dict(counts(DETAILS_OF[model]))
    return model.from_dict({**counts(model), "input_tokens_details": details.to_dict()})


def random_usages(
    seed: int, models: list[type[Usage]], count: int, whole: bool | None = None
) -> list[Any]:
    rng = random.Random(seed)
    if whole is None:
        whole = bool(seed % 2)
    return [random_usage(rng, rng.choice(models), whole) for _ in range(count)]


def total_of(payloads: list[Payload]) -> CreateImageUsage:
    return sum(map(CreateImageUsage.from_dict, payloads), CreateImageUsage.zero())


def run(*arguments: str, python: str = sys.executable) -> str:
    """The output of a Python process, which must write nothing to stderr."""
    done = subprocess.run(
        [python, *arguments], capture_output=True, text=True, cwd=HERE, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


class Folder(unittest.TestCase):
    """A test with a temporary folder and the source of the module."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.source = SOURCE.read_text(encoding="utf-8")

    def run_script(self, *parts: str) -> str:
        script = self.folder / "script.py"
        script.write_text("".join(map(textwrap.dedent, parts)), encoding="utf-8")
        return run("-W", "error", str(script))


class Models(unittest.TestCase):
    def test_fields_in_the_order_of_the_api(self) -> None:
        details = ["image_tokens", "text_tokens"]
        required = ["total_tokens", "input_tokens", "output_tokens", "input_tokens_details"]
        expected: dict[type, tuple[list[str], list[str]]] = {
            CreateImageUsage: (
                ["input_tokens", "input_tokens_details", "output_tokens", "total_tokens"],
                ["input_tokens_details"],
            ),
            InputTokensDetails: (details, []),
            CreateImageVariationUsage: (required, required),
            CreateImageVariationInputTokensDetails: (details[::-1], details[::-1]),
            PostV2ProxyImagesEditsUsage: (required, required),
            PostV2ProxyImagesEditsInputTokensDetails: (details[::-1], details[::-1]),
        }
        for model, (names, needed) in expected.items():
            with self.subTest(model=model.__name__):
                self.assertEqual(names_of(model), names)
                fields = dataclasses.fields(cast(Any, model))
                needs = [field.name for field in fields if field.default is dataclasses.MISSING]
                self.assertEqual(needs, needed)

    def test_types_of_fields(self) -> None:
        for model in MODELS:
            optional = model in (CreateImageUsage, InputTokensDetails)
            types_of = {field.name: field.type for field in dataclasses.fields(cast(Any, model))}
            if model in USAGES:
                details = types_of.pop("input_tokens_details")
                self.assertIs(details, DETAILS_OF[cast(Any, model)])
            self.assertEqual(set(types_of.values()), {float | None if optional else float})
            self.assertEqual(set(typing.get_type_hints(model)), set(names_of(model)))

    def test_newer_names_are_the_same_objects(self) -> None:
        self.assertIs(CreateImageEditUsage, PostV2ProxyImagesEditsUsage)
        self.assertIs(CreateImageEditInputTokensDetails, PostV2ProxyImagesEditsInputTokensDetails)
        self.assertIs(CreateImageInputTokensDetails, InputTokensDetails)

    def test_public_names(self) -> None:
        public = {
            name for name in vars(orq_usage) if re.match("[A-Z].*(Usage|Details|Error)", name)
        }
        self.assertEqual(set(orq_usage.__all__), public)
        self.assertEqual(len(orq_usage.__all__), 11)
        self.assertRegex(orq_usage.__version__, r"^\d+\.\d+\.\d+$")

    def test_every_public_class_and_method_has_a_docstring(self) -> None:
        for name in orq_usage.__all__:
            cls: Any = getattr(orq_usage, name)
            self.assertTrue(cls.__doc__, name)
            if cls is not UsageError:
                for field in names_of(CreateImageUsage if cls is ImageUsage else cls):
                    self.assertIn(f"{field}: ", str(cls.__doc__), name)
        for method in ("from_dict", "to_dict", "zero", "__add__", "__radd__"):
            self.assertTrue(getattr(CreateImageUsage, method).__doc__, method)

    def test_the_widest_classes_have_room_for_every_field(self) -> None:
        for wide, models in ((CreateImageUsage, USAGES), (InputTokensDetails, DETAILS)):
            for model in models:
                self.assertLessEqual(set(names_of(model)), set(names_of(wide)), model.__name__)


class FromDict(unittest.TestCase):
    def test_both_spellings(self) -> None:
        for model in USAGES:
            for payload in (SNAKE, CAMEL):
                with self.subTest(model=model.__name__, payload=payload):
                    usage = model.from_dict(payload)
                    self.assertIs(type(usage), model)
                    self.assertIs(type(usage.input_tokens_details), DETAILS_OF[model])
                    self.assertEqual(usage.total_tokens, 5343)
                    self.assertEqual(usage.input_tokens, 1724)
                    self.assertEqual(usage.output_tokens, 3619)
                    self.assertEqual(usage.input_tokens_details.text_tokens, 838)
                    self.assertEqual(usage.input_tokens_details.image_tokens, 886)

    def test_every_mixture_of_spellings_on_both_levels(self) -> None:
        names = [*SNAKE, *SNAKE["input_tokens_details"]]
        for model in USAGES:
            for picks in itertools.product((False, True), repeat=6):
                keys = {
                    name: CAMEL_KEYS[name] if camel else name
                    for name, camel in zip(names, picks, strict=True)
                }
                payload = {keys[name]: value for name, value in SNAKE.items()}
                payload[keys["input_tokens_details"]] = {
                    keys[name]: value for name, value in SNAKE["input_tokens_details"].items()
                }
                self.assertEqual(model.from_dict(payload), model.from_dict(SNAKE), payload)

    def test_examples_of_the_api_documents(self) -> None:
        empty = CreateImageUsage.from_dict({"inputTokensDetails": {}})
        self.assertEqual(empty, CreateImageUsage(input_tokens_details=InputTokensDetails()))
        payload = {
            "totalTokens": 5343.23,
            "inputTokens": 1724.51,
            "outputTokens": 3577.08,
            "inputTokensDetails": {"textTokens": 8380.62, "imageTokens": 553.63},
        }
        usage = CreateImageVariationUsage.from_dict(payload)
        self.assertEqual(usage.to_dict(camel_case=True), payload)
        self.assertEqual(usage.input_tokens_details.text_tokens, 8380.62)

    def test_missing_and_null_optional_counts_are_none(self) -> None:
        null: Payload = dict.fromkeys(("input_tokens", "outputTokens", "total_tokens"))
        payloads: list[Payload] = [{"input_tokens_details": {}}, {"inputTokensDetails": {}, **null}]
        for payload in payloads:
            usage = CreateImageUsage.from_dict(payload)
            self.assertEqual(usage, CreateImageUsage(input_tokens_details=InputTokensDetails()))
            self.assertIsNone(usage.output_tokens)
        details = InputTokensDetails.from_dict({"imageTokens": None, "text_tokens": 3})
        self.assertEqual(details, InputTokensDetails(text_tokens=3))

    def test_unknown_keys_are_ignored_on_both_levels(self) -> None:
        more: dict[Any, Any] = {"cached": {"a": [1]}, "OutputTokens": -1, "": None, 5: "x"}
        details = {**SNAKE["input_tokens_details"], **more}
        for model in USAGES:
            usage = model.from_dict({**SNAKE, **more, "input_tokens_details": details})
            self.assertEqual(usage, model.from_dict(SNAKE))

    def test_any_mapping(self) -> None:
        kinds: list[Callable[[Payload], Mapping[str, object]]] = [
            types.MappingProxyType,
            OrderedDict,
            UserDict,
            Untouchable,
        ]
        payloads: list[Payload] = [SNAKE, CAMEL, {"input_tokens_details": {}}]
        for kind, payload in itertools.product(kinds, payloads):
            *_, key = payload
            nested = {**payload, key: kind(payload[key])}
            expected = CreateImageUsage.from_dict(payload)
            self.assertEqual(CreateImageUsage.from_dict(kind(nested)), expected)

    def test_the_input_is_never_changed(self) -> None:
        payloads = [SNAKE, CAMEL, {"input_tokens_details": {}, "x": [1]}, {"inputTokensDetails": 5}]
        for payload, model in itertools.product(payloads, USAGES):
            growing = defaultdict(lambda: 7, copy.deepcopy(payload))
            for given in (copy.deepcopy(payload), growing):
                before = copy.deepcopy(dict(given))
                try:
                    model.from_dict(given)
                except UsageError:
                    pass
                self.assertEqual(dict(given), before)

    def test_a_default_of_the_mapping_is_no_count(self) -> None:
        growing = defaultdict(lambda: 7, {"input_tokens_details": {}, "a": 1, "b": 2, "c": 3})
        self.assertIsNone(CreateImageUsage.from_dict(growing).total_tokens)

    def test_the_result_does_not_share_the_input(self) -> None:
        payload = copy.deepcopy(SNAKE)
        usage = CreateImageUsage.from_dict(payload)
        payload["input_tokens_details"]["text_tokens"] = 0
        self.assertEqual(usage.input_tokens_details.text_tokens, 838)

    def test_unknown_keys_cost_nothing(self) -> None:
        few = Untouchable(SNAKE)
        self.assertEqual(CreateImageUsage.from_dict(few), CreateImageUsage.from_dict(SNAKE))
        many = {**SNAKE, **{str(number): number for number in range(1_000_000)}}
        tracemalloc.start()
        try:
            usage = CreateImageUsage.from_dict(many)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertEqual(usage, CreateImageUsage.from_dict(SNAKE))
        self.assertLess(peak, 100_000)

    def test_plain_numbers_of_subclasses_and_int_likes(self) -> None:
        class Small(enum.IntEnum):
            TWELVE = 12

        class Float(float):
            def __repr__(self) -> str:
                return "odd"

        class IntLike:
            def __index__(self) -> int:
                return 12

        for given, plain in ((Small.TWELVE, 12), (IntLike(), 12), (Float(1.5), 1.5)):
            for path in PATHS:
                usage = CreateImageUsage.from_dict(changed(path, given))
                count = operator.attrgetter(path)(usage)
                self.assertEqual(count, plain)
                self.assertIs(type(count), type(plain))
            built = InputTokensDetails(text_tokens=cast(Any, given))
            self.assertIs(type(built.text_tokens), type(plain))

    def test_limits_of_a_count(self) -> None:
        class Int(int):
            pass

        class Float(float):
            pass

        class IntLike:
            def __init__(self, value: int) -> None:
                self.value = value

            def __index__(self) -> int:
                return self.value

        fine = [MAX_FLOAT, MAX_INT, MAX_INT - 1, 5e-324, 2**53 + 1, 1, 0, 0.0]
        wrong = [MAX_INT + 1, -1, -5e-324, float("inf"), float("nan")]
        for count, accepted in [*((c, True) for c in fine), *((c, False) for c in wrong)]:
            kinds = [Float] if isinstance(count, float) else [Int, IntLike]
            for given in (count, *(cast(Any, kind)(count) for kind in kinds)):
                with self.subTest(count=count, kind=type(given).__name__):
                    payload = changed(TEXT_PATH, given)
                    if accepted:
                        text = CreateImageUsage.from_dict(payload).input_tokens_details.text_tokens
                        built = InputTokensDetails(text_tokens=given).text_tokens
                        self.assertEqual(repr(text), repr(count))
                        self.assertEqual(repr(built), repr(count))
                    else:
                        found = problems_of(CreateImageUsage.from_dict, payload)
                        self.assertEqual(list(found), [TEXT_PATH])
                        found = problems_of(InputTokensDetails, text_tokens=given)
                        self.assertEqual(list(found), ["text_tokens"])


class Untouchable(Mapping[str, object]):
    """A mapping that answers for single keys and for nothing else."""

    def __init__(self, data: Payload) -> None:
        self._data = data

    def __getitem__(self, key: str) -> object:
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("went through all keys")

    def __len__(self) -> int:
        raise AssertionError("counted all keys")


class ToDict(unittest.TestCase):
    def test_field_order_and_plain_types_in_both_spellings(self) -> None:
        for model in MODELS:
            names = names_of(model)
            payload = SNAKE if model in USAGES else SNAKE["input_tokens_details"]
            value = model.from_dict(payload)
            self.assertEqual(value.to_dict(), payload)
            self.assertEqual(list(value.to_dict()), names)
            camel = value.to_dict(camel_case=True)
            self.assertEqual(camel, CAMEL if model in USAGES else CAMEL["inputTokensDetails"])
            self.assertEqual(
                [re.sub("[A-Z]", lambda m: "_" + m[0].lower(), key) for key in camel], names
            )
            for dumped in (value.to_dict(), camel):
                self.assertIs(type(dumped), dict)
                self.assertEqual(json.loads(json.dumps(dumped)), dumped)

    def test_missing_counts_are_left_out_and_zeros_are_not(self) -> None:
        usage = CreateImageUsage(output_tokens=0, input_tokens_details=InputTokensDetails())
        self.assertEqual(usage.to_dict(), {"input_tokens_details": {}, "output_tokens": 0})
        self.assertEqual(
            usage.to_dict(camel_case=True), {"inputTokensDetails": {}, "outputTokens": 0}
        )

    def test_a_new_dict_each_time(self) -> None:
        usage = CreateImageUsage.from_dict(SNAKE)
        dumped = usage.to_dict()
        dumped["input_tokens_details"]["text_tokens"] = dumped["total_tokens"] = -1
        self.assertEqual(usage.to_dict(), SNAKE)

    def test_the_spelling_is_a_keyword(self) -> None:
        with self.assertRaises(TypeError):
            CreateImageUsage.zero().to_dict(True)  # type: ignore[call-arg] # pyright: ignore

    def test_round_trip_of_random_usages(self) -> None:
        for seed in range(300):
            (usage,) = random_usages(seed, USAGES, 1)
            for camel_case in (False, True):
                with self.subTest(seed=seed, usage=usage, camel_case=camel_case):
                    dumped = json.loads(json.dumps(usage.to_dict(camel_case=camel_case)))
                    again = type(usage).from_dict(dumped)
                    self.assertEqual(repr(again), repr(usage))


class Constructor(unittest.TestCase):
    def test_keywords_only(self) -> None:
        for model in MODELS:
            complete = {name: getattr(model.zero(), name) for name in names_of(model)}
            self.assertEqual(cast(Any, model)(**complete), model.zero())
            with self.assertRaises(TypeError):
                cast(Any, model)(*complete.values())
            with self.assertRaises(TypeError):
                cast(Any, model)(**complete, textTokens=1)
        with self.assertRaises(TypeError):
            cast(Any, CreateImageVariationInputTokensDetails)(text_tokens=1)

    def test_the_same_as_from_dict(self) -> None:
        for model in USAGES:
            details = DETAILS_OF[model].from_dict(SNAKE["input_tokens_details"])
            built = cast(Any, model)(**{**SNAKE, "input_tokens_details": details})
            self.assertEqual(built, model.from_dict(SNAKE))
            self.assertIs(built.input_tokens_details, details)

    def test_validates_and_names_every_problem(self) -> None:
        for model in USAGES:
            found = problems_of(
                model,
                total_tokens=-1,
                input_tokens="12",
                output_tokens=True,
                input_tokens_details=5,
            )
            self.assertEqual(set(found), {*PATHS[:3], "input_tokens_details"})
            strangers: list[object] = [5, 5.0, None, "x", []]
            for bad in strangers:
                found = problems_of(model, **{**SNAKE, "input_tokens_details": bad})
                self.assertEqual(list(found), ["input_tokens_details"])

    def test_details_of_another_class_are_refused(self) -> None:
        for model, other in itertools.product(USAGES, DETAILS):
            if DETAILS_OF[model] is not other:
                payload = {**SNAKE, "input_tokens_details": other.zero()}
                found = problems_of(model, **payload)
                self.assertEqual(list(found), ["input_tokens_details"])

    def test_replace(self) -> None:
        usage = CreateImageUsage.from_dict(SNAKE)
        self.assertEqual(dataclasses.replace(usage, total_tokens=6).total_tokens, 6)
        self.assertEqual(dataclasses.replace(usage, total_tokens=6).output_tokens, 3619)
        found = problems_of(dataclasses.replace, usage, total_tokens=float("nan"))
        self.assertEqual(list(found), ["total_tokens"])


class Add(unittest.TestCase):
    def test_field_by_field_and_nested(self) -> None:
        for model in USAGES:
            usage = model.from_dict(SNAKE)
            twice = {
                "total_tokens": 10686,
                "input_tokens": 3448,
                "output_tokens": 7238,
                "input_tokens_details": {"text_tokens": 1676, "image_tokens": 1772},
            }
            total = cast(Any, usage) + usage
            self.assertEqual(total, model.from_dict(twice))
            self.assertIs(type(total), model)
            self.assertIs(type(total.input_tokens_details), DETAILS_OF[model])
            self.assertEqual(usage, model.from_dict(SNAKE))

    def test_missing_is_not_zero(self) -> None:
        missing, five = InputTokensDetails(), InputTokensDetails(text_tokens=5, image_tokens=0.5)
        self.assertEqual(missing + missing, missing)
        self.assertEqual(missing + five, five)
        self.assertEqual(five + missing, five)
        some = CreateImageUsage(total_tokens=5, input_tokens_details=missing)
        other = CreateImageUsage(output_tokens=2, input_tokens_details=five)
        self.assertEqual(
            some + other,
            CreateImageUsage(total_tokens=5, output_tokens=2, input_tokens_details=five),
        )

    def test_different_endpoints_add_up_to_the_widest(self) -> None:
        for one, two in itertools.permutations(USAGES, 2):
            total = cast(Any, one.from_dict(SNAKE)) + two.from_dict(SNAKE)
            wide = CreateImageUsage.from_dict(SNAKE)
            self.assertEqual(total, wide + wide)
            self.assertIs(type(total), CreateImageUsage)
            self.assertIs(type(total.input_tokens_details), InputTokensDetails)
        payload = SNAKE["input_tokens_details"]
        for three, four in itertools.permutations(DETAILS, 2):
            sums = cast(Any, three.from_dict(payload)) + four.from_dict(payload)
            self.assertEqual(sums, InputTokensDetails(text_tokens=1676, image_tokens=1772))
            self.assertIs(type(sums), InputTokensDetails)

    def test_sum(self) -> None:
        usages = [model.from_dict(SNAKE) for model in USAGES]
        total = sum(usages)
        self.assertEqual(total, CreateImageUsage.from_dict(SNAKE) + usages[1] + usages[2])
        self.assertEqual(sum(usages, CreateImageUsage.zero()), total)
        self.assertIs(type(sum(usages[1:2])), CreateImageVariationUsage)

    def test_anything_else_is_a_type_error(self) -> None:
        usage: Any
        for usage in (model.zero() for model in MODELS):
            other = InputTokensDetails.zero() if type(usage) in USAGES else CreateImageUsage.zero()
            for stranger in (other, 0, 1, 0.0, None, "", {}, usage.to_dict(), object()):
                with self.subTest(usage=usage, stranger=stranger):
                    with self.assertRaises(TypeError):
                        operator.add(usage, stranger)
                    if stranger != 0 or type(stranger) is not int:
                        with self.assertRaises(TypeError):
                            operator.add(stranger, usage)
            for stranger in (False, True, -1):
                with self.assertRaises(TypeError):
                    operator.add(stranger, usage)

    def test_the_other_operand_has_its_say(self) -> None:
        class Ledger:
            def __radd__(self, other: object) -> str:
                return f"ledger of {type(other).__name__}"

        self.assertEqual(
            cast(Any, CreateImageUsage.zero()) + Ledger(), "ledger of CreateImageUsage"
        )

    def test_sums_at_the_limit(self) -> None:
        half = MAX_INT // 2
        for x, y, total in (
            (half, MAX_INT - half, MAX_INT),
            (MAX_INT - 1, 1, MAX_INT),
            (MAX_INT, 0, MAX_INT),
            (MAX_INT, 0.5, MAX_FLOAT),
            (MAX_FLOAT / 2, MAX_FLOAT / 2, MAX_FLOAT),
            (MAX_FLOAT, 1.0, MAX_FLOAT),
        ):
            one, two = InputTokensDetails(text_tokens=x), InputTokensDetails(text_tokens=y)
            for pair in ((one, two), (two, one)):
                with self.subTest(pair=pair):
                    self.assertEqual(repr(operator.add(*pair).text_tokens), repr(total))

    def test_a_sum_beyond_the_range_names_every_field(self) -> None:
        for x, y in (
            (MAX_INT, 1),
            (MAX_INT, MAX_INT),
            (MAX_FLOAT, MAX_FLOAT),
            (MAX_FLOAT, MAX_INT),
            (MAX_FLOAT, 1e293),
        ):
            for paths, (first, second) in itertools.product(
                ([TEXT_PATH], ["total_tokens"], ["output_tokens", IMAGE_PATH], PATHS),
                itertools.product(USAGES, repeat=2),
            ):
                left, right = SNAKE, SNAKE
                for path in paths:
                    left, right = changed(path, x, left), changed(path, y, right)
                pair: Any = first.from_dict(left), second.from_dict(right)
                total = first if first is second else CreateImageUsage
                with self.subTest(pair=pair), self.assertRaises(UsageError) as caught:
                    operator.add(*pair)
                self.assertEqual(caught.exception.model, total.__name__)
                found = {path: rest for path, *rest in caught.exception.problems}
                self.assertEqual(found, {path: [COUNT, "a larger sum"] for path in paths})
                self.assertEqual(len(caught.exception.problems), len(paths))
                self.assertIsNone(caught.exception.__context__)

    def test_other_exceptions_of_a_sum_propagate(self) -> None:
        details = InputTokensDetails(text_tokens=0.00001)
        with unittest.mock.patch.dict(sys.modules, decimal=None), self.assertRaises(ImportError):
            operator.add(details, details)

    def test_details_of_a_mixed_sum_are_of_the_widest_class(self) -> None:
        class Named(CreateImageVariationUsage):
            pass

        total = CreateImageVariationUsage.from_dict(SNAKE) + cast(Any, Named.from_dict(SNAKE))
        self.assertIs(type(total), CreateImageUsage)
        self.assertIs(type(total.input_tokens_details), InputTokensDetails)

    def test_memory_of_a_sum_is_constant(self) -> None:
        def peak(count: int) -> int:
            usage = CreateImageVariationUsage.from_dict(SNAKE)
            tracemalloc.start()
            try:
                total = sum((usage for _ in range(count)), CreateImageVariationUsage.zero())
                self.assertEqual(total.total_tokens, 5343 * count)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        peak(10)
        self.assertLess(peak(10_000), 2 * peak(100) + 10_000)


class Zero(unittest.TestCase):
    def test_zero_where_required_and_none_where_optional(self) -> None:
        self.assertEqual(
            CreateImageUsage.zero(), CreateImageUsage(input_tokens_details=InputTokensDetails())
        )
        for model in USAGES[1:]:
            nothing = {"text_tokens": 0, "image_tokens": 0}
            expected = {**dict.fromkeys(PATHS[:3], 0), "input_tokens_details": nothing}
            self.assertEqual(model.zero().to_dict(), expected)
            self.assertEqual(repr(model.zero().total_tokens), "0")

    def test_total_of_no_usages(self) -> None:
        none: list[CreateImageUsage] = []
        self.assertEqual(sum(none, CreateImageUsage.zero()), CreateImageUsage.zero())


class Algebra(unittest.TestCase):
    def test_identity(self) -> None:
        for seed in range(200):
            (usage,) = random_usages(seed, USAGES, 1)
            with self.subTest(seed=seed, usage=usage):
                zero = type(usage).zero()
                for total in (usage + zero, zero + usage, 0 + usage):
                    self.assertEqual(repr(total), repr(usage))
                details = usage.input_tokens_details
                self.assertEqual(repr(details + type(details).zero()), repr(details))

    def test_commutativity(self) -> None:
        for seed in range(300):
            one, two = random_usages(seed, USAGES, 2)
            with self.subTest(seed=seed, one=one, two=two):
                self.assertEqual(repr(one + two), repr(two + one))

    def test_associativity_in_one_class_and_across(self) -> None:
        for seed in range(300):
            for models in (USAGES, *([model] for model in USAGES)):
                one, two, three = random_usages(seed, models, 3)
                with self.subTest(seed=seed, one=one, two=two, three=three):
                    self.assertEqual(one + (two + three), (one + two) + three)

    def test_sums_against_an_exact_decimal_sum(self) -> None:
        exact = decimal.Context(prec=800, Emin=-999, Emax=999, traps=[])
        rng = random.Random(1)
        for case in range(4000):
            digits = rng.randrange(1, 13)
            pair = [
                rng.choice(
                    [
                        round(rng.random() * 10 ** rng.randrange(9, 16), digits),
                        rng.randrange(10**15) / 10**digits,
                        round(rng.random() * 10 ** rng.randrange(18), rng.randrange(8)),
                        rng.random() * 10.0 ** rng.randrange(-300, 300),
                        rng.randrange(10 ** rng.randrange(1, 30)),
                        rng.randrange(10 ** rng.randrange(1, 18)) / 100,
                    ]
                )
                for _ in range(2)
            ]
            one, two = (InputTokensDetails(text_tokens=count) for count in pair)
            with self.subTest(case=case, pair=pair):
                written = [exact.create_decimal(repr(count)) for count in pair]
                expected: float = float(exact.add(*written))
                if type(pair[0]) is type(pair[1]) is int:
                    expected = pair[0] + pair[1]
                self.assertEqual(repr((one + two).text_tokens), repr(expected))


class AsWritten(unittest.TestCase):
    def total(self, *counts: float) -> float:
        return sum(
            (usage_of(count) for count in counts), CreateImageVariationUsage.zero()
        ).total_tokens

    def test_as_a_person_would_add(self) -> None:
        self.assertEqual(self.total(0.1, 0.2), 0.3)
        self.assertEqual(self.total(14417.92, 0.07, 1), 14418.99)
        self.assertEqual(self.total(1.005, 2.0005), 3.0055)
        self.assertEqual(self.total(1e23, 0.0), 1e23)
        self.assertEqual(self.total(9007199254740993, 0.5), 9007199254740994.0)

    def test_the_last_digit_decides_between_two_floats(self) -> None:
        for power in range(53, 1024):
            halfway, above = 2**power + 2 ** (power - 53), 2**power + 2 ** (power - 52)
            total = InputTokensDetails(text_tokens=halfway) + InputTokensDetails(text_tokens=5e-324)
            self.assertEqual(total.text_tokens, float(above), power)

    def test_decimals_are_exact_in_any_order_and_grouping(self) -> None:
        for seed in range(24):
            rng = random.Random(seed)
            unit = 10 ** (1 + seed % 12)  # One to twelve decimals, in totals of 15 digits.
            parts = [rng.randrange(10 ** rng.randrange(1, 13)) for _ in range(100)]
            usages = [usage_of(part / unit, (part / unit, 0.01)) for part in parts]
            expected = usage_of(sum(parts) / unit, (sum(parts) / unit, 1.0))
            with self.subTest(seed=seed):
                self.assertEqual(sum(usages), expected)
                rng.shuffle(usages)
                self.assertEqual(sum(usages), expected)
                while len(usages) > 1:
                    at = rng.randrange(len(usages) - 1)
                    usages[at : at + 2] = [usages[at] + usages[at + 1]]
                self.assertEqual(usages[0], expected)

    def test_whole_counts_stay_exact_ints(self) -> None:
        total = self.total(2**53, 1, 2**53, 1)
        self.assertEqual(total, 2**54 + 2)
        self.assertIs(type(total), int)
        self.assertIs(type(self.total(5, 0.5)), float)

    def test_decimal_contexts_neither_matter_nor_change(self) -> None:
        counts = (1234.56, 0.1, 1 / 3, 1e300)
        expected = self.total(*counts)
        hostile = decimal.Context(prec=1, rounding=decimal.ROUND_UP, Emin=-1, Emax=1)
        hostile.traps = dict.fromkeys(hostile.traps, True)
        before = repr(hostile)
        with decimal.localcontext(hostile) as context:
            self.assertEqual(self.total(*counts), expected)
            self.assertEqual(repr(context), before)


class Values(unittest.TestCase):
    def test_immutable_and_slotted(self) -> None:
        value: Any
        for value in (model.zero() for model in MODELS):
            for name in names_of(type(value)):
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    setattr(value, name, 1)
                with self.assertRaises(dataclasses.FrozenInstanceError):
                    delattr(value, name)
            with self.assertRaises((AttributeError, TypeError)):
                value.extra = 1
            self.assertFalse(hasattr(value, "__dict__"))

    def test_equal_and_hashable_by_content(self) -> None:
        for model in MODELS:
            payload = SNAKE if model in USAGES else SNAKE["input_tokens_details"]
            value = model.from_dict(payload)
            paths = PATHS if model in USAGES else ["text_tokens", "image_tokens"]
            self.assertEqual(value, model.from_dict(payload))
            self.assertEqual(hash(value), hash(model.from_dict(payload)))
            for path in paths:
                number = operator.attrgetter(path)(value)
                other = model.from_dict(changed(path, number + 1, payload))
                self.assertNotEqual(value, other)
                self.assertNotEqual(hash(value), hash(other))
                alike = model.from_dict(changed(path, float(number), payload))
                self.assertEqual(value, alike)
                self.assertEqual(hash(value), hash(alike))
            self.assertNotEqual(value, payload)
            self.assertFalse(value == None)  # noqa: E711

    def test_different_classes_are_never_equal(self) -> None:
        for one, two in itertools.permutations(USAGES, 2):
            self.assertNotEqual(one.from_dict(SNAKE), two.from_dict(SNAKE))

    def test_equality_leaves_the_last_word_to_the_other(self) -> None:
        self.assertEqual(CreateImageUsage.zero(), unittest.mock.ANY)

    def test_repr_evaluates_back(self) -> None:
        names = {name: getattr(orq_usage, name) for name in orq_usage.__all__}
        for usage in random_usages(7, USAGES, 50):
            again = eval(repr(usage), names)
            self.assertEqual(again, usage)
            self.assertEqual(repr(again), repr(usage))

    def test_pickles_by_every_protocol_and_copies(self) -> None:
        for usage in random_usages(8, USAGES, 20):
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                for value in (usage, usage.input_tokens_details):
                    again = pickle.loads(pickle.dumps(value, protocol))
                    self.assertIs(type(again), type(value))
                    self.assertEqual(repr(again), repr(value))
            for again in (copy.copy(usage), copy.deepcopy(usage)):
                self.assertEqual(repr(again), repr(usage))

    def test_match(self) -> None:
        match cast(object, CreateImageVariationUsage.from_dict(SNAKE)):
            case CreateImageUsage():
                self.fail("another class")
            case CreateImageVariationUsage(
                total_tokens=total,
                input_tokens_details=CreateImageVariationInputTokensDetails(text_tokens=text),
            ):
                self.assertEqual((total, text), (5343, 838))
            case _:
                self.fail("no match")


class SdkUsage:
    """An object as the Python SDK returns it."""

    def model_dump(self) -> Payload:
        return SNAKE


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Faceless:
    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(f"no {name}")


class Unindexable:
    def __index__(self) -> int:
        raise RuntimeError("no index")


class Unfloatable(float):
    def __float__(self) -> float:
        raise RuntimeError("no float")


class Incomparable:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no equality")

    def __hash__(self) -> int:
        return hash("total_tokens")


class Hostile(Untouchable):
    """A mapping whose method of the given name raises an exception."""

    def __init__(self, method: str, error: BaseException, data: Payload = SNAKE) -> None:
        super().__init__(data)
        self._method, self._error = method, error

    def _call(self, method: str) -> None:
        if method == self._method:
            raise self._error

    def __contains__(self, key: object) -> bool:
        self._call("__contains__")
        return key in self._data

    def __getitem__(self, key: str) -> object:
        self._call("__getitem__")
        return super().__getitem__(key)


class Raises:
    """A value whose __index__ raises an exception."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __index__(self) -> int:
        raise self._error


class HostileMeta(type):
    """A metaclass without a hash, whose names cannot be read."""

    __hash__ = cast(Any, None)

    def __getattribute__(cls, name: str) -> Any:
        raise RuntimeError(f"no {name}")


class OfHostileMeta(metaclass=HostileMeta):
    pass


class Endless(dict[str, object]):
    def __repr__(self) -> str:
        return "x" * 10_000_000


NOT_COUNTS: list[object] = [
    *(True, False, "12", "", b"12", float("nan"), float("inf"), -float("inf"), -1, -0.5, 1j),
    *([], [1], (), {}, {"a": 1}, set[int](), object(), int, decimal.Decimal(1), 2**1024, 10**5000),
    *(-(10**5000), "x" * 10_000_000, "\ud800", [["deep"] * 10**6], range(3), iter([1])),
    *(Unprintable(), Faceless(), Unindexable(), Unfloatable(1), Incomparable(), Endless(a=1)),
    *(type("str", (), {})(), type("Long" * 10**6, (Unprintable,), {})()),
    type("Long" * 10**6, (Unprintable, Faceless), {})(),
    *(OfHostileMeta(), Raises(UsageError("x", ())), Raises(LookupError("x" * 10**7))),
]


def _details(text_tokens: Any) -> InputTokensDetails:
    return InputTokensDetails(text_tokens=text_tokens)


class BadInput(unittest.TestCase):
    def test_a_bad_count_is_named_wherever_it_is(self) -> None:
        for number, bad in enumerate(NOT_COUNTS):
            for path, model in itertools.product(PATHS, USAGES):
                with self.subTest(number=number, type=type(bad), path=path, model=model):
                    found = problems_of(model.from_dict, changed(path, bad))
                    self.assertEqual(list(found), [path])
                    self.assertIn("int or float", found[path][0])
                    self.assertLess(len(found[path][1]), 100)
            for cls in DETAILS:
                found = problems_of(cls, text_tokens=1, image_tokens=bad)
                self.assertEqual(list(found), ["image_tokens"])

    def test_what_came_is_shown(self) -> None:
        shown: dict[object, str] = {
            **{-1: "-1", "12": "'12'", float("nan"): "nan", True: "True", None: "None"},
            **{-0.5: "-0.5", 1j: "an object of type complex", (): "an object of type tuple"},
            **{decimal.Decimal(2): "an object of type decimal.Decimal"},
            **{MAX_INT + 1: "an int out of range", -MAX_INT - 1: "an int out of range"},
        }
        for bad, text in shown.items():
            found = problems_of(CreateImageVariationUsage.from_dict, changed(TEXT_PATH, bad))
            self.assertEqual(found, {TEXT_PATH: (COUNT, text)})
        self.assertRegex(
            problems_of(InputTokensDetails, text_tokens=-MAX_INT)["text_tokens"][1],
            r"^-\d+\.\.\.\d+$",
        )
        found = problems_of(InputTokensDetails, text_tokens="x" * 10_000_000)
        self.assertRegex(found["text_tokens"][1], r"^'x+\.\.\.x+'$")
        unknown = "an object of unknown type"
        found = problems_of(InputTokensDetails, text_tokens=OfHostileMeta())
        self.assertEqual(found["text_tokens"], (COUNT, unknown))
        found = problems_of(InputTokensDetails.from_dict, OfHostileMeta())
        self.assertEqual(found, {"": ("a mapping", unknown)})

    def test_an_object_of_another_library_is_named(self) -> None:
        name = f"an object of type {__name__}.SdkUsage"
        usage: Any = SdkUsage()
        hint = ": pass its .model_dump()"
        found = problems_of(CreateImageUsage.from_dict, usage)
        self.assertEqual(found, {"": ("a mapping", name + hint)})
        found = problems_of(CreateImageUsage.from_dict, changed("input_tokens_details", usage))
        self.assertEqual(found, {"input_tokens_details": ("a mapping", name + hint)})
        found = problems_of(CreateImageUsage.from_dict, cast(Any, [SNAKE]))
        self.assertEqual(found, {"": ("a mapping", "an object of type list")})

    def test_required_fields_missing_or_null(self) -> None:
        for model, path in itertools.product(USAGES[1:], [*PATHS, "input_tokens_details"]):
            for payload, got in ((without(path), "nothing"), (changed(path, None), "None")):
                found = problems_of(model.from_dict, payload)
                self.assertEqual({key: value[1] for key, value in found.items()}, {path: got})
        found = problems_of(CreateImageUsage.from_dict, {})
        self.assertEqual(found, {"input_tokens_details": ("a mapping", "nothing")})

    def test_what_is_no_mapping(self) -> None:
        strangers: list[object] = [
            *(None, 5, 0.5, True, "total_tokens", b"", [], ["total_tokens"], [("total_tokens", 1)]),
            *((), set[str](), object(), dict, CreateImageUsage, Unprintable(), Faceless()),
            *(OfHostileMeta(), OfHostileMeta),
        ]
        for stranger, model in itertools.product(strangers, MODELS):
            found = problems_of(model.from_dict, stranger)
            self.assertEqual(list(found), [""])
            self.assertEqual(found[""][0], "a mapping")
            if model in USAGES:
                payload = changed("input_tokens_details", stranger)
                found = problems_of(model.from_dict, payload)
                self.assertEqual(list(found), ["input_tokens_details"])

    def test_two_spellings_with_different_values(self) -> None:
        for model in USAGES:
            payload = {
                **SNAKE,
                "totalTokens": 1,
                "outputTokens": None,
                "input_tokens_details": {**SNAKE["input_tokens_details"], "textTokens": 0.5},
            }
            found = problems_of(model.from_dict, payload)
            self.assertEqual(set(found), {"total_tokens", "output_tokens", TEXT_PATH})
            self.assertEqual(found["total_tokens"], ("one value in both spellings", "5343 and 1"))
            details = {"text_tokens": 1, "image_tokens": 886}
            payload = {**SNAKE, "inputTokensDetails": details}
            found = problems_of(model.from_dict, payload)
            self.assertEqual(list(found), ["input_tokens_details"])

    def test_two_spellings_in_place_of_a_missing_field(self) -> None:
        payload = {**without("output_tokens"), "totalTokens": 1}
        for model in USAGES:
            found = problems_of(model.from_dict, payload)
            self.assertIn("total_tokens", found)

    def test_two_spellings_with_the_same_value(self) -> None:
        for model in USAGES:
            both = {**SNAKE, **CAMEL, "totalTokens": 5343.0}
            self.assertEqual(model.from_dict(both), model.from_dict(SNAKE))
        null = {"text_tokens": None, "textTokens": None}
        self.assertEqual(InputTokensDetails.from_dict(null), InputTokensDetails())

    def test_one_bad_value_in_both_spellings_is_one_problem(self) -> None:
        found = problems_of(InputTokensDetails.from_dict, {"text_tokens": "x", "textTokens": "x"})
        self.assertEqual(list(found), ["text_tokens"])

    def test_hostile_mappings(self) -> None:
        errors = [
            *(RuntimeError("x" * 10**7), KeyError("total_tokens"), TypeError(), StopIteration()),
            *(UsageError("x", ()), UsageError("x", cast(Any, [5]))),
            type("Long" * 10**6, (ValueError,), {})(),
        ]
        for model, method, error in itertools.product(
            USAGES, ("__contains__", "__getitem__"), errors
        ):
            with self.subTest(model=model, method=method, error=type(error).__name__[:20]):
                found = problems_of(model.from_dict, Hostile(method, error))
                self.assertEqual(set(found), set(SNAKE))
                for expected, got in found.values():
                    self.assertEqual(expected, "a value")
                    self.assertRegex(got, r"^an object of type .{1,80} from the mapping$")
                details = Hostile(method, error, SNAKE["input_tokens_details"])
                found = problems_of(model.from_dict, {**SNAKE, "inputTokensDetails": details})
                self.assertEqual(set(found), {TEXT_PATH, IMAGE_PATH})
        camel = Hostile("__getitem__", OSError(), CAMEL)
        self.assertEqual(set(problems_of(CreateImageUsage.from_dict, camel)), set(SNAKE))

    def test_hostile_keys(self) -> None:
        odd: Any = {Incomparable(): 1, **without("total_tokens")}
        for model in USAGES:
            found = problems_of(model.from_dict, odd)
            self.assertEqual(
                found["total_tokens"],
                ("a value", "an object of type RuntimeError from the mapping"),
            )

    def test_what_tells_of_the_process_propagates(self) -> None:
        for kind in (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, RecursionError):
            error = kind("now")
            for payload in (
                Hostile("__contains__", error),
                Hostile("__getitem__", error),
                {**SNAKE, "input_tokens_details": Hostile("__contains__", error)},
                changed("total_tokens", Raises(error)),
                changed(TEXT_PATH, Raises(error)),
                {**SNAKE, "totalTokens": Raises(error)},
            ):
                for model in USAGES:
                    with self.subTest(kind=kind), self.assertRaises(kind) as caught:
                        model.from_dict(cast(Any, payload))
                    self.assertIs(caught.exception, error)
            with self.assertRaises(kind):
                InputTokensDetails(text_tokens=cast(Any, Raises(error)))

            class Unhashable(type):
                def __hash__(cls, error: BaseException = error) -> int:
                    raise error

            class Nameless(type):
                def __getattribute__(cls, name: str, error: BaseException = error) -> Any:
                    raise error

            call: Any
            for call, meta in ((CreateImageUsage.from_dict, Unhashable), (_details, Nameless)):
                with self.subTest(kind=kind, meta=meta), self.assertRaises(kind) as caught:
                    call(meta("Stranger", (), {})())
                self.assertIs(caught.exception, error)

    def test_a_valid_payload_near_the_recursion_limit(self) -> None:
        def descend() -> None:
            CreateImageUsage.from_dict(SNAKE)
            descend()

        CreateImageUsage.from_dict(SNAKE)
        with self.assertRaises(RecursionError):
            descend()

    def test_messages_take_no_time(self) -> None:
        million = {str(number): number for number in range(1_000_000)}
        values: list[object] = [million, set(million), list(million), bytes(10**8), "x" * 10**8]
        for value in values:
            times = []
            for _ in range(3):  # The best of them, as a busy machine may interrupt one.
                start = time.perf_counter()
                found = problems_of(InputTokensDetails, text_tokens=value)
                times.append(time.perf_counter() - start)
                self.assertLess(len(found["text_tokens"][1]), 100)
            self.assertLess(min(times), 0.05)

    def test_message(self) -> None:
        payload = {
            "total_tokens": -1,
            "input_tokens": 1,
            "inputTokensDetails": {"text_tokens": "12"},
        }
        with self.assertRaises(UsageError) as caught:
            CreateImageVariationUsage.from_dict(payload)
        number = "expected an int or float from 0 to 1.8e+308, got"
        self.assertEqual(
            str(caught.exception).splitlines(),
            [
                "CreateImageVariationUsage:",
                f"  total_tokens: {number} -1",
                f"  output_tokens: {number} nothing",
                f"  input_tokens_details.text_tokens: {number} '12'",
                f"  input_tokens_details.image_tokens: {number} nothing",
            ],
        )
        self.assertIsInstance(caught.exception, ValueError)
        self.assertEqual(caught.exception.model, "CreateImageVariationUsage")
        self.assertEqual(
            caught.exception.problems[0],
            ("total_tokens", "an int or float from 0 to 1.8e+308", "-1"),
        )
        with self.assertRaisesRegex(UsageError, r"^InputTokensDetails:\n  payload: expected a map"):
            InputTokensDetails.from_dict(cast(Any, []))

    def test_errors_hold_their_arguments(self) -> None:
        problems = (("total_tokens", "a", "b"),)
        for error in (
            UsageError("Model", problems),
            UsageError(model="Model", problems=problems),
            UsageError("Model", cast(Any, list(problems))),
        ):
            self.assertEqual(error.args, ("Model", problems))
            self.assertEqual((error.model, error.problems), error.args)
            self.assertEqual(str(error), "Model:\n  total_tokens: expected a, got b")

    def test_errors_have_no_context(self) -> None:
        with self.assertRaises(UsageError) as caught:
            CreateImageUsage.from_dict(changed(TEXT_PATH, "x"))
        self.assertIsNone(caught.exception.__context__)

    def test_errors_pickle_by_every_protocol(self) -> None:
        payloads: list[Any] = [{}, [], changed(TEXT_PATH, "x"), {**SNAKE, "totalTokens": 1}]
        for payload in payloads:
            with self.assertRaises(UsageError) as caught:
                CreateImageVariationUsage.from_dict(payload)
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                again = pickle.loads(pickle.dumps(caught.exception, protocol))
                self.assertIs(type(again), UsageError)
                self.assertEqual(str(again), str(caught.exception))
                self.assertEqual(again.problems, caught.exception.problems)
                self.assertEqual(again.model, caught.exception.model)

    def test_fuzz(self) -> None:
        """Spoil some fields of a good payload: just these must be named."""
        for seed in range(2000):
            rng = random.Random(seed)
            model = rng.choice(USAGES)
            camel = rng.random() < 0.5
            payload = copy.deepcopy(CAMEL if camel else SNAKE)
            details = payload[
                CAMEL_KEYS["input_tokens_details"] if camel else "input_tokens_details"
            ]
            spoilt = rng.sample(PATHS, rng.randrange(1, 6))
            for path in spoilt:
                name = path.rpartition(".")[2]
                level, key = (
                    details if "." in path else payload,
                    CAMEL_KEYS[name] if camel else name,
                )
                if model is not CreateImageUsage and rng.random() < 0.2:
                    del level[key]
                else:
                    level[key] = rng.choice(NOT_COUNTS)
            for number in range(rng.randrange(3)):
                payload[f"unknown{number}"] = rng.choice(NOT_COUNTS)
            with self.subTest(seed=seed, model=model.__name__, spoilt=spoilt):
                found = problems_of(model.from_dict, payload)
                self.assertEqual(sorted(found), sorted(spoilt))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OutputDetails(InputTokensDetails):
    """One more count, and a name of one word, which is the same in both spellings."""

    tokens: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WiderUsage(CreateImageUsage):
    """One line a field: a count and details, optional and from a string, as they might come."""

    cached_input_tokens: float | None = None
    output_tokens_details: "OutputDetails | None" = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnslottedUsage(CreateImageUsage):
    """The same without slots; the annotation names a class that is defined later."""

    cached_input_tokens: float | None = None
    output_tokens_details: "LaterDetails | None" = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class LaterDetails(InputTokensDetails):
    tokens: float


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WidestUsage(WiderUsage):
    """Fields from two levels."""

    count_4k_images: typing.Optional[int] = None  # noqa: UP045


class Subclasses(unittest.TestCase):
    """A field is one line: nothing else knows of it."""

    def test_all_follows_from_the_fields(self) -> None:
        more = {"cached_input_tokens": 5, "output_tokens_details": {"tokens": 1, "text_tokens": 2}}
        snake = {**SNAKE, **more}
        camel = {
            **CAMEL,
            "cachedInputTokens": 5,
            "outputTokensDetails": {"tokens": 1, "textTokens": 2},
        }
        model: Any
        details: Any
        for model, details in ((WiderUsage, OutputDetails), (UnslottedUsage, LaterDetails)):
            usage = model.from_dict(snake)
            self.assertEqual(names_of(model), [*names_of(CreateImageUsage), *more])
            self.assertEqual(model.from_dict(camel), usage)
            self.assertEqual(usage.to_dict(camel_case=True), camel)
            self.assertEqual(list(usage.to_dict()), names_of(model))
            self.assertEqual(usage.output_tokens_details, details(tokens=1, text_tokens=2))
            double = usage + usage
            self.assertEqual(double.cached_input_tokens, 10)
            self.assertEqual(double.output_tokens_details, details(tokens=2, text_tokens=4))
            self.assertEqual(usage + model.zero(), usage)
            self.assertEqual(details.zero(), details(tokens=0))
            self.assertIsNone(model.zero().output_tokens_details)
            self.assertEqual(usage + CreateImageUsage.zero(), CreateImageUsage.from_dict(SNAKE))
            self.assertEqual(eval(repr(usage)), usage)
            self.assertEqual(pickle.loads(pickle.dumps(usage)), usage)
            self.assertEqual(hash(model.from_dict(camel)), hash(usage))
            found = problems_of(model.from_dict, {**snake, "output_tokens_details": {}})
            self.assertEqual(list(found), ["output_tokens_details.tokens"])
            found = problems_of(model.from_dict, {**snake, "cachedInputTokens": -1})
            self.assertEqual(list(found), ["cached_input_tokens"])
            found = problems_of(model, **{**snake, "output_tokens_details": {"tokens": "x"}})
            self.assertEqual(list(found), ["output_tokens_details.tokens"])

    def test_own_fields_come_last(self) -> None:
        names = [*names_of(CreateImageUsage), "cached_input_tokens", "output_tokens_details"]
        self.assertEqual(names_of(WidestUsage), [*names, "count_4k_images"])
        usage = WidestUsage.from_dict({**SNAKE, "count4kImages": 1})
        self.assertEqual(list((usage + usage).to_dict())[-1], "count_4k_images")
        self.assertEqual((usage + usage).count_4k_images, 2)

    def test_methods_only(self) -> None:
        class Priced(CreateImageVariationUsage):
            rate: float = 0.001  # No field, as the class is not decorated.

            def cost(self) -> float:
                return self.total_tokens * self.rate

        priced = Priced.from_dict(SNAKE)
        self.assertEqual(priced.cost(), 5.343)
        self.assertIs(type(priced + priced), Priced)
        self.assertIs(type(cast(Any, priced) + CreateImageUsage.zero()), CreateImageUsage)

    def test_class_keywords_reach_another_base(self) -> None:
        class Tagged:
            tag = ""

            def __init_subclass__(cls, tag: str) -> None:
                cls.tag = tag

        class TaggedUsage(CreateImageVariationUsage, Tagged, tag="images"):
            pass

        self.assertEqual(TaggedUsage.tag, "images")
        self.assertEqual(TaggedUsage.from_dict(SNAKE).total_tokens, 5343)

    def test_details_with_their_own_parser(self) -> None:
        @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
        class Legacy(InputTokensDetails):
            @classmethod
            def from_dict(cls, data: Mapping[str, object]) -> Any:
                return cls(text_tokens=cast(Any, data["words"]))

        @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
        class LegacyUsage(CreateImageUsage):
            output_details: Legacy | None = None

        usage = LegacyUsage.from_dict({"inputTokensDetails": {}, "outputDetails": {"words": 3}})
        self.assertEqual(usage.output_details, Legacy(text_tokens=3))


class BaseClass(unittest.TestCase):
    def test_instances_are_those_of_the_three_usages(self) -> None:
        for model in USAGES:
            self.assertIsInstance(model.zero(), ImageUsage)
        for details in DETAILS:
            self.assertNotIsInstance(details.zero(), ImageUsage)

    def test_it_names_the_classes_to_use(self) -> None:
        base: Any = ImageUsage
        calls: list[Callable[[], object]] = [
            *(base, base.zero, lambda: base(1), lambda: base(total_tokens=1)),
            *(lambda: base.from_dict(SNAKE), lambda: base.from_dict({})),
        ]
        for call in calls:
            with self.assertRaises(TypeError) as caught:
                call()
            self.assertEqual(
                str(caught.exception),
                "ImageUsage has no fields; use CreateImageUsage, CreateImageVariationUsage "
                "or CreateImageEditUsage",
            )

    def test_a_map_from_endpoint_to_class(self) -> None:
        classes: dict[str, type[ImageUsage]] = {"edits": CreateImageEditUsage}
        total = defaultdict[str, CreateImageUsage](CreateImageUsage.zero)
        usage: ImageUsage = classes["edits"].from_dict(SNAKE)
        total["edits"] += usage
        self.assertEqual(total["edits"], CreateImageUsage.from_dict(SNAKE))


@needs_processes
class Processes(unittest.TestCase):
    def test_fold_across_processes(self) -> None:
        payloads = [usage.to_dict(camel_case=True) for usage in random_usages(11, USAGES, 400)]
        expected = total_of(payloads)
        with ProcessPoolExecutor(2) as pool:
            usages = pool.map(CreateImageUsage.from_dict, payloads, chunksize=50)
            self.assertEqual(sum(usages, CreateImageUsage.zero()), expected)
            parts = [payloads[start::4] for start in range(4)]
            totals = pool.map(total_of, parts)
            self.assertEqual(functools.reduce(operator.add, totals), expected)
            future = pool.submit(CreateImageUsage.from_dict, changed(TEXT_PATH, "12"))
            self.assertEqual(list(problems_of(future.result)), [TEXT_PATH])


@needs_processes
class Pythons(Folder):
    """Pickles cross between all the Pythons on the path."""

    def test_pickles_by_every_protocol(self) -> None:
        names = {f"python3.{minor}" for minor in range(10, 15)} - {
            f"python3.{sys.version_info.minor}"
        }
        others = [path for path in map(shutil.which, sorted(names)) if path]
        others = [path for path in others if not subprocess.call([path, "-c", ""], stderr=-3)]
        if not others:
            self.skipTest("needs another Python")
        head = f"""
            import pathlib, pickle, sys
            sys.path.insert(0, {str(HERE)!r})
            from orq_usage import *
            folder = pathlib.Path({str(self.folder)!r})
            values = [CreateImageUsage.from_dict({SNAKE!r}), CreateImageEditUsage.zero(),
                      InputTokensDetails(text_tokens=0.5), UsageError("Model", (("a", "b", "c"),))]
        """
        dump = """
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                path = folder / f"{protocol}-{sys.version_info.minor}.pickle"
                path.write_bytes(pickle.dumps(values, protocol))
        """
        load = """
            for path in folder.glob("*.pickle"):
                assert repr(pickle.loads(path.read_bytes())) == repr(values), path
        """
        for tail in (dump, load):
            code = textwrap.dedent(head) + textwrap.dedent(tail)
            for python in (sys.executable, *others):
                self.assertEqual(run("-B", "-c", code, python=python), "")


class Threads(unittest.TestCase):
    @unittest.skipIf(sys.platform == "emscripten", "needs threads")
    def test_first_use_by_many_threads(self) -> None:
        for _ in range(5):
            names: dict[str, Any] = {"__name__": "orq_usage"}
            exec(compile(SOURCE.read_text(encoding="utf-8"), "orq_usage", "exec"), names)
            barrier, totals = threading.Barrier(32), []

            def work() -> None:
                barrier.wait()  # noqa: B023
                usage = names["CreateImageEditUsage"].from_dict(SNAKE)  # noqa: B023
                totals.append((usage + names["CreateImageUsage"].zero()).to_dict())  # noqa: B023

            threads = [threading.Thread(target=work) for _ in range(32)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(totals, [SNAKE] * 32)


# What a copy must do, wherever it is: a list of results and errors, as text.
VERDICTS = f"""
    def verdicts():
        found = []
        good = {SNAKE!r}
        payloads = [good, {CAMEL!r}, {{"input_tokens_details": {{}}}}, {{}}, [], 5, None,
                    {{**good, "totalTokens": 1}}, {{**good, "totalTokens": 5343.0}},
                    {{**good, "total_tokens": None}}, {{**good, "total_tokens": True}},
                    {{**good, "output_tokens": 0.1, "inputTokensDetails": {{"textTokens": -1}}}},
                    {{**good, "input_tokens_details": {{"text_tokens": 0.123456}}}}]
        for model in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
            for payload in payloads:
                try:
                    usage = model.from_dict(payload)
                    total = usage + usage + CreateImageUsage.zero()
                    assert isinstance(total, CreateImageUsage) and isinstance(usage, ImageUsage)
                    assert model.from_dict(usage.to_dict(camel_case=True)) == usage
                    assert model(**{{n: getattr(usage, n) for n in usage.to_dict()}}) == usage
                    assert hash(usage) == hash(model.from_dict(usage.to_dict()))
                    found += [repr(usage), repr(total), repr(total.to_dict())]
                except UsageError as error:
                    found.append(str(error))
        for model in (CreateImageUsage, CreateImageVariationUsage, InputTokensDetails):
            found.append(repr(model.zero()))
        try:
            InputTokensDetails(text_tokens=1e308) + InputTokensDetails(text_tokens=1e308)
        except UsageError as error:
            found.append(str(error))
        return found
"""
FUTURE = "from __future__ import annotations\n"


def expected_verdicts() -> list[str]:
    names = {name: getattr(orq_usage, name) for name in orq_usage.__all__}
    exec(textwrap.dedent(VERDICTS), names)
    found: list[str] = cast(Any, names["verdicts"])()
    assert len(found) > 50
    return found


class Pasted(unittest.TestCase):
    """Code that is pasted into a script or a notebook."""

    def paste(self, names: dict[str, Any], head: str = "") -> None:
        source = SOURCE.read_text(encoding="utf-8")
        exec(compile(head + source + textwrap.dedent(VERDICTS), "cell", "exec"), names)

    def setUp(self) -> None:
        main = types.ModuleType("pasted_main")  # Where the annotations of a cell are looked up.
        self.names = vars(main)
        sys.modules["pasted_main"] = main
        self.addCleanup(sys.modules.pop, "pasted_main")

    def test_names_rebound_after_the_paste(self) -> None:
        for head in ("", FUTURE):
            for used in (False, True):
                self.paste(self.names, head)
                if used:
                    self.names["verdicts"]()
                keep = {"verdicts", *re.findall(r"\w+", VERDICTS)}
                saved = dict(self.names)
                for name in saved:
                    if not name.startswith("_") and name not in keep:
                        self.names[name] = None
                common = ("fields", "field", "MISSING", "index", "name", "value", "cls", "Mapping")
                self.names |= dict.fromkeys(common)
                self.assertIsNone(self.names["dataclass"])
                self.assertEqual(self.names["verdicts"](), expected_verdicts())
                # The public names, too, for what has been made under them.
                public = {name: saved[name] for name in orq_usage.__all__}
                self.names |= dict.fromkeys(public)
                local = {**public, "__name__": "other"}
                exec(textwrap.dedent(VERDICTS), local)
                self.assertEqual(cast(Any, local["verdicts"])(), expected_verdicts())

    def test_a_cell_that_is_run_again(self) -> None:
        for head in ("", FUTURE):
            for used in (False, True):
                self.paste(self.names, head)
                old = dict(self.names)
                usage = old["CreateImageEditUsage"].from_dict(SNAKE)
                other = old["CreateImageVariationUsage"].from_dict(SNAKE)
                if used:
                    operator.add(usage, other)
                self.paste(self.names, head)
                self.assertIsNot(old["CreateImageUsage"], self.names["CreateImageUsage"])
                # The old classes work among themselves, the new ones too.
                local = {name: old[name] for name in orq_usage.__all__}
                exec(textwrap.dedent(VERDICTS), local)
                self.assertEqual(cast(Any, local["verdicts"])(), expected_verdicts())
                self.assertEqual(self.names["verdicts"](), expected_verdicts())
                self.assertEqual(usage.to_dict(), SNAKE)
                self.assertIs(type(usage + usage), old["CreateImageEditUsage"])
                self.assertIs(type(usage + other), old["CreateImageUsage"])
                # Old and new do not mix.
                new = self.names["CreateImageEditUsage"].from_dict(SNAKE)
                self.assertNotEqual(usage, new)
                for pair in ((usage, new), (new, usage), (other, new)):
                    with self.assertRaises(TypeError):
                        operator.add(*pair)
                with self.assertRaises(self.names["UsageError"]):
                    self.names["CreateImageEditUsage"].from_dict(usage)
                with self.assertRaises(self.names["UsageError"]):
                    dataclasses.replace(new, input_tokens_details=usage.input_tokens_details)

    def test_reload(self) -> None:
        name = "orq_usage_reloaded"
        spec = importlib.util.spec_from_file_location(name, SOURCE)
        assert spec
        module: Any = importlib.util.module_from_spec(spec)
        self.addCleanup(sys.modules.pop, name)
        sys.modules[name] = module
        cast(Any, spec.loader).exec_module(module)
        old = dict(vars(module))
        cast(Any, spec.loader).exec_module(module)
        usage = old["CreateImageUsage"].from_dict(SNAKE)
        self.assertEqual((usage + old["CreateImageUsage"].zero()).to_dict(), SNAKE)
        with self.assertRaises(old["UsageError"]):
            old["CreateImageUsage"].from_dict({})


@needs_processes
class Copies(Folder):
    """A copy works wherever it lands."""

    check = textwrap.dedent(VERDICTS) + "print(verdicts())\n"
    expected = expected_verdicts()

    def test_isolated_optimized_without_site_and_with_warnings_as_errors(self) -> None:
        path = f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        code = path + "from orq_usage import *\n" + self.check
        self.assertEqual(run("-I", "-S", "-OO", "-W", "error", "-c", code), f"{self.expected}\n")

    def test_submodule_of_a_package(self) -> None:
        package = self.folder / "outer" / "inner"
        package.mkdir(parents=True)
        (self.folder / "outer" / "__init__.py").touch()
        (package / "__init__.py").write_text("from .usage import *\n")
        (package / "usage.py").write_text(self.source, encoding="utf-8")
        path = f"import sys; sys.path.insert(0, {str(self.folder)!r})\n"
        code = path + "from outer.inner import *\n" + self.check
        self.assertEqual(run("-W", "error", "-c", code), f"{self.expected}\n")

    def test_pasted_into_a_script(self) -> None:
        for head in ("", FUTURE + "import json\n", "x = 1\n"):
            self.assertEqual(self.run_script(head, self.source, self.check), f"{self.expected}\n")

    def test_import_brings_in_nothing_slow(self) -> None:
        code = f"""
            import sys, dataclasses
            sys.path.insert(0, {str(HERE)!r})
            before = set(sys.modules)
            import orq_usage
            orq_usage.CreateImageUsage.zero() + orq_usage.CreateImageUsage.zero()
            print(*set(sys.modules) - before)
        """
        added = run("-I", "-S", "-c", textwrap.dedent(code)).split()
        self.assertIn("orq_usage", added)
        self.assertFalse({"typing", "decimal", "fractions", "enum"} & set(added), added)


# A subclass, as a user may paste it below the module.
SUBCLASSES = """
    @dataclass(frozen=True, kw_only=True)
    class MyDetails(InputTokensDetails):
        cached_tokens: float

    @dataclass(frozen=True, slots=True, kw_only=True)
    class MyUsage(CreateImageVariationUsage):
        my_details: "MyDetails | None" = None

    def subclass_verdicts():
        payload = {"totalTokens": 1, "input_tokens": 1, "output_tokens": 0.5,
                   "inputTokensDetails": {"text_tokens": 1, "image_tokens": 0}}
        found = []
        for my in ({"cached_tokens": 5}, {"cachedTokens": -1}, {}, None):
            try:
                usage = MyUsage.from_dict({**payload, "my_details": my})
                found += [str(usage + usage), str(usage.to_dict())]
            except UsageError as error:
                found.append(str(error))
        return found
"""


@needs_processes
class Engines(Folder):
    """Engines pickle the classes of a script by value, those of a module by name."""

    @needs("cloudpickle", 3, 1)  # Earlier ones lose the fields of every dataclass.
    def test_a_fresh_interpreter(self) -> None:
        path = self.folder / "verdicts.pickle"
        dump = f"""
            import cloudpickle, pathlib
            def both():
                return verdicts(), subclass_verdicts()
            expected = both() if {{}} else None
            pathlib.Path({str(path)!r}).write_bytes(cloudpickle.dumps(both))
            print(both())
        """
        load = (
            "import pathlib, pickle\n"
            f"print(pickle.loads(pathlib.Path({str(path)!r}).read_bytes())())"
        )
        for head, used in itertools.product(("", FUTURE), (False, True)):
            with self.subTest(head=head, used=used):
                there = self.run_script(head, self.source, VERDICTS, SUBCLASSES, dump.format(used))
                self.assertTrue(there.startswith(f"({expected_verdicts()}, ["))
                self.assertEqual(run("-I", "-c", load), there)

    def check(self, engine: str) -> None:
        good = [SNAKE, CAMEL] * 10
        head = f"""
            import operator
            good = {good!r}
            payloads = good + [{{}}, {{"input_tokens_details": {{}}}}, {changed(TEXT_PATH, True)!r}]
            def parse(payload):
                try:
                    return CreateImageVariationUsage.from_dict(payload)
                except UsageError as error:
                    return str(error)
            if __name__ == "__main__":
        """
        tail = """
            assert type(total) is CreateImageUsage, type(total)
            assert parsed == list(map(parse, payloads)), parsed
            print(total)
        """
        body = textwrap.dedent(engine) + textwrap.dedent(tail)
        script = textwrap.dedent(head) + textwrap.indent(body, "    ")
        imported = f"import sys; sys.path.insert(0, {str(HERE)!r})\nfrom orq_usage import *\n"
        for source in (self.source, imported):
            self.assertEqual(self.run_script(source, script), f"{total_of(good)}\n")

    @needs("dask")
    def test_dask(self) -> None:
        self.check("""
            import dask.bag
            bag = dask.bag.from_sequence(payloads, npartitions=3).map(parse)
            parsed = bag.compute(scheduler="processes", num_workers=2)
            usages = dask.bag.from_sequence(good, npartitions=3).map(CreateImageUsage.from_dict)
            folded = usages.fold(operator.add, initial=CreateImageUsage.zero())
            total = folded.compute(scheduler="processes", num_workers=2)
        """)

    @needs("joblib")
    def test_joblib(self) -> None:
        self.check("""
            import joblib
            parallel = joblib.Parallel(n_jobs=2)
            parsed = parallel(joblib.delayed(parse)(payload) for payload in payloads)
            total = sum(parallel(joblib.delayed(CreateImageUsage.from_dict)(p) for p in good),
                        CreateImageUsage.zero())
        """)


@needs_processes
@needs("nbclient")
class Notebook(unittest.TestCase):
    def test_a_notebook_that_runs_the_cell_twice(self) -> None:
        nbformat: Any = importlib.import_module("nbformat")
        nbclient: Any = importlib.import_module("nbclient")
        paste = SOURCE.read_text(encoding="utf-8")
        cells = [
            paste,
            f"old = CreateImageEditUsage.from_dict({SNAKE!r})",
            paste,
            f"assert old.to_dict() == (0 + old).to_dict() == {SNAKE!r}\nold + old",
            textwrap.dedent(VERDICTS) + "verdicts()",
        ]
        notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
        nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
        shown = eval(notebook.cells[-1].outputs[0]["data"]["text/plain"])
        self.assertEqual(shown, expected_verdicts())


class Readme(unittest.TestCase):
    def block(self, pattern: str) -> str:
        """The one code block that the pattern matches the beginning of."""
        (found,) = re.findall(rf"```({pattern}.*?)```", README, re.DOTALL)
        return cast(str, found).partition("\n")[2]

    @needs_processes
    def test_the_main_command(self) -> None:
        code = self.block("sh\npython3 - ").partition("\n")[2].removesuffix("EOF\n")
        self.assertEqual(run("-c", code), self.block("text\n{'input"))

    @needs_processes
    def test_the_recipe(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", self.block("python\nimport json")],
            input=self.block("json"),
            capture_output=True,
            text=True,
            cwd=HERE,
            check=True,
        )
        self.assertEqual(done.stdout, self.block("text\ngpt"))
        self.assertEqual(done.stderr, self.block("text\nline"))

    def test_the_version_is_nowhere_stale(self) -> None:
        pyproject = (HERE / "pyproject.toml").read_text(encoding="utf-8")
        self.assertNotIn("\nversion", pyproject)
        self.assertIn('path = "orq_usage.py"', pyproject)
        self.assertIn("SPDX-License-Identifier: MIT", SOURCE.read_text(encoding="utf-8"))
        self.assertIn('license = "MIT"', pyproject)


def load_tests(
    loader: unittest.TestLoader, tests: unittest.TestSuite, pattern: str | None
) -> unittest.TestSuite:
    tests.addTests(doctest.DocFileSuite("README.md", encoding="utf-8"))
    tests.addTests(doctest.DocTestSuite(orq_usage))
    return tests


@needs("numpy")
class NumPy(unittest.TestCase):
    def test_scalars_are_stored_plain(self) -> None:
        np: Any = importlib.import_module("numpy")
        for given, plain in ((np.int64(12), 12), (np.uint8(7), 7), (np.float64(1.5), 1.5)):
            for path in PATHS:
                count = operator.attrgetter(path)(CreateImageUsage.from_dict(changed(path, given)))
                self.assertEqual(count, plain)
                self.assertIs(type(count), type(plain))
        for bad in (np.bool_(True), np.float64("nan"), np.int64(-1), np.array([1]), np.str_("1")):
            self.assertTrue(problems_of(InputTokensDetails, text_tokens=bad))


@needs("orq_ai_sdk")
class Sdk(unittest.TestCase):
    """Against the models of the official SDK."""

    def sdk_model(self, model: type[Usage]) -> Any:
        name = "CreateImageEditUsage" if model is CreateImageEditUsage else model.__name__
        return getattr(importlib.import_module("orq_ai_sdk.models"), name)

    def test_we_parse_what_it_dumps(self) -> None:
        for seed in range(200):
            (usage,) = random_usages(seed, USAGES, 1, whole=False)
            dumped = self.sdk_model(type(usage)).model_validate(usage.to_dict()).model_dump()
            with self.subTest(seed=seed, dumped=dumped):
                self.assertEqual(type(usage).from_dict(dumped), usage)
                self.assertEqual(type(usage).from_dict(dumped).to_dict(), dumped)

    def test_it_accepts_what_we_dump(self) -> None:
        for seed in range(200):
            usages = random_usages(seed, USAGES, 2, whole=False)
            for usage in (*usages, usages[0] + usages[1]):
                with self.subTest(seed=seed, usage=usage):
                    sdk = self.sdk_model(type(usage)).model_validate(usage.to_dict())
                    for name in names_of(type(usage)):
                        ours, theirs = getattr(usage, name), getattr(sdk, name)
                        if name == "input_tokens_details":
                            ours, theirs = ours.to_dict(), theirs.model_dump(exclude_none=True)
                        self.assertEqual(ours, theirs)

    def test_the_same_fields(self) -> None:
        for model in USAGES:
            sdk_fields = self.sdk_model(model).model_fields
            fields = {field.name: field.default for field in dataclasses.fields(cast(Any, model))}
            self.assertEqual(set(fields), set(sdk_fields))
            for name, default in fields.items():
                self.assertEqual(default is dataclasses.MISSING, sdk_fields[name].is_required())

    def test_the_lines_in_the_readme(self) -> None:
        httpx: Any = importlib.import_module("httpx")
        sdk: Any = importlib.import_module("orq_ai_sdk")
        body = {"created": 1, "data": [{"url": "https://example.com/1.png"}]}
        for usage, printed in ((SNAKE, "5343.0\n"), (None, "None\n")):
            response = httpx.Response(200, json={**body, "usage": usage} if usage else body)
            transport = httpx.MockTransport(lambda request, response=response: response)
            client = functools.partial(sdk.Orq, client=httpx.Client(transport=transport))
            with (
                unittest.mock.patch.object(sdk, "Orq", client),
                unittest.mock.patch.dict(os.environ, ORQ_API_KEY="key"),
                contextlib.redirect_stdout(io.StringIO()) as output,
            ):
                exec(Readme.block(Readme(), "python\nimport os"), {})
            self.assertEqual(output.getvalue(), printed)


if __name__ == "__main__":
    unittest.main()
