"""Computes every number of ours.json again from the same files and says, per task and family, whether both agree.
Run: python numbers_judge.py <folder>; ends with 1 when a number differs or stands on one side only."""
import json
import pathlib
import pickle
import sys
import warnings

import numpy as np
import onnxruntime
import pandas as pd
from numbers_evaluation import evaluation
from numbers_explanation import explanations
from numbers_tasks import as_inputs
from numbers_tests import tests

# Largest difference allowed, relative to the number, or in a list of one unit (by *) to its largest number.
TOLERANCES = {
    "answers": "1e-5 *",
    "metrics": "1e-9",
    "wilson": "1e-9",
    "standard errors": "0.1",
    "calibration": "1e-5",
    "fairness": "1e-5",
    "paired tests": "1e-9",
    "compare": "1e-5 *",
    "compare p": "1e-3",
    "two samples": "1e-9",
    "distances": "1e-9",
    "corrections": "1e-9",
    "shap": "1e-5 *",
    "dependence": "1e-5 *",
}
SHOWN = 5
# Sums of float32 probabilities miss 1 in the eighth digit.
warnings.filterwarnings("ignore", message="The y_prob values do not sum to one")


def read(folder):
    task = json.loads((folder / "task.json").read_text())
    frames = [pd.read_csv(folder / f"{name}.csv") for name in ("train", "test")]
    return task, frames, pickle.loads((folder / "models.pickle").read_bytes())


def answer(path, inputs, task):
    """What onnxruntime answers: an amount, the probability of 1, or that of every class."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    found = session.run(None, {"X": inputs})[-1].astype(float)
    return found if task["classes"] else found[:, -1]


def own_answer(model, inputs, task):
    if task["kind"] == "regression":
        return model.predict(inputs)
    found = model.predict_proba(inputs)
    return found.ravel() if task["classes"] else found[:, 1]


def theirs_of(folder, ours):
    task, (train, test), models = read(folder)
    inputs = as_inputs(test, task["features"])
    names = ("champion", "challenger")
    answers = {name: answer(folder / f"{name}.onnx", inputs, task) for name in names}
    return {
        "answers": {name: own_answer(model, inputs, task) for name, model in zip(names, models)},
        **evaluation(task, test, answers),
        **tests(task, train, test, answers),
        **explanations(task, (train, test), models, ours),
    }


def difference_of(ours, theirs, is_list_of_one_unit):
    """Largest relative difference with both numbers; infinite where only one side has a number."""
    a, b = (np.atleast_1d(np.array(side, dtype=float)) for side in (ours, theirs))
    if a.shape != b.shape:
        return np.inf, f"{a.size} numbers", f"{b.size} numbers"
    scale = np.maximum(np.abs(a), np.abs(b))
    if is_list_of_one_unit:
        scale = np.full(a.shape, np.nanmax(scale))
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = np.where(a == b, 0, np.abs(a - b) / scale)
    relative[np.isnan(a) & np.isnan(b)] = 0
    relative[np.isnan(relative)] = np.inf
    worst = int(relative.argmax())
    return relative[worst], a[worst], b[worst]


def judge_family(task, family, ours, theirs):
    limit, *unit = TOLERANCES[family].split()
    wrong, worst, count = [], 0, 0
    for name in sorted({*ours, *theirs}):
        one, other = ours.get(name, []), theirs.get(name, [])
        difference, own, found = difference_of(one, other, bool(unit))
        worst, count = max(worst, difference), count + np.isfinite(np.array(other, dtype=float)).sum()
        if not difference <= float(limit):
            wrong.append(f"  {name}: Mainline {own}, the others {found}, {difference:.2g} apart")
    verdict = "DIFFER" if wrong else "same  "
    print(f"{verdict} {task:12} {family:16} {count:6} numbers, at most {worst:.1e} apart (limit {limit})")
    for line in wrong[:SHOWN]:
        print(line)
    return not wrong


def judge(folder):
    ours = json.loads((folder / "ours.json").read_text())
    theirs = theirs_of(folder, ours)
    families = [family for family in TOLERANCES if family in ours or family in theirs]
    unknown = {*ours, *theirs} - {*TOLERANCES}
    if unknown:
        print(f"DIFFER {folder.name:12} nobody said how near these have to be: {sorted(unknown)}")
    agreed = [judge_family(folder.name, family, ours.get(family, {}), theirs.get(family, {})) for family in families]
    return not unknown and all(agreed)


folders = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/ours.json"))
agreed = [judge(folder) for folder in folders]
sys.exit(0 if agreed and all(agreed) else 1)
