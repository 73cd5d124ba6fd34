"""SCIM 2.0 (RFC 7643, RFC 7644): an identity provider keeps accounts and groups here.

`description` says what there is, `resources` turns rows into SCIM and back, `filters` and `patch` are the two small languages,
`actions` writes, `views` answers.
"""
