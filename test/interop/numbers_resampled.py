"""Standard errors from rows drawn again, which takes formulas that are quick."""
import warnings

import numpy as np
from numbers_metrics import COSTS, log_loss_of_classes, metrics_of
from scipy import stats

RESAMPLES = 2000


def standard_errors(task, y, p):
    """Over rows drawn again; a draw in which a metric is undefined does not count."""
    check_quick_metrics(task, y, p)
    rng = np.random.default_rng(11)
    drawn = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(RESAMPLES):
            rows = rng.integers(0, len(y), len(y))
            drawn.append(quick_metrics(task, y[rows], p[rows]))
    return {name: np.nanstd([one[name] for one in drawn], ddof=1) for name in drawn[0]}


def check_quick_metrics(task, y, p):
    """The quick formulas give what scikit-learn gives."""
    slow = metrics_of(task, y, p)
    for name, value in quick_metrics(task, y, p).items():
        assert abs(value - slow[name]) <= 1e-9 * abs(slow[name]), (name, value, slow[name])


def quick_metrics(task, y, p):
    """The metrics for which the library knows the influence of rows."""
    if task["kind"] == "regression":
        errors = y - p
        return {
            **({} if (y == 0).any() else {"mape": np.mean(np.abs(errors / y))}),
            "rmse": np.sqrt(np.mean(errors**2)),
            "mae": np.mean(np.abs(errors)),
            "r2": 1 - np.mean(errors**2) / np.var(y),
            "within_tolerance": np.mean(np.abs(errors) <= task["tolerance"]),
            "quantile_loss": np.mean(np.maximum(0.9 * errors, -0.1 * errors)),
        }
    return quick_several(task, y, p) if task["classes"] else quick_decisions(task, y, p)


def quick_decisions(task, y, p):
    n, flagged, positives = len(y), p >= task["threshold"], y == 1
    tp, fp = (flagged & positives).sum(), (flagged & ~positives).sum()
    fn, tn = (~flagged & positives).sum(), (~flagged & ~positives).sum()
    recall, precision, specificity = tp / (tp + fn), tp / (tp + fp), tn / (tn + fp)
    chance = ((tp + fp) * (tp + fn) + (fn + tn) * (fp + tn)) / n**2
    ranks = stats.rankdata(p)[positives].sum()
    return {
        "roc_auc": (ranks - (tp + fn) * (tp + fn + 1) / 2) / ((tp + fn) * (fp + tn)),
        "log_loss": -np.mean(np.log(np.where(positives, p, 1 - p))),
        "brier": np.mean((p - y) ** 2),
        "accuracy": (tp + tn) / n,
        "balanced_accuracy": (recall + specificity) / 2,
        "precision": precision,
        "recall": recall,
        "false_positive_rate": 1 - specificity,
        "f1": 2 * tp / (2 * tp + fp + fn),
        "f_beta": 5 * tp / (5 * tp + 4 * fn + fp),
        "mcc": np.corrcoef(flagged, positives)[0, 1],
        "cohen_kappa": ((tp + tn) / n - chance) / (1 - chance),
        "cost": (COSTS["fp"] * fp + COSTS["fn"] * fn + COSTS["tp"] * tp) / n,
    }


def quick_several(task, y, p):
    n, width = len(y), len(task["classes"])
    table = np.zeros((width, width))
    np.add.at(table, (y.astype(int), p.argmax(axis=1)), 1)
    true, answered, hits = table.sum(axis=1), table.sum(axis=0), np.diag(table)
    precision = np.divide(hits, answered, out=np.zeros(width), where=answered > 0)
    recall = np.divide(hits, true, out=np.zeros(width), where=true > 0)
    f1 = np.divide(2 * hits, true + answered, out=np.zeros(width), where=true + answered > 0)
    there, seen = true > 0, true + answered > 0
    chance = true @ answered / n**2
    accuracy = hits.sum() / n
    spread = np.sqrt((1 - (answered / n) @ (answered / n)) * (1 - (true / n) @ (true / n)))
    ranks = stats.rankdata(p, axis=0)
    areas = [
        (ranks[y == k, k].sum() - true[k] * (true[k] + 1) / 2) / (true[k] * (n - true[k])) for k in range(width)
    ]
    return {
        "roc_auc_macro": np.mean(areas),
        "log_loss": log_loss_of_classes(y, p),
        "brier": np.mean(((p - np.eye(width)[y.astype(int)]) ** 2).sum(axis=1)),
        "accuracy": accuracy,
        "f1_micro": accuracy,
        "balanced_accuracy": recall[there].mean(),
        **{f"{name}_macro": part[seen].mean() for name, part in (("precision", precision), ("recall", recall), ("f1", f1))},
        **{f"{name}_weighted": part @ true / n for name, part in (("precision", precision), ("recall", recall), ("f1", f1))},
        "mcc": (accuracy - chance) / spread,
        "cohen_kappa": (accuracy - chance) / (1 - chance),
    }
