"""Which columns of a sheet are better read as rows: months beside each other, or the questions of a known survey."""

from __future__ import annotations

from churnbook.intake.files.marks import alike
from churnbook.intake.files.sheet import Sheet
from churnbook.intake.files.unpivoted import Unpivot
from churnbook.intake.mapping import recipe as recipes
from churnbook.intake.mapping import unpivot
from churnbook.intake.mapping.recipe import Recipe


def found(sheet: Sheet, by_recipe: bool = True) -> Unpivot | None:
    """How a sheet with a column for each month, or for each question of a known survey unless that is not wanted, is read.

    None where it is neither.
    """
    if months := unpivot.months(sheet):
        return months
    known = recipes.recognise(sheet.headers) if by_recipe else None
    return questions(sheet, known) if known else None


def questions(sheet: Sheet, recipe: Recipe) -> Unpivot | None:
    """How an export of that recipe is read: of each response a row for each question; None where there are none."""
    if not recipe.questions:
        return None
    mapped = recipes.apply(recipe, sheet)
    keys = [
        each.header for role in ("customer_id", "answered_at") for each in mapped.carried() if each.role.name == role
    ]
    free = {*sheet.headers} - {
        *keys,
        *mapped.roles.values(),
        *mapped.left_out,
        *mapped.rules.headers,
        *mapped.rules.as_of_export,
    }
    columns = tuple(header for header in sheet.headers if header in free)
    counted = alike(recipe.roles["customer_id"][-1])
    response = next((header for header in keys if alike(header) == counted), None)
    return Unpivot("questions", tuple(keys), columns, response) if columns else None
