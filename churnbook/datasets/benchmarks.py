"""The published benchmarks that come with Churnbook: where they lie, and what metrics and industries are called.

published/benchmarks.csv and metrics.csv are kept as they were collected, with their sources (published/README.md);
reading.csv says of each row how it was counted, whom it holds for and over what it is measured, and industries.csv
which wider industries are looked at beside one.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from churnbook.words.language import N_

FOLDER = Path(__file__).parent / "published"
BENCHMARKS, METRICS, READING, INDUSTRIES = (
    FOLDER / f"{name}.csv" for name in ("benchmarks", "metrics", "reading", "industries")
)

METRIC_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "logo_churn_rate": N_("Customer churn rate"),
        "gross_revenue_churn_rate": N_("Gross revenue churn rate"),
        "gross_revenue_retention": N_("Gross revenue retention (GRR)"),
        "net_revenue_retention": N_("Net revenue retention (NRR)"),
        "customer_retention_rate": N_("Customer retention rate"),
        "renewal_rate": N_("Renewal rate"),
        "cohort_retention": N_("Cohort retention"),
        "cohort_churn": N_("Cohort churn"),
        "net_churn_rate": N_("Net churn rate (returns subtracted)"),
        "voluntary_churn_rate": N_("Voluntary churn rate"),
        "involuntary_churn_rate": N_("Involuntary churn rate"),
        "involuntary_churn_share": N_("Share of involuntary churn"),
        "churn_reason_share": N_("Share of a churn reason"),
        "save_offer_acceptance": N_("Save offers accepted"),
        "winback_rate": N_("Win-back rate"),
        "reactivation_rate": N_("Reactivation rate"),
        "resubscriber_share_of_gross_adds": N_("Returning among new subscribers"),
        "switching_rate": N_("Switched provider (survey)"),
        "switching_intent": N_("Intend to switch (survey)"),
        "app_retention": N_("App retention"),
        "product_user_retention": N_("Monthly retention of product users"),
        "repeat_purchase_rate": N_("Repeat purchase rate"),
        "next_order_probability": N_("Next-order probability"),
        "spend_share_first_30_days": N_("Share of spend in the first 30 days"),
        "conversion_rate": N_("Conversion rate"),
        "add_to_cart_rate": N_("Add-to-cart rate"),
        "cart_to_checkout_rate": N_("Cart-to-checkout rate"),
        "checkout_completion_rate": N_("Checkout completion rate"),
        "cart_abandonment_rate": N_("Cart abandonment rate"),
        "cart_abandon_reason_share": N_("Reasons for leaving a cart (survey)"),
        "average_order_value": N_("Average order value"),
        "ltv_cac_ratio": N_("LTV : CAC"),
        "cac_payback_months": N_("CAC payback"),
        "cac_ratio": N_("CAC ratio"),
        "quick_ratio": N_("Quick ratio"),
        "nps": N_("Net promoter score (NPS)"),
        "csat": N_("Customer satisfaction (CSAT)"),
        "satisfaction_index": N_("Satisfaction index"),
        "first_response_time": N_("First response time"),
        "first_contact_resolution": N_("First contact resolution"),
        "service_return_rate": N_("Service return rate"),
        "service_channel_share": N_("Share of a service channel"),
        "brand_repurchase_rate": N_("Brand repurchase rate"),
        "brand_repurchase_intent": N_("Brand repurchase intent"),
        "retention_profit_uplift": N_("Profit from better retention (claims)"),
        "retention_marketing_cost_reduction": N_("Marketing cost saved by retention (claims)"),
        "acquisition_vs_retention_cost": N_("Cost of winning against keeping (claims)"),
        "customer_retention_uplift": N_("Retention gained by a programme (claims)"),
        "inactivity_window_days": N_("Days until a shopper counts as lost"),
    }
)
"""By the id of metrics.csv, what a metric is called."""

INDUSTRY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "saas_b2b": N_("Business software (B2B SaaS)"),
        "saas_b2c": N_("Consumer software (B2C SaaS)"),
        "saas_all": N_("Software as a service, all"),
        "saas_ai_native": N_("AI-native software"),
        "saas_smb_commerce": N_("Software for small merchants"),
        "subscription_all": N_("Online subscriptions, all"),
        "subscription_box": N_("Subscription boxes"),
        "mobile_subscription_apps": N_("Apps sold by subscription"),
        "mobile_apps": N_("Mobile apps"),
        "mobile_games": N_("Mobile games"),
        "media_streaming": N_("Video streaming"),
        "media_news": N_("News subscriptions"),
        "media_all": N_("Media, all"),
        "telecom": N_("Telecom"),
        "ecommerce": N_("E-commerce"),
        "retail": N_("Retail"),
        "retail_membership": N_("Membership retail"),
        "auto_aftersales": N_("Car after-sales service"),
        "automotive": N_("Automotive"),
        "banking": N_("Banking"),
        "insurance": N_("Insurance"),
        "financial_services": N_("Financial services"),
        "fitness_clubs": N_("Fitness clubs"),
        "travel": N_("Travel"),
        "hospitality": N_("Hotels and restaurants"),
        "education": N_("Education"),
        "healthcare": N_("Healthcare"),
        "leisure": N_("Leisure"),
        "consumer_services": N_("Consumer services"),
        "b2b_services": N_("Business services"),
        "it_services": N_("IT services"),
        "digital_goods": N_("Digital goods"),
        "construction": N_("Construction"),
        "manufacturing": N_("Manufacturing"),
        "cross_industry": N_("Across industries"),
    }
)

KIND_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "airlines": N_("Airlines"),
        "android": N_("Android"),
        "annual_plan": N_("Yearly plans"),
        "auto_home_insurance": N_("Car and home insurance together"),
        "auto_insurance": N_("Car insurance"),
        "automotive": N_("Cars and parts"),
        "b2b": N_("Sold to companies (B2B)"),
        "b2c": N_("Sold to consumers (B2C)"),
        "beauty": N_("Beauty"),
        "black_friday": N_("Black Friday weekend"),
        "business": N_("Business apps"),
        "came_back_often": N_("Third subscription or later"),
        "came_back_once": N_("Second subscription"),
        "car_rental": N_("Car rental"),
        "cbd": N_("CBD"),
        "coffee": N_("Coffee"),
        "consumables": N_("Consumables"),
        "costco": N_("Costco"),
        "dating_android": N_("Dating, Android"),
        "dating_ios": N_("Dating, iOS"),
        "desktop": N_("On a computer"),
        "durables": N_("Durable goods"),
        "enterprise": N_("Sold to large companies"),
        "fashion": N_("Fashion"),
        "finance": N_("Finance apps"),
        "finance_android": N_("Finance, Android"),
        "finance_ios": N_("Finance, iOS"),
        "food": N_("Food and drink"),
        "gambling_android": N_("Casino, Android"),
        "gambling_ios": N_("Casino, iOS"),
        "games": N_("Games"),
        "games_android": N_("Games, Android"),
        "games_ios": N_("Games, iOS"),
        "games_ios_top": N_("Best quarter of games on iOS"),
        "grocery": N_("Grocery"),
        "health": N_("Health"),
        "hypercasual_games": N_("Hyper-casual games"),
        "internet_tv": N_("Internet and TV providers"),
        "ios": N_("iOS"),
        "large_brands": N_("Large brands"),
        "life_insurance": N_("Life insurance"),
        "loyalty_programme": N_("After a loyalty programme"),
        "meal_delivery": N_("Meal delivery"),
        "meal_kits": N_("Meal kits"),
        "micro": N_("Sold to the smallest companies"),
        "mid_market": N_("Sold to mid-sized companies"),
        "mobile": N_("On a phone"),
        "monthly_plan": N_("Monthly plans"),
        "multi_brand": N_("Multi-brand retail"),
        "new_customers": N_("New customers only"),
        "news": N_("News apps"),
        "non_serial": N_("Those who do not come and go"),
        "pets": N_("Pet products"),
        "postpaid": N_("Postpaid phone"),
        "prepaid": N_("Prepaid phone"),
        "shopping": N_("Shopping apps"),
        "shopping_android": N_("Shopping, Android"),
        "smb": N_("Sold to small companies"),
        "social": N_("Social apps"),
        "sports_clothing": N_("Sports clothing"),
        "supplements": N_("Supplements"),
        "tablet": N_("On a tablet"),
        "tea": N_("Tea"),
        "travel": N_("Travel apps"),
        "upsell": N_("More sold to customers"),
        "weekly_plan": N_("Weekly plans"),
    }
)
"""Those whom a published figure holds for alone, where it names them."""


@dataclass(frozen=True)
class PublishedMetric:
    """A row of metrics.csv: its id, unit, which way is better (lower, higher or n/a), and the data it needs."""

    id: str
    unit: str
    better: str
    data_needed: str
    name_zh: str


@cache
def metrics() -> Mapping[str, PublishedMetric]:
    """All metrics anything is published of, by id."""
    with METRICS.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType(
            {
                row["metric_id"]: PublishedMetric(
                    row["metric_id"], row["unit"], row["better"], row["data_needed"], row["name_zh"]
                )
                for row in csv.DictReader(file)
            }
        )


def known_as(metric: str) -> list[str]:
    """All names a metric is known by: its id, its English and Chinese name, without and within brackets."""
    found = [metric, METRIC_NAMES[metric], metrics()[metric].name_zh]
    for name in found[1:]:
        bare = re.sub(r"[(\uff08][^)\uff09]*[)\uff09]", "", name).strip()
        within = re.findall(r"[(\uff08]([A-Z]{2,})[)\uff09]", name)
        abbreviation = re.fullmatch(r"(.*[\u4e00-\u9fff]) ([A-Z]{2,}(?:/[A-Z]{2,})*)", bare)
        found += [bare, *within, *([abbreviation[1], *abbreviation[2].split("/")] if abbreviation else [])]
    return list(dict.fromkeys(found))
