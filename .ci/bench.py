"""Time orq_usage beside what else its users could pick; print the table of the README.

Each figure is our time divided by the peer's, both the best of several interleaved rounds.
"""

import importlib.metadata
import json
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


def usage(total: float = 5343, output: float = 3619) -> dict[str, Any]:
    details = {"text_tokens": 838, "image_tokens": 886}
    return {
        "total_tokens": total,
        "input_tokens": 1724,
        "output_tokens": output,
        "input_tokens_details": details,
    }


SNAKE = usage()
CAMEL = CreateImageVariationUsage.from_dict(SNAKE).to_dict(camel_case=True)
MIXED = {
    **{key: SNAKE[key] for key in ("total_tokens", "input_tokens")},
    "outputTokens": 3619,
    "input_tokens_details": {"text_tokens": 838, "imageTokens": 886},
}
UNKNOWN = {
    **SNAKE,
    "input_tokens_details": {**SNAKE["input_tokens_details"], "cached_tokens": 0},
    "output_tokens_details": {"image_tokens": 3619},
}
FLOATS = sdk.CreateImageVariationUsage.model_validate(SNAKE).model_dump()
FEW = {"total_tokens": 5343, "input_tokens_details": {"text_tokens": 838}}
NULLS = {**dict.fromkeys(SNAKE), "input_tokens_details": dict.fromkeys(Details.model_fields)}
# Name, payload, whether it is a generation's, whether the SDK reads it.
PAYLOADS: list[tuple[str, dict[str, Any], bool, bool]] = [
    ("snake_case", SNAKE, False, True),
    ("camelCase", CAMEL, False, False),
    ("mixed spellings", MIXED, False, False),
    ("unknown keys", UNKNOWN, False, True),
    ("floats", FLOATS, False, True),
    ("generation, complete", SNAKE, True, True),
    ("generation, few counts", FEW, True, True),
    ("generation, no counts", {"input_tokens_details": {}}, True, True),
    ("generation, nulls", NULLS, True, False),
]


def parse_jobs(payload: dict[str, Any], generation: bool, for_sdk: bool) -> list[Job]:
    parsers: list[Callable[[Any], object]] = [
        (CreateImageUsage if generation else CreateImageVariationUsage).from_dict,
        (Generation if generation else Variation).model_validate,
    ]
    if for_sdk:
        theirs = sdk.CreateImageUsage if generation else sdk.CreateImageVariationUsage
        parsers.append(theirs.model_validate)
    return [lambda parse=parse: parse(payload) for parse in parsers]  # type: ignore[misc]


def best(jobs: list[Job], rounds: int = 100, seconds: float = 0.004) -> list[float]:
    """Return the best time of each job, in seconds a call."""
    times = [float("inf")] * len(jobs)
    calls = [0] * len(jobs)
    for turn in range(rounds + 1):
        for number, job in enumerate(jobs):
            repeat = calls[number] if turn else 500
            start = time.perf_counter()
            for _ in range(repeat):
                job()
            spent = (time.perf_counter() - start) / repeat
            if turn:
                times[number] = min(times[number], spent)
            else:
                calls[number] = max(1, int(seconds / spent))
    return times


def ratio(*jobs: Job) -> float:
    """Return the time of the first job divided by that of the fastest other one."""
    ours, *theirs = best(list(jobs))
    return ours / min(theirs)


def doubler(value: Any) -> Job:
    return lambda: value + value


def import_times(*statements: str) -> list[float]:
    times = [float("inf")] * len(statements)
    for _ in range(15):
        for number, statement in enumerate(statements):
            code = (
                f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
            )
            environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
            output = subprocess.check_output(
                [sys.executable, "-c", code], text=True, cwd=HERE, env=environment
            )
            times[number] = min(times[number], float(output))
    return times


