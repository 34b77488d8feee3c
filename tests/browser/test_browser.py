"""The app in a real Chromium: first visit, upload to heatmap, addresses that show the same, languages, narrow windows."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
SCREENS = os.environ.get("CHURNBOOK_SCREENS")
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(home: Path) -> Iterator[str]:
    """A fresh server of the app with a library of its own, samples built as `make run` builds them if it has none."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    environment = os.environ | {"CHURNBOOK_HOME": str(home / "library"), "CHURNBOOK_UPLOAD_MB": "1"}
    if not (home / "library").exists():
        subprocess.run([sys.executable, "-m", "churnbook", "samples"], cwd=ROOT, env=environment, check=True)
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless=true",
        "--server.address=127.0.0.1",
    ]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            [*command, f"--server.port={port}"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            for _ in range(120):
                try:
                    with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                        break
                except OSError:
                    assert server.poll() is None, (home / "server.log").read_text()
                    time.sleep(0.25)
            yield url
        finally:
            server.terminate()
            server.wait(20)
    log_text = (home / "server.log").read_text()
    assert "Traceback" not in log_text, log_text


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, built_samples: Path) -> Iterator[str]:
    home = tmp_path_factory.mktemp("server")
    shutil.copytree(built_samples, home / "library")
    yield from serve(home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    installed = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=installed, args=quiet)
        yield started
        started.close()


@pytest.fixture(scope="module")
def readers(browser: Browser) -> dict[str, BrowserContext]:
    """A browser of a reader for each language, which has read the app's scripts once."""
    return {locale: browser.new_context(locale=locale) for locale in ("en-US", "zh-CN")}


@pytest.fixture
def visit(browser: Browser, readers: dict[str, BrowserContext], url: str) -> Iterator[Visit]:
    """Open an address in a tab, or as `another` reader would; after the test, nothing may have asked for another host.

    Without a dataset in it, any page but the first is that of the shop.
    """
    opened_here: list[BrowserContext | Page] = []
    asked: list[str] = []

    def opened(
        path: str = "/",
        locale: str = "en-US",
        width: int = 1360,
        height: int = 1000,
        at: str = url,
        another: bool = False,
    ) -> Page:
        another = another or width < 768  # the browser keeps for later tabs that a phone's reader closed the sidebar
        context = browser.new_context(locale=locale) if another else readers[locale]
        page = context.new_page()
        opened_here.append(context if another else page)
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        if path != "/" and "dataset=" not in path:
            path += ("&" if "?" in path else "?") + "dataset=sample-shop"
        page.goto(at + path)
        return page

    yield opened
    for each in opened_here:
        each.close()
    assert [each for each in asked if "//127.0.0.1:" not in each and not each.startswith(("data:", "blob:"))] == []


def drawn(page: Page) -> None:
    """Wait until the heatmap is drawn and the script has run to its end."""
    page.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first.wait_for()
    settled(page)


def settled(page: Page) -> None:
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.getAttribute('data-test-script-state') === 'notRunning'"
    )
    page.wait_for_timeout(400)


def numbers(page: Page) -> list[str]:
    """The texts of the heatmap in the order they are drawn."""
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    return chart.locator("svg text").all_text_contents()


def screenshot(page: Page, name: str) -> None:
    """Kept for looking at where CHURNBOOK_SCREENS names a folder."""
    if SCREENS:
        Path(SCREENS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SCREENS) / f"{name}.png", full_page=True)


def in_popover(page: Page, name: str) -> Locator:
    """A button of the popover that is open."""
    return page.get_by_test_id("stPopoverBody").get_by_role("button", name=name)


def no_traceback(page: Page) -> None:
    expect(page.locator("[data-testid=stException]")).to_have_count(0)


