"""Working time: whose hours count, and how many of them lie between two instants. (MEASURES 3)

calendars.py   a calendar: zone, weekly hours, holidays, closing days; and what may be wrong with one
places.py      the zones and countries that exist, and the one that was meant
walls.py       what the clock on the wall shows at an instant
hours.py       one calendar: working seconds between instants, and the deadline
slots.py       several calendars at once, also as a table to join on
"""

from core.worktime.calendars import DAYS, DEFAULT_ID, Calendar, Shift, default_calendar, parse_calendar, round_the_clock
from core.worktime.hours import Hours, backwards
from core.worktime.places import country_names, subdivisions_of, zone_names
from core.worktime.slots import SLOTS, Slots, between_each, slot_width, slots

__all__ = [
    "DAYS",
    "DEFAULT_ID",
    "SLOTS",
    "Calendar",
    "Hours",
    "Shift",
    "Slots",
    "backwards",
    "between_each",
    "country_names",
    "default_calendar",
    "parse_calendar",
    "round_the_clock",
    "slot_width",
    "slots",
    "subdivisions_of",
    "zone_names",
]
