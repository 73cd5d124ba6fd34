"""Six domain scores at a standard error of 0.45 on a 240-item bank: questions and coverage, of the same people.

The engine's one test of correlated domains, six separate Bayesian tests, six catsim tests; then with wrong assumptions, and
Pix's rule: 32 questions and one number for all.
"""

from dataclasses import dataclass

import numpy as np
from catsim import irt
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank
from catsim.selection import MaxInfoSelector
from catsim.stopping import MinErrorStopper
from people import DOMAINS, Floats, alike, bank_of_six
from report import goal, heading, line

from chiakhoa.engines.irt import Blueprint, Items, Prior, assume_density, choose, grade, interval, probability
from chiakhoa.engines.irt.simulate import answers, draw, learn, sittings

SEED, PEOPLE, THEIR_PEOPLE = 3, 2_000, 200
TARGET, TRUE = 0.45, 0.7
PIX_LENGTH = 32
CUTS = np.array([-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5])


@dataclass(frozen=True)
class Scored:
    """What a way of testing said: questions (P,), mean and standard error (P, D), and the truth."""

    questions: Floats
    mean: Floats
    se: Floats
    theta: Floats

    def coverage(self) -> Floats:
        """Share of 95 % intervals (D,) that hold the truth."""
        low, high = interval(self.mean, self.se)
        return ((low <= self.theta) & (self.theta <= high)).mean(axis=0)

    def tell(self, name: str) -> None:
        """Print the figures."""
        held, error = self.coverage(), self.mean - self.theta
        exact = (grade(self.mean, CUTS) == grade(self.theta, CUTS)).mean()
        near = (np.abs(grade(self.mean, CUTS) - grade(self.theta, CUTS)) <= 1).mean()
        line(
            name, questions=float(self.questions.mean()), rmse=float(np.sqrt((error**2).mean())),
            coverage=f"{held.mean():.3f} ({held.min():.3f} to {held.max():.3f})", level=float(exact), within_one=float(near),
            at_target=float((self.se <= TARGET).all(axis=1).mean()),
        )  # fmt: skip


def drawn() -> tuple[Items, Floats]:
    """The bank and the people."""
    return bank_of_six(240, SEED), draw(PEOPLE, alike(TRUE), SEED)


def right_prior() -> None:
    """One test of six domains beside six tests."""
    heading(f"Six scores at SE {TARGET}, 240 items, {PEOPLE} people ({THEIR_PEOPLE} for catsim), seed {SEED}")
    bank, theta = drawn()
    one, six = engine(bank, theta, alike(TRUE), len(bank)), engine(bank, theta, alike(0.0), len(bank))
    theirs = six_catsim_tests(bank, theta[:THEIR_PEOPLE])
    one.tell("engine, correlated domains")
    engine(bank, theta, alike(TRUE), len(bank), best=4).tell("  the same, chance among four items")
    six.tell("six separate Bayesian tests")
    theirs.tell("six catsim tests")
    shares = one.questions.mean() / theirs.questions.mean(), one.questions.mean() / six.questions.mean()
    goal(f"{100 * shares[0]:.0f} % of catsim's questions, goal 40", shares[0] <= 0.40)
    goal(f"{100 * shares[1]:.0f} % of the separate tests' questions, goal 60", shares[1] <= 0.60)
    held = one.coverage().mean()
    goal(f"{100 * held:.1f} % of intervals hold, goal 93 to 97", 0.93 <= held <= 0.97)


def wrong_priors() -> None:
    """What coverage becomes where the assumptions are wrong, and after the population is learned from the answers."""
    heading(
        f"The same with wrong assumptions ({TRUE} and mean 0 are true unless said), and once the population is learned"
    )
    bank, _theta = drawn()
    for name, assumed, mean in (
        ("0.5 assumed", 0.5, 0.0),
        ("0.85 assumed", 0.85, 0.0),
        ("all people 0.7 abler", TRUE, 0.7),
        ("0.85 assumed, people 0.7 less able", 0.85, -0.7),
    ):
        theta = draw(PEOPLE, alike(TRUE, mean), SEED)
        found = learn(theta, bank, alike(assumed), blueprint(len(bank)), SEED)
        before, after = found.assumed.coverage, found.learned.coverage
        line(
            name, questions=f"{found.assumed.length_mean:.1f} -> {found.learned.length_mean:.1f}",
            coverage=f"{before.mean():.3f} ({before.min():.3f}) -> {after.mean():.3f} ({after.min():.3f})",
        )  # fmt: skip
        goal("once learned, 93 to 97 % of intervals hold", 0.93 <= after.mean() <= 0.97)


