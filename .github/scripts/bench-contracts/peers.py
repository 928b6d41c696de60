"""The same checks by pandas and by Great Expectations, each as its users would write them.

Run: python peers.py pandas|gx FILE; prints how many checks failed.
"""

import sys

tool, path = sys.argv[1:3]

import pandas as pd

DATES = ["created", "day"]


def load():
    if path.endswith(".parquet"):
        return pd.read_parquet(path)
    return pd.read_csv(path, parse_dates=DATES)


PATTERNS = {"code": r"^ord-[0-9]{9}$", "email": r"^[^@]+@[^@]+$"}
STATUS = ["new", "paid", "sent", "done"]


def by_pandas():
    table = load()
    days = pd.to_datetime(table["day"])
    broken = [
        *(table[name].isna().sum() for name in ["id", "code", "amount", "age", "created"]),
        *(table[name].duplicated().sum() for name in ["id", "code"]),
        (table["id"] < 0).sum(),
        (table["code"].str.len() != 13).sum(),
        *((~table[name].str.match(pattern)).sum() for name, pattern in PATTERNS.items()),
        ((table["amount"] < 0) | (table["amount"] > 1000)).sum(),
        ((table["age"] < 0) | (table["age"] > 150)).sum(),
        (~table["status"].isin(STATUS)).sum(),
        int(table["shop"].isna().mean() >= 0.01),
        ((days < "2025-01-01") | (days > "2025-12-31")).sum(),
        int(len(table) <= 1_000_000),
    ]
    return sum(int(count) > 0 for count in broken)


def by_gx():
    import great_expectations as gx
    from great_expectations import expectations as gxe

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("data")
    batch = source.add_dataframe_asset("table").add_batch_definition_whole_dataframe("all")
    between = gxe.ExpectColumnValuesToBeBetween
    suite = gx.ExpectationSuite(
        name="table",
        expectations=[
            *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in ["id", "code", "amount", "age", "created"]),
            *(gxe.ExpectColumnValuesToBeUnique(column=name) for name in ["id", "code"]),
            between(column="id", min_value=0),
            gxe.ExpectColumnValueLengthsToEqual(column="code", value=13),
            *(gxe.ExpectColumnValuesToMatchRegex(column=name, regex=pattern) for name, pattern in PATTERNS.items()),
            between(column="amount", min_value=0, max_value=1000),
            between(column="age", min_value=0, max_value=150),
            gxe.ExpectColumnValuesToBeInSet(column="status", value_set=STATUS),
            gxe.ExpectColumnValuesToNotBeNull(column="shop", mostly=0.99),
            gxe.ExpectTableRowCountToBeBetween(min_value=1_000_001),
        ],
    )
    result = batch.run(suite, batch_parameters={"dataframe": load()}) if hasattr(batch, "run") else None
    if result is None:
        whole = batch.get_batch(batch_parameters={"dataframe": load()})
        result = whole.validate(suite)
    return sum(not one.success for one in result.results)


failed = {"pandas": by_pandas, "gx": by_gx}[tool]()
print(failed)
sys.exit(1 if failed else 0)
