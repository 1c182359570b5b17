"""The register of who speaks for which kind of cue."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import FieldError
from app.kernel.structs import Id
from media.timelines.interfaces import (
    Cue,
    CueKind,
    CueKinds,
    CueOwner,
    CueTarget,
    CueTargets,
    CueView,
)
from media.timelines.schemas import CueInput

_PLAIN: Final = frozenset((CueKind.CHAPTER, CueKind.LINK))
"""They say all there is to say themselves."""


class CueKindList(CueKinds):
    """Who speaks for which kind."""

    def __init__(self) -> None:
        self._targets: dict[CueKind, CueTargets] = {}

    def add(self, kind: CueKind, targets: CueTargets) -> None:
        """See `CueKinds`."""
        assert kind not in self._targets, f"two slices speak for {kind}"
        self._targets[kind] = targets

    async def refused(
        self,
        session: AsyncSession,
        cues: Sequence[CueInput],
        owner: CueOwner,
        stays: Collection[tuple[CueKind, str]],
    ) -> list[FieldError]:
        """The cues that point to what they may not, each named by its place; what `stays` may."""
        found = [
            FieldError(f"/cues/{number}/kind", f"There is no {each.kind} to point to yet")
            for number, each in enumerate(cues)
            if not self._spoken_for(each.kind)
        ]
        for kind, targets in self._targets.items():
            refs = {
                each.ref for each in cues if each.kind is kind and (kind, each.ref) not in stays
            }
            if not refs:
                continue
            words = await targets.missing(session, refs, owner)
            found += [
                FieldError(f"/cues/{number}/ref", words[each.ref])
                for number, each in enumerate(cues)
                if each.kind is kind and each.ref in words
            ]
        return found

    async def views(
        self, session: AsyncSession, cues: Sequence[Cue], *, gone: bool
    ) -> list[CueView]:
        """The cues as clients see them; with `gone` also those whose target is no more."""
        refs: defaultdict[CueKind, set[str]] = defaultdict(set)
        for each in cues:
            if each.kind in self._targets:
                refs[each.kind].add(each.ref)
        shown: dict[CueKind, Mapping[str, CueTarget]] = {
            kind: await self._targets[kind].shown(session, wanted) for kind, wanted in refs.items()
        }
        return [
            _cue_view(each, shown.get(each.kind, {}).get(each.ref))
            for each in cues
            if gone or each.kind in _PLAIN or each.ref in shown.get(each.kind, ())
        ]

    def _spoken_for(self, kind: CueKind) -> bool:
        return kind in _PLAIN or kind in self._targets


def _cue_view(cue: Cue, target: CueTarget | None) -> CueView:
    return CueView(
        id=Id(cue.id),
        at=cue.at,
        until=cue.until,
        kind=cue.kind,
        ref=cue.ref or None,
        position=cue.position,
        text=cue.text,
        target=target,
    )
