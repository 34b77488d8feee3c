"""The little that Streamlit does not do: what is said to the browser itself, never with a text from a file in it."""

from __future__ import annotations

import streamlit as st

_MOVES = """
<script>
if (!window.churnbookListens) {
  window.churnbookListens = true;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-testid=stSidebar] [data-testid=stPageLink-NavLink]");
    if (link && window.innerWidth < 768) document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
    const opener = event.target.closest("[data-testid=stPopoverButton]");
    if (opener && event.detail === 0) setTimeout(() => {
      const body = document.querySelector("[data-testid=stPopoverBody]");
      (body?.querySelector("canvas[tabindex]") ?? body?.querySelector("input, button, a, [tabindex='0']"))?.focus();
    }, 600);
  });
}
</script>
"""
"""Where the sidebar lies over the page, a page chosen in it is shown, as with Streamlit's own table of contents. Whoever
opens a popover by the keyboard is taken into it: it stands at the end of the document."""

_FOCUS = """
<style>
a:focus-visible, button:focus-visible, [role=radio]:focus-visible {
  outline: 2px solid #2B8389 !important;
  outline-offset: -2px;
}
</style>
"""
"""Whoever goes by the keyboard sees where they are; links of Streamlit only change their ground a little."""

_IN_OUR_WORDS = """
<style>
[data-testid=stFileUploaderDropzoneInstructions] {{ display: none; }}
[data-testid=stFileUploaderDropzone] button p {{ font-size: 0; }}
[data-testid=stFileUploaderDropzone] button p::after {{ font-size: 1rem; content: "{upload}"; }}
</style>
"""
"""Streamlit speaks English alone in its uploader; its limit is that of the server, ours stands below."""


def prepare() -> None:
    """Let whoever uses a phone or the keyboard find their way; once a run."""
    st.html(_MOVES, unsafe_allow_javascript=True)
    st.html(_FOCUS)


def name_uploader(upload: str) -> None:
    """Have the button of the uploader called `upload`, a word of ours."""
    st.html(_IN_OUR_WORDS.format(upload=upload))
