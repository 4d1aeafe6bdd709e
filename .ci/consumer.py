"""What a type checker must see of the installed package; each ignored line must be an error."""

from collections import defaultdict
from collections.abc import Iterable

from typing_extensions import assert_type

from orq_usage import (
    CreateImageEditUsage,
    CreateImageUsage,
    CreateImageVariationInputTokensDetails,
    CreateImageVariationUsage,
    ImageUsage,
    InputTokensDetails,
    UsageError,
)


class Traced(CreateImageVariationUsage):
    """A user's subclass."""


generation = CreateImageUsage.from_dict({"input_tokens_details": {}})
variation = CreateImageVariationUsage.zero()
edit = CreateImageEditUsage.zero()
traced = Traced.from_dict(Traced.zero())

assert_type(generation + generation, CreateImageUsage)
assert_type(variation + variation, CreateImageVariationUsage)
assert_type(edit + edit, CreateImageEditUsage)
assert_type(traced + traced, Traced)
assert_type(variation + traced, CreateImageVariationUsage)
assert_type(generation + variation, CreateImageUsage)
assert_type(variation + edit, CreateImageUsage)
assert_type(edit + generation, CreateImageUsage)
assert_type(variation + 0, CreateImageVariationUsage)
assert_type(0 + variation, CreateImageVariationUsage)

details = variation.input_tokens_details
other = edit.input_tokens_details
assert_type(details, CreateImageVariationInputTokensDetails)
assert_type(details + details, CreateImageVariationInputTokensDetails)
assert_type(details + other, InputTokensDetails)

assert_type(sum([variation], CreateImageVariationUsage.zero()), CreateImageVariationUsage)
assert_type(sum([generation], CreateImageUsage.zero()), CreateImageUsage)
sum([variation, variation])

assert_type(generation.total_tokens, int | float | None)
assert_type(generation.input_tokens_details.text_tokens, int | float | None)
assert_type(variation.total_tokens, int | float)
assert_type(details.text_tokens, int | float)
assert_type(UsageError("", ()).problems, tuple[tuple[str, str, str], ...])

variation.total_tokens = 5  # type: ignore[misc]
variation + details  # type: ignore[operator]
variation + 5  # type: ignore[operator]
CreateImageVariationUsage()  # type: ignore[call-arg]
InputTokensDetails(1, 2)  # type: ignore[call-arg]
InputTokensDetails(text_tokens="12")  # type: ignore[arg-type]


def add_up(usages: Iterable[ImageUsage]) -> CreateImageUsage:
    total = CreateImageUsage.zero()
    for usage in usages:
        total += usage
        assert_type(usage.total_tokens, int | float | None)
        assert_type(usage.input_tokens, int | float | None)
        assert_type(usage.output_tokens, int | float | None)
        assert_type(usage.input_tokens_details.text_tokens, int | float | None)
        assert_type(usage.input_tokens_details.image_tokens, int | float | None)
    return total


def by_endpoint(classes: dict[str, type[ImageUsage]]) -> None:
    assert_type(classes["edits"].from_dict({}), ImageUsage)
    assert_type(classes["edits"].zero(), ImageUsage)
    assert_type(classes["edits"].zero().to_dict()["total_tokens"] is None, bool)
    totals["gpt-image-1"] += classes["edits"].zero()


totals = defaultdict[str, CreateImageUsage](CreateImageUsage.zero)
by_endpoint({"generations": CreateImageUsage, "edits": CreateImageEditUsage})
assert_type(add_up([generation, variation, edit]), CreateImageUsage)
totals["gpt-image-1"] += CreateImageUsage.zero()
totals["gpt-image-1"] += variation
both: list[ImageUsage] = [generation, variation]
assert_type(sum(both, CreateImageUsage.zero()), ImageUsage)

inferred = defaultdict(CreateImageUsage.zero, {"gpt-image-1": generation})
inferred["gpt-image-1"] += edit
assert_type(inferred["gpt-image-1"], CreateImageUsage)
mixed: list[CreateImageUsage | CreateImageVariationUsage] = [generation, variation]
assert_type(sum(mixed, CreateImageUsage.zero()), CreateImageUsage | CreateImageVariationUsage)
