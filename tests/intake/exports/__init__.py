"""A file of every known export, with its typed-out answer."""

from tests.intake.exports import customers, events, payments, shops, shops_of_china, subscriptions, surveys

EXPORTS = (
    *shops.EXPORTS,
    *shops_of_china.EXPORTS,
    *payments.EXPORTS,
    *subscriptions.EXPORTS,
    *events.EXPORTS,
    *customers.EXPORTS,
    *surveys.EXPORTS,
)
