"""A job waits, runs under a lease, is tried three times, and then stands among the failed until somebody tries it again."""

from datetime import timedelta

import pytest

from chiakhoa.foundation import clock, jobs
from chiakhoa.foundation.actions import action
from chiakhoa.foundation.models import Job, JobState
from chiakhoa.foundation.readers import SYSTEM, Role

pytestmark = pytest.mark.django_db

ran: list[str] = []


@action(Role.ADMINISTRATOR)
def ask(actor, name, *, at, **arguments):
    """Ask for a task."""
    return jobs.enqueue(actor, name, "a label", at=at, **arguments)


@action(Role.ADMINISTRATOR)
def ask_and_fail(actor, *, at):
    """Ask for a task, then fail."""
    jobs.enqueue(actor, "works", "a label", at=at, word="tea")
    raise ValueError("the power went")


@action(Role.ADMINISTRATOR)
def ask_again(actor, job, *, at):
    """Give a failed job its tries back."""
    jobs.try_again(actor, job, at=at)


@pytest.fixture(autouse=True)
def tasks(monkeypatch):
    """Two tasks: one that works and says how far it is, one that always fails."""
    ran.clear()

    def works(reader, report, *, word):
        report(1, 2, "half way")
        ran.append(word)
        return f"/{word}/"

    def fails(reader, report):
        ran.append("failed")
        raise ValueError("the file has no sheet")

    monkeypatch.setitem(jobs.TASKS, "works", works)
    monkeypatch.setitem(jobs.TASKS, "fails", fails)


@pytest.fixture
def at():
    return clock.now()


def test_a_job_runs_and_leads_to_its_result(at):
    job = ask(SYSTEM, "works", at=at, word="tea")
    assert jobs.work(once=True) == 1
    job.refresh_from_db()
    assert (job.state, job.result_url, job.done, job.total, job.message) == (JobState.DONE, "/tea/", 1, 2, "half way")
    assert ran == ["tea"]


def test_an_unknown_task_is_refused_by_name(at):
    with pytest.raises(KeyError, match="no task 'sow'"):
        ask(SYSTEM, "sow", at=at)


def test_a_job_of_an_action_that_fails_was_never_asked_for(at):
    with pytest.raises(ValueError, match="the power went"):
        ask_and_fail(SYSTEM, at=at)
    assert jobs.work(once=True) == 0


def test_a_failing_job_is_tried_three_times_then_stands_among_the_failed_with_its_reason(at):
    job = ask(SYSTEM, "fails", at=at)
    assert jobs.work(once=True) == jobs.TRIES == len(ran)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "the file has no sheet" in job.error


def test_a_job_that_can_do_nothing_now_is_put_off_behind_the_others_and_never_given_up(at, monkeypatch):
    def waits(reader, report):
        ran.append("later")
        raise jobs.Later(timedelta(minutes=5), "the server is away")

    monkeypatch.setitem(jobs.TASKS, "waits", waits)
    put_off, other = ask(SYSTEM, "waits", at=at), ask(SYSTEM, "works", at=at, word="tea")
    assert jobs.work(once=True) == 2
    put_off.refresh_from_db()
    other.refresh_from_db()
    assert (put_off.state, put_off.attempts, put_off.error) == (JobState.READY, 0, "the server is away")
    assert other.state == JobState.DONE
    assert jobs.claim(clock.now()) is None
    assert jobs.claim(clock.now() + timedelta(minutes=6)).pk == put_off.pk


def test_a_failed_job_tried_again_has_all_its_tries(at):
    job = ask(SYSTEM, "fails", at=at)
    jobs.work(once=True)
    ask_again(SYSTEM, job, at=at)
    assert jobs.work(once=True) == jobs.TRIES
    assert len(ran) == 2 * jobs.TRIES


def test_a_failing_job_does_not_hold_up_the_others(at):
    ask(SYSTEM, "fails", at=at)
    other = ask(SYSTEM, "works", at=at, word="rice")
    jobs.work(once=True)
    other.refresh_from_db()
    assert other.state == JobState.DONE


def test_a_job_under_a_lease_is_nobody_elses(at):
    ask(SYSTEM, "works", at=at, word="tea")
    assert jobs.claim(at)
    assert jobs.claim(at + jobs.LEASE) is None


def test_a_job_whose_worker_fell_silent_is_taken_over(at):
    job = ask(SYSTEM, "works", at=at, word="tea")
    jobs.claim(at)
    again = jobs.claim(at + jobs.LEASE + timedelta(seconds=1))
    assert again
    assert (again.pk, again.attempts) == (job.pk, 2)


def test_without_an_end_of_its_lease_the_job_of_a_killed_worker_would_run_for_ever(at, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(days=36_500))
    ask(SYSTEM, "works", at=at, word="tea")
    jobs.claim(at)
    assert jobs.claim(at + timedelta(days=365)) is None
    assert Job.objects.get().state == JobState.RUNNING


def test_a_job_that_kills_every_worker_is_given_up_after_three(at):
    job = ask(SYSTEM, "works", at=at, word="tea")
    for step in range(jobs.TRIES + 1):
        jobs.claim(at + step * (jobs.LEASE + timedelta(seconds=1)))
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "the worker stopped three times" in job.error
