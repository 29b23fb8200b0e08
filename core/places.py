"""Where a workspace lies: the folder named, else HANDOFF_HOME, else the platform's folder for data."""

import os
from pathlib import Path

from platformdirs import user_data_path

HOME = "HANDOFF_HOME"
"""Environment variable with the folder that holds workspaces."""
_LAST = "last-workspace"


def home() -> Path:
    """The folder that holds workspaces."""
    stated = os.environ.get(HOME)
    return Path(stated).expanduser() if stated else user_data_path("handoff", appauthor=False)


def demo_folder() -> Path:
    """The sample company's own folder; never the user's."""
    return home() / "sample-company"


def last_folder() -> Path:
    """The workspace opened last, or the first one, empty at first."""
    note = home() / _LAST
    if note.exists():
        named = Path(note.read_text(encoding="utf-8").strip())
        if named.is_absolute() and named.is_dir():
            return named
    return home() / "workspace"


def chosen(stated: Path | None) -> Path:
    """The workspace to open: the one stated, else the last one."""
    return stated.expanduser().absolute() if stated is not None else last_folder()


def remember(folder: Path) -> None:
    """Note the folder as the last workspace; the sample company is never noted."""
    if folder.absolute() == demo_folder().absolute():
        return
    home().mkdir(parents=True, exist_ok=True)
    (home() / _LAST).write_text(str(folder.absolute()), encoding="utf-8")
