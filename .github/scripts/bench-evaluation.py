"""The metrics of bench-evaluation.ts by scikit-learn, with bootstraps by NumPy. Run by it: python bench-evaluation.py folder
draws. Columns of 64-bit floats lie in the folder; prints seconds and values as JSON. Bootstraps are timed for a few draws."""
import json
import sys
import time

import numpy as np
from scipy import stats
from sklearn import metrics

folder, draws = sys.argv[1], int(sys.argv[2])
read = lambda name: np.fromfile(f"{folder}/{name}.f64")
truth, score, amount, group = (read(name) for name in ("truth", "score", "amount", "group"))
truth = truth.astype(int)

def ece(y, p, bins=10):
    place = np.clip(np.ceil(p * bins).astype(int) - 1, 0, bins - 1)
    return abs(np.bincount(place, weights=p - y)).sum() / len(y)

def lift(y, p):
    wanted = len(y) // 10
    return y[np.argpartition(-p, wanted)[:wanted]].mean() / y.mean()

def measure(y, p, worth):
    a = (p >= 0.5).astype(int)
    tn, fp, fn, tp = metrics.confusion_matrix(y, a).ravel()
    return {
        "roc_auc": metrics.roc_auc_score(y, p), "pr_auc": metrics.average_precision_score(y, p),
        "ks": stats.ks_2samp(p[y == 1], p[y == 0], method="asymp").statistic, "lift": lift(y, p),
        "log_loss": metrics.log_loss(y, p), "brier": metrics.brier_score_loss(y, p), "ece": ece(y, p),
        "accuracy": metrics.accuracy_score(y, a), "balanced_accuracy": metrics.balanced_accuracy_score(y, a),
        "precision": metrics.precision_score(y, a), "recall": metrics.recall_score(y, a),
        "false_positive_rate": fp / (fp + tn), "f1": metrics.f1_score(y, a), "f_beta": metrics.fbeta_score(y, a, beta=2),
        "mcc": metrics.matthews_corrcoef(y, a), "cohen_kappa": metrics.cohen_kappa_score(y, a),
        "cost": (5 * fp + 50 * fn) / len(y),
        "gain": ((a == y) * worth).mean(), "gain_per_euro": ((a == y) * worth).sum() / worth.sum(),
        "missed": ((a < y) * worth).mean(),
    }

def seconds(run):
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result

rng = np.random.default_rng(1)
once, values = seconds(lambda: measure(truth, score, amount))

def draw():
    rows = rng.integers(0, len(truth), len(truth))
    measure(truth[rows], score[rows], amount[rows])
    for k in range(10):
        part = rows[group[rows] == k]
        metrics.roc_auc_score(truth[part], score[part])

drawn, _ = seconds(lambda: [draw() for _ in range(draws)])
print(json.dumps({"once": once, "draw": drawn / draws, "values": {name: float(value) for name, value in values.items()}}))
