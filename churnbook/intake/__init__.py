"""Intake: from the bytes of a file to a dataset file.

`read` finds sheets of text columns in bytes of any format, `map` proposes what columns mean, `values` types
text, `load` writes the canonical tables. Every refusal is a sentence that names the file and what to do.
"""
