"""Credentials: prove it. Signing keys, certificates, revocation, public verification."""