def one_number_for_all() -> None:
    """Pix's rule beside the engine's test of the same length."""
    heading(f"{PIX_LENGTH} questions: one number for all domains beside six scores")
    bank, theta = drawn()
    one, ours = one_number(bank, theta), engine(bank, theta, alike(TRUE), PIX_LENGTH)
    one.tell("one number (Pix's rule)")
    ours.tell("engine, six scores")
    better = np.sqrt(((ours.mean - ours.theta) ** 2).mean() / ((one.mean - one.theta) ** 2).mean())
    goal(f"error {100 * better:.0f} % of that of one number", better < 1)


def blueprint(length: int) -> Blueprint:
    """At least two items of each domain, and as many as the precision needs."""
    return Blueprint(np.full(DOMAINS, 2), length, np.full(DOMAINS, TARGET))


def engine(bank: Items, theta: Floats, prior: Prior, length: int, best: int = 1) -> Scored:
    """The engine's test under a prior; the single best item, as catsim takes it, unless chance is to pick among some."""
    sat = sittings(theta, bank, prior, blueprint(length), SEED, best=best)
    assert (~np.isnan(answers(sat, len(bank)))).sum() == sat.length.sum()
    return Scored(sat.length.astype(float), sat.mean, np.sqrt(np.diagonal(sat.cov, axis1=1, axis2=2)), theta)


def one_number(bank: Items, theta: Floats) -> Scored:
    """The most informative 32 items for one ability that is meant to stand for all domains; its error is the error of each."""
    single = Items(np.zeros(len(bank)), bank.a, bank.b, bank.c)
    people, chance = len(theta), np.random.default_rng(SEED)
    mean, cov = np.zeros((people, 1)), np.ones((people, 1, 1))
    shown, who = np.zeros((people, len(bank)), dtype=bool), np.arange(people)
    plan = Blueprint(np.zeros(1, dtype=int), PIX_LENGTH, np.full(1, 0.01))
    for _ in range(PIX_LENGTH):
        item = choose(mean, cov, single, shown, plan, chance.random(people))
        asked = bank.take(item)
        p = probability(theta[who, asked.domain], asked.a, asked.b, asked.c)
        right = (chance.random(people) < p).astype(float)
        mean, cov = assume_density(mean, cov, np.zeros(people, dtype=int), asked.a, asked.b, asked.c, right)
        shown[who, item] = True
    se = np.sqrt(cov[:, :, 0])
    return Scored(np.full(people, float(PIX_LENGTH)), np.repeat(mean, DOMAINS, 1), np.repeat(se, DOMAINS, 1), theta)


def six_catsim_tests(bank: Items, theta: Floats) -> Scored:
    """A catsim test a domain: most information, most likelihood, until its standard error is at the target."""
    out = np.zeros((3, *theta.shape))
    for domain in range(DOMAINS):
        own = bank.take(np.flatnonzero(bank.domain == domain))
        table = ItemBank(np.column_stack([own.a, own.b, own.c, np.ones(len(own))]))
        for person, true in enumerate(theta[:, domain]):
            out[:, person, domain] = _catsim_test(
                table, own, float(true), np.random.default_rng([SEED, person, domain])
            )
    return Scored(out[0].sum(axis=1), out[1], out[2], theta)


def _catsim_test(table: ItemBank, own: Items, true: float, chance: np.random.Generator) -> tuple[float, float, float]:
    """Questions, estimate and standard error of one test of one person."""
    selector, estimator, stopper = MaxInfoSelector(), NumericalSearchEstimator(), MinErrorStopper(TARGET)
    theta, had, said = 0.0, list[int](), list[bool]()
    while len(had) < len(own):
        had.append(int(selector.select(item_bank=table, administered_items=had, est_theta=theta)))
        p = probability(np.array(true), own.a[had[-1]], own.b[had[-1]], own.c[had[-1]])
        said.append(bool(chance.random() < p))
        theta = float(
            estimator.estimate(item_bank=table, administered_items=had, response_vector=said, est_theta=theta)
        )
        if stopper.stop(administered_items=table.get_items(had), theta=theta):
            break
    return len(had), theta, float(irt.see(theta, table.get_items(had)))
