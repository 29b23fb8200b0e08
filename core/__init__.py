"""Handoff's core: what a lead is, where leads leak, and who can prove it. Knows no user interface."""
