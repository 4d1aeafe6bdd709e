# SPDX-FileCopyrightText: 2026 The orq-usage authors
# SPDX-License-Identifier: MIT-0
"""Tests of orq_usage; `python -m unittest` runs them with nothing installed.

Contract holds what the README promises, a plain example a test; the other classes hold the rest.
Tests that need another package, or processes, are skipped where these are missing.
"""

import ast
import collections
import contextlib
import copy
import dataclasses
import decimal
import doctest
import functools
import importlib.util
import io
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
import types
import typing
import unittest.mock
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

import orq_usage
from orq_usage import (
    CreateImageEditUsage,
    CreateImageUsage,
    CreateImageVariationUsage,
    ImageUsage,
    InputTokensDetails,
    UsageError,
)

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = (HERE / "orq_usage.py").read_text(encoding="utf-8")
README = (HERE / "README.md").read_text(encoding="utf-8")
FUTURE = "from __future__ import annotations\n"

USAGES: list[Any] = [CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage]
DETAILS: list[Any] = [typing.get_type_hints(usage)["input_tokens_details"] for usage in USAGES]
SNAKE: dict[str, Any] = {"total_tokens": 5343, "input_tokens": 1724, "output_tokens": 3619}
SNAKE["input_tokens_details"] = {"text_tokens": 838, "image_tokens": 886}
CAMEL: dict[str, Any] = {"totalTokens": 5343, "inputTokens": 1724, "outputTokens": 3619}
CAMEL["inputTokensDetails"] = {"textTokens": 838, "imageTokens": 886}
TEXT_PATH = "input_tokens_details.text_tokens"
COUNT = "a finite number of at least 0"
DECORATE = "decorate each class with @dataclass(frozen=True, slots=True, kw_only=True)"

needs_processes = unittest.skipIf(sys.platform == "emscripten", "needs processes")


def needs(package: str) -> Callable[[Any], Any]:
    found = importlib.util.find_spec(package) is not None
    return unittest.skipUnless(found, f"needs {package}")


def text(count: Any) -> InputTokensDetails:
    return InputTokensDetails(text_tokens=count)


def with_text(count: object) -> dict[str, Any]:
    return {**SNAKE, "input_tokens_details": {"text_tokens": count, "image_tokens": 886}}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SNAKE.items() if key != name}


def raised_by(call: Callable[..., object], *args: object, **kwargs: object) -> Any:
    try:
        call(*args, **kwargs)
    except BaseException as error:  # noqa: BLE001
        return error
    return None


def problems_of(call: Callable[..., object], *args: object, **kwargs: object) -> dict[str, Any]:
    """{path: (expected, got)} of the UsageError that the call must raise."""
    error = raised_by(call, *args, **kwargs)
    assert type(error) is UsageError, repr(error)
    assert str(error).count("expected ") == len(error.problems), error
    return {path: (expected, got) for path, expected, got in error.problems}


def bare(*bases: Any, **fields: Any) -> Any:
    """The class Sub, not decorated, with more fields: for each its annotation, maybe a default."""
    names: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for name, (annotation, *default) in fields.items():
        names["__annotations__"][name] = annotation
        if default:
            (names[name],) = default
    return type("Sub", bases, names)


def derived(base: Any, slots: bool = True, **fields: Any) -> Any:
    return dataclass(frozen=True, kw_only=True, slots=slots)(bare(base, **fields))


def random_usage(rng: random.Random, model: Any, digits: int = 0) -> Any:
    """A usage with whole counts, or with counts of so many decimals; some are missing."""
    payload = {}
    for each in dataclasses.fields(model):
        if "details" in each.name:
            payload[each.name] = random_usage(rng, each.type, digits)
        elif each.default is not None or rng.random() < 0.7:
            payload[each.name] = rng.randrange(10 ** rng.randrange(1, 11)) / 10**digits
    return model.from_dict(payload)


