"""`handoff definition`: what was agreed, read, compared, taken to a file and back, and whose answers flip."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.agreement import STATES, Agreement, Draft, Judged, Version
from core.definition import Definition, written
from core.definition.comparing import compare
from core.definition_words import comparison_words, definition_words
from core.errors import FileRefused, QueryInvalid, StoreError
from core.journeys.in_force import Answers
from core.measures.cohort import Query
from core.terminal import DONE, NEWEST, Add, Run, Said, common, out, pair, report_at, standing
from core.words import count
from core.workspace import Workspace

IN_FORCE = "in-force"
_WHICH = "a version's number, or draft:N"
Asked = Callable[[Workspace, argparse.Namespace], Said]


def definition_command(command: Add) -> None:
    """Add `handoff definition` and its actions to the parser."""
    one = command("definition", _answering(_show), "what marketing and sales agreed: read, compare, take to a file")
    actions = one.add_subparsers(required=True, metavar="action")

    def action(name: str, ask: Asked, says: str) -> argparse.ArgumentParser:
        own = actions.add_parser(name, help=says, description=says)
        own.set_defaults(run=_answering(ask))
        own.add_argument(
            "--workspace", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="folder of the workspace"
        )
        own.add_argument("--definition", metavar="ID", help="which definition (default: the one measured by)")
        return own

    show = action("show", _show, "what was agreed, in words; and how every version stands")
    show.add_argument("which", nargs="?", metavar="WHICH", help=f"{_WHICH} (default: the version measured by)")
    export = action("export", _export, "write a version to a JSON file, for review under version control")
    export.add_argument("file", type=Path, metavar="FILE")
    export.add_argument("--which", metavar="WHICH", help=f"{_WHICH} (default: the version measured by)")
    take = action("import", _import, "begin a draft with a JSON file; nothing changes until both sides have signed")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--by", default="", metavar="NAME", help="whose draft it is")
    both = action("compare", _compare, "what changed from one version to another, in plain words")
    flips = action("flips", _flips, "whose answers change from one version to another")
    for own, more in ((both, ""), (flips, f", or {IN_FORCE}: by the version in force at each hand-off")):
        own.add_argument("before", metavar="A", help=f"{_WHICH}{more}")
        own.add_argument("after", metavar="B", help=f"{_WHICH}{more}")
    for own in (show, export, take, both):
        own.add_argument("--json", action="store_true", help="print JSON")
    common(flips, NEWEST)
    flips.add_argument("--by", metavar="COLUMN", help="break down by a column")
    flips.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help="only these leads")
    flips.add_argument("--counting", choices=("leads", "passes"), default="leads")
    flips.add_argument("--handed", action="store_true", help="only leads that were handed over on a known day")
    flips.add_argument("--leads", metavar="WHAT", help="list who flips: uld, qualification or a criterion's id")


def _answering(ask: Asked) -> Run:
    def run(stated: argparse.Namespace) -> int:
        with standing(stated) as here:
            out(stated, *ask(here, stated))
        return DONE

    return run


def _show(here: Workspace, stated: argparse.Namespace) -> Said:
    versions = Agreement(here).versions(_id(here, stated), at=datetime.now(UTC))
    found, definition = _found(here, stated, stated.which)
    answer = {**found, "versions": [_version(version) for version in versions]}
    lines = [f"  Version {version.number}: {_stands(version)}" for version in versions]
    return answer, "\n".join([definition_words(definition), "", "Versions", *(lines or ["  none yet"])])


def _export(here: Workspace, stated: argparse.Namespace) -> Said:
    found, definition = _found(here, stated, stated.which)
    try:
        stated.file.write_text(written(definition), encoding="utf-8")
    except OSError as error:
        raise QueryInvalid(f"{stated.file} cannot be written ({error.strerror}).", "Name another file.") from error
    return {**found, "file": str(stated.file)}, f'"{definition.name}" is in {stated.file}.'


def _import(here: Workspace, stated: argparse.Namespace) -> Said:
    try:
        text = stated.file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileRefused(
            f"{stated.file} cannot be read: {error}.", "Is it the right file?", code="unreadable"
        ) from error
    draft = Agreement(here).begin_from_file(text, stated.file.name, at=datetime.now(UTC), by=stated.by)
    said = (
        f'Draft {draft.id} of "{draft.definition_id}" begins with {draft.origin}. Nothing changes until it is signed.'
    )
    return _draft(draft), said


def _compare(here: Workspace, stated: argparse.Namespace) -> Said:
    (old, before), (new, after) = (_found(here, stated, which) for which in (stated.before, stated.after))
    found = compare(before, after)
    changes = [
        {
            "part": change.part.kind,
            "id": change.part.id,
            "title": change.title,
            "what": change.what,
            "aspect": change.aspect,
            "before": change.before,
            "after": change.after,
            "sentence": change.sentence,
        }
        for change in found.changes
    ]
    effect = {"moves_leads": found.moves_leads, "judges_otherwise": found.judges_otherwise}
    return {"before": old, "after": new, "changes": changes, **effect}, comparison_words(found)


def _flips(here: Workspace, stated: argparse.Namespace) -> Said:
    report = report_at(here, stated.as_of)
    where = tuple(pair(text, "--where") for text in stated.where)
    query, judged = Query(counting=stated.counting, by=stated.by, where=where), Judged(report)
    before, after = (_answers(here, stated, judged, which) for which in (stated.before, stated.after))
    cells = judged.flips(before, after, query, handed=stated.handed).to_dict("records")
    answer: dict[str, Any] = {"as_of": report.facts.as_of, "definition": _id(here, stated)}
    answer |= {"before": stated.before, "after": stated.after, "flips": cells}
    lines = [_line(row, stated.by) for row in cells if row["was"] != row["now"]] or ["Nobody's answer changes."]
    if stated.leads:
        whole = stated.leads in ("uld", "qualification")
        which = {"about": stated.leads if whole else "criterion", "criterion": "" if whole else stated.leads}
        listed = judged.flipped(before, after, query, **which, handed=stated.handed, limit=None)
        rows = listed.astype(object).where(listed.notna(), None).to_dict("records")
        answer["leads"] = rows
        lines += ["", *(f"{row['lead_id']}: {row['was']} → {row['now']}" for row in rows)]
    return answer, "\n".join(lines)


def _line(row: dict[Any, Any], by: str | None) -> str:
    group = f" ({row['segment']})" if by else ""
    return f"{row['name']}{group}: {row['was']} → {row['now']}: {count(row['n'])}"


def _id(here: Workspace, stated: argparse.Namespace) -> str:
    """The definition that is asked about."""
    used = here.store.in_use()
    return stated.definition or (here.definition().id if used is None else used.definition_id)


def _found(here: Workspace, stated: argparse.Namespace, which: str | None) -> tuple[dict[str, Any], Definition]:
    """A version or a draft as JSON, and what it says."""
    agreement, at, name = Agreement(here), datetime.now(UTC), _id(here, stated)
    if which is None:
        used = here.store.in_use()
        which = str(used.version) if used is not None and used.definition_id == name else ""
    if which.startswith("draft:") and which.removeprefix("draft:").isdecimal():
        draft = agreement.draft(int(which.removeprefix("draft:")))
        return _draft(draft), draft.definition
    if which.isdecimal():
        version = agreement.version(name, int(which), at=at)
        return _version(version), version.definition
    versions = agreement.versions(name, at=at)
    if not which and versions:
        return _version(versions[0]), versions[0].definition
    if which:
        raise QueryInvalid(f'"{which}" is no version.', f"Name {_WHICH}.")
    raise StoreError(f'Nothing is kept of "{name}" yet.', "Import an export of your CRM, or begin a draft.")


def _answers(here: Workspace, stated: argparse.Namespace, judged: Judged, which: str) -> Answers:
    if which == IN_FORCE:
        return judged.in_force(_id(here, stated), at=datetime.now(UTC))
    found, definition = _found(here, stated, which)
    return judged.by(definition, found.get("version"))


def _version(version: Version) -> dict[str, Any]:
    def second(instant: datetime | None) -> int | None:
        return None if instant is None else int(instant.timestamp())

    return {
        "definition": version.definition_id,
        "version": version.number,
        "state": version.state,
        "hash": version.content_hash,
        "saved_at": second(version.saved_at),
        "starts_at": second(version.starts_at),
        "until": second(version.until),
        "signatures": [
            {
                "side": signature.side,
                "name": signature.name,
                "signed_at": second(signature.signed_at),
                "authenticated": signature.account is not None,
            }
            for signature in version.signatures
        ],
    }


def _draft(draft: Draft) -> dict[str, Any]:
    return {
        "definition": draft.definition_id,
        "draft": draft.id,
        "revision": draft.revision,
        "hash": draft.content_hash,
        "saved_by": draft.saved_by,
    }


def _stands(version: Version) -> str:
    """How a version stands, and who signed it."""
    by = ", ".join(
        f"{one.name} for {one.side}{'' if one.account else ' (not authenticated)'}" for one in version.signatures
    )
    since = "" if version.starts_at is None else f", from {version.starts_at:%Y-%m-%d %H:%M} UTC"
    return f"{STATES[version.state]}{since}{f'; signed by {by}' if by else ''}"
