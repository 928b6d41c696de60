"""What the comparison is made on: four public tables, five targets, a champion and a challenger each."""
import dataclasses

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

CREDIT = "test/fixtures/data/credit_data.csv"
DELIVERIES = "data/deliveries/deliveries.csv"
LENDING = "data/lending-club/lending_club.csv"
CHURN = "test/fixtures/data/mlc_churn.csv"


@dataclasses.dataclass(frozen=True)
class Task:
    """One target of one table. Text columns are what people are grouped by; models see the numeric ones."""

    name: str
    path: str
    kind: str
    target: str
    groups: tuple
    positive: str = ""
    threshold: float = 0.5
    tolerance: float = 2.0


TASKS = [
    Task("credit", CREDIT, "binary-classification", "Status", ("Home", "Job"), "bad", 0.3),
    Task("credit-home", CREDIT, "multiclass-classification", "Home", ("Marital", "Job")),
    Task("deliveries", DELIVERIES, "regression", "time_to_delivery", ("day",)),
    Task("lending", LENDING, "binary-classification", "Class", ("term", "verification_status"), "bad", 0.08),
    Task("churn", CHURN, "binary-classification", "churn", ("area_code", "international_plan"), "yes", 0.3),
]


def read_task(task, root):
    """Train and test rows with a number as target, and the numeric columns in order. Rows with gaps are left out."""
    frame = pd.read_csv(f"{root}/{task.path}").dropna().reset_index(drop=True)
    features = [name for name in frame.select_dtypes("number").columns if name != task.target]
    classes = sorted(frame[task.target].unique()) if task.kind == "multiclass-classification" else []
    if classes:
        truth = frame[task.target].map(classes.index)
    else:
        truth = frame[task.target] == task.positive if task.positive else frame[task.target]
    table = frame[[*features, *task.groups]].assign(target=truth.astype(float))
    kept = None if task.kind == "regression" else table["target"]
    train, test = train_test_split(table, test_size=0.3, random_state=7, stratify=kept)
    return train, test, features, classes


def fit_models(task, x, y):
    """Boosted trees, and something of another kind."""
    if task.kind == "regression":
        trees = GradientBoostingRegressor(n_estimators=40, max_depth=4, random_state=1)
        return trees.fit(x, y), make_pipeline(StandardScaler(), LinearRegression()).fit(x, y)
    trees = GradientBoostingClassifier(n_estimators=40, max_depth=3, random_state=1)
    if task.kind == "multiclass-classification":
        other = RandomForestClassifier(n_estimators=30, max_depth=6, random_state=1)
    else:
        other = make_pipeline(StandardScaler(), LogisticRegression())
    return trees.fit(x, y.astype(int)), other.fit(x, y.astype(int))


def as_inputs(frame, features):
    """As the models get them, in training and in answering."""
    return np.ascontiguousarray(frame[list(features)].to_numpy(np.float32))
