"""Run by test_kinds in the served province: a learner of their own, in a practice test of every item that is done in the page.

Prints the test's number, the place of each item, and the cookie of the learner's session.
"""

import json
import os
import sys
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "chiakhoa.site.settings"
django.setup()

from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from chiakhoa.foundation.readers import SYSTEM, Role  # noqa: E402
from chiakhoa.ground.access.models import Account, RoleAssignment  # noqa: E402
from chiakhoa.ground.registry.models import Person  # noqa: E402
from chiakhoa.measure.assessment import actions  # noqa: E402
from chiakhoa.measure.assessment.models import Answer, Item, Purpose  # noqa: E402

now = timezone.now()
person = Person.objects.filter(account__isnull=True, sittings__state="finished").first()
account = Account.objects.create_account(f"thu-{uuid4()}", None, full_name=person.full_name, person=person)
RoleAssignment.objects.create(account=account, role=Role.LEARNER, unit=person.unit)
sitting = actions.start(SYSTEM, person, Purpose.PRACTICE, at=now)
sitting.answers.all().delete()
places = {}
for place, item in enumerate(Item.objects.filter(kind__in=["short", "hotspot", "task"]), start=1):
    Answer.objects.create(sitting=sitting, item=item, position=place, a=item.a, b=item.b, c=item.c, shown_at=now)
    places[item.code] = place
client = Client()
client.force_login(account)
cookies = {name: cookie.value for name, cookie in client.cookies.items()}
sys.stdout.write(json.dumps({"sitting": str(sitting.pk), "places": places, "cookies": cookies}) + "\n")
