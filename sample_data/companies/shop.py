"""The online shop: customers who come back or stay away, for reasons that its files show."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from companies import Company, Rows, Sheet, days, later, moment, rate, say, shop_texts

FIRST_DAY = dt.date(2023, 1, 1)
LAST_DAY = dt.date(2024, 6, 30)
FEE_DAY = dt.date(2024, 1, 15)
FEE_CITIES = ("成都", "西安")
SILENT_DAYS = 90
WINDOW = 30


@dataclass(frozen=True)
class Channel:
    """Where customers come from: its share of new customers, who never come back, who leaves in a month."""

    name: str
    share: float
    once: float
    leaving: float


CHANNELS = (
    Channel("搜索", 0.34, 0.36, 0.090),
    Channel("广告", 0.26, 0.46, 0.125),
    Channel("推荐", 0.16, 0.20, 0.042),
    Channel("门店", 0.14, 0.29, 0.065),
    Channel("直播", 0.10, 0.57, 0.190),
)
SHARES = [channel.share for channel in CHANNELS]
CITIES = ("上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "西安")
CITY_SHARES = (0.15, 0.13, 0.11, 0.11, 0.11, 0.15, 0.11, 0.13)
CATEGORIES = (("护肤", 89.0), ("彩妆", 129.0), ("洗护", 59.0), ("香氛", 269.0), ("食品", 45.0))
SEASON = (1.0, 0.70, 1.0, 0.95, 1.05, 1.2, 0.9, 0.95, 1.05, 1.1, 1.55, 1.15)
DEVICES = ("手机", "手机", "手机", "小程序", "小程序", "电脑")
LANDINGS = ("首页", "首页", "商品页", "商品页", "活动页", "搜索页")
DIMENSIONS = (
    ("servqual.reliability", 6.2, -0.5),
    ("servqual.responsiveness", 6.0, -1.1),
    ("servqual.assurance", 5.8, -0.3),
    ("servqual.empathy", 5.5, -0.4),
    ("servqual.tangibles", 5.2, 0.2),
)

FAVOURED = 0.34
"""The share of customers who put something on their list of favourites on their first day; they stay longer."""

SHEETS = {
    "customers": Sheet("客户.csv", ("客户编号", "注册时间", "渠道", "城市"), 1),
    "orders": Sheet("订单.csv", ("订单编号", "客户编号", "下单时间", "商品类别", "实付金额", "运费", "币种"), 2),
    "events": Sheet("行为.csv", ("客户编号", "行为", "行为时间", "设备", "页面"), 2),
    "tickets": Sheet(
        "工单.csv", ("工单编号", "客户编号", "创建时间", "首次响应时间", "解决时间", "问题类型", "满意度", "内容"), 2
    ),
    "surveys": Sheet("问卷.csv", ("客户编号", "填写时间", "题目", "得分", "期望", "意见"), 1),
    "exits": Sheet("流失原因.csv", ("客户编号", "流失时间", "原因", "说明"), 1),
}


def customers(draw: random.Random, first: int, count: int) -> Rows:
    """The rows of a run of customers, numbered in order of sign-up."""
    calendar = days(FIRST_DAY, LAST_DAY)
    weights = [SEASON[day.month - 1] * (1.25 if day.weekday() >= 5 else 1.0) for day in calendar]
    rows: Rows = {name: [] for name in SHEETS}
    for number, day in enumerate(sorted(draw.choices(calendar, weights, k=count)), first):
        _Customer(draw, rows, f"C{number:05d}", moment(draw, day)).live()
    return rows


class _Customer:
    """One customer from sign-up to the day they leave or the data end."""

    def __init__(self, draw: random.Random, rows: Rows, id: str, signed_up: dt.datetime) -> None:
        self.draw = draw
        self.rows = rows
        self.id = id
        self.signed_up = signed_up
        (self.channel,) = draw.choices(CHANNELS, SHARES)
        (self.city,) = draw.choices(CITIES, CITY_SHARES)
        self.is_fond = draw.random() < FAVOURED
        self.device = draw.choice(DEVICES)
        taste = draw.lognormvariate(0, 0.3) * (0.5 if self.is_fond else 1.1)
        self.once = min(0.9, self.channel.once * taste**0.7)
        self.leaving = min(0.7, self.channel.leaving * taste)
        self.orders = 0
        self.last_seen = signed_up.date()
        self.leaves_on: dt.date | None = None
        self.cause = ""
        self.is_annoyed = False
        rows["customers"].append((id, str(signed_up), self.channel.name, self.city))

    def live(self) -> None:
        """Visit and order window by window; tell why they left, if asked."""
        self._first_visit()
        start = self.signed_up.date()
        number = 0
        while self.leaves_on is None and start <= LAST_DAY:
            self._window(start, number)
            start += dt.timedelta(days=WINDOW)
            number += 1
        if self.leaves_on is not None:
            self._exit()

    def _first_visit(self) -> None:
        draw = self.draw
        self._session(self.signed_up + dt.timedelta(seconds=40), wants=0.95)
        if self.is_fond:
            self._event("收藏", later(draw, self.signed_up), "商品页")
        if draw.random() < self.once:
            self._leave(self.signed_up.date(), shop_texts.cause(draw))

    def _window(self, start: dt.date, number: int) -> None:
        draw = self.draw
        if number > 0 and draw.random() < self.leaving * (1.15 if number < 4 else 0.7):
            self._leave(start + dt.timedelta(days=int(draw.random() * 10)), shop_texts.cause(draw))
        if start <= FEE_DAY < start + dt.timedelta(days=WINDOW) and self.city in FEE_CITIES and draw.random() < 0.36:
            self._leave(FEE_DAY + dt.timedelta(days=int(draw.random() * 12)), "价格")
        pull = min(0.97, (0.84 + 0.1 * self.is_fond) * SEASON[start.month - 1] ** 0.5)
        visits = 1 + int(draw.expovariate(2.1 / SEASON[start.month - 1])) if draw.random() < pull else 0
        opened = 1 if number == 0 else 0
        for day in sorted(opened + int(draw.random() * (WINDOW - opened)) for _ in range(visits)):
            on = start + dt.timedelta(days=day)
            if on > LAST_DAY or (self.leaves_on and on > self.leaves_on):
                return
            self._session(moment(draw, on), wants=0.78)
        if draw.random() < 0.075 and visits:
            self._survey()

    def _session(self, at: dt.datetime, wants: float) -> None:
        draw = self.draw
        self.last_seen = at.date()
        self._event("访问", at, draw.choice(LANDINGS))
        chance = draw.random()
        if chance < wants + 0.12:
            at = later(draw, at)
            self._event("加购", at, "商品页")
            if not self.is_fond and draw.random() < 0.03 and at.date() > self.signed_up.date() + dt.timedelta(days=45):
                self._event("收藏", at, "商品页")
        if chance < wants:
            if draw.random() < 0.15:
                at = later(draw, at)
                self._event("使用优惠券", at, "购物车")
            at = later(draw, at)
            self._event("下单", at, "购物车")
            self._order(at)

    def _event(self, name: str, at: dt.datetime, page: str) -> None:
        device = self.device if self.draw.random() < 0.85 else "电脑"
        self.rows["events"].append((self.id, name, str(at), device, page))

    def _order(self, at: dt.datetime) -> None:
        draw = self.draw
        category, price = draw.choice(CATEGORIES)
        fee = 12 if at.date() >= FEE_DAY and self.city in FEE_CITIES else 0
        amount = price * draw.lognormvariate(0, 0.35) + fee
        self.orders += 1
        self.rows["orders"].append(
            (f"D{self.id[1:]}-{self.orders}", self.id, str(at), category, f"{amount:.2f}", str(fee), "CNY")
        )
        if draw.random() < 0.085:
            self._ticket(at)

    def _ticket(self, ordered: dt.datetime) -> None:
        """A question after an order; a slow first answer drives customers away, a fast one does not."""
        draw = self.draw
        opened = moment(draw, ordered.date() + dt.timedelta(days=1 + int(draw.random() * 3)))
        if opened.date() > LAST_DAY:
            return
        is_slow = draw.random() < 0.4
        hours = draw.uniform(25, 80) if is_slow else draw.uniform(0.2, 14)
        answered = opened + dt.timedelta(seconds=int(hours * 3600))
        resolved = answered + dt.timedelta(seconds=int(draw.uniform(0.1, 30) * 3600))
        score = rate(draw, 2.3 if is_slow else 4.1, 0.8, 5) if draw.random() < 0.6 else None
        topic = draw.choice(tuple(shop_texts.TICKETS))
        self.rows["tickets"].append(
            (
                f"G{self.id[1:]}-{self.orders}",
                self.id,
                str(opened),
                _until_the_end(answered),
                _until_the_end(resolved),
                topic,
                str(score) if score and resolved.date() <= LAST_DAY else "",
                say(draw, shop_texts.TICKETS[topic]),
            )
        )
        self.last_seen = max(self.last_seen, opened.date())
        if is_slow:
            self.is_annoyed = True
            if draw.random() < 0.42:
                self._leave(answered.date(), "服务")

    def _survey(self) -> None:
        draw = self.draw
        at = moment(draw, self.last_seen + dt.timedelta(days=1 + int(draw.random() * 3)))
        if at.date() > LAST_DAY:
            return
        mood = (1.4 if self.leaves_on else 0.0) + (1.8 if self.is_annoyed else 0.0) + 6 * (self.leaving - 0.08)
        kind = draw.random()
        if kind < 0.55:
            score = rate(draw, 8.6 - 1.5 * mood, 1.6, 10, 0)
            self._answer(at, "nps", score, "", _comment(draw, (score >= 7) + (score >= 9)))
        elif kind < 0.8:
            score = rate(draw, 4.3 - 0.6 * mood, 0.8, 5)
            self._answer(at, "csat", score, "", _comment(draw, (score >= 3) + (score >= 4)))
        elif kind < 0.9:
            self._answer(at, "ces", rate(draw, 5.4 - 0.7 * mood, 1.1, 7), "", "")
        else:
            for question, expected, gap in DIMENSIONS:
                hoped = rate(draw, expected, 0.7, 7)
                felt = rate(draw, expected + gap - 0.4 * mood, 0.9, 7)
                self._answer(at, question, felt, str(hoped), "")

    def _answer(self, at: dt.datetime, question: str, score: int, expected: str, comment: str) -> None:
        self.rows["surveys"].append((self.id, str(at), question, str(score), expected, comment))

    def _leave(self, day: dt.date, cause: str) -> None:
        if self.leaves_on is None or day < self.leaves_on:
            self.leaves_on, self.cause = day, cause

    def _exit(self) -> None:
        """The call after ninety days of silence, which not everyone answers."""
        draw = self.draw
        called = moment(draw, self.last_seen + dt.timedelta(days=SILENT_DAYS + int(draw.random() * 6)))
        if called.date() > LAST_DAY or draw.random() > 0.62:
            return
        told = self.cause if draw.random() < 0.86 else shop_texts.cause(draw)
        is_fee = told == "价格" and self.city in FEE_CITIES and called.date() > FEE_DAY + dt.timedelta(days=SILENT_DAYS)
        comment = say(draw, shop_texts.FEE if is_fee else shop_texts.EXITS[told]) if draw.random() < 0.75 else ""
        self.rows["exits"].append((self.id, str(called), told, comment))


def _comment(draw: random.Random, mood: int) -> str:
    return say(draw, shop_texts.SURVEYS[mood]) if draw.random() < 0.4 else ""


def _until_the_end(at: dt.datetime) -> str:
    return str(at) if at.date() <= LAST_DAY else ""


def fixed(draw: random.Random, count: int) -> Rows:
    """Nothing: every row of the shop belongs to a customer."""
    return {}


COMPANY = Company("shop", "gb18030", 20240630, 2400, SHEETS, "访问", customers, fixed)
