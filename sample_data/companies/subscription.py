"""The software company: customers who subscribe, grow, shrink, pause and leave, for reasons that its files show."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from companies import Company, Row, Rows, Sheet, days, moment, rate, say, subscription_texts

FIRST_DAY = dt.date(2023, 1, 1)
LAST_DAY = dt.date(2024, 12, 31)
RISE_DAY = dt.date(2024, 3, 1)
RISEN_PLAN = "Team"
RISEN_PRICE = 35
OFFER_FROM, OFFER_TO = dt.date(2024, 2, 1), dt.date(2024, 10, 20)


@dataclass(frozen=True)
class Channel:
    """Where customers come from: its share of new customers, what one costs, who leaves in a month."""

    name: str
    share: float
    cost: float
    leaving: float


@dataclass(frozen=True)
class Size:
    """A class of companies: its share, the seats it starts with, how often it adds and gives up seats in a month."""

    name: str
    share: float
    seats: tuple[int, int]
    grows: float
    shrinks: float
    leaving: float
    plans: tuple[float, float, float]


CHANNELS = (
    Channel("organic", 0.28, 1400.0, 0.027),
    Channel("paid_search", 0.24, 5200.0, 0.046),
    Channel("referral", 0.18, 800.0, 0.008),
    Channel("paid_social", 0.16, 7800.0, 0.105),
    Channel("partner", 0.14, 3100.0, 0.021),
)
CHANNEL_SHARES = [channel.share for channel in CHANNELS]
SIZES = (
    Size("1-10", 0.38, (2, 6), 0.020, 0.025, 1.2, (0.62, 0.36, 0.02)),
    Size("11-50", 0.32, (6, 20), 0.045, 0.022, 1.0, (0.30, 0.58, 0.12)),
    Size("51-200", 0.18, (15, 50), 0.080, 0.015, 0.75, (0.06, 0.56, 0.38)),
    Size("201+", 0.12, (40, 90), 0.140, 0.006, 0.4, (0.0, 0.2, 0.8)),
)
SIZE_SHARES = [size.share for size in SIZES]
PLANS = ("Starter", "Team", "Business")
PRICES = {"Starter": 15, "Team": 29, "Business": 49}
INDUSTRIES = ("retail", "manufacturing", "media", "education", "finance", "logistics")
REGIONS = ("North America", "Europe", "Asia Pacific", "Latin America")
REGION_SHARES = (0.42, 0.33, 0.15, 0.10)
SEASON = (1.1, 1.05, 1.1, 1.0, 1.0, 0.95, 0.9, 0.6, 1.15, 1.15, 1.1, 0.55)
GROWTH = 0.25
"""How much more sign-ups the second year has than the first."""

ANNUAL_DISCOUNT = 0.83
FEATURES = (
    ("login", 0.46),
    ("report_created", 0.17),
    ("dashboard_shared", 0.10),
    ("export", 0.11),
)
CONNECTED = 0.38
"""The share of customers who connect an integration in their first thirty days; they stay longer."""

PLATFORMS = ("web", "web", "web", "desktop", "mobile")
DIMENSIONS = (
    ("servqual.reliability", 6.3, -0.4),
    ("servqual.responsiveness", 6.0, -1.2),
    ("servqual.assurance", 5.8, -0.2),
    ("servqual.empathy", 5.3, -0.5),
    ("servqual.tangibles", 5.0, 0.3),
)

SHEETS = {
    "customers": Sheet(
        "customers.csv",
        ("customer_id", "signed_up_at", "channel", "plan", "industry", "region", "company_size"),
        1,
    ),
    "subscriptions": Sheet(
        "subscriptions.csv",
        (
            "subscription_id",
            "customer_id",
            "started_at",
            "ended_at",
            "plan",
            "interval",
            "seats",
            "mrr",
            "currency",
            "reason",
        ),
        2,
    ),
    "events": Sheet("events.csv", ("customer_id", "event", "occurred_at", "platform", "times"), 2),
    "tickets": Sheet(
        "tickets.csv",
        ("ticket_id", "customer_id", "opened_at", "first_response_at", "resolved_at", "category", "score", "comment"),
        2,
    ),
    "surveys": Sheet("surveys.csv", ("customer_id", "answered_at", "question", "score", "expected", "comment"), 1),
    "exits": Sheet("exits.csv", ("customer_id", "churned_at", "reason", "comment"), 1),
    "costs": Sheet("costs.csv", ("period", "channel", "cost"), 0),
    "assignments": Sheet("assignments.csv", ("customer_id", "experiment", "variant", "assigned_at"), 3),
}


def customers(draw: random.Random, first: int, count: int) -> Rows:
    """The rows of a run of customers, numbered in order of sign-up."""
    calendar = days(FIRST_DAY, LAST_DAY)
    weights = [_demand(day) * (0.35 if day.weekday() >= 5 else 1.0) for day in calendar]
    rows: Rows = {name: [] for name in SHEETS}
    for number, day in enumerate(sorted(draw.choices(calendar, weights, k=count)), first):
        _Customer(draw, rows, f"A{number:05d}", moment(draw, day)).live()
    return rows


def fixed(draw: random.Random, count: int) -> Rows:
    """What each channel cost each month: the price of the customers expected from it, give or take."""
    calendar = days(FIRST_DAY, LAST_DAY)
    whole = sum(_demand(day) for day in calendar)
    costs: list[Row] = []
    for month in sorted({day.replace(day=1) for day in calendar}):
        share = sum(_demand(day) for day in calendar if day.replace(day=1) == month) / whole
        for channel in CHANNELS:
            cost = count * share * channel.share * channel.cost * draw.uniform(0.9, 1.1)
            costs.append((f"{month:%Y-%m}", channel.name, f"{cost:.2f}"))
    return {"costs": costs}


def _demand(day: dt.date) -> float:
    return SEASON[day.month - 1] * (1 + GROWTH * (day.year - FIRST_DAY.year))


class _Customer:
    """One customer from sign-up to the day the data end, month of billing by month of billing."""

    def __init__(self, draw: random.Random, rows: Rows, id: str, signed_up: dt.datetime) -> None:
        self.draw = draw
        self.rows = rows
        self.id = id
        self.signed_up = signed_up
        (self.channel,) = draw.choices(CHANNELS, CHANNEL_SHARES)
        (self.size,) = draw.choices(SIZES, SIZE_SHARES)
        (self.plan,) = draw.choices(PLANS, self.size.plans)
        (region,) = draw.choices(REGIONS, REGION_SHARES)
        self.seats = draw.randint(*self.size.seats)
        self.is_annual = draw.random() < 0.24
        self.is_connected = draw.random() < CONNECTED
        self.use = draw.lognormvariate(0, 0.35)
        self.leaving = min(
            0.4,
            self.channel.leaving
            * self.size.leaving
            * (0.32 if self.is_connected else 1.4)
            * draw.lognormvariate(-0.05, 0.3),
        )
        self.price = self._list_price(signed_up.date())
        self.cause = ""
        self.term_from = 0
        """The month of the running stay in which the yearly interval began."""
        self.has_paused = False
        self.is_assigned = False
        self.is_annoyed = False
        self.subscriptions = 0
        self.tickets = 0
        self.since: dt.date | None = None
        """The day the running subscription began; None while there is none."""
        rows["customers"].append(
            (id, str(signed_up), self.channel.name, self.plan, draw.choice(INDUSTRIES), region, self.size.name)
        )

    def live(self) -> None:
        """Try the product, subscribe, and stay until leaving; some come back once after a pause."""
        draw = self.draw
        signed_up = self.signed_up.date()
        self._event("login", self.signed_up, 1)
        begin = signed_up + dt.timedelta(days=draw.choice((0, 0, 1, 3, 7, 10, 14, 14)))
        if self.is_connected:
            self._connect(signed_up + dt.timedelta(days=int(draw.random() * 26)))
        while begin <= LAST_DAY:
            left = self._subscribed(begin)
            if left is None or self.has_paused or draw.random() > 0.09:
                return
            self.has_paused = True
            self.cause = ""
            begin = left + dt.timedelta(days=draw.randint(35, 120))

    def _subscribed(self, begin: dt.date) -> dt.date | None:
        """One stay from begin: the day it ended, or None where it runs on when the data end."""
        self.since = begin
        self.price = self._list_price(begin)
        self.term_from = 0
        number = 0
        billed = begin
        while billed <= LAST_DAY:
            until = _month_after(begin, number + 1)
            if number:
                self._change(billed, number)
            self._may_leave(billed, until, number)
            self._use(billed, until)
            if self.cause and self._is_term(number + 1) and until <= LAST_DAY:
                self._end(until, self._exit(until))
                return until
            billed, number = until, number + 1
        if self.since <= LAST_DAY:
            self._row(None, "")
        return None

    def _is_term(self, number: int) -> bool:
        return not self.is_annual or (number - self.term_from) % 12 == 0

    def _change(self, day: dt.date, number: int) -> None:
        """What a new month of billing brings: a price, seats, another plan, the yearly interval, a late payment."""
        draw = self.draw
        is_renewal = self._is_term(number)
        before = (self.plan, self.seats, self.price, self.is_annual)
        if is_renewal:
            self.price = self._list_price(day)
        chance = draw.random()
        if chance < self.size.grows:
            self.seats += max(1, round(self.seats * draw.uniform(0.15, 0.45)))
        elif chance < self.size.grows + self.size.shrinks and self.seats > 1:
            self.seats -= max(1, round(self.seats * draw.uniform(0.15, 0.4)))
        chance = draw.random()
        place = PLANS.index(self.plan)
        if is_renewal and chance < 0.012 and place < 2:
            self.plan = PLANS[place + 1]
        elif is_renewal and chance > 0.993 and place > 0:
            self.plan = PLANS[place - 1]
        if self.plan != before[0]:
            self.price = self._list_price(day)
        if not self.is_annual and draw.random() < 0.008:
            self.is_annual, self.term_from = True, number
        if not self.is_annual and draw.random() < 0.011:
            self._end(day, "", before)
            self.since = day + dt.timedelta(days=draw.randint(2, 6))
        elif before != (self.plan, self.seats, self.price, self.is_annual) or (self.is_annual and is_renewal):
            self._end(day, "", before)
            self.since = day

    def _may_leave(self, billed: dt.date, until: dt.date, number: int) -> None:
        """Whether this is the last month, and why: the price, an answer that came late, or anything else."""
        draw = self.draw
        is_risen = self.plan == RISEN_PLAN and billed - dt.timedelta(days=31) < RISE_DAY <= until and self._is_old()
        if draw.random() < self.leaving * (1.25 if number < 4 else 0.8):
            self._leave(subscription_texts.cause(draw))
        if is_risen and not self.is_annual and draw.random() < (0.16 if billed < RISE_DAY else 0.10):
            self._leave("price")
        if draw.random() < 0.075:
            self._ticket(billed, until)
        if number and self._is_eligible(billed):
            self._offer(billed, number)
        elif draw.random() < 0.06:
            self._survey(billed)

    def _is_old(self) -> bool:
        return self.signed_up.date() < RISE_DAY

    def _is_eligible(self, billed: dt.date) -> bool:
        is_served_by_itself = self.size is not SIZES[-1]
        return is_served_by_itself and not self.is_annual and not self.is_assigned and OFFER_FROM <= billed <= OFFER_TO

    def _offer(self, billed: dt.date, number: int) -> None:
        """The experiment: a customer is offered a year at a discount, or is not."""
        draw = self.draw
        if draw.random() > 0.6:
            return
        self.is_assigned = True
        is_offered = draw.random() < 0.5
        at = moment(draw, billed + dt.timedelta(days=draw.randint(1, 5)))
        self.rows["assignments"].append((self.id, "annual_offer", "treatment" if is_offered else "control", str(at)))
        if draw.random() < (0.04 if is_offered else 0.12):
            self._leave(subscription_texts.cause(draw))
        elif is_offered and not self.cause and draw.random() < 0.3:
            before = (self.plan, self.seats, self.price, self.is_annual)
            self._end(at.date(), "", before)
            self.since, self.is_annual, self.term_from = at.date(), True, number

    def _leave(self, cause: str) -> None:
        self.cause = self.cause or cause

    def _ticket(self, billed: dt.date, until: dt.date) -> None:
        """A question; a slow first answer drives customers away, a fast one does not."""
        draw = self.draw
        opened = moment(draw, billed + dt.timedelta(days=int(draw.random() * (until - billed).days)))
        if opened.date() > LAST_DAY:
            return
        self.tickets += 1
        is_slow = draw.random() < 0.36
        hours = draw.uniform(25, 96) if is_slow else draw.uniform(0.2, 16)
        answered = opened + dt.timedelta(seconds=int(hours * 3600))
        resolved = answered + dt.timedelta(seconds=int(draw.uniform(0.2, 60) * 3600))
        score = rate(draw, 2.4 if is_slow else 4.2, 0.8, 5) if draw.random() < 0.65 else None
        topic = draw.choice(tuple(subscription_texts.TICKETS))
        self.rows["tickets"].append(
            (
                f"T{self.id[1:]}-{self.tickets}",
                self.id,
                str(opened),
                _until_the_end(answered),
                _until_the_end(resolved),
                topic,
                str(score) if score and resolved.date() <= LAST_DAY else "",
                say(draw, subscription_texts.TICKETS[topic]),
            )
        )
        if is_slow:
            self.is_annoyed = True
            if draw.random() < 0.36:
                self.cause = "service"

    def _use(self, billed: dt.date, until: dt.date) -> None:
        """Rows of use, about one a week; a customer about to leave uses the product less."""
        draw = self.draw
        pace = self.use * (0.4 if self.cause else 1.0)
        length = (until - billed).days
        for week in range(0, length, 7):
            for name, share in FEATURES:
                if draw.random() < share * pace:
                    day = billed + dt.timedelta(days=min(length - 1, week + int(draw.random() * 7)))
                    if day <= LAST_DAY:
                        self._event(name, moment(draw, day), 1 + int(24 * draw.random() ** 3))
        if draw.random() < 0.012 and billed > self.signed_up.date() + dt.timedelta(days=45):
            self._connect(billed + dt.timedelta(days=1))

    def _connect(self, day: dt.date) -> None:
        if day <= LAST_DAY:
            at = moment(self.draw, day)
            self._event("integration_connected", max(at, self.signed_up + dt.timedelta(minutes=9)), 1)

    def _event(self, name: str, at: dt.datetime, times: int) -> None:
        self.rows["events"].append(
            (self.id, name, str(at), PLATFORMS[int(self.draw.random() * len(PLATFORMS))], str(times))
        )

    def _survey(self, billed: dt.date) -> None:
        draw = self.draw
        at = moment(draw, billed + dt.timedelta(days=int(draw.random() * 20)))
        if at.date() > LAST_DAY:
            return
        mood = (1.4 if self.cause else 0.0) + (1.8 if self.is_annoyed else 0.0) + 10 * (self.leaving - 0.03)
        kind = draw.random()
        if kind < 0.6:
            score = rate(draw, 8.7 - 1.4 * mood, 1.5, 10, 0)
            self._answer(at, "nps", score, "", _comment(draw, (score >= 7) + (score >= 9)))
        elif kind < 0.78:
            score = rate(draw, 4.3 - 0.6 * mood, 0.8, 5)
            self._answer(at, "csat", score, "", _comment(draw, (score >= 3) + (score >= 4)))
        elif kind < 0.88:
            self._answer(at, "ces", rate(draw, 5.5 - 0.7 * mood, 1.1, 7), "", "")
        else:
            for question, expected, gap in DIMENSIONS:
                hoped = rate(draw, expected, 0.7, 7)
                felt = rate(draw, expected + gap - 0.4 * mood, 0.9, 7)
                self._answer(at, question, felt, str(hoped), "")

    def _answer(self, at: dt.datetime, question: str, score: int, expected: str, comment: str) -> None:
        self.rows["surveys"].append((self.id, str(at), question, str(score), expected, comment))

    def _exit(self, day: dt.date) -> str:
        """The reason given on leaving, empty where none was."""
        draw = self.draw
        if draw.random() > 0.62:
            return ""
        told = self.cause if draw.random() < 0.88 else subscription_texts.cause(draw)
        is_rise = told == "price" and self.plan == RISEN_PLAN and day >= RISE_DAY
        text = subscription_texts.RISE if is_rise else subscription_texts.EXITS[told]
        comment = say(draw, text) if draw.random() < 0.75 else ""
        self.rows["exits"].append((self.id, f"{day}", told, comment))
        return told

    def _end(self, day: dt.date, reason: str, before: tuple[str, int, int, bool] | None = None) -> None:
        if self.since is not None and self.since < day:
            self._row(day, reason, before)
        self.since = None

    def _row(self, ended: dt.date | None, reason: str, before: tuple[str, int, int, bool] | None = None) -> None:
        plan, seats, price, is_annual = before or (self.plan, self.seats, self.price, self.is_annual)
        self.subscriptions += 1
        mrr = seats * price * (ANNUAL_DISCOUNT if is_annual else 1.0)
        self.rows["subscriptions"].append(
            (
                f"S{self.id[1:]}-{self.subscriptions}",
                self.id,
                str(self.since),
                str(ended or ""),
                plan,
                "year" if is_annual else "month",
                str(seats),
                f"{mrr:.2f}",
                "USD",
                reason,
            )
        )

    def _list_price(self, day: dt.date) -> int:
        return RISEN_PRICE if self.plan == RISEN_PLAN and day >= RISE_DAY else PRICES[self.plan]


def _month_after(begin: dt.date, months: int) -> dt.date:
    month = begin.month - 1 + months
    return dt.date(begin.year + month // 12, month % 12 + 1, min(begin.day, 28))


def _comment(draw: random.Random, mood: int) -> str:
    return say(draw, subscription_texts.SURVEYS[mood]) if draw.random() < 0.4 else ""


def _until_the_end(at: dt.datetime) -> str:
    return str(at) if at.date() <= LAST_DAY else ""


COMPANY = Company("subscription", "utf-8", 20241242, 1200, SHEETS, "login", customers, fixed)
