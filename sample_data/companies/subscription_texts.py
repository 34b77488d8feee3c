"""What customers of the software company write, in parts that combine; a few cells are awkward on purpose."""

from __future__ import annotations

import random

CAUSES = (
    ("price", 0.17),
    ("product", 0.24),
    ("competition", 0.18),
    ("service", 0.06),
    ("experience", 0.11),
    ("payment", 0.04),
    ("no longer needed", 0.14),
    ("other", 0.06),
)


def cause(draw: random.Random) -> str:
    """Why a customer leaves when nothing in particular happened."""
    (name,) = draw.choices([name for name, _ in CAUSES], [share for _, share in CAUSES])
    return name


_END = (".", ", sorry.", ", at least for now.", ". Might be back.", ". Thanks anyway!", "")

EXITS = {
    "price": (
        ("For a team our size, ", "Honestly, ", "With budgets frozen, ", "", "Finance says "),
        (
            "it costs too much",
            "we cannot justify the price per seat",
            "the bill outgrew the value",
            "it is not worth it",
        ),
        _END,
    ),
    "product": (
        ("We needed ", "Still missing: ", "Waited a year for ", "Could not get by without "),
        ("pivot tables", "row-level permissions", "a proper API", "reports in German", 'the "forecast" view', "SSO"),
        _END,
    ),
    "competition": (
        ("We moved to ", "Head office chose ", "Switched to ", "Trialled and kept "),
        ("another tool", "what comes with our CRM", "a competitor, cheaper and good enough", "an open-source stack"),
        _END,
    ),
    "service": (
        ("Support ", "Your support team ", "The help desk ", "In the end support "),
        (
            "took days to answer",
            "replied when it was too late",
            "never got back to us in time",
            "was silent for three days,\nand the month-end report was due",
            "did not seem to read what we wrote",
        ),
        _END,
    ),
    "experience": (
        ("The interface ", "Setting up dashboards ", "Loading a report ", "The mobile app "),
        ("is too slow", "confused half of the team", "takes forever", "got worse with every release"),
        _END,
    ),
    "payment": (
        ("Our card ", "The invoice ", "The payment "),
        ("kept failing", "could not be paid from our country", "was charged twice", "never matched the order"),
        _END,
    ),
    "no longer needed": (
        ("The project ", "The department ", "Our client ", "The analyst who used it "),
        ("ended", "is gone", "was closed in spring", "moved on"),
        _END,
    ),
    "other": (
        ("Hard to say", "Merged with another company", "New boss, new tools", "Just trying things out", "¯\\_(ツ)_/¯"),
        (".", ", nothing to add.", "; thank you for the good time.", " 🙂"),
    ),
}

RISE = (
    ("After the price rise ", "From $29 to $35 a seat: ", "Since March ", 'Your "new pricing" means '),
    ("it is too expensive for us", "we pay 20% more for the same", "the budget does not cover it", "we had to stop"),
    (".", ", and nobody asked us.", ", so we cancelled.", ". Bring back the old price?", " 😕"),
)

TICKETS = {
    "billing": (
        ("Our invoice ", "The receipt for last month ", "The VAT number ", "The seat count "),
        ("is wrong", "is missing", "shows the old address", "does not match what we pay"),
        (".", ", please correct it.", ", who can help?", ". It is for our auditors, so rather urgent."),
    ),
    "bug": (
        ("The export ", "A shared dashboard ", "The weekly report ", 'The button "Save as" '),
        ("fails with error 500", "shows yesterday's numbers", "stays empty", "drops the last column"),
        (
            " since this morning.",
            ".",
            ", steps:\n1. open\n2. filter by region\n3. wait",
            " in Firefox, not in Chrome.",
            " 🐛",
        ),
    ),
    "integration": (
        ("The Salesforce connection ", "Our data warehouse ", "The webhook ", "The Slack message "),
        ("stopped syncing", "asks for a token again", "times out after 30 s", "sends everything twice"),
        (".", ", any idea?", ", nothing changed on our side.", " since the update; log attached."),
    ),
    "how-to": (
        ("How do I ", "Is there a way to ", "Where can I "),
        ("share a report with a client", "filter by two regions, not one", "schedule an export", "undo a merge"),
        ("?", "? The docs only say “see above”.", ", please?", "? We are on the smallest plan."),
    ),
    "account": (
        ("A colleague ", "Our former admin ", "The new intern "),
        ("cannot log in", "needs another role", "left, and owns all dashboards", "never got the invitation"),
        (".", ", please help.", "; their name is Zoë O'Brien-Müller.", ", can you reset it?"),
    ),
}

SURVEYS = (
    (
        ("Support ", "The price ", "Performance ", "The new editor "),
        ("let us down", "is a disappointment", "was better a year ago", "is not what we were promised"),
        (".", ", twice.", "; looking around now.", " 👎"),
    ),
    (
        ("All in all ", "For the price ", "Day to day ", "So far "),
        ("it does the job", "it is fine", "no complaints, no delight", "good, with rough edges"),
        (".", ", exports could be faster.", ", though we only use two features.", '; "okay" sums it up.'),
    ),
    (
        ("The dashboards ", "Onboarding ", "Your team ", "The integrations "),
        ("saved us hours", "won over even our CFO", "just works", "beats what we had before"),
        ("!", ". Keep going.", ", thank you.", " 🎉", ", we told our partners."),
    ),
)
"""Comments of the unhappy, the indifferent and the happy."""
