"""The OpenAPI document tells the truth: fuzzed, the API answers only what is declared."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.faults.installation import Installation

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance"
)
# these would sign the fuzzer itself out
SIGN_OUT = ("endSession", "endAllSessions", "signOut")


_BOUNDS = {
    "array": {"maxItems"},
    "string": {"maxLength", "pattern", "enum", "const", "format", "contentMediaType"},
    "integer": {"maximum", "exclusiveMaximum", "enum", "const"},
}


@pytest.fixture(scope="session")
def document(installation: Installation) -> dict[str, Any]:
    return httpx.get(f"{installation.url}/v1/openapi.json", timeout=30.0).json()


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    operations = _operations(document)
    names = [operation.get("operationId") for _, _, operation in operations]
    assert len(operations) > 60
    assert len(set(names)) == len(names)
    for method, path, operation in operations:
        where = f"{method.upper()} {path}"
        assert operation.get("operationId"), where
        assert operation.get("summary"), where
        assert operation.get("tags"), where


def test_every_operation_declares_its_problems(document: dict[str, Any]) -> None:
    for method, path, operation in _operations(document):
        if path.startswith("/health"):
            continue
        for status in ("400", "429", "500", "503"):
            content = operation["responses"][status]["content"]
            assert "application/problem+json" in content, f"{method} {path} {status}"


def test_every_input_is_bounded(document: dict[str, Any]) -> None:
    """A text or list in a body without a bound is a request of any size."""
    schemas = document["components"]["schemas"]
    unbounded: list[str] = []
    for method, path, operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            for where, schema in _inputs(content["schema"], schemas, set()):
                bounds = _BOUNDS.get(str(schema.get("type")))
                if bounds and not bounds & set(schema):
                    unbounded.append(f"{method} {path}: {where}")
    assert unbounded == []


def _inputs(
    schema: dict[str, Any], schemas: dict[str, Any], seen: set[str], where: str = ""
) -> list[tuple[str, dict[str, Any]]]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return [] if name in seen else _inputs(schemas[name], schemas, seen | {name}, where)
    found = [(where, schema)]
    for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        found += _inputs(part, schemas, seen, where)
    for name, value in schema.get("properties", {}).items():
        found += _inputs(value, schemas, seen, f"{where}/{name}")
    if isinstance(schema.get("items"), dict):
        found += _inputs(schema["items"], schemas, seen, f"{where}/*")
    return found


@pytest.mark.parametrize("who", ["nobody", "shopper", "operator"])
def test_fuzzing_finds_nothing_undeclared(
    installation: Installation, tokens: list[str], who: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "schemathesis.cli", "run"]
    command += [f"{installation.url}/v1/openapi.json", "--checks", CHECKS, "--no-color"]
    command += ["--phases", "examples,coverage,fuzzing", "--max-examples", "6"]
    command += ["--suppress-health-check", "all", "--warnings", "off", "--max-time", "35"]
    command += ["--continue-on-failure", "--request-timeout", "20", "--seed", "11"]
    for name in SIGN_OUT:
        command += ["--exclude-operation-id", name]
    if who != "nobody":
        token = tokens[0] if who == "operator" else tokens[1]
        command += ["--header", f"Authorization: Bearer {token}"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
