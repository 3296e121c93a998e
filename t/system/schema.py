# SPDX-License-Identifier: BSD-2-Clause
"""Does a document keep to a JSON schema?  The words that our schemas use, and no others.

A member that an object has and its schema does not name is a fault: it is not documented.

Where python3-jsonschema is installed it is asked too.
"""

import json

try:
    import jsonschema
except ImportError:
    jsonschema = None

KINDS = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool,
         "number": (int, float), "null": type(None)}
KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "const", "enum", "required",
         "properties", "additionalProperties", "items", "minimum", "pattern"}


def is_kind(value, name):
    return isinstance(value, KINDS[name]) and (name == "boolean" or not isinstance(value, bool))


def faults(value, schema, whole, at="$"):
    """Where the value breaks the schema, a sentence for each place."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return faults(value, whole["$defs"][schema["$ref"].rsplit("/", 1)[1]], whole, at)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(is_kind(value, k) for k in kinds):
        return [f"{at} is no {' or '.join(kinds)}"]
    wrong = []
    if "const" in schema and value != schema["const"]:
        wrong.append(f"{at} is not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{at} is {value!r}, none of {schema['enum']}")
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", "properties" not in schema)
        wrong += [f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, item in value.items():
            if name in known:
                wrong += faults(item, known[name], whole, f"{at}.{name}")
            elif isinstance(more, dict):
                wrong += faults(item, more, whole, f"{at}.{name}")
            elif more is False:
                wrong.append(f"{at}.{name} is not in the schema")
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            wrong += faults(item, schema["items"], whole, f"{at}[{i}]")
    return wrong


def check(value, path):
    """Fails unless the value keeps to the schema in the file."""
    with open(path, encoding="utf-8") as f:
        schema = json.load(f)
    wrong = faults(value, schema, schema)
    assert not wrong, wrong[:5]
    if jsonschema is not None:
        jsonschema.validate(value, schema)
