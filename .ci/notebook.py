"""Print a marimo notebook that has the module in its first cell and uses it in three others."""

import pathlib
import textwrap

HERE = pathlib.Path(__file__).resolve().parent.parent
CELLS = [
    (HERE / "orq_usage.py").read_text(encoding="utf-8"),
    """
    usage = CreateImageEditUsage.from_dict(CreateImageEditUsage.zero().to_dict(camel_case=True))
    total = usage + CreateImageUsage.zero() + usage
    """,
    """
    import copy
    import pickle

    assert copy.deepcopy(total) == pickle.loads(pickle.dumps(total)) == total
    """,
    """
    from dataclasses import dataclass

    @dataclass(frozen=True, slots=True, kw_only=True)
    class MyUsage(CreateImageUsage):
        input_tokens_details: InputTokensDetails = InputTokensDetails()
        output_tokens_details: InputTokensDetails | None = None

    try:
        MyUsage.from_dict({"totalTokens": -1})
    except UsageError as error:
        print(error)
    assert (MyUsage.from_dict({"totalTokens": 0.1}) + total).total_tokens == 0.1
    """,
]

print("import marimo\n\napp = marimo.App()")
for cell in CELLS:
    print("\n\n@app.cell\ndef _():\n" + textwrap.indent(textwrap.dedent(cell), "    "))
