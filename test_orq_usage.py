# SPDX-License-Identifier: MIT
"""Tests of orq_usage; `python -m unittest` runs them with nothing installed.

Those that hold the module against orq-ai-sdk, Dask and NumPy are skipped where these are missing.
"""

import copy
import dataclasses
import decimal
import doctest
import enum
import functools
import importlib
import importlib.util
import itertools
import json
import operator
import pathlib
import pickle
import random
import re
import subprocess
import sys
import tempfile
import textwrap
import tracemalloc
import types
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


def run(*arguments: str) -> str:
    """The output of a Python process, which must say nothing else."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, cwd=HERE, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


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

    def test_newer_names_are_the_same_objects(self) -> None:
        self.assertIs(CreateImageEditUsage, PostV2ProxyImagesEditsUsage)
        self.assertIs(CreateImageEditInputTokensDetails, PostV2ProxyImagesEditsInputTokensDetails)
        self.assertIs(CreateImageInputTokensDetails, InputTokensDetails)

    def test_public_names(self) -> None:
        public = {
            name for name in vars(orq_usage) if re.match("[A-Z].*(Usage|Details|Error)", name)
        }
        self.assertEqual(set(orq_usage.__all__), public)
        self.assertEqual(len(orq_usage.__all__), 10)
        self.assertRegex(orq_usage.__version__, r"^\d+\.\d+\.\d+$")

    def test_every_public_class_and_method_has_a_docstring(self) -> None:
        for name in orq_usage.__all__:
            cls: Any = getattr(orq_usage, name)
            self.assertTrue(cls.__doc__, name)
            if cls is not UsageError:
                for field in names_of(cls):
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

    def test_zero_is_a_count(self) -> None:
        usage = CreateImageUsage.from_dict({"total_tokens": 0, "input_tokens_details": {}})
        self.assertEqual(usage.total_tokens, 0)

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

    def test_the_largest_and_smallest_counts(self) -> None:
        largest = sys.float_info.max
        for count in (largest, int(largest), 5e-324, 2**53 + 1, 0, 0.0):
            for path in PATHS:
                usage = CreateImageUsage.from_dict(changed(path, count))
                self.assertEqual(repr(operator.attrgetter(path)(usage)), repr(count))


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
        for model in (InputTokensDetails, CreateImageVariationInputTokensDetails):
            with self.assertRaises(TypeError):
                cast(Any, model)(1, 2)
        with self.assertRaises(TypeError):
            cast(Any, InputTokensDetails)(textTokens=1)
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

    def test_a_sum_beyond_the_range_is_a_usage_error(self) -> None:
        for count in (sys.float_info.max, int(sys.float_info.max)):
            for path in PATHS[:3]:
                usage = CreateImageVariationUsage.from_dict(changed(path, count))
                found = problems_of(operator.add, usage, usage)
                self.assertEqual(list(found), [path])
            details = InputTokensDetails(text_tokens=count)
            self.assertEqual(list(problems_of(operator.add, details, details)), ["text_tokens"])
            half = InputTokensDetails(text_tokens=type(count)(count / 2))
            self.assertEqual((half + half).text_tokens, count)

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
        self.assertLess(peak(10_000), 2 * peak(100) + 1_000)


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
        for case in range(3000):
            pair = [
                rng.choice(
                    [
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

    def test_hundredths_are_exact_in_any_order_and_grouping(self) -> None:
        for seed in range(20):
            rng = random.Random(seed)
            cents = [rng.randrange(10 ** rng.randrange(1, 12)) for _ in range(200)]
            usages = [usage_of(cent / 100, (cent / 100, 0.01)) for cent in cents]
            expected = usage_of(sum(cents) / 100, (sum(cents) / 100, 2.0))
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


class Broken(dict[str, object]):
    def __contains__(self, key: object) -> bool:
        raise RuntimeError("no keys")


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
]


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
        shown = {-1: "-1", "12": "'12'", float("nan"): "nan", True: "True", None: "None"}
        for bad, text in shown.items():
            found = problems_of(CreateImageVariationUsage.from_dict, changed(TEXT_PATH, bad))
            self.assertEqual(found[TEXT_PATH][1], text)
        found = problems_of(InputTokensDetails, text_tokens="x" * 10_000_000)
        self.assertRegex(found["text_tokens"][1], r"^'x+\.\.\.x+'$")

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
        for model in USAGES:
            for payload in (Broken(SNAKE), {**SNAKE, "input_tokens_details": Broken(SNAKE)}):
                found = problems_of(model.from_dict, payload)
                self.assertTrue(found)
                self.assertIn("RuntimeError", str(found))
            odd: Any = {Incomparable(): 1, **without("total_tokens")}
            self.assertTrue(problems_of(model.from_dict, odd))

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

    def test_messages_are_short(self) -> None:
        for bad in NOT_COUNTS:
            payload = dict.fromkeys(SNAKE, bad)
            details = dict.fromkeys(SNAKE["input_tokens_details"], bad)
            for hostile in (payload, {**payload, "input_tokens_details": details}):
                with self.assertRaises(UsageError) as caught:
                    CreateImageVariationUsage.from_dict(hostile)
                self.assertLess(len(str(caught.exception)), 1000)

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


class MoreFields(unittest.TestCase):
    """A field is one line: nothing else knows of it."""

    def test_all_follows_from_the_fields(self) -> None:
        snake = {
            **SNAKE,
            "cached_input_tokens": 5,
            "output_tokens_details": {"tokens": 1, "text_tokens": 2},
        }
        camel = {
            **CAMEL,
            "cachedInputTokens": 5,
            "outputTokensDetails": {"tokens": 1, "textTokens": 2},
        }
        usage = WiderUsage.from_dict(snake)
        self.assertEqual(WiderUsage.from_dict(camel), usage)
        self.assertEqual(usage.to_dict(camel_case=True), camel)
        self.assertEqual(usage.output_tokens_details, OutputDetails(tokens=1, text_tokens=2))
        self.assertEqual((usage + usage).cached_input_tokens, 10)
        self.assertEqual(
            (usage + usage).output_tokens_details, OutputDetails(tokens=2, text_tokens=4)
        )
        self.assertEqual(usage + WiderUsage.zero(), usage)
        self.assertEqual(OutputDetails.zero(), OutputDetails(tokens=0))
        self.assertIsNone(WiderUsage.zero().output_tokens_details)
        self.assertEqual(usage + CreateImageUsage.zero(), CreateImageUsage.from_dict(SNAKE))
        self.assertEqual(eval(repr(usage)), usage)
        self.assertEqual(pickle.loads(pickle.dumps(usage)), usage)
        found = problems_of(WiderUsage.from_dict, {**snake, "output_tokens_details": {}})
        self.assertEqual(list(found), ["output_tokens_details.tokens"])
        found = problems_of(WiderUsage.from_dict, {**snake, "cachedInputTokens": -1})
        self.assertEqual(list(found), ["cached_input_tokens"])

    def test_a_subclass_with_methods_only(self) -> None:
        class Priced(CreateImageVariationUsage):
            def cost(self) -> float:
                return self.total_tokens / 1000

        priced = Priced.from_dict(SNAKE)
        self.assertEqual(priced.cost(), 5.343)
        self.assertIs(type(priced + priced), Priced)
        self.assertIs(type(cast(Any, priced) + CreateImageUsage.zero()), CreateImageUsage)


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

    def test_errors_cross_processes(self) -> None:
        with ProcessPoolExecutor(1) as pool:
            future = pool.submit(CreateImageUsage.from_dict, changed(TEXT_PATH, "12"))
            self.assertEqual(list(problems_of(future.result)), [TEXT_PATH])


class Copies(unittest.TestCase):
    """A copy works wherever it lands."""

    check = textwrap.dedent("""
        import copy, pickle
        for model in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
            payload = {"total_tokens": 3, "inputTokens": 1.5, "output_tokens": 1.5,
                       "input_tokens_details": {"text_tokens": 1, "imageTokens": 0.5}}
            usage = model.from_dict(payload)
            assert usage == pickle.loads(pickle.dumps(usage)) == copy.deepcopy(usage)
            assert model.from_dict((usage + usage).to_dict()) == sum([usage, usage], model.zero())
            assert eval(repr(usage)) == usage
            try:
                model.from_dict({"total_tokens": -1})
            except UsageError as error:
                assert str(pickle.loads(pickle.dumps(error))) == str(error)
        print("fine")
    """)

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.source = SOURCE.read_text(encoding="utf-8")

    def test_isolated_optimized_without_site_and_with_warnings_as_errors(self) -> None:
        path = f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        code = path + "from orq_usage import *\n" + self.check
        self.assertEqual(run("-I", "-S", "-OO", "-W", "error", "-c", code), "fine\n")

    def test_submodule_of_a_package(self) -> None:
        package = self.folder / "outer" / "inner"
        package.mkdir(parents=True)
        (self.folder / "outer" / "__init__.py").touch()
        (package / "__init__.py").write_text("from .usage import *\n")
        (package / "usage.py").write_text(self.source, encoding="utf-8")
        path = f"import sys; sys.path.insert(0, {str(self.folder)!r})\n"
        code = path + "from outer.inner import *\n" + self.check
        self.assertEqual(run("-W", "error", "-c", code), "fine\n")

    def test_pasted_into_a_script_or_a_notebook(self) -> None:
        for head in ("", "from __future__ import annotations\nimport json\n", "x = 1\n"):
            script = self.folder / "script.py"
            own = "index = fields = value = None\n"
            script.write_text(head + self.source + own + self.check, encoding="utf-8")
            self.assertEqual(run("-W", "error", str(script)), "fine\n", head)
        cells = f"exec({self.source!r})\nexec({self.check!r})"
        self.assertEqual(run("-c", cells), "fine\n")

    def test_two_copies_do_not_disturb_each_other(self) -> None:
        copies: list[Any] = []
        for name in ("copy_one", "copy_two"):
            spec = importlib.util.spec_from_file_location(name, SOURCE)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            self.addCleanup(sys.modules.pop, name)
            spec.loader.exec_module(module)
            copies.append(module)
        one, two = (module.CreateImageUsage.from_dict(SNAKE) for module in copies)
        self.assertNotEqual(one, two)
        self.assertEqual(one.to_dict(), two.to_dict())
        with self.assertRaises(TypeError):
            operator.add(one, two)
        with self.assertRaises(copies[0].UsageError):
            copies[0].CreateImageUsage(input_tokens_details=two.input_tokens_details)
        self.assertIs(type(pickle.loads(pickle.dumps(two))), copies[1].CreateImageUsage)

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


class Readme(unittest.TestCase):
    def test_the_command_of_the_first_minute(self) -> None:
        found = re.search(
            r"```sh\npython - <<'EOF'\n(.*?)EOF\n```\n.*?```text\n(.*?)```", README, re.DOTALL
        )
        assert found
        self.assertEqual(run("-c", found[1]), found[2])

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
    return tests


@unittest.skipUnless(importlib.util.find_spec("numpy"), "needs numpy")
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


@unittest.skipUnless(importlib.util.find_spec("dask"), "needs dask")
class Dask(unittest.TestCase):
    def test_bag_folded_across_processes(self) -> None:
        bag: Any = importlib.import_module("dask.bag")
        payloads = [usage.to_dict() for usage in random_usages(12, USAGES, 300)]
        usages = bag.from_sequence(payloads, npartitions=4).map(CreateImageUsage.from_dict)
        total = usages.fold(operator.add, initial=CreateImageUsage.zero())
        expected = total_of(payloads)
        self.assertEqual(total.compute(scheduler="processes", num_workers=2), expected)


@unittest.skipUnless(importlib.util.find_spec("orq_ai_sdk"), "needs orq-ai-sdk")
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
        body = {"created": 1, "data": [{"url": "https://example.com/1.png"}], "usage": SNAKE}
        transport = httpx.MockTransport(lambda request: httpx.Response(200, json=body))
        found = re.search(r"```python\n(.*?orq\.router.*?)```", README, re.DOTALL)
        assert found
        names = {
            "orq": sdk.Orq(api_key="key", client=httpx.Client(transport=transport)),
            "CreateImageUsage": CreateImageUsage,
        }
        exec(found[1], names)
        self.assertEqual(names["usage"], CreateImageUsage.from_dict(SNAKE))


if __name__ == "__main__":
    unittest.main()
