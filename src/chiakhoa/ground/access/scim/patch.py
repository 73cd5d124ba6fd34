"""PATCH of RFC 7644, 3.5.2, on a resource as a dictionary: add, replace, remove, with paths as providers send them.

Pure: the caller stores what comes out, as if it had been sent whole.
"""

import re
from copy import deepcopy
from typing import Any

from chiakhoa.ground.access.scim.faults import Fault

PATH = re.compile(r'(?P<name>[A-Za-z$]\w*)(?:\[value eq "(?P<value>[^"]*)"\])?(?:\.(?P<sub>[A-Za-z$]\w*))?')
WRITABLE = {"userName", "displayName", "active", "externalId", "members"}
READ_ONLY = {"id", "meta", "groups", "schemas"}
BY_LOWER = {name.lower(): name for name in WRITABLE | READ_ONLY}


def patched(resource: dict[str, Any], operations: Any) -> dict[str, Any]:
    """The resource after the operations. Fault naming the operation that cannot be done."""
    if not isinstance(operations, list) or not operations:
        raise Fault(400, "“Operations” must hold at least one operation.", "invalidSyntax")
    changed = deepcopy(resource)
    for one in operations:
        if not isinstance(one, dict):
            raise Fault(400, "An operation must be an object.", "invalidSyntax")
        _do(changed, str(one.get("op", "")).lower(), one.get("path"), one.get("value"))
    return changed


def _do(resource: dict[str, Any], verb: str, path: Any, value: Any) -> None:
    if verb not in ("add", "replace", "remove"):
        raise Fault(400, f"“{verb}” is none of add, replace, remove.", "invalidSyntax")
    if path:
        _at(resource, verb, str(path), value)
    elif verb == "remove":
        raise Fault(400, "Remove needs a path.", "noTarget")
    elif not isinstance(value, dict):
        raise Fault(400, "Without a path the value must be an object.", "invalidValue")
    else:
        for name, part in value.items():
            if name.lower() in BY_LOWER:
                _at(resource, verb, name, part)


def _at(resource: dict[str, Any], verb: str, path: str, value: Any) -> None:
    match = PATH.fullmatch(path.rsplit(":", 1)[-1])
    name = BY_LOWER.get(match["name"].lower()) if match else None
    if match is None or name is None:
        raise Fault(400, f"There is nothing at “{path}”.", "invalidPath" if match is None else "noTarget")
    if name in READ_ONLY:
        raise Fault(400, f"“{name}” cannot be changed.", "mutability")
    if name == "members":
        resource["members"] = _members(resource.get("members", []), verb, match["value"], value)
    elif verb == "remove":
        if name == "userName":
            raise Fault(400, "“userName” is required.", "mutability")
        resource.pop(name, None)
    else:
        resource[name] = value


def _members(held: list[dict[str, Any]], verb: str, key: str | None, value: Any) -> list[dict[str, Any]]:
    named = value if isinstance(value, list) else [value] if value else []
    if verb == "remove":
        gone = {key} if key else {str(one.get("value")) for one in named if isinstance(one, dict)}
        return [one for one in held if one["value"] not in gone] if gone else []
    return named if verb == "replace" else [*held, *named]
