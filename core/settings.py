"""What a company has stated about its data: zone, currency, week start, cohort window; each with a stated default."""

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import SettingInvalid

Weekday = Literal["monday", "sunday", "saturday"]


class Settings(BaseModel):
    """Stated facts about a company's data. Each default is what the pages print when nobody has stated anything.

    >>> Settings().currency is None     # "not stated": amounts are counted, never converted
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zone: str = Field("UTC", description="Zone in which dates without a zone are read, as an IANA name.")
    currency: str | None = Field(None, description="ISO 4217 code of amounts that state none; empty: not stated.")
    week_start: Weekday = Field("monday", description="First day of a week.")
    mature_days: int = Field(90, ge=1, le=3650, description="Days after which a lead counts as matured.")
    window_days: int = Field(
        180, ge=1, le=3650, description="Conversion window of the `ordered` reading, from its first step."
    )
    company: str | None = Field(None, description="Name shown in titles.")

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone} is not a time zone")
        return zone

    @field_validator("currency")
    @classmethod
    def _currency_code(cls, code: str | None) -> str | None:
        if not code:
            return None
        if len(code) != 3 or not code.isascii() or not code.isalpha():
            raise ValueError(f"{code} is not a currency code of three letters")
        return code.upper()

    @property
    def tz(self) -> ZoneInfo:
        """The zone as an object."""
        return ZoneInfo(self.zone)


def settings_from(stated: Mapping[str, object]) -> Settings:
    """The settings that these stated values give; anything unstated keeps its default.

    Raises `SettingInvalid` naming the value that cannot be used.

    >>> settings_from({"zone": "Mars/Base"})
    Traceback (most recent call last):
    ...
    core.errors.SettingInvalid: The setting "zone" cannot be "Mars/Base". Use an IANA name such as Europe/Berlin.
    """
    try:
        return Settings.model_validate(dict(stated))
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        hints = {"zone": "Use an IANA name such as Europe/Berlin.", "currency": "Use three letters such as EUR."}
        raise SettingInvalid(
            f'The setting "{name}" cannot be "{stated.get(name)}".', hints.get(name, f"{first['msg']}.")
        ) from error
