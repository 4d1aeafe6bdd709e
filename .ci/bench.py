"""Time orq_usage beside what its users could pick instead, and print the figures of the README.

Each figure is our time divided by the peer's, both the best of several interleaved rounds. With
--quick there is one short round: that shows only that the benchmark works.
"""

import importlib.metadata
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pydantic
from genai_prices.types import Usage as PricesUsage
from orq_ai_sdk import models as sdk
from pydantic.alias_generators import to_camel
from pydantic_ai.usage import RequestUsage

HERE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from orq_usage import (  # noqa: E402
    CreateImageEditUsage,
    CreateImageUsage,
    CreateImageVariationUsage,
)

Job = Callable[[], object]
QUICK = "--quick" in sys.argv
ROUNDS, SECONDS = (1, 0.0001) if QUICK else (150, 0.003)
BOTH = pydantic.ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Details(pydantic.BaseModel):
    model_config = BOTH
    text_tokens: float
    image_tokens: float


class Variation(pydantic.BaseModel):
    model_config = BOTH
    total_tokens: float
    input_tokens: float
    output_tokens: float
    input_tokens_details: Details


class WideDetails(pydantic.BaseModel):
    model_config = BOTH
    image_tokens: float | None = None
    text_tokens: float | None = None


class Generation(pydantic.BaseModel):
    model_config = BOTH
    input_tokens: float | None = None
    input_tokens_details: WideDetails
    output_tokens: float | None = None
    total_tokens: float | None = None


SNAKE: dict[str, Any] = {
    "total_tokens": 5343,
    "input_tokens": 1724,
    "output_tokens": 3619,
    "input_tokens_details": {"text_tokens": 838, "image_tokens": 886},
}
DETAILS: dict[str, int] = SNAKE["input_tokens_details"]
CAMEL = CreateImageVariationUsage.from_dict(SNAKE).to_dict(camel_case=True)
MIXED = {
    **{key: SNAKE[key] for key in ("total_tokens", "input_tokens")},
    "outputTokens": 3619,
    "input_tokens_details": {"text_tokens": 838, "imageTokens": 886},
}
UNKNOWN = {
    **SNAKE,
    "input_tokens_details": {**DETAILS, "cached_tokens": 0},
    "output_tokens_details": {"image_tokens": 3619},
}
NULLS = {**dict.fromkeys(SNAKE), "input_tokens_details": dict.fromkeys(DETAILS)}
# Name, payload, whether it is a generation's, whether the SDK reads it.
PAYLOADS: list[tuple[str, dict[str, Any], bool, bool]] = [
    ("snake_case", SNAKE, False, True),
    ("camelCase", CAMEL, False, False),
    ("mixed spellings", MIXED, False, False),
    ("unknown keys", UNKNOWN, False, True),
    ("floats", sdk.CreateImageVariationUsage.model_validate(SNAKE).model_dump(), False, True),
    ("all counts", SNAKE, True, True),
    ("few counts", {"total_tokens": 5343, "input_tokens_details": {"text_tokens": 8}}, True, True),
    ("no counts", {"input_tokens_details": {}}, True, True),
    ("nulls", NULLS, True, False),
]


def ratio(*jobs: Job) -> float:
    """Return the time of the first job divided by that of the fastest other one."""
    times, calls = [float("inf")] * len(jobs), [0] * len(jobs)
    for turn in range(ROUNDS + 1):
        for number, job in enumerate(jobs):
            repeat = calls[number] if turn else 500
            start = time.perf_counter()
            for _ in range(repeat):
                job()
            spent = (time.perf_counter() - start) / repeat
            if turn:
                times[number] = min(times[number], spent)
            else:  # The first turn only tells how many calls fill the time.
                calls[number] = max(1, int(SECONDS / spent))
    return times[0] / min(times[1:])


def parse_ratio(payload: dict[str, Any], generation: bool, for_sdk: bool) -> float:
    parsers: list[Callable[[Any], object]] = [
        (CreateImageUsage if generation else CreateImageVariationUsage).from_dict,
        (Generation if generation else Variation).model_validate,
    ]
    if for_sdk:
        theirs = sdk.CreateImageUsage if generation else sdk.CreateImageVariationUsage
        parsers.append(theirs.model_validate)
    return ratio(*(lambda parse=parse: parse(payload) for parse in parsers))


def import_ratio(*statements: str) -> float:
    """Return the time of the first statement divided by that of the second, without start-up."""
    times = [float("inf")] * len(statements)
    for _ in range(1 if QUICK else 15):
        for number, statement in enumerate(statements):
            code = f"from time import perf_counter as t; s = t(); {statement}; print(t() - s)"
            environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
            output = subprocess.check_output(
                [sys.executable, "-c", code], cwd=HERE, env=environment
            )
            times[number] = min(times[number], float(output))
    return times[0] / times[1]


def main() -> None:
    names = ("orq-ai-sdk", "pydantic", "pydantic-ai-slim", "genai-prices")
    official_sdk, validator, summer, prices = (
        f"{name} {importlib.metadata.version(name)}" for name in names
    )
    parsers = f"{official_sdk}, {validator}"
    print(f"CPython {sys.version.split()[0]}\n")
    parsed = {
        name: parse_ratio(payload, generation, for_sdk)
        for name, payload, generation, for_sdk in PAYLOADS
    }
    worst = max(parsed, key=lambda name: parsed[name])

    ours = CreateImageVariationUsage.from_dict(SNAKE)
    same = CreateImageVariationUsage.from_dict(SNAKE)
    edit = CreateImageEditUsage.from_dict(SNAKE)
    hundredths = {**SNAKE, "total_tokens": 5343.92, "output_tokens": 3619.51}
    fine = CreateImageVariationUsage.from_dict(hundredths)
    priced = PricesUsage(input_tokens=5343.92, output_tokens=3619.51)
    arguments = {**SNAKE, "input_tokens_details": ours.input_tokens_details}
    official_class = sdk.CreateImageVariationUsage  # The package looks names up on each use.
    official = official_class.model_validate(SNAKE)
    official_arguments = {**SNAKE, "input_tokens_details": official.input_tokens_details}
    flat = RequestUsage(input_tokens=1724, output_tokens=3619)
    construct: list[Job] = [
        lambda: CreateImageVariationUsage(**arguments),
        lambda: official_class(**official_arguments),
    ]
    sdk_import = "from orq_ai_sdk.models import CreateImageUsage"
    rows: list[tuple[str, str, float]] = [
        ("parse whole counts", parsers, parsed["snake_case"]),
        (f"parse {worst} (slowest)", parsers, parsed[worst]),
        ("construct", official_sdk, ratio(*construct)),
        ("`to_dict`", official_sdk, ratio(ours.to_dict, official.model_dump)),
        ("`+`", summer, ratio(lambda: ours + same, lambda: flat + flat)),
        ("`+` of different classes", summer, ratio(lambda: ours + edit, lambda: flat + flat)),
        ("`+` with hundredths", prices, ratio(lambda: fine + fine, lambda: priced + priced)),
        ("import", official_sdk, import_ratio("import orq_usage", sdk_import)),
    ]
    print("| work | against | time |\n| --- | --- | --- |")
    for name, peer, figure in rows:
        print(f"| {name} | {peer} | {figure:.2f} |")


if __name__ == "__main__":
    main()