def fits(page: Page) -> None:
    """Nothing makes the page wider than its window."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1")


@pytest.mark.parametrize(
    ("locale", "title", "words", "customers"),
    [("en-US", "Overview", "sample data", "1,200"), ("zh-CN", "概览", "示例数据", "2,400")],
)
def test_first_visit(visit: Visit, locale: str, title: str, words: str, customers: str) -> None:
    page = visit("/", locale=locale)
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("Churnbook", exact=True).first).to_be_visible()
    expect(page.get_by_text(customers, exact=True).first).to_be_visible()
    settled(page)
    no_traceback(page)
    screenshot(page, f"first-visit-{locale}")


def test_a_deep_link_is_the_first_request_of_a_fresh_server(visit: Visit, tmp_path: Path) -> None:
    for fresh in serve(tmp_path):
        page = visit("/cohorts?lang=zh_CN&retention.grain=quarter", at=fresh)
        expect(page.get_by_role("heading", name="同期群", exact=True)).to_be_visible()
        drawn(page)
        assert any(text.startswith("2023 Q1") for text in numbers(page)), (
            "the page came with its frame and its parameters"
        )
        expect(page.get_by_text("数据集", exact=True)).to_be_visible()
        no_traceback(page)


def test_a_control_changes_the_address_and_the_address_shows_the_same_numbers(visit: Visit) -> None:
    page = visit("/cohorts")
    drawn(page)
    before = numbers(page)
    page.get_by_role("radio", name="Quarter").click()
    page.wait_for_url("**retention.grain=quarter**")
    drawn(page)
    page.get_by_role("radio", name="Then or later").click()
    page.wait_for_url("**retention.measure=on_or_after**")
    drawn(page)
    chosen = numbers(page)
    assert chosen != before
    colleague = visit(page.url.removeprefix(page.url.split("/cohorts")[0]), another=True)
    drawn(colleague)
    assert numbers(colleague) == chosen
    page.go_back()
    for _ in range(PATIENCE // 250):
        if numbers(page) != chosen:
            break
        page.wait_for_timeout(250)
    drawn(page)
    assert numbers(page) != chosen, "the browser's back button goes back"


def test_the_language_switch_keeps_the_view(visit: Visit) -> None:
    page = visit("/cohorts?retention.grain=quarter&retention.breakdown=渠道")
    drawn(page)
    shown = [text for text in numbers(page) if text.isdigit()]
    page.get_by_role("radio", name="简体中文").click()
    expect(page.get_by_role("heading", name="同期群", exact=True)).to_be_visible()
    drawn(page)
    assert (
        "retention.grain=quarter" in page.url
        and "lang=zh_CN" in page.url
        and "retention.breakdown=渠道" in unquote(page.url)
    )
    assert [text for text in numbers(page) if text.isdigit()] == shown
    screenshot(page, "cohorts-split-zh")


def test_navigation_keeps_dataset_scope_and_language(visit: Visit) -> None:
    page = visit("/cohorts?lang=zh_CN&from=2023-06-01&retention.grain=quarter")
    drawn(page)
    page.get_by_role("link", name="概览").first.click()
    expect(page.get_by_role("heading", name="概览")).to_be_visible()
    settled(page)
    assert "from=2023-06-01" in page.url and "lang=zh_CN" in page.url and "retention" not in page.url
    page.get_by_role("link", name="同期群").first.click()
    drawn(page)
    # coming back finds the page as it was left
    page.wait_for_url(lambda url: "retention.grain=quarter" in url)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    settled(page)


def test_back_leaves_a_page_in_one_step_and_keeps_the_dataset(visit: Visit) -> None:
    page = visit("/")
    heading(page, "Overview")
    assert page.url.endswith("/"), "nothing is written that was not asked for"
    page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").get_by_role("combobox").click()
    page.get_by_role("option", name="Sample: online shop").click()
    page.wait_for_url("**dataset=sample-shop**")
    settled(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Funnels").click()
    heading(page, "Funnels")
    assert page.url.endswith("/funnels?dataset=sample-shop"), "a funnel that is proposed is not written"
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cohorts").click()
    drawn(page)
    page.get_by_role("radio", name="Quarter").click()
    page.wait_for_url("**retention.grain=quarter**")
    drawn(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Dataset passport").click()
    heading(page, "Dataset passport")
    seen = []
    for _step in range(5):
        page.go_back()
        settled(page)
        seen.append(unquote(page.url.split("/", 3)[3]))
    assert seen == [
        "cohorts?dataset=sample-shop&retention.grain=quarter",
        "cohorts?dataset=sample-shop",
        "funnels?dataset=sample-shop",
        "?dataset=sample-shop",
        "",
    ]
    expect(page.get_by_test_id("stSidebar").get_by_text("1,200 customers")).to_be_visible()


def test_an_address_that_asks_for_what_is_not_there_is_left_in_one_step(visit: Visit) -> None:
    page = visit("/passport")
    heading(page, "Dataset passport")
    page.goto(page.url.replace("/passport", "/cohorts?retention.grain=century&from=soon&dataset=gone"))
    drawn(page)
    expect(page.get_by_text("century").first).to_be_visible()
    page.go_back()
    heading(page, "Dataset passport")


def test_on_a_phone_a_page_chosen_in_the_sidebar_is_shown(visit: Visit) -> None:
    page = visit("/", width=390)
    heading(page, "Overview")
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Cohorts").click()
    drawn(page)
    expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def test_clicking_a_cell_lists_its_customers_and_stands_in_the_address(visit: Visit) -> None:
    page = visit("/cohorts")
    drawn(page)
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    chart.locator("svg text", has_text="2023-04").wait_for()
    cell = chart.locator("svg .mark-rect path").nth(37)
    cell.click(force=True)
    page.wait_for_url("**retention.period=**")
    heading = page.get_by_text("came back in month").first
    expect(heading).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Download the list").click()
    with page.expect_download() as download:
        in_popover(page, "CSV").click()
    page.keyboard.press("Escape")
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert heading.inner_text().startswith(f"{len(rows) - 1} customer")
    assert rows[0].startswith("customer_id,first_on")
    screenshot(page, "cohorts-customers")
    page.get_by_role("button", name="Close").click()
    expect(heading).to_have_count(0)


def test_a_row_of_a_heatmap_is_chosen_by_the_keyboard(visit: Visit) -> None:
    page = visit("/cohorts")
    drawn(page)
    page.get_by_role("button", name="Rows", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest('[data-testid=stPopoverBody]')")
    for key in ("ArrowDown", "Shift+Space"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    page.wait_for_url("**retention.cohort=2023-01-01&retention.period=1**")
    page.keyboard.press("Escape")
    expect(page.get_by_text("came back in month 1").first).to_be_visible()
    no_traceback(page)


def test_a_click_on_a_bar_of_a_funnel_lists_its_customers(visit: Visit) -> None:
    page = visit("/funnels?funnel.steps=[%22signup%22,%22order%22,%22satisfied%22]&funnel.window=90")
    drawn(page)
    chart = page.locator("[data-testid=stVegaLiteChart]").first
    chart.locator("svg .mark-rect path").last.click(force=True)
    page.wait_for_url("**funnel.step=3**")
    heading = page.get_by_text("customers dropped off before “Satisfied in a survey”").last
    expect(heading).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Add a step").click()
    page.wait_for_url(lambda url: "funnel.step=" not in url)
    settled(page)
    screenshot(page, "funnel")
    no_traceback(page)


def test_a_click_in_one_of_several_heatmaps_lists_that_segment(visit: Visit) -> None:
    page = visit("/cohorts?retention.breakdown=渠道")
    drawn(page)
    charts = page.locator("[data-testid=stVegaLiteChart]")
    expect(page.get_by_text("广告 · ").first).to_be_visible()
    charts.nth(2).locator("svg .mark-rect path").nth(13).click(force=True)
    page.wait_for_url("**retention.segment=**")
    assert "retention.segment=广告" in unquote(page.url)
    heading = page.get_by_text("came back in month").first
    expect(heading).to_contain_text("广告")
    settled(page)
    screenshot(page, "cohorts-split")
    no_traceback(page)


def test_evidence_shows_sql_address_and_downloads(visit: Visit) -> None:
    page = visit("/cohorts?retention.grain=quarter")
    drawn(page)
    page.get_by_role("button", name="SQL · cohort_retention v1").click()
    expect(page.get_by_text("create or replace temp table cohort_members as").first).to_be_visible()
    screenshot(page, "evidence-sql")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Cite").first.click()
    code = page.locator("[data-testid=stCode]").last
    expect(code).to_contain_text("retention.grain=quarter")
    cited = code.inner_text().strip()
    for part in (
        "generation=1",
        "retention.version=1",
        "retention.periods=12",
        "retention.measure=on",
        "dataset=sample-shop",
    ):
        assert part in cited
    there = visit(cited.removeprefix(cited.split("/cohorts")[0]), another=True)
    drawn(there)
    assert numbers(there) == numbers(page)
    no_traceback(there)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Download", exact=True).first.click()
    screenshot(page, "evidence-downloads")
    for name, start in (("CSV", b"\xef\xbb\xbf"), ("XLSX", b"PK"), ("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as download:
            in_popover(page, name).click()
        assert download.value.path().read_bytes().startswith(start)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_narrow_windows(visit: Visit, url: str, locale: str) -> None:
    page = visit("/", locale=locale, width=390, height=844)
    for path in ("/", "/cohorts", "/customer", "/your_data", "/passport"):
        if path != "/":
            page.goto(url + path)
        if path in ("/cohorts", "/passport"):
            drawn(page)
        settled(page)
        fits(page)
        no_traceback(page)
        screenshot(page, f"narrow{path.replace('/', '-')}-{locale}")


def test_a_customer_of_a_list_opens_and_back_goes_back(visit: Visit) -> None:
    page = visit("/cohorts?retention.cohort=2023-04-01&retention.period=3")
    drawn(page)
    grid = page.locator(".st-key-customers-retention [data-testid=stDataFrame]")
    grid.scroll_into_view_if_needed()
    settled(page)
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 72, box["y"] + 52)
    expect(page.get_by_role("heading", name="One customer")).to_be_visible()
    page.wait_for_url("**/customer?**customer=**")
    drawn(page)
    expect(page.get_by_text("rows, newest first")).to_be_visible()
    fits(page)
    no_traceback(page)
    screenshot(page, "customer")
    there = visit(page.url.removeprefix(page.url.split("/customer")[0]) + "&lang=zh_CN")
    drawn(there)
    expect(there.get_by_text("最新在前")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Cohorts", exact=True)).to_be_visible()
    drawn(page)
    assert "/cohorts?" in page.url and "retention.period=3" in page.url and "customer" not in page.url
    expect(grid).to_be_visible()
    no_traceback(page)


UPLOAD = "会员号,支付时间,支付金额,商品\n" + "".join(
    f"U{i % 40:03d},2024-{1 + (i * 7) % 6:02d}-{1 + i % 28:02d} 10:00:00,{i}.50,护肤\n" for i in range(400)
)


def choose_files(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(list(files))


@pytest.mark.parametrize(
    ("locale", "load", "cohorts", "heading"),
    [("en-US", "Load the data", "Open “Cohorts”", "Cohorts"), ("zh-CN", "载入数据", "打开“同期群”", "同期群")],
)
def test_an_upload_becomes_a_heatmap(
    visit: Visit, tmp_path: Path, locale: str, load: str, cohorts: str, heading: str
) -> None:
    (tmp_path / "会员订单.csv").write_bytes((UPLOAD + "U999,坏日期,1,护肤\n").encode("gb18030"))
    page = visit("/your_data", locale=locale)
    choose_files(page, tmp_path / "会员订单.csv")
    expect(page.get_by_text("GB18030 ·")).to_be_visible()
    settled(page)
    screenshot(page, f"upload-mapping-{locale}")
    page.get_by_role("button", name=load).click()
    page.get_by_role("link", name=cohorts).click()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    drawn(page)
    assert any(text.startswith("2024-01  ·  ") for text in numbers(page))
    no_traceback(page)
    screenshot(page, f"upload-heatmap-{locale}")
    page.get_by_role("link", name="Your data" if locale == "en-US" else "数据", exact=True).first.click()
    page.get_by_role("link", name="Open the dataset passport" if locale == "en-US" else "打开数据体检").click()
    expect(page.get_by_role("heading", name="Dataset passport" if locale == "en-US" else "数据体检")).to_be_visible()
    drawn(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the rows set aside" if locale == "en-US" else "下载待处理行").click()
    told = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(told) == 2 and told[1].startswith("会员订单.csv,402,支付时间,坏日期,")
    screenshot(page, f"upload-passport-{locale}")


def test_the_mapping_is_changed_in_place(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "who,when,what\n" + "".join(f"c{i % 9},2024-0{1 + i % 5}-11,{i}\n" for i in range(60))
    )
    page = visit("/your_data")
    choose_files(page, tmp_path / "export.csv")
    table = page.get_by_role("combobox", name="This file holds").or_(page.get_by_label("This file holds")).first
    table.click()
    page.get_by_role("option", name="Orders").click()
    settled(page)
    expect(page.get_by_text("Still missing: Customer id.")).to_be_visible()
    expect(page.get_by_role("button", name="Load the data")).to_be_disabled()
    screenshot(page, "upload-missing-role")
    editor = page.locator("[data-testid=stDataFrame]").first
    box = editor.bounding_box()
    assert box is not None
    role = page.get_by_role("option", name="Customer id *")
    for _try in range(10):  # the table takes a click only once it is drawn, which nothing tells
        page.mouse.click(box["x"] + 30, box["y"] + 52)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        if role.is_visible():
            break
        page.keyboard.press("Escape")
    role.click()
    settled(page)
    expect(page.get_by_role("button", name="Load the data")).to_be_enabled()
    page.get_by_role("button", name="Load the data").click()
    expect(page.get_by_text("“export” is loaded.")).to_be_visible()
    no_traceback(page)


@pytest.mark.parametrize(("locale", "words"), [("en-US", "is empty (0 bytes)"), ("zh-CN", "是空文件")])
def test_bad_files_are_told_and_good_ones_still_load(visit: Visit, tmp_path: Path, locale: str, words: str) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 100)
    (tmp_path / "big.csv").write_bytes(b"a,b\n" + b"1,2\n" * 300_000)
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at\n" + "".join(f"c{i},2024-01-{1 + i % 28:02d}\n" for i in range(50))
    )
    page = visit("/your_data", locale=locale)
    choose_files(page, *(tmp_path / name for name in ("empty.csv", "picture.csv", "big.csv", "orders.csv")))
    expect(page.get_by_text(words)).to_be_visible()
    for name in ("picture.csv", "big.csv"):
        expect(page.locator("[data-testid=stAlert]", has_text=name)).to_be_visible()
    expect(page.get_by_role("button", name="Load the data" if locale == "en-US" else "载入数据")).to_be_enabled()
    settled(page)
    no_traceback(page)
    screenshot(page, f"upload-refused-{locale}")


def test_a_dataset_is_renamed_and_deleted(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at\nA,2024-01-05\nB,2024-02-05\n")
    page = visit("/your_data")
    choose_files(page, tmp_path / "orders.csv")
    page.get_by_role("button", name="Load the data").click()
    expect(page.get_by_text("“orders” is loaded.")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Rename or delete").click()
    page.get_by_label("Name", exact=True).last.fill("Spring orders")
    page.get_by_label("Name", exact=True).last.press("Enter")
    settled(page)
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_text("What “Spring orders” is made of")).to_be_visible()
    settled(page)
    if not page.get_by_text("Delete the dataset and its data for good").is_visible():
        page.get_by_role("button", name="Rename or delete").click()
    page.get_by_text("Delete the dataset and its data for good").click()
    settled(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("What “Sample: subscription software” is made of")).to_be_visible()
    no_traceback(page)
