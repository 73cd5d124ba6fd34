"""Give learners of the province an account, a role and a session each, and write the session keys, a line each.

    CHIAKHOA_DATA=… CHIAKHOA_DATABASE=… python bench/sitting/people.py COUNT FILE

The rows are written in bulk past the actions: signing in is not what this bench measures.
"""

import os
import sys
from pathlib import Path

import django


def main(count: int, file: Path) -> None:
    """Write the rows, then the keys."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chiakhoa.site.settings")
    django.setup()
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from chiakhoa.foundation.readers import Role
    from chiakhoa.ground.access.models import Account, RoleAssignment
    from chiakhoa.ground.access.sessions import SessionStore
    from chiakhoa.ground.registry.models import Person

    people = list(Person.objects.filter(account__isnull=True).order_by("pk")[:count])
    if len(people) < count:
        sys.exit(f"the province has {len(people)} people without an account, {count} are needed")
    accounts = [Account(login=f"bench{p.pk}", full_name=p.full_name, person=p, password="!") for p in people]
    Account.objects.bulk_create(accounts, batch_size=500)
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(account=a, role=Role.LEARNER, unit_id=a.person.unit_id) for a in accounts], batch_size=500
    )
    keys = []
    for account in accounts:
        session = SessionStore()
        session[SESSION_KEY] = str(account.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = account.get_session_auth_hash()
        session.create()
        keys.append(session.session_key)
    file.write_text("\n".join(keys))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
