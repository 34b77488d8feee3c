# title: Your data
# icon: upload_file
# section: Data
# order: 1
# asks: Drop in the exports you have, check what the columns mean, and look at them.
"""Your data: upload exports, confirm the mapping, load them as a dataset."""

from churnbook.page.upload import upload

upload.show()
