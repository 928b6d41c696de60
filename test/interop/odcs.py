# Reads cases as JSON lines {"document": ...} and writes, for each, whether each JSON Schema named on the command line
# accepts it: {"valid": [true, false], "why": "..."}. Formats count, as they do for readers of contracts.
import json
import sys

import jsonschema

validators = []
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validators.append(kind(schema, format_checker=kind.FORMAT_CHECKER))

for line in sys.stdin:
    document = json.loads(line)["document"]
    first = [next(validator.iter_errors(document), None) for validator in validators]
    why = "; ".join(f"{error.json_path}: {error.message[:200]}" for error in first if error)
    print(json.dumps({"valid": [error is None for error in first], "why": why}), flush=True)
