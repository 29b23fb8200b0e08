"""Who works here, and when: what files and data say, completed and corrected by what is stated on the page.

staff.py      the front door: everybody, their calendars, and how to state and take back
agreed.py     what may be stated of a person
origins.py    where each cell comes from
reporting.py  who reports to whom, and circles
timing.py     by whose hours everybody's clock counts
hours.py      the hours of a day as people write them
form.py       a calendar as it is filled in, with everything that is wrong with it
preview.py    what a calendar comes to: hours per day, days off, a worked example
told.py       all of that in words
"""

from core.staff.form import Form, new_id
from core.staff.staff import Staff

__all__ = ["Form", "Staff", "new_id"]
