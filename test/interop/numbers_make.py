"""Trains the models of every task and writes, per task, a folder with both ONNX files, the rows and task.json.
Run: python numbers_make.py <repository> <folder>"""
import dataclasses
import json
import pathlib
import pickle
import sys

from numbers_tasks import TASKS, as_inputs, fit_models, read_task
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType

OPSETS = {"": 17, "ai.onnx.ml": 3}


def export(model, width, is_classifier):
    options = {id(model): {"zipmap": False}} if is_classifier else None
    shape = [("X", FloatTensorType([None, width]))]
    return to_onnx(model, initial_types=shape, target_opset=OPSETS, options=options).SerializeToString()


def make(task, root, folder):
    folder.mkdir(parents=True, exist_ok=True)
    train, test, features, classes = read_task(task, root)
    models = fit_models(task, as_inputs(train, features), train["target"].to_numpy())
    for name, model in zip(("champion", "challenger"), models):
        (folder / f"{name}.onnx").write_bytes(export(model, len(features), task.kind != "regression"))
    (folder / "models.pickle").write_bytes(pickle.dumps(models))
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    described = {**dataclasses.asdict(task), "features": features, "classes": classes}
    (folder / "task.json").write_text(json.dumps(described))


for one in TASKS:
    make(one, sys.argv[1], pathlib.Path(sys.argv[2]) / one.name)
