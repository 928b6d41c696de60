"""Intervals, calibration and fairness by statsmodels, SciPy and fairlearn, beside metrics and their standard errors."""
import warnings

import numpy as np
from fairlearn import metrics as fair
from numbers_metrics import BINS, decide, metrics_of
from numbers_resampled import standard_errors
from scipy import stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

SMALLEST_GROUP = 30


def evaluation(task, test, answers):
    truth = test["target"].to_numpy()
    values = {}
    for who, answer in answers.items():
        measured = metrics_of(task, truth, answer)
        values.update({f"{who} {name}": value for name, value in measured.items()})
    champion = answers["champion"]
    return {
        "metrics": values,
        "wilson": wilson_intervals(task, truth, champion),
        "standard errors": standard_errors(task, truth, champion),
        "calibration": calibration(task, truth, champion),
        "fairness": fairness(task, test, truth, champion),
    }


def wilson_intervals(task, y, p):
    def of(part, whole):
        return list(proportion_confint(int(part), int(whole), 0.05, method="wilson"))

    if task["kind"] == "regression":
        return {"within_tolerance": of((np.abs(y - p) <= task["tolerance"]).sum(), len(y))}
    answer = decide(task, p)
    right = of((answer == y).sum(), len(y))
    if task["classes"]:
        return {"accuracy": right, "f1_micro": right}
    hits = ((answer == 1) & (y == 1)).sum()
    return {
        "accuracy": right,
        "precision": of(hits, answer.sum()),
        "recall": of(hits, y.sum()),
        "false_positive_rate": of(answer.sum() - hits, (y == 0).sum()),
    }


def calibration(task, y, p):
    """Tenths of the rows by score, equal scores in their order."""
    happened, stated = (y, p)
    if task["classes"]:
        happened, stated = (p.argmax(axis=1) == y).astype(float), p.max(axis=1)
    order = np.argsort(stated, kind="stable")
    edges = [len(y) * b // BINS for b in range(BINS + 1)]
    bins = [order[start:end] for start, end in zip(edges, edges[1:])]
    if task["kind"] == "regression":
        limits = [stats.norm.interval(0.95, y[rows].mean(), stats.sem(y[rows])) for rows in bins]
    else:
        limits = [proportion_confint(int(happened[rows].sum()), len(rows), 0.05, method="wilson") for rows in bins]
    return {
        "n": [len(rows) for rows in bins],
        "predicted": [stated[rows].mean() for rows in bins],
        "observed": [happened[rows].mean() for rows in bins],
        "lower": [low for low, _ in limits],
        "upper": [high for _, high in limits],
    }


def fairness(task, test, y, p):
    values = {}
    for column in task["groups"]:
        groups = test[column].to_numpy(str)
        values.update(fairness_of_groups(task, column, groups, y, p))
        sizes = test[column].value_counts()
        kept = np.isin(groups, sizes[sizes >= SMALLEST_GROUP].index.to_numpy(str))
        between = between_groups(task, groups[kept], y[kept], p[kept])
        values.update({f"{column} {name}": value for name, value in between.items()})
    return values


def gap(y, p):
    return np.mean(p - y)


def by_group(measure, groups, y, p):
    return fair.MetricFrame(metrics=measure, y_true=y, y_pred=p, sensitive_features=groups)


def fairness_of_groups(task, column, groups, y, p):
    if task["kind"] == "regression":
        measures, other = {}, {"mean_error": gap, "mean_absolute_error": metrics.mean_absolute_error}
    elif task["classes"]:
        measures, other = {"accuracy": metrics.accuracy_score}, {}
    else:
        measures, other = {
            "observed_share": lambda y, _: np.mean(y),
            "selection_rate": fair.selection_rate,
            "true_positive_rate": fair.true_positive_rate,
            "false_positive_rate": fair.false_positive_rate,
            "precision": lambda y, d: y[d == 1].mean() if (d == 1).any() else np.nan,
            "accuracy": metrics.accuracy_score,
        }, {"mean_score": lambda _, p: np.mean(p), "calibration_gap": gap}
    answer = decide(task, p) if measures else p
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frames = [*(by_group({k: m}, groups, y, answer) for k, m in measures.items())]
        frames += [by_group({k: m}, groups, y, p) for k, m in other.items()]
    return {
        f"{column}={group} {name}": value
        for frame in frames
        for name, series in frame.by_group.items()
        for group, value in series.items()
    }


def between_groups(task, groups, y, p):
    if task["kind"] == "regression":
        error = by_group(metrics.mean_absolute_error, groups, y, p)
        return {
            "mean_error_difference": by_group(gap, groups, y, p).difference(),
            "error_ratio": 1 / error.ratio(),
        }
    answer, who = decide(task, p), {"sensitive_features": groups}
    if task["classes"]:
        return {"accuracy_difference": by_group(metrics.accuracy_score, groups, y, answer).difference()}
    return {
        "demographic_parity_difference": fair.demographic_parity_difference(y, answer, **who),
        "demographic_parity_ratio": fair.demographic_parity_ratio(y, answer, **who),
        "equal_opportunity_difference": fair.equal_opportunity_difference(y, answer, **who),
        "equalized_odds_difference": fair.equalized_odds_difference(y, answer, **who),
        "group_calibration_difference": by_group(gap, groups, y, p).by_group.abs().max(),
    }
