"""Ground (Nền tảng): what is given. Territory, registry, access, frameworks, catalogue, mandates, in that order."""
