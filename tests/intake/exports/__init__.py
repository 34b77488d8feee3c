"""A file of every known export, with its typed-out answer."""

from tests.intake.exports import events, shops, shops_of_china, subscriptions

EXPORTS = (*shops.EXPORTS, *shops_of_china.EXPORTS, *subscriptions.EXPORTS, *events.EXPORTS)
