"""The pipeline, in order. A stage is a module of the shape `base.Stage`."""

from typing import cast

from projects.stages import (
    check_fields,
    delta,
    extract,
    fields,
    inventory,
    load,
    propose,
    reconcile,
    rollback,
    sample,
    scan,
    undo_fields,
)
from projects.stages.base import Stage

STAGES = cast(
    tuple[Stage, ...],
    (
        inventory,
        check_fields,
        fields,
        undo_fields,
        propose,
        extract,
        scan,
        sample,
        load,
        delta,
        reconcile,
        rollback,
    ),
)
BY_NAME: dict[str, Stage] = {stage.NAME: stage for stage in STAGES}
