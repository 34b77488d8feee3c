"""The documents say what is built: every query has its section, every module and term its place."""

import importlib
import re
from pathlib import Path
from typing import Any

from churnbook.catalogue import queries, schema
from churnbook.intake.mapping import recipe

ROOT = Path(__file__).parents[2]
METRICS = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")


def test_every_query_names_a_section_that_names_it() -> None:
    sections = {part.partition("\n")[0]: part for part in METRICS.split("\n## ")[1:]}
    for query in queries.catalogue().queries.values():
        assert query.section in sections, f"{query.reference}: -- section: {query.section}"
        assert f"`{query.reference}`" in sections[query.section], f"{query.section} does not name {query.reference}"


def test_the_metrics_name_no_query_that_is_not_there() -> None:
    named = set(re.findall(r"`([a-z_]+\.v\d+)`", METRICS))
    assert named == set(queries.catalogue().queries)


def test_links_between_documents_lead_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        text = path.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"
        headings = {
            re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
            for line in text.splitlines()
            if line.startswith("#")
        }
        for anchor in re.findall(r"\]\(#([^)]+)\)", text):
            assert anchor in headings, f"{path.name}: #{anchor}"


def test_what_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:intake|engine|datasets|generations|page|catalogue|analyses|words)/[a-z_/]*(?:\.py)?)`", text
    ):
        assert (ROOT / "churnbook" / name).exists(), name


def test_the_readme_lists_all_known_exports_and_no_others() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Exports known by name\n")[1].partition("\n## ")[0]
    titles: dict[str, list[str]] = {}
    for each in recipe.all_recipes().values():
        titles.setdefault(schema.LOADABLE[each.table].label, []).append(each.title)
    listed = [line for line in section.splitlines() if line.startswith("- ")]
    assert sorted(listed) == sorted(
        f"- {label}: {', '.join(sorted(named, key=str.casefold))}" for label, named in titles.items()
    )


def _using(word: str) -> set[str]:
    package = ROOT / "churnbook"
    files = [*package.rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    return {path.relative_to(ROOT).as_posix() for path in files if word in path.read_text(encoding="utf-8")}


def test_one_module_touches_the_session_and_one_the_address() -> None:
    assert _using("st.session_state") == {"churnbook/page/state.py"}
    assert _using("st.query_params") == {"churnbook/page/address.py"}
    assert _using("st.page_link") == {"churnbook/page/contents.py"}, "its links carry dataset, scope and language"


def test_what_the_glossary_names_is_there() -> None:
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    known = set(queries.catalogue().queries)
    for name in re.findall(r"`([a-z_/]+\.py)`", text):
        assert (ROOT / "churnbook" / name).exists() or (ROOT / name).exists(), name
    for module, attributes in re.findall(
        r"`((?:words|catalogue|engine|datasets|generations|page)(?:\.[a-z_]+)+)\.([A-Z][A-Za-z_.]*)`", text
    ):
        found: Any = importlib.import_module(f"churnbook.{module}")
        for attribute in attributes.split("."):
            assert hasattr(found, attribute) or attribute in getattr(found, "__dataclass_fields__", {}), (
                f"{module}.{attributes}"
            )
            found = getattr(found, attribute, None)
    for reference in re.findall(r"`([a-z_]+\.v\d+)`", text):
        assert reference in known, reference
