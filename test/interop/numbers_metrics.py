"""Every metric by scikit-learn and SciPy, and by a few lines where neither has it."""
import numpy as np
from fairlearn.metrics import false_positive_rate
from scipy import stats
from sklearn import metrics

BINS = 10
COSTS = {"fp": 5, "fn": 100, "tp": -20}


def decide(task, answer):
    """What is answered: 0 or 1, or the place of the most probable class."""
    return answer.argmax(axis=1) if task["classes"] else (answer >= task["threshold"]).astype(int)


def metrics_of(task, y, p):
    of = {"regression": amounts, "binary-classification": decisions, "multiclass-classification": several}
    return of[task["kind"]](task, y, p)


def amounts(task, y, p):
    errors = {} if (y == 0).any() else {"mape": metrics.mean_absolute_percentage_error(y, p)}
    return {
        **errors,
        "rmse": metrics.root_mean_squared_error(y, p),
        "mae": metrics.mean_absolute_error(y, p),
        "median_ae": metrics.median_absolute_error(y, p),
        "r2": metrics.r2_score(y, p),
        "within_tolerance": np.mean(np.abs(y - p) <= task["tolerance"]),
        "quantile_loss": metrics.mean_pinball_loss(y, p, alpha=0.9),
        "max_error": metrics.max_error(y, p),
    }


def decisions(task, y, p):
    flagged = decide(task, p)
    tn, fp, fn, tp = metrics.confusion_matrix(y, flagged).ravel()
    return {
        "roc_auc": metrics.roc_auc_score(y, p),
        "pr_auc": metrics.average_precision_score(y, p),
        "ks": stats.ks_2samp(p[y == 1], p[y == 0]).statistic,
        "lift": lift_of_tenth(y, p),
        "log_loss": metrics.log_loss(y, p),
        "brier": metrics.brier_score_loss(y, p),
        "ece": calibration_error(y, p),
        "accuracy": metrics.accuracy_score(y, flagged),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, flagged),
        "precision": metrics.precision_score(y, flagged),
        "recall": metrics.recall_score(y, flagged),
        "false_positive_rate": false_positive_rate(y, flagged),
        "f1": metrics.f1_score(y, flagged),
        "f_beta": metrics.fbeta_score(y, flagged, beta=2),
        "mcc": metrics.matthews_corrcoef(y, flagged),
        "cohen_kappa": metrics.cohen_kappa_score(y, flagged),
        "cost": (COSTS["fp"] * fp + COSTS["fn"] * fn + COSTS["tp"] * tp) / len(y),
    }


def several(task, y, p):
    answer, every = decide(task, p), range(len(task["classes"]))
    scores = {"precision": metrics.precision_score, "recall": metrics.recall_score, "f1": metrics.f1_score}
    averages = {
        f"{name}_{how}": score(y, answer, average=how, zero_division=0)
        for name, score in scores.items()
        for how in ("macro", "weighted")
    }
    return {
        **averages,
        "roc_auc_macro": metrics.roc_auc_score(np.eye(len(every))[y.astype(int)], p, average="macro"),
        "log_loss": log_loss_of_classes(y, p),
        "brier": metrics.brier_score_loss(y, p, labels=list(every), scale_by_half=False),
        "ece": calibration_error((answer == y).astype(float), p.max(axis=1)),
        "accuracy": metrics.accuracy_score(y, answer),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, answer),
        "f1_micro": metrics.f1_score(y, answer, average="micro"),
        "mcc": metrics.matthews_corrcoef(y, answer),
        "cohen_kappa": metrics.cohen_kappa_score(y, answer),
    }


def log_loss_of_classes(y, p):
    """scikit-learn's scales each row to a sum of exactly 1, which moves float32 probabilities in the eighth digit."""
    return np.mean(-np.log(p[np.arange(len(y)), y.astype(int)]))


def calibration_error(y, p):
    """Naeini and others: bins of equal width, closed above."""
    place = np.clip(np.ceil(p * BINS).astype(int) - 1, 0, BINS - 1)
    return sum(abs(p[place == b].sum() - y[place == b].sum()) for b in range(BINS)) / len(y)


def lift_of_tenth(y, p):
    """Equal scores share their positives evenly, as averaging over every order of theirs does."""
    wanted, taken, found = len(y) * 0.1, 0, 0.0
    for value in sorted(set(p), reverse=True):
        group = y[p == value]
        found += group.sum() * min(1, max(0, wanted - taken) / len(group))
        taken += len(group)
    return found / wanted / y.mean()
