# title: Dataset passport
# icon: fact_check
# section: Data
# order: 2
# asks: Is everything in, does it fit together, and what should be put right first?
"""Dataset passport: what was loaded and set aside, which days are covered, what fits, what is odd."""

from churnbook import page
from churnbook.page.controls import passport
from churnbook.words.language import _

with page.numbered("loaded", _("What was loaded?")):
    passport.loaded()

with page.numbered("days", _("Which days does it cover?")):
    passport.days()

with page.numbered("fit", _("Do the tables fit together?")):
    passport.fit()

with page.numbered("odd", _("What is odd, and what was assumed?")):
    passport.odd()
