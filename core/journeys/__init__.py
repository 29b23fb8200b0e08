"""Journeys: what each lead did, read from its events."""
