"""Accounts and groups as SCIM resources, and what of a sent resource is kept here."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from chiakhoa.foundation.text import nfc
from chiakhoa.ground.access.groups import RoleGroup
from chiakhoa.ground.access.models import Account
from chiakhoa.ground.access.scim.description import GROUP, ROOT, USER
from chiakhoa.ground.access.scim.faults import Fault

USER_COLUMNS = {
    "id": "pk", "username": "login", "displayname": "full_name", "active": "is_active",
    "externalid": "provided__external_id", "groups": "groups__group", "groups.value": "groups__group",
}  # fmt: skip
GROUP_COLUMNS = {
    "id": "pk", "displayname": "name", "externalid": "external_id", "members": "members__account",
    "members.value": "members__account",
}  # fmt: skip


@dataclass(frozen=True)
class WantedUser:
    """What is kept of a sent user."""

    login: str
    full_name: str
    active: bool
    external_id: str


@dataclass(frozen=True)
class WantedGroup:
    """What is kept of a sent group; `members` are ids of accounts."""

    name: str
    external_id: str
    members: frozenset[int]


def key_of(kind: str, pk: int) -> str:
    """The id of a resource, unlike that of any other here: `u12` for a user, `g3` for a group."""
    return f"{kind[0].lower()}{pk}"


def pk_of(key: str, kind: str) -> int | None:
    """The row behind an id of that kind; None for what is no such id."""
    return int(key[1:]) if re.fullmatch(rf"{kind[0].lower()}[0-9]{{1,18}}", key) else None


def user(account: Account) -> dict[str, Any]:
    """The account as a SCIM user. A name that only repeats the login was never given."""
    provided = getattr(account, "provided", None)
    groups = [_link("Groups", row.group_id, row.group.name) for row in account.groups.all()]
    return _whole(
        "User", USER, account.pk, provided.external_id if provided else "",
        {
            "userName": account.login,
            "displayName": account.full_name if account.full_name != account.login else None,
            "active": account.is_active,
            "groups": groups or None,
        },
    )  # fmt: skip


def group(row: RoleGroup) -> dict[str, Any]:
    """The group as a SCIM group."""
    members = [_link("Users", member.account_id) for member in row.members.all()]
    return _whole("Group", GROUP, row.pk, row.external_id, {"displayName": row.name, "members": members or None})


def wanted_user(sent: dict[str, Any]) -> WantedUser:
    """What is kept of it. Fault where a value does not fit."""
    login = _text(sent, "userName", longest=80)
    if not login:
        raise Fault(400, "“userName” is required.", "invalidValue")
    active = sent.get("active", True)
    if isinstance(active, str) and active.lower() in ("true", "false"):
        active = active.lower() == "true"  # as one wide-spread provider sends it
    if not isinstance(active, bool):
        raise Fault(400, "“active” is true or false.", "invalidValue")
    return WantedUser(login, nfc(_text(sent, "displayName", longest=120)) or login, active, _text(sent, "externalId"))


def wanted_group(sent: dict[str, Any]) -> WantedGroup:
    """What is kept of it. Fault where a value does not fit."""
    name = _text(sent, "displayName")
    if not name:
        raise Fault(400, "“displayName” is required.", "invalidValue")
    members = sent.get("members") or []
    if not isinstance(members, list):
        raise Fault(400, "“members” must be a list.", "invalidValue")
    keys = [pk_of(str(one.get("value", "")), "User") if isinstance(one, dict) else None for one in members]
    found = frozenset(key for key in keys if key is not None)
    if None in keys:
        raise Fault(400, "Each member needs the “value” of a user.", "invalidValue")
    return WantedGroup(name, _text(sent, "externalId"), found)


def without(resource: dict[str, Any], only: set[str], besides: set[str]) -> dict[str, Any]:
    """The resource with the attributes asked for; `id` and `schemas` always come."""
    if only:
        return {name: value for name, value in resource.items() if name.lower() in only | {"id", "schemas"}}
    return {name: v for name, v in resource.items() if name.lower() not in besides - {"id", "schemas"}}


def _whole(kind: str, schema: str, pk: int, external_id: str, said: dict[str, Any]) -> dict[str, Any]:
    body = {"schemas": [schema], "id": key_of(kind, pk), "externalId": external_id or None, **said}
    body = {name: value for name, value in body.items() if value is not None}
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24]
    meta = {"resourceType": kind, "location": f"{ROOT}/{kind}s/{key_of(kind, pk)}", "version": f'W/"{digest}"'}
    return {**body, "meta": meta}


def _link(kind: str, pk: int, name: str = "") -> dict[str, str]:
    link = {"value": key_of(kind, pk), "$ref": f"{ROOT}/{kind}/{key_of(kind, pk)}"}
    return {**link, "display": name} if name else link


def _text(sent: dict[str, Any], name: str, longest: int = 200) -> str:
    value = sent.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise Fault(400, f"“{name}” must be text of at most {longest} letters.", "invalidValue")
    return value.strip()
