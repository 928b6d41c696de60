"""Runs one command: prints its seconds and the most memory (KiB) that it or one of its children held."""

import json
import resource
import subprocess
import sys
import time

begin = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
seconds = time.perf_counter() - begin
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"code": done.returncode, "seconds": seconds, "memory": memory, "stderr": done.stderr[-2000:]}))
