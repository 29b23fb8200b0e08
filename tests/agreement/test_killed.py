"""Somebody who proposes and signs is ended at a random moment: what is found afterwards is whole."""

import random
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import cast

import pytest

from core.agreement import Agreement
from core.workspace import Workspace
from tests.agreement.living import live_for_ever
from tests.agreement.told import NOW


def processes() -> SpawnContext:
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.agreement.living"])
    return cast("SpawnContext", context)


@pytest.mark.slow
def test_a_killed_agreement_is_whole(tmp_path: Path) -> None:
    context = processes()
    seen: set[str] = set()
    for seed in range(15):
        ready = context.Event()
        worker = context.Process(target=live_for_ever, args=(tmp_path, ready, seed))
        worker.start()
        assert ready.wait(60)
        worker.join(random.Random(seed).uniform(0, 0.8))
        worker.kill()
        worker.join()
        with Workspace(tmp_path) as here:
            agreement = Agreement(here)
            versions = agreement.versions("classic", at=NOW)
            assert [version.number for version in reversed(versions)] == list(range(1, len(versions) + 1))
            assert all(version.proposal is not None for version in versions), "kept and proposed at once"
            signed = [version for version in versions if version.state == "in_force"]
            assert len(signed) <= 1
            if signed:
                assert here.definition() == signed[0].definition, "signed by both and measured by at once"
            for draft in agreement.drafts():
                assert [agreement.draft(draft.id, number).revision for number in range(1, draft.revision + 1)]
            closed = [voice for voice in agreement.voices("classic", at=NOW) if voice.answers]
            assert all(voice.answers[0].version in {one.number for one in versions} for voice in closed)
            seen |= {version.state for version in versions[:1]}
    assert len(seen) > 1, "ended at different moments"
