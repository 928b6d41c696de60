"""Shapley values by shap and partial dependence by scikit-learn, of the very models that the ONNX files were made from."""
import numpy as np
import shap
from numbers_tasks import as_inputs
from sklearn.inspection import partial_dependence

EXPLAINED, BACKGROUND = 50, 100


def explanations(task, frames, models, ours):
    """ours: at which values of a column the library asked the models."""
    if task["classes"]:
        return {}
    train, test = (as_inputs(frame, task["features"]) for frame in frames)
    trees, (scaler, linear) = models[0], (step for _, step in models[1].steps)
    rows, background = test[:EXPLAINED], train[:BACKGROUND]
    scaled = shap.maskers.Independent(scaler.transform(background), max_samples=BACKGROUND)
    explainers = {
        "champion path-dependent": (shap.TreeExplainer(trees, feature_perturbation="tree_path_dependent"), rows),
        "champion interventional": (
            shap.TreeExplainer(trees, data=background, feature_perturbation="interventional"),
            rows,
        ),
        "challenger linear": (shap.LinearExplainer(linear, scaled), scaler.transform(rows)),
    }
    dependence = {}
    for place, column in enumerate(task["features"][:4]):
        for name, model in zip(("champion", "challenger"), models):
            values = ours["dependence"][f"{name} {column} values"]
            dependence[f"{name} {column} values"] = values
            dependence[f"{name} {column}"] = curve(model, test, place, values)
    return {
        "shap": {name: flat(*explained) for name, explained in explainers.items()},
        "dependence": dependence,
    }


def flat(explainer, rows):
    """The base, then column after column the values of all rows."""
    values = explainer.shap_values(rows)
    return [*np.ravel(explainer.expected_value), *np.asarray(values).T.ravel()]


def curve(model, rows, place, values):
    """Mean answer, and the answer that a tenth and nine tenths of the rows stay below, at each value."""
    grid = {place: np.array(values, np.float32)}
    method = {} if hasattr(model, "classes_") is False else {"response_method": "predict_proba"}
    found = partial_dependence(model, rows, [place], custom_values=grid, method="brute", kind="both", **method)
    answers = found["individual"][0]
    low, high = np.quantile(answers, [0.1, 0.9], axis=0)
    return np.column_stack([found["average"][0], low, high]).ravel()
