"""Delivery: do it. Classes, enrolment and waiting list, attendance claims, pre- and post-tests."""
