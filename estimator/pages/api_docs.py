"""The page that tells other programs' makers what they can ask: the description of the API, to be read by people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from estimator.pages.request import Context
from estimator.texts import Texts

Described = Mapping[str, Any]
JSON = "application/json"


def api_docs_context(
    texts: Texts, described: Described, address: str, stylesheets: Sequence[str], icon: str, home: str
) -> Context:
    """The context of ``api.html``, from the OpenAPI document; ``address`` is where the API answers."""
    return {
        "t": texts,
        "lang": texts.lang,
        "dir": texts.dir,
        "stylesheets": list(stylesheets),
        "icon": icon,
        "home": home,
        "openapi_url": f"{address}/openapi.json",
        "address": address,
        "info": described["info"],
        "operations": [
            _operation(path, method, operation, address)
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
        ],
        "schemas": [_schema(name, schema) for name, schema in described["components"]["schemas"].items()],
    }


def _operation(path: str, method: str, operation: Described, address: str) -> Context:
    content = operation.get("requestBody", {}).get("content", {}).get(JSON, {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": f"{address}{path}",
        "summary": operation["summary"],
        "description": operation["description"],
        "parameters": [_parameter(each) for each in operation.get("parameters", ())],
        "body": _kind(content["schema"]) if content else "",
        "examples": [
            {"summary": each["summary"], "json": json.dumps(each["value"], indent=2)}
            for each in content.get("examples", {}).values()
        ],
        "responses": [
            {"status": status, "description": response["description"], "kind": _answered(response)}
            for status, response in operation["responses"].items()
        ],
    }


def _parameter(parameter: Described) -> Context:
    schema = parameter["schema"]
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "kind": _kind(schema),
        "required": parameter.get("required", False),
        "default": schema.get("default", ""),
        "examples": schema.get("examples", ()),
    }


def _answered(response: Described) -> str:
    return next((_kind(content["schema"]) for content in response.get("content", {}).values()), "")


def _schema(name: str, schema: Described) -> Context:
    required = schema.get("required", ())
    return {
        "name": name,
        "description": schema.get("description", "").replace("``", ""),
        "fields": [
            {
                "name": field,
                "kind": _kind(described),
                "required": field in required,
                "description": described.get("description", ""),
            }
            for field, described in schema.get("properties", {}).items()
        ],
    }


def _kind(schema: Described) -> str:
    """What a value is, in the words of JSON Schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    kind, form = schema.get("type", "object"), schema.get("format")
    if kind == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return f"{kind} ({form})" if form else str(kind)
