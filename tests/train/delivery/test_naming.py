"""Named seats: a plan that is published says for whom its seats are, by what each would gain; the rest is held or waited for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from chiakhoa.ground.catalogue.models import Course, CourseGain
from chiakhoa.ground.frameworks.models import Competence, Domain, Framework, ProfileVersion, RequiredGrade
from chiakhoa.measure.evidence.models import CompetenceState, DomainEstimate
from chiakhoa.train.delivery import actions, queries
from chiakhoa.train.delivery.models import Enrolment, NamedSeat, TrainingClass
from chiakhoa.train.planning.models import Plan, PlannedClass, PlannedGroup
