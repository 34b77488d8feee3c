"""Churnbook: a notebook for people who must explain and stop customer churn."""