def run(*arguments: str, cwd: Any = HERE, status: int = 0) -> Any:
    """A Python process that must exit with that status; its stdout and stderr are texts."""
    command = [sys.executable, *map(textwrap.dedent, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == status, done.stderr
    return done


def block(start: str) -> str:
    """The one code block of the README whose language and first characters are `start`."""
    (code,) = re.findall(rf"(?ms)^```({re.escape(start)}.*?)^```$", README)
    return str(code).partition("\n")[2]


class Folder(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name: str, *parts: str) -> str:
        (self.folder / name).write_text("".join(map(textwrap.dedent, parts)), encoding="utf-8")
        return name


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
        self.assertEqual(repr(text(Decimal("13.00")).text_tokens), "13")
        self.assertEqual(repr(text(Decimal("13.50")).text_tokens), "13.5")
        self.assertEqual(repr(text(2.0**53).text_tokens), "9007199254740992")

    def test_what_is_no_count_is_refused(self) -> None:
        for bad in (True, "12", -1, float("nan"), float("inf")):
            self.assertIsInstance(raised_by(text, bad), UsageError)

    def test_an_error_names_every_problem(self) -> None:
        payload = {"totalTokens": "12", "inputTokensDetails": {"textTokens": -1}}
        error = raised_by(CreateImageUsage.from_dict, payload)
        self.assertIsInstance(error, ValueError)
        self.assertEqual(error.model, "CreateImageUsage")
        expected = ((TEXT_PATH, COUNT, "-1"), ("total_tokens", COUNT, "'12'"))
        self.assertEqual(error.problems, expected)
        lines = [f"{path}: expected {COUNT}, got {got}" for path, _, got in expected]
        self.assertEqual(str(error).split("\n  "), ["CreateImageUsage:", *lines])

    def test_missing_is_not_zero(self) -> None:
        usage = CreateImageUsage.from_dict({"input_tokens_details": {}, "output_tokens": 0})
        self.assertIsNone(usage.total_tokens)
        self.assertEqual(usage.to_dict(), {"input_tokens_details": {}, "output_tokens": 0})

    def test_missing_and_null_are_the_same(self) -> None:
        missing = CreateImageUsage.from_dict({"input_tokens_details": {}})
        null = {"input_tokens_details": {"text_tokens": None}, "total_tokens": None}
        self.assertEqual(CreateImageUsage.from_dict(null), missing)

    def test_required_fields(self) -> None:
        found = problems_of(CreateImageUsage.from_dict, without("input_tokens_details"))
        self.assertEqual(found, {"input_tokens_details": ("a mapping", "nothing")})
        found = problems_of(CreateImageVariationUsage.from_dict, without("total_tokens"))
        self.assertEqual(found, {"total_tokens": (COUNT, "nothing")})
        found = problems_of(CreateImageEditUsage.from_dict, with_text(None))
        self.assertEqual(found, {TEXT_PATH: (COUNT, "None")})

    def test_unknown_keys_are_ignored(self) -> None:
        payload = {**SNAKE, "output_tokens_details": {"text_tokens": "x"}}
        self.assertEqual(CreateImageEditUsage.from_dict(payload).to_dict(), SNAKE)

    def test_two_values_of_one_field_are_an_error(self) -> None:
        found = problems_of(CreateImageUsage.from_dict, {**SNAKE, "totalTokens": 1})
        self.assertEqual(found, {"total_tokens": ("one value in both spellings", "5343 and 1")})

    def test_a_whole_response_is_refused_with_a_hint(self) -> None:
        found = problems_of(CreateImageUsage.from_dict, {"created": 1, "usage": SNAKE})
        self.assertEqual(found, {"": ("a usage", "a whole response: pass its ['usage']")})

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
        error = raised_by(operator.add, sub, CreateImageUsage.zero())
        self.assertEqual(str(error), "cannot add Sub and CreateImageUsage: retries would be lost")

    def test_copies_and_pickles_are_equal(self) -> None:
        usage = CreateImageEditUsage.from_dict(SNAKE)
        self.assertEqual(copy.deepcopy(usage), usage)
        self.assertEqual(pickle.loads(pickle.dumps(usage)), usage)

    def test_a_subclass_that_forgets_the_decorator_is_a_type_error(self) -> None:
        class Forgetful(CreateImageUsage):
            seats: int | None = None

        error = raised_by(Forgetful.from_dict, {**SNAKE, "seats": 5})
        self.assertIs(type(error), TypeError)
        self.assertEqual(str(error), f"Forgetful.seats is not a field of Forgetful: {DECORATE}")

    def test_post_init_runs_for_new_instances_but_not_for_copies(self) -> None:
        usage = Fee.from_dict(SNAKE)
        self.assertEqual(usage.fee, 1)
        self.assertEqual(copy.copy(usage).fee, 1)
        self.assertEqual((usage + usage).fee, 3)


@dataclass(frozen=True, kw_only=True)
class Fee(CreateImageUsage):
    """It has no slots. Its __post_init__ counts its runs in fee, and sets cost."""

    fee: int = 0
    cost: float = field(init=False)

    def __post_init__(self) -> None:
        CreateImageUsage.__post_init__(self)
        object.__setattr__(self, "fee", self.fee + 1)
        object.__setattr__(self, "cost", (self.total_tokens or 0) * 2)


class Errors(unittest.TestCase):
    def test_each_problem_is_one_short_line(self) -> None:
        nested: Any = ["x" * 1000]
        for _ in range(6):
            nested = [nested] * 6
        for bad in ("a\nb", "x" * 10**6, nested, {"a": nested}, object()):
            error = raised_by(CreateImageUsage.from_dict, with_text(bad))
            self.assertLess(len(str(error)), 300)
            self.assertEqual(len(str(error).splitlines()), 1)

    def test_an_error_is_pickled(self) -> None:
        error = pickle.loads(pickle.dumps(UsageError("Model", [("total_tokens", "a", "b")])))
        self.assertEqual(str(error), "Model: total_tokens: expected a, got b")

    def test_a_missing_field_names_the_unknown_keys(self) -> None:
        payload = {"prompt_tokens": 5, "inputTokens": 7, "x": 1}
        found = problems_of(CreateImageUsage.from_dict, payload)
        got = "nothing; unknown keys: ['prompt_tokens', 'x']"
        self.assertEqual(found, {"input_tokens_details": ("a mapping", got)})

    def test_what_is_not_a_mapping(self) -> None:
        for stranger in (None, 5, "total_tokens", ["total_tokens"], []):
            expected = ("a mapping", repr(stranger))
            self.assertEqual(problems_of(CreateImageUsage.from_dict, stranger), {"": expected})
            found = problems_of(CreateImageUsage.from_dict, {"input_tokens_details": stranger})
            self.assertEqual(found, {"input_tokens_details": expected})
        error = raised_by(CreateImageEditUsage.from_dict, None)
        self.assertEqual(str(error), "CreateImageEditUsage: expected a mapping, got None")

    def test_an_object_gets_a_hint_that_works(self) -> None:
        dumped = types.SimpleNamespace(model_dump=lambda: SNAKE)
        hints = {
            ".usage.model_dump()": types.SimpleNamespace(usage=dumped, model_dump=dict),
            ".model_dump()": dumped,
            ".to_dict()": CreateImageEditUsage.from_dict(SNAKE),
        }
        for hint, given in hints.items():
            ((_, got),) = problems_of(CreateImageUsage.from_dict, given).values()
            self.assertTrue(got.endswith(f": pass its {hint}"), got)
            self.assertEqual(eval(f"given{hint}")["total_tokens"], 5343)

    def test_a_whole_response_has_no_key_of_ours(self) -> None:
        self.assertEqual([*problems_of(CreateImageEditUsage.from_dict, {"usage": SNAKE})], [""])
        found = problems_of(CreateImageUsage.from_dict, {"usage": SNAKE, "totalTokens": 5})
        self.assertEqual([*found], ["input_tokens_details"])
        self.assertEqual(CreateImageUsage.from_dict({**SNAKE, "usage": 1}).total_tokens, 5343)

    def test_what_a_mapping_raises_comes_through(self) -> None:
        for error in (ConnectionError("x"), KeyError("total_tokens"), TypeError("x")):
            broken = unittest.mock.MagicMock(spec=dict)
            broken.__contains__.return_value, broken.__getitem__.side_effect = True, error
            for given in (broken, {"input_tokens_details": broken}):
                self.assertIs(raised_by(CreateImageUsage.from_dict, given), error)


class Counts(unittest.TestCase):
    def check_accepted(self, expected: float, *numbers: Any) -> None:
        for number in numbers:
            ways = [
                InputTokensDetails.from_dict({"text_tokens": number}),
                CreateImageUsage.from_dict(with_text(number)).input_tokens_details,
                InputTokensDetails(text_tokens=number),
            ]
            found = [(repr(way.text_tokens), type(way.text_tokens)) for way in ways]
            self.assertEqual(found, [(repr(expected), type(expected))] * 3, repr(number))

    def check_refused(self, *numbers: Any) -> None:
        for number in numbers:
            for model in USAGES:
                found = problems_of(model.from_dict, with_text(number))
                self.assertEqual([*found, found[TEXT_PATH][0]], [TEXT_PATH, COUNT], repr(number))
                self.assertEqual(problems_of(model, **with_text(number)), found)

    def test_accepted(self) -> None:
        self.check_accepted(0, 0, 0.0, -0.0, Decimal("-0"), Decimal("1e-999999"))
        self.check_accepted(12, 12, 12.0, Fraction(12), Decimal("1.2e1"), type("I", (int,), {})(12))
        self.check_accepted(0.25, 0.25, Fraction(1, 4), Decimal("0.250"))
        self.check_accepted(5e-324, 5e-324)
        self.check_accepted(2**60, 2**60, 2.0**60, Decimal(2**60), Fraction(2**60))
        self.check_accepted(2**60 + 1, 2**60 + 1, Decimal(2**60 + 1), Fraction(2**60 + 1))
        self.check_accepted(10**400, 10**400)

    def test_refused(self) -> None:
        self.check_refused(True, False, 1j, int, object(), "12", "", b"12", [], [1], {}, {"a": 1})
        self.check_refused(float("nan"), float("inf"), -float("inf"), -0.5, -5e-324, -1, -(10**400))
        self.check_refused(Fraction(-1, 2), Fraction(-1, 10**400), Fraction(10**400))
        self.check_refused(*map(Decimal, ("NaN", "sNaN", "Infinity", "-1", "-1e-999999")))
        self.check_refused(Decimal(f"1e{decimal.MAX_EMAX}"))  # At once.

    @needs("numpy")
    def test_numpy(self) -> None:
        np: Any = importlib.import_module("numpy")
        self.check_accepted(7, np.int64(7), np.uint8(7), np.float64(7), np.float16(7))
        self.check_accepted(1.5, np.float64(1.5), np.float32(1.5))
        self.check_accepted(2**60, np.int64(2**60), np.float32(2**60))
        self.check_refused(np.bool_(True), np.float64("nan"), np.float32("inf"), np.int64(-1))
        self.check_refused(np.str_("1"), np.complex64(1), np.array(1.5), np.array([1]))

    def total(self, *counts: Any) -> Any:
        return sum(map(text, counts), text(0)).text_tokens

    def test_as_a_person_would_add(self) -> None:
        self.assertEqual(repr(self.total(1.005, 2.0005)), "3.0055")
        self.assertEqual(repr(self.total(2.0**53, 1)), repr(2**53 + 1))
        self.assertEqual(self.total(1e300, 1e300, 0.25), 2 * int(1e300))

    def test_sums_against_decimal(self) -> None:
        rng = random.Random(1)
        for case in range(2000):
            numbers = [rng.randrange(10**15) / 10 ** rng.randrange(1, 13) for _ in range(2)]
            numbers += [rng.random() * 10.0 ** rng.randrange(-30, 15), rng.randrange(10**15)]
            x, y = (text(number).text_tokens for number in rng.sample(numbers, 2))
            written = Decimal(repr(x)) + Decimal(repr(y))
            expected = round(written) if float(written).is_integer() else float(written)
            self.assertEqual(self.total(x, y), expected, f"case {case}: {x!r} + {y!r}")

    def test_fifteen_digits_are_exact_in_any_order_and_grouping(self) -> None:
        for seed in range(60):
            rng = random.Random(seed)
            decimals, total = 1 + seed % 14, rng.randrange(10**14, 10**15)
            cuts = sorted([0, total, *(rng.randrange(total) for _ in range(30))])
            counts = [(two - one) / 10**decimals for one, two in itertools.pairwise(cuts)]
            while len(counts) > 1:
                at = rng.randrange(len(counts) - 1)
                counts[at : at + 2] = [self.total(*counts[at : at + 2])]
            self.assertEqual(counts, [total / 10**decimals], seed)
        # With 16 digits, the order may matter.
        orders = itertools.permutations([916546748985165.9, 0.4, 0.1])
        self.assertEqual(len({self.total(*order) for order in orders}), 2)


class Fields(unittest.TestCase):
    def test_a_count_or_details_each_alone_or_with_none(self) -> None:
        counts = [int, float, int | float, typing.Optional[float], "int | None"]  # noqa: UP045
        details = [InputTokensDetails, InputTokensDetails | None, "InputTokensDetails | None"]
        for kind in (*counts, *details, typing.Annotated[int | None, "a count"]):
            value = {"text_tokens": 5} if kind in details else 5
            usage = derived(CreateImageUsage, more=(kind,)).from_dict({**SNAKE, "more": value})
            self.assertEqual(usage.to_dict()["more"], value, kind)
            self.assertEqual((usage + usage).more, usage.more + usage.more, kind)

    def test_anything_else_is_a_type_error_that_names_it(self) -> None:
        two = InputTokensDetails | DETAILS[2]
        for kind in (str, bool, Decimal, None, Any, dict[str, int], list[int], int | str, two):
            model = derived(CreateImageUsage, input_tokens_details=(kind, None))
            for call in (model, model.zero, functools.partial(model.from_dict, SNAKE)):
                error = raised_by(call)
                self.assertIs(type(error), TypeError, kind)
                self.assertRegex(str(error), r"^Sub\.input_tokens_details: .* neither int \| float")

    def test_a_forward_reference(self) -> None:
        model = derived(CreateImageUsage, more=("Later | None", None))
        self.assertIs(type(raised_by(model.from_dict, SNAKE)), NameError)
        later = derived(InputTokensDetails, own=(int,))
        with unittest.mock.patch.dict(globals(), Later=later):
            usage = model.from_dict({**SNAKE, "more": {"own": 5}})
        self.assertEqual((usage + usage).more.own, 10)

    def test_defaults(self) -> None:
        more = (InputTokensDetails, field(default_factory=lambda: text(5)))
        fields = {"seats": (int, 2), "rate": (float, Decimal("13.0")), "more": more}
        for slots in (True, False):
            model = derived(CreateImageEditUsage, slots, **fields)
            for payload in (SNAKE, {**SNAKE, **dict.fromkeys(fields)}):  # Missing, then null.
                for usage in (model.from_dict(payload), model(**payload)):
                    found = [getattr(usage, name) for name in fields]
                    self.assertEqual(repr(found), repr([2, 13, text(5)]))
            self.assertEqual([getattr(model.zero(), name) for name in fields], [0, 0, text(None)])

    def test_a_default_that_breaks_the_rules_is_an_error_of_the_class(self) -> None:
        error = raised_by(derived(CreateImageUsage, seats=(int, -3)).from_dict, SNAKE)
        self.assertIs(type(error), TypeError)
        self.assertEqual(str(error), f"Sub.seats: value: expected {COUNT}, got -3")

    def test_a_name_of_one_word_has_one_spelling(self) -> None:
        model = derived(InputTokensDetails, tokens=(int,), count_4k=(int, 0))
        details = model.from_dict({"tokens": 1, "count4k": 2})
        self.assertEqual(details.to_dict(camel_case=True), {"tokens": 1, "count4k": 2})
        found = problems_of(model.from_dict, {"tokens": float("nan")})
        self.assertEqual(found, {"tokens": (COUNT, "nan")})

    def test_what_is_not_a_field(self) -> None:
        mixin = type("Mixin", (), {"__annotations__": {"label": str}, "label": "x"})

        @dataclass(frozen=True, slots=True)
        class Sub(CreateImageUsage, mixin):  # type: ignore[misc, valid-type]
            names: ClassVar[tuple[str, ...]] = ()
            _: KW_ONLY
            seats: int = 0

        class Named(Sub):
            rate: ClassVar[float] = 0.5

        usage = Named.from_dict({**SNAKE, "seats": 2.0})
        self.assertEqual([*usage.to_dict()][4:], ["seats"])

    def test_a_field_without_the_decorator(self) -> None:
        mixin = dataclasses.make_dataclass("Mixin", [("seats", int, 0)], frozen=True)
        seats = bare(CreateImageUsage, seats=(int, 0))
        second = bare(derived(CreateImageUsage), derived(CreateImageUsage, False, seats=(int, 0)))
        for model in (seats, derived(seats), bare(CreateImageUsage, mixin), second):
            for call in (model.zero, functools.partial(model.from_dict, SNAKE)):
                pattern = rf"^\w+\.seats is not a field of \w+: {re.escape(DECORATE)}$"
                self.assertRegex(str(raised_by(call)), pattern)
        redeclared = bare(CreateImageUsage, total_tokens=(int,))
        self.assertIn("Sub.total_tokens is not a field", str(raised_by(redeclared.zero)))
        # With the decorator, all is well.
        model = derived(bare(CreateImageUsage, mixin), False)
        self.assertEqual(model.from_dict({**SNAKE, "seats": 2}).seats, 2)


class Models(unittest.TestCase):
    def test_the_fields_of_the_api(self) -> None:
        narrow = "total_tokens input_tokens output_tokens input_tokens_details text_tokens"
        wide = "input_tokens input_tokens_details output_tokens total_tokens image_tokens"
        for model, details, names in zip(USAGES, DETAILS, (wide, narrow, narrow), strict=True):
            fields = [*dataclasses.fields(model), *dataclasses.fields(details)[:1]]
            self.assertEqual([field.name for field in fields], names.split())
            self.assertFalse(hasattr(model.zero(), "__dict__"))

    def test_public_names(self) -> None:
        names = {name for name in vars(orq_usage) if not name.startswith("_")}
        self.assertEqual({*orq_usage.__all__}, names)
        self.assertIs(orq_usage.PostV2ProxyImagesEditsUsage, CreateImageEditUsage)

    def test_a_mixture_of_spellings_beside_unknown_keys(self) -> None:
        details = {"text_tokens": 838, "imageTokens": 886, "x": 1}
        mixed = {"totalTokens": 5343, "input_tokens": 1724, "outputTokens": 3619, "Output": -1}
        same = {**CAMEL, "total_tokens": 5343.0, "output_tokens": None}
        null = {**SNAKE, "totalTokens": None}
        for payload in ({**mixed, "inputTokensDetails": details}, same, null):
            self.assertEqual(CreateImageEditUsage.from_dict(payload).to_dict(), SNAKE)

    def test_any_mapping(self) -> None:
        kinds: list[Any] = [types.MappingProxyType, collections.OrderedDict, collections.UserDict]
        for kind in kinds:
            nested = {**SNAKE, "input_tokens_details": kind(SNAKE["input_tokens_details"])}
            self.assertEqual(CreateImageEditUsage.from_dict(kind(nested)).to_dict(), SNAKE)

    def test_an_instance_is_returned_as_it_is(self) -> None:
        for model in (*USAGES, *DETAILS):
            for instance in (model.zero(), derived(model).zero()):
                self.assertIs(model.from_dict(instance), instance)
        found = problems_of(CreateImageUsage.from_dict, CreateImageEditUsage.zero())
        self.assertEqual([*found], [""])

    def test_the_constructor(self) -> None:
        for model in USAGES:
            self.assertEqual(model(**SNAKE), model.from_dict(SNAKE))
            bad = {**SNAKE, "total_tokens": -1, "input_tokens_details": 5}
            self.assertEqual(problems_of(model, **bad), problems_of(model.from_dict, bad))
            self.assertIs(type(raised_by(model, *SNAKE.values())), TypeError)
            self.assertIs(type(raised_by(model, **CAMEL)), TypeError)

    def test_round_trips(self) -> None:
        rng = random.Random(2)
        names = {name: getattr(orq_usage, name) for name in orq_usage.__all__}
        for model in USAGES * 30:
            usage = random_usage(rng, model, digits=rng.randrange(3))
            dumps = [usage.to_dict(camel_case=camel_case) for camel_case in (False, True)]
            parsed = [model.from_dict(json.loads(json.dumps(dump))) for dump in dumps]
            for again in (*parsed, eval(repr(usage), names)):
                self.assertEqual((again, repr(again)), (usage, repr(usage)))

    def test_copies_and_pickles(self) -> None:
        classes: list[Any] = [*USAGES, Fee]
        for usage in (model.from_dict(SNAKE) for model in classes):
            pickles = [pickle.dumps(usage, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)]
            self.assertIn(b"total_tokens", pickles[0])  # By name, as a release may add fields.
            for again in (copy.copy(usage), copy.deepcopy(usage), *map(pickle.loads, pickles)):
                self.assertEqual((type(again), repr(again)), (type(usage), repr(usage)))

    def test_a_hook_runs_once_for_each_new_instance(self) -> None:
        usage = Fee.from_dict(SNAKE)
        ways = [Fee.from_dict(usage), usage + 0, Fee.zero(), Fee(**SNAKE)]
        self.assertEqual([way.fee for way in ways], [1, 1, 1, 1])
        self.assertEqual(replace(usage, fee=5, total_tokens=2).fee, 6)
        other: Any = CreateImageEditUsage.from_dict(SNAKE)
        self.assertEqual(((usage + other).fee, (other + usage).fee), (2, 2))
        self.assertEqual((usage.cost, (usage + usage).cost, Fee.zero().cost), (10686, 21372, 0))

    def test_zero_does_not_go_through_an_overridden_from_dict(self) -> None:
        model: Any = type("Own", (CreateImageUsage,), {"from_dict": None})
        self.assertEqual(model.zero().to_dict(), {"input_tokens_details": {}})


class Sums(unittest.TestCase):
    def check_class(self, one: Any, two: Any, expected: Any) -> None:
        payload = {**SNAKE, **SNAKE["input_tokens_details"]}
        x, y = one.from_dict(payload), two.from_dict(payload)
        for total in (x + y, y + x):
            self.assertIs(type(total), expected)
            for each in dataclasses.fields(expected):
                if "details" in each.name:
                    self.assertIs(type(getattr(total, each.name)), each.type)
                else:
                    self.assertEqual(getattr(total, each.name), 2 * payload.get(each.name, 0))

    def test_the_class_of_a_sum(self) -> None:
        wide, variation, edit = USAGES
        seats, named = derived(wide, seats=(int | float, 0)), derived(wide, named=(int, 0))
        below = derived(seats)
        self.check_class(seats, edit, seats)
        self.check_class(below, seats, below)
        self.check_class(derived(variation), edit, wide)
        self.check_class(derived(variation), derived(variation), wide)
        self.check_class(derived(wide), derived(wide), wide)
        self.check_class(DETAILS[1], DETAILS[2], InputTokensDetails)
        for one, two in ((seats, named), (named, seats)):
            error = raised_by(operator.add, one.from_dict(SNAKE), two.from_dict(SNAKE))
            self.assertEqual(str(error), "cannot add Sub and Sub: named would be lost")

    def test_details_that_one_side_lacks(self) -> None:
        own = derived(InputTokensDetails, own=(int,))
        sub = derived(CreateImageUsage, more=(own | None, None), required=(own,))
        usage = sub.from_dict({**SNAKE, "more": {"own": 2}, "required": {"own": 3}})
        for total in (usage + CreateImageEditUsage.zero(), CreateImageEditUsage.zero() + usage):
            self.assertEqual((total.more, total.required), (own(own=2), own(own=3)))
        lax = [derived(u, input_tokens_details=(DETAILS[2] | None, None)).zero() for u in USAGES]
        for total in (lax[1] + lax[2], lax[1] + CreateImageEditUsage.from_dict(SNAKE)):
            self.assertIs(type(total.input_tokens_details), InputTokensDetails)

    def test_details_of_a_subclass(self) -> None:
        own = derived(InputTokensDetails, own=(int, 0))
        usage = CreateImageUsage(input_tokens_details=own(own=2, text_tokens=1))
        for total in (usage + CreateImageEditUsage.from_dict(SNAKE), usage.zero() + usage):
            details: Any = total.input_tokens_details
            self.assertEqual((type(details), details.own), (own, 2))

    def test_details_that_a_field_cannot_hold_are_a_type_error(self) -> None:
        strict = derived(CreateImageUsage, input_tokens_details=(DETAILS[1],)).from_dict(SNAKE)
        error = raised_by(operator.add, strict, CreateImageUsage.from_dict(SNAKE))
        self.assertRegex(str(error), "^cannot add .*: input_tokens_details cannot hold the sum$")

    def test_sums_keep_every_token(self) -> None:
        rng = random.Random(3)
        for case in range(200):
            digits = 2 * (case % 2)
            one, two, three = (random_usage(rng, rng.choice(USAGES), digits) for _ in range(3))
            total = one + two + three
            self.assertEqual(repr(one + two), repr(two + one))
            self.assertEqual((one + (two + three)).to_dict(), total.to_dict())
            self.assertEqual(repr(one.zero() + one), repr(one))
            counts = [usage.output_tokens or 0 for usage in (one, two, three)]
            self.assertEqual(total.output_tokens or 0, float(sum(Decimal(str(n)) for n in counts)))

    def test_the_int_0_adds_nothing_and_anything_else_is_a_type_error(self) -> None:
        usage: Any = CreateImageUsage.zero()
        self.assertIs(usage + 0, usage)
        self.assertIs(0 + usage, usage)
        for stranger in (text(0), False, 1, 0.0, None, "", {}, object()):
            for pair in ((usage, stranger), (stranger, usage)):
                self.assertIs(type(raised_by(operator.add, *pair)), TypeError)


class Pasted(Folder):
    """The file as a cell of a notebook, a part of a script, and code that is shipped by value."""

    script = f"""
        def check():
            import copy, pickle
            for model in (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage):
                usage = model.from_dict({SNAKE!r})
                assert usage == model.from_dict({CAMEL!r}) == copy.deepcopy(usage)
                assert (usage + CreateImageEditUsage.zero()).total_tokens == 5343
                try:
                    model.from_dict({{"input_tokens_details": {{"text_tokens": -1}}}})
                except UsageError as error:
                    print(error, usage)
        check()
    """

    def setUp(self) -> None:
        super().setUp()
        main = types.ModuleType("pasted_main")  # Where the annotations of a cell are looked up.
        self.names: dict[str, Any] = vars(main)
        sys.modules["pasted_main"] = main
        self.addCleanup(sys.modules.pop, "pasted_main")

    def paste(self, head: str = "") -> None:
        exec(compile(head + SOURCE, "cell", "exec"), self.names)

    def printed(self) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(textwrap.dedent(self.script), self.names)
        return out.getvalue()

    def test_each_private_name_stands_above_what_uses_it(self) -> None:
        """Else marimo deletes it when the cell has run."""
        defined = set[str]()
        for statement in ast.parse(SOURCE).body:
            for each in getattr(statement, "names", [statement]):
                defined.add(str(getattr(each, "asname", None) or getattr(each, "name", None)))
            names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
            defined |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
            used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
            private = {name for name in used if re.match("_[^_]", name)}
            self.assertEqual(private - defined, set(), ast.unparse(statement)[:80])
        self.assertIn("_build", defined)

    def test_a_script_may_rebind_all_other_names(self) -> None:
        rebound = dict.fromkeys(["dataclass", "dataclasses", "fields", "typing", "Any", "inspect"])
        for head in ("", FUTURE):
            self.names.update(rebound)
            self.paste(head)
            self.names.update(rebound)
            self.assertIn(f"CreateImageUsage: {TEXT_PATH}: expected {COUNT}", self.printed())

    def test_a_cell_that_is_run_again(self) -> None:
        for head in ("", FUTURE):
            self.paste(head)
            old = self.names["CreateImageEditUsage"]
            usage = old.from_dict(SNAKE)
            sub = derived(self.names["CreateImageUsage"], seats=(int, 0)).from_dict(SNAKE)
            self.paste(head)
            self.assertIn(f"CreateImageUsage: {TEXT_PATH}: expected {COUNT}", self.printed())
            self.assertEqual((usage + copy.copy(usage)).total_tokens, 10686)
            self.assertEqual((sub + usage).total_tokens, 10686)
            self.assertIs(type(raised_by(old.from_dict, None)), self.names["UsageError"])

    def test_two_copies_of_the_file_add_up(self) -> None:
        self.paste()
        for ours, theirs in itertools.product(USAGES, self.names["ImageUsage"].__args__):
            pair = ours.from_dict(SNAKE), theirs.from_dict(SNAKE)
            for total in (operator.add(*pair), operator.add(*pair[::-1])):
                self.assertEqual(total.total_tokens, 10686)
                self.assertEqual(total.input_tokens_details.image_tokens, 1772)

    @needs_processes
    @needs("cloudpickle")
    def test_by_value(self) -> None:
        classes = f"""
            import cloudpickle
            from dataclasses import dataclass
            @dataclass(frozen=True, kw_only=True)
            class MyDetails(InputTokensDetails):
                own_tokens: float
            @dataclass(frozen=True, slots=True, kw_only=True)
            class MyUsage(CreateImageVariationUsage):
                my_details: "MyDetails | None" = None
                def __post_init__(self):
                    CreateImageVariationUsage.__post_init__(self)
            def both():
                check()
                usage = MyUsage.from_dict({{**{SNAKE!r}, "my_details": {{"ownTokens": 5.0}}}})
                print(usage + usage, MyUsage.zero())
            with open("both.pickle", "wb") as file:
                cloudpickle.dump(both, file)
            both()
        """
        load = "import pickle\npickle.load(open('both.pickle', 'rb'))()"
        for source in (SOURCE, FUTURE + SOURCE):
            script = self.write("script.py", source, self.script, classes)
            here = run("-W", "error", script, cwd=self.folder).stdout
            self.assertIn("own_tokens=10", here)
            there = run("-I", "-c", load, cwd=self.folder).stdout
            self.assertTrue(here.endswith(there) and there, there)


@needs("orq_ai_sdk")
class Sdk(unittest.TestCase):
    def models(self) -> Iterator[tuple[Any, Any]]:
        theirs = importlib.import_module("orq_ai_sdk.models")
        for name in orq_usage.__all__:
            if name.startswith("CreateImage"):
                yield getattr(orq_usage, name), getattr(theirs, name)

    def test_the_same_fields(self) -> None:
        for ours, theirs in self.models():
            required = {f.name: f.default is dataclasses.MISSING for f in dataclasses.fields(ours)}
            fields = {name: field.is_required() for name, field in theirs.model_fields.items()}
            self.assertEqual(required, fields, ours)

    def test_we_parse_what_it_dumps_and_it_accepts_what_we_dump(self) -> None:
        rng = random.Random(4)
        for ours, theirs in [*self.models()] * 50:
            usage = random_usage(rng, ours, digits=2)
            dumped = theirs.model_validate(usage.to_dict()).model_dump()
            self.assertEqual(repr(ours.from_dict(dumped)), repr(usage))

    def test_what_it_does_before_us(self) -> None:
        odd = {"input_tokens": True, "output_tokens": "12", "input_tokens_details": {}}
        read = importlib.import_module("orq_ai_sdk.models").CreateImageUsage.model_validate(odd)
        self.assertEqual(repr([read.input_tokens, read.output_tokens]), "[1.0, 12.0]")


class Readme(Folder):
    def total(self, *lines: str, status: int = 0) -> Any:
        self.write("orq_usage.py", SOURCE)
        script = self.write("total.py", block("python\nimport json"))
        data = "\n".join(lines).encode(errors="surrogateescape")
        (self.folder / "log.jsonl").write_bytes(data)
        return run(script, "log.jsonl", cwd=self.folder, status=status)

    @needs_processes
    def test_the_main_command(self) -> None:
        command = block("sh\npython3 -c")
        code = command.split('"')[1]
        self.assertEqual(run("-c", code).stdout, block("text\n{"))

    @needs_processes
    def test_total_of_a_good_log(self) -> None:
        lines = [json.dumps({"model": model, "usage": SNAKE}) for model in ("a", "b", "a")]
        found = self.total("\ufeff" + lines[0], lines[1] + "\r", "", lines[2])
        usage = CreateImageUsage.from_dict(SNAKE)
        totals = [{"model": "a", **(usage + usage).to_dict()}, {"model": "b", **usage.to_dict()}]
        self.assertEqual([json.loads(line) for line in found.stdout.splitlines()], totals)
        self.assertEqual(found.stderr, "")

    @needs_processes
    def test_total_of_a_careless_log(self) -> None:
        def line(usage: object, model: object = "a") -> str:
            return json.dumps({"model": model, "usage": usage})

        only = {"total_tokens": 7.0, "input_tokens_details": {}}
        cases = {  # Each line, and the beginning of what is said of it.
            line(SNAKE)[:-1]: "Expecting ',' delimiter",
            "\udcff": "'utf-8' codec",
            "[" * 100_000: "",  # The text depends on the Python.
            '["model", "usage"]': "no model or no usage",
            line(SNAKE, 5): "no model or no usage",
            line(None): "CreateImageUsage: expected a mapping, got None",
            line({"usage": SNAKE}): "CreateImageUsage: expected a usage, got a whole response",
            line({**SNAKE, "total_tokens": "12"}): "CreateImageUsage: total_tokens: expected",
            line(only): "CreateImageVariationUsage:",
            line(without("input_tokens")): "CreateImageVariationUsage: input_tokens: expected",
        }
        found = self.total(line(SNAKE), *cases, status=1)
        said = re.split("(?m)^line ", found.stderr)[1:]
        for number, (why, text) in enumerate(zip(cases.values(), said, strict=True), 2):
            self.assertTrue(text.startswith(f"{number}: {why}"), text)
        payloads = [SNAKE, only, without("input_tokens")]
        total = sum(map(CreateImageUsage.from_dict, payloads), CreateImageUsage.zero())
        self.assertEqual(json.loads(found.stdout), {"model": "a", **total.to_dict()})

    @needs("orq_ai_sdk")
    def test_the_scripts_for_the_sdk(self) -> None:
        httpx, sdk = importlib.import_module("httpx"), importlib.import_module("orq_ai_sdk")
        body: dict[str, Any] = {"created": 1, "data": [{"url": "https://example.com/1.png"}]}
        answer = httpx.MockTransport(lambda request: httpx.Response(200, json=body))
        made = functools.partial(sdk.Orq, client=httpx.Client(transport=answer))
        log = self.folder / "log.jsonl"
        names: dict[str, Any] = {"json": json, "model": "a", "path": log}
        key = unittest.mock.patch.dict("os.environ", ORQ_API_KEY="key")
        out = contextlib.redirect_stdout(io.StringIO())
        with unittest.mock.patch.object(sdk, "Orq", made), key, out as printed:
            for body["usage"] in (SNAKE, None):
                exec(block("python\nimport os"), names)
                exec(block("python\nusage = response").replace('"log.jsonl"', "path"), names)
        self.assertEqual(printed.getvalue(), f"{CreateImageUsage.from_dict(SNAKE)}\n")
        logged = [json.loads(line)["usage"] for line in log.read_text().splitlines()]
        self.assertEqual(logged, [SNAKE, None])
        for name in re.findall(r"images\.(\w+)\.create", README):
            self.assertTrue(hasattr(getattr(names["orq"].router.images, name), "create"))

    @needs("genai_prices")
    def test_the_price(self) -> None:
        names: dict[str, Any] = {"total": CreateImageUsage.from_dict(SNAKE)}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(block("python\nfrom genai_prices"), names)
        # Images cost more than text.
        as_text = names["Usage"](input_tokens=1724, output_tokens=3619)
        price = names["calc_price"](as_text, model_ref="gpt-image-1", provider_id="openai")
        self.assertGreater(float(printed.getvalue()), float(price.total_price))

    @needs("pydantic")
    def test_pydantic(self) -> None:
        pydantic: Any = importlib.import_module("pydantic")
        names = {**vars(typing), **vars(orq_usage), "BeforeValidator": pydantic.BeforeValidator}
        (hint,) = re.findall(r"`(Annotated\[.*?\])`", README)
        row = pydantic.create_model("Row", usage=(eval(hint, names), ...), any=(ImageUsage, ...))
        usage = CreateImageEditUsage.from_dict(SNAKE)
        read = row(usage=CAMEL, any=usage)
        self.assertEqual((read.usage, read.any), (CreateImageUsage.from_dict(SNAKE), usage))
        bad = {"input_tokens_details": {}, "total_tokens": "294"}
        self.assertEqual(raised_by(row, usage=bad, any=usage).error_count(), 1)

    def test_spark(self) -> None:
        class Rows(list[Any]):  # What the script uses of Spark's data, for two lines.
            map: Any = lambda self, function: Rows(map(function, self))
            collectAsMap: Any = lambda self: dict(self)
            reduceByKey: Any = lambda self, add: Rows([("a", add(self[0][1], self[1][1]))])

        lines = [json.dumps({"model": "a", "usage": payload}) for payload in (SNAKE, CAMEL)]
        spark = unittest.mock.MagicMock()
        spark.sparkContext.textFile.return_value = Rows(lines)
        names = {**vars(orq_usage), "json": json, "operator": operator, "spark": spark}
        exec(block("python\nspark"), names)
        self.assertEqual(names["totals"]["a"].total_tokens, 10686)

    def test_the_subclass(self) -> None:
        names: dict[str, Any] = {"__name__": __name__}
        exec(block("python\nfrom dataclasses"), names)
        model = names["MyUsage"]
        usage = model.from_dict({"totalTokens": 7, "outputTokensDetails": {"textTokens": 5}})
        self.assertEqual((usage + usage).output_tokens_details, text(10))
        self.assertIs(type(usage + CreateImageEditUsage.from_dict(SNAKE)), model)
        self.assertEqual([*problems_of(model.from_dict, {"promptTokens": 5})], ["total_tokens"])


def load_tests(loader: Any, tests: unittest.TestSuite, pattern: Any) -> unittest.TestSuite:
    tests.addTests(doctest.DocTestSuite(orq_usage))
    tests.addTests(doctest.DocFileSuite("README.md", encoding="utf-8"))
    return tests
