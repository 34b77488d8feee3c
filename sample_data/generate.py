"""Generates the sample exports: an online shop whose customers and orders have something true to find.

Run `python sample_data/generate.py` to write them again; the seed makes them the same every time.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SEED = 20240630
FIRST_DAY = dt.date(2023, 1, 1)
LAST_DAY = dt.date(2024, 6, 30)
CUSTOMERS = 2400


@dataclass(frozen=True)
class Channel:
    """Where customers come from: its share of new customers, and how well they stay."""

    name: str
    share: float
    loyalty: float


CHANNELS = (
    Channel("搜索", 0.34, 1.0),
    Channel("广告", 0.26, 0.72),
    Channel("推荐", 0.16, 1.45),
    Channel("门店", 0.14, 1.2),
    Channel("直播", 0.10, 0.5),
)
CITIES = ("上海", "北京", "广州", "深圳", "杭州", "成都", "武汉", "西安")
CATEGORIES = (("护肤", 89.0), ("彩妆", 129.0), ("洗护", 59.0), ("香氛", 269.0), ("食品", 45.0))
SEASON = (1.0, 0.75, 1.0, 0.95, 1.05, 1.2, 0.9, 0.95, 1.05, 1.1, 1.5, 1.15)


def customers(draw: random.Random) -> Iterator[tuple[str, dt.datetime, Channel, str]]:
    """Customers in order of sign-up: id, time, channel, city."""
    days = [FIRST_DAY + dt.timedelta(days=i) for i in range((LAST_DAY - FIRST_DAY).days + 1)]
    weights = [SEASON[day.month - 1] * (1.25 if day.weekday() >= 5 else 1.0) for day in days]
    for number, day in enumerate(sorted(draw.choices(days, weights, k=CUSTOMERS)), 1):
        (channel,) = draw.choices(CHANNELS, [each.share for each in CHANNELS])
        yield f"C{number:05d}", _at(draw, day), channel, draw.choice(CITIES)


def orders(draw: random.Random, signed_up: dt.datetime, channel: Channel) -> Iterator[tuple[dt.datetime, str, float]]:
    """One customer's orders: time, category, amount.

    The chance to come back falls with every month; from spring 2024 on, a members' day raises it.
    """
    taste = draw.lognormvariate(0, 0.5)
    moment = signed_up + dt.timedelta(minutes=draw.randint(3, 90))
    while moment.date() <= LAST_DAY:
        category, price = draw.choice(CATEGORIES)
        yield moment, category, round(price * draw.lognormvariate(0, 0.35), 2)
        months = (moment - signed_up).days / 30.4
        pull = channel.loyalty * taste * SEASON[moment.month - 1] * (1.15 if moment >= dt.datetime(2024, 3, 1) else 1.0)
        chance = min(0.93, 0.72 * pull / (1 + 0.06 * months))
        if draw.random() > 0.25 + 0.75 * chance:
            return
        gap = max(1.0, draw.gammavariate(1.6, 22 / math.sqrt(pull)))
        moment = _at(draw, (moment + dt.timedelta(days=gap)).date())


def _at(draw: random.Random, day: dt.date) -> dt.datetime:
    hour = draw.choices(range(24), [1, 1, 1, 1, 1, 1, 2, 3, 5, 8, 9, 8, 9, 8, 7, 7, 7, 8, 9, 11, 13, 12, 8, 4])[0]
    return dt.datetime.combine(day, dt.time(hour, draw.randrange(60), draw.randrange(60)))


def write(folder: Path) -> None:
    """Write 客户.csv and 订单.csv in GB18030, as a Chinese Excel saves them."""
    draw = random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with (folder / "客户.csv").open("w", encoding="gb18030", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["客户编号", "注册时间", "渠道", "城市"])
        for customer, signed_up, channel, city in customers(draw):
            sheet.writerow([customer, f"{signed_up:%Y-%m-%d %H:%M:%S}", channel.name, city])
            rows += [
                (moment, customer, category, amount) for moment, category, amount in orders(draw, signed_up, channel)
            ]
    with (folder / "订单.csv").open("w", encoding="gb18030", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["订单编号", "客户编号", "下单时间", "商品类别", "实付金额"])
        for number, (moment, customer, category, amount) in enumerate(sorted(rows), 1):
            sheet.writerow([f"D{number:06d}", customer, f"{moment:%Y-%m-%d %H:%M:%S}", category, f"{amount:.2f}"])


if __name__ == "__main__":
    write(Path(__file__).parent / "shop")
