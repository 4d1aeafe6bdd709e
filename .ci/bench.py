"""Time orq_usage beside what its users could pick instead: our time divided by theirs.

Both times are the best of several interleaved rounds. With --quick there is one short round: that
shows only that the benchmark works.
"""

import importlib.metadata
import pathlib
import subprocess
import sys
import timeit
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
ROUNDS, CALLS, IMPORTS = (1, 1, 1) if "--quick" in sys.argv else (150, 1000, 15)
PACKAGES = ("orq-ai-sdk", "pydantic", "pydantic-ai-slim", "genai-prices")
SNAKE: dict[str, Any] = {"total_tokens": 5343, "input_tokens": 1724, "output_tokens": 3619}
SNAKE["input_tokens_details"] = {"text_tokens": 838, "image_tokens": 886}


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Details(Model):
    text_tokens: float | None = None
    image_tokens: float | None = None


class Usage(Model):
    total_tokens: float | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    input_tokens_details: Details


def ratio(ours: Job, *theirs: Job) -> float:
    """Return the time of the first job divided by that of the fastest other one."""
    jobs = [ours, *theirs]
    best = [float("inf")] * len(jobs)
    for _ in range(ROUNDS):
        for number, job in enumerate(jobs):
            best[number] = min(best[number], timeit.timeit(job, number=CALLS))
    return best[0] / min(best[1:])


def parse_ratio(payload: dict[str, Any], *theirs: Callable[[Any], object]) -> float:
    parsers = [CreateImageUsage.from_dict, Usage.model_validate, *theirs]
    return ratio(*(lambda parse=parse: parse(payload) for parse in parsers))


def import_ratio(*statements: str) -> float:
    """Return the time of the first statement divided by that of the second, without start-up."""
    best = [float("inf")] * len(statements)
    for _ in range(IMPORTS):
        for number, statement in enumerate(statements):
            code = f"from time import perf_counter as t; s = t(); {statement}; print(t() - s)"
            output = subprocess.check_output([sys.executable, "-c", code], cwd=HERE)
            best[number] = min(best[number], float(output))
    return best[0] / best[1]


def main() -> None:
    official: Any = sdk.CreateImageUsage
    variation = CreateImageVariationUsage.from_dict(SNAKE)
    edit = CreateImageEditUsage.from_dict(SNAKE)
    hundredths = {**SNAKE, "total_tokens": 5343.92, "output_tokens": 3619.51}
    fine = CreateImageVariationUsage.from_dict(hundredths)
    theirs = official.model_validate(SNAKE)
    camel = variation.to_dict(camel_case=True)
    few = {"total_tokens": 5343, "input_tokens_details": {"text_tokens": 838}}
    none: dict[str, Any] = {"input_tokens_details": {}}
    arguments = {**SNAKE, "input_tokens_details": CreateImageUsage(**SNAKE).input_tokens_details}
    their_arguments = {**SNAKE, "input_tokens_details": theirs.input_tokens_details}
    flat = RequestUsage(input_tokens=1724, output_tokens=3619)
    priced = PricesUsage(input_tokens=5343.92, output_tokens=3619.51)
    construct: list[Job] = [
        lambda: CreateImageUsage(**arguments),
        lambda: official(**their_arguments),
    ]
    figures = {
        "parse snake_case": parse_ratio(SNAKE, official.model_validate),
        "parse camelCase": parse_ratio(camel),
        "parse the SDK's floats": parse_ratio(theirs.model_dump(), official.model_validate),
        "parse few counts": parse_ratio(few, official.model_validate),
        "parse no counts": parse_ratio(none, official.model_validate),
        "construct": ratio(*construct),
        "to_dict": ratio(CreateImageUsage(**SNAKE).to_dict, theirs.model_dump),
        "+": ratio(lambda: variation + variation, lambda: flat + flat),
        "+ of different endpoints": ratio(lambda: variation + edit, lambda: flat + flat),
        "+ of hundredths": ratio(lambda: fine + fine, lambda: priced + priced),
        "import": import_ratio(
            "import orq_usage", "from orq_ai_sdk.models import CreateImageUsage"
        ),
    }
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    print(f"CPython {sys.version.split()[0]}, {', '.join(versions)}")
    for name, figure in figures.items():
        print(f"{name:26}{figure:.2f}")


if __name__ == "__main__":
    main()
