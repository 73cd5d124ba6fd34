"""What this SCIM service can do, as it says itself: its configuration, its two kinds of resource, their schemas."""

from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
MOST_RESULTS = 200
ROOT = "/scim/v2"


def service() -> dict[str, Any]:
    """The ServiceProviderConfig."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Token",
                "description": "A token of an administrator with the scope scim, as a bearer token.",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{ROOT}/ServiceProviderConfig"},
    }


def resource_types() -> list[dict[str, Any]]:
    """Users and groups."""
    return [_resource_type("User", "/Users", USER), _resource_type("Group", "/Groups", GROUP)]


def _resource_type(name: str, endpoint: str, schema: str) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "schema": schema,
        "meta": {"resourceType": "ResourceType", "location": f"{ROOT}/ResourceTypes/{name}"},
    }


def schemas() -> list[dict[str, Any]]:
    """The attributes of users and groups that are kept here; a provider's others are passed over."""
    user = [
        _attribute("userName", required=True, caseExact=True, uniqueness="server", description="Login name."),
        _attribute("displayName", description="Full name."),
        _attribute("active", type="boolean", required=True, description="False suspends the account and its tokens."),
        _attribute(
            "groups", type="complex", multiValued=True, mutability="readOnly", description="Groups of the account.",
            subAttributes=[
                _attribute("value", mutability="readOnly", description="Id of the group."),
                _attribute("$ref", type="reference", mutability="readOnly", referenceTypes=["Group"], description="Address."),
                _attribute("display", mutability="readOnly", description="Name of the group."),
            ],
        ),
    ]  # fmt: skip
    group = [
        _attribute("displayName", required=True, caseExact=True, uniqueness="server", description="Name of the group."),
        _attribute(
            "members", type="complex", multiValued=True, description="Accounts in the group.",
            subAttributes=[
                _attribute("value", mutability="immutable", description="Id of the account."),
                _attribute("$ref", type="reference", mutability="immutable", referenceTypes=["User"], description="Address."),
            ],
        ),
    ]  # fmt: skip
    return [_schema(USER, "User", user), _schema(GROUP, "Group", group)]


def _schema(urn: str, name: str, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": urn,
        "name": name,
        "description": name,
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": f"{ROOT}/Schemas/{urn}"},
    }


def _attribute(name: str, **said: Any) -> dict[str, Any]:
    usual = {
        "type": "string", "multiValued": False, "required": False, "caseExact": False, "mutability": "readWrite",
        "returned": "default", "uniqueness": "none",
    }  # fmt: skip
    return {"name": name, **usual, **said}
