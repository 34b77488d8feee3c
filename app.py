"""Churnbook: start it with `make run`, or `streamlit run app.py`."""

import streamlit as st

app = st.App("churnbook/frame.py")