def log_ratio(lines: int = 30_000) -> float:
    """Return the time of a log, parsed and added up, divided by that of json.loads alone."""
    classes = (CreateImageUsage, CreateImageVariationUsage, CreateImageEditUsage)
    log = [
        json.dumps(usage(5000 + n % 97 / scale, n / scale))
        for n, scale in ((n, (1, 100, 1000)[n % 3]) for n in range(lines))
    ]

    def loads() -> None:
        for line in log:
            json.loads(line)

    def total() -> None:
        whole = CreateImageUsage.zero()
        kinds = [model.zero() for model in classes]
        for number, line in enumerate(log):
            kind = number // 3 % 3
            parsed = classes[kind].from_dict(json.loads(line))
            kinds[kind] += parsed
            whole += parsed

    def timed(job: Callable[[], None]) -> float:
        start = time.perf_counter()
        job()
        return time.perf_counter() - start

    return min(timed(total) for _ in range(4)) / min(timed(loads) for _ in range(4))


def main() -> None:
    names = ("orq-ai-sdk", "pydantic", "pydantic-ai-slim", "genai-prices")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    print(f"CPython {sys.version.split()[0]}, {versions}\n")
    parsed = [
        (ratio(*parse_jobs(payload, generation, for_sdk)), f"parse: {name}")
        for name, payload, generation, for_sdk in PAYLOADS
    ]
    worst, kind = max(parsed)
    print(f"slowest kind of payload: {worst:.2f} ({kind})\n")

    ours = CreateImageVariationUsage.from_dict(SNAKE)
    same = CreateImageVariationUsage.from_dict(SNAKE)
    generation = CreateImageUsage.from_dict(SNAKE)
    edit = CreateImageEditUsage.from_dict(SNAKE)
    arguments = {**SNAKE, "input_tokens_details": ours.input_tokens_details}
    official_class = sdk.CreateImageVariationUsage  # The package looks names up on each use.
    official = official_class.model_validate(SNAKE)
    official_arguments = {**SNAKE, "input_tokens_details": official.input_tokens_details}
    one, two = Variation.model_validate(SNAKE), Variation.model_validate(SNAKE)
    flat = RequestUsage(input_tokens=1724, output_tokens=3619)
    rows = [
        *((name, "orq-ai-sdk or pydantic", figure) for figure, name in parsed),
        (
            "constructor",
            "orq-ai-sdk",
            ratio(
                lambda: CreateImageVariationUsage(**arguments),
                lambda: official_class(**official_arguments),
            ),
        ),
        ("`to_dict`", "orq-ai-sdk", ratio(ours.to_dict, official.model_dump)),
        ("`+`", "pydantic-ai-slim", ratio(lambda: ours + same, lambda: flat + flat)),
        (
            "`+`, different endpoints",
            "pydantic-ai-slim",
            max(
                ratio(lambda: generation + ours, lambda: flat + flat),
                ratio(lambda: ours + edit, lambda: flat + flat),
            ),
        ),
    ]
    for name, total, output in (
        ("hundredths", 5343.92, 3619.51),
        ("four decimals", 5343.9213, 3619.5117),
        ("six decimals", 5343.921317, 3619.511719),
    ):
        fine = CreateImageVariationUsage.from_dict(usage(total, output))
        priced = PricesUsage(input_tokens=total, output_tokens=output)
        rows.append((f"`+`, {name}", "genai-prices", ratio(doubler(fine), doubler(priced))))
    rows += [
        ("`==`", "pydantic", ratio(lambda: ours == same, lambda: one == two)),
        ("`hash`", "pydantic", ratio(lambda: hash(ours), lambda: hash(one))),
    ]
    module, base, sdk_import = import_times(
        "import orq_usage", "import dataclasses", "from orq_ai_sdk.models import CreateImageUsage"
    )
    rows += [
        ("import", "orq-ai-sdk", module / sdk_import),
        ("import", "`import dataclasses`", module / base),
        ("a log, parsed and summed twice", "`json.loads` of its lines", log_ratio()),
    ]
    print("| work | against | time |\n| --- | --- | --- |")
    for name, peer, figure in rows:
        print(f"| {name} | {peer} | {figure:.2f} |")


if __name__ == "__main__":
    main()
