"""Reads: SourceRecord and the signed plan. Writes: the destination, through writing.py."""

from projects.stages import landing, tallies
from projects.stages.base import Context, Tally

NAME = "load"
LABEL = "Load everything"
WRITES = True


def run(ctx: Context) -> Tally:
    landing.recover(ctx, wave=0)
    landing.prepare(ctx, wave=1)
    landing.land_all(ctx, wave=2, picks=lambda _: None)
    return tallies.source_tally(ctx.engagement)
