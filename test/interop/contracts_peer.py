"""What datacontract-cli says of the contract in each of some folders, as JSON lines of checks.

Run: python contracts_peer.py FOLDER...; writes peer.json into each.
"""

import json
import logging
import os
import sys

from datacontract.data_contract import DataContract

logging.disable(logging.CRITICAL)

for folder in sys.argv[1:]:
    os.chdir(folder)
    run = DataContract(data_contract_file="contract.odcs.yaml", server="local").test()
    checks = [
        {
            "key": check.key,
            "type": check.type,
            "table": check.model,
            "column": check.field,
            "result": getattr(check.result, "value", check.result),
            "reason": check.reason,
            "rule": check.qualityId,
            "found": check.diagnostics or {},
        }
        for check in run.checks
    ]
    with open("peer.json", "w", encoding="utf-8") as file:
        json.dump(checks, file, default=str)
