"""DVC itself, each command in a process of its own, without importing DVC again for each.

Reads one request a line, {"cwd", "words"}, and answers with one line, {"code", "out", "err"}: the process forks after the
import, so that every command starts from the same fresh state.
"""
import json
import os
import sys
import tempfile

import dvc.api  # noqa: F401
import dvc.repo  # noqa: F401
import dvc.repo.reproduce  # noqa: F401
import dvc_s3  # noqa: F401
import ruamel.yaml  # noqa: F401
from dvc import cli


def work(request, out, err):
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(request["cwd"])
    code = 1
    try:
        code = cli.main(request["words"])
    except SystemExit as stop:
        code = stop.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


def answer(request):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            work(request, out, err)
        _, status = os.waitpid(pid, 0)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
        return {"code": os.waitstatus_to_exitcode(status), "out": texts[0], "err": texts[1]}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
