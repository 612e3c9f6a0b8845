"""The order of the stages, and the public Python calls.

A call is fetched on first use: opening a bundle must not load, or even need, what building needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lissom.bundle import OwnKey, TrustedKey, Verified
    from lissom.data import Given
    from lissom.govern import Gates
    from lissom.pipeline.answering import Loaded, load, predict
    from lissom.pipeline.ask import Ask, Asked, Proposed
    from lissom.pipeline.asking import next_rows
    from lissom.pipeline.auditing import AuditOrder, audit
    from lissom.pipeline.building import build
    from lissom.pipeline.checkup import Check, doctor
    from lissom.pipeline.comparing import Compared, Pairing, compare
    from lissom.pipeline.describing import Described, describe
    from lissom.pipeline.exam_calls import compare_models, examine_model, load_policy
    from lissom.pipeline.exam_file import Policy
    from lissom.pipeline.exam_report import save_exam
    from lissom.pipeline.examining import Request, Scope, examine
    from lissom.pipeline.findings_file import to_json as findings_json
    from lissom.pipeline.fingerprinting import Fingerprinted, FingerprintOrder, fingerprint
    from lissom.pipeline.fixing import FixOrder, fix
    from lissom.pipeline.incidents import (
        ShownIncident,
        close_incident,
        export_incident,
        list_incidents,
        note_incident,
        open_incidents,
        read_alarms,
        read_alerts,
        report_incident,
        show_incident,
    )
    from lissom.pipeline.keys import (
        Keys,
        export_key,
        list_keys,
        make_key,
        retire_key,
        trust_key,
        untrust_key,
    )
    from lissom.pipeline.looking import show, verify
    from lissom.pipeline.order import Budget, Built, Declared, Order
    from lissom.pipeline.releasing import Act, Released, change_release, show_release
    from lissom.pipeline.results import AuditReport, Fixed, Predicted, Prediction, Shown
    from lissom.pipeline.samples import sample
    from lissom.pipeline.serving import (
        Demands,
        ServeOrder,
        add_access_key,
        drop_access_key,
        find_releases,
        keys_path,
        list_access_keys,
        open_model,
        open_models,
    )
    from lissom.pipeline.targets.bundle import open_bundle_target
    from lissom.pipeline.targets.hugging_face import open_hugging_face
    from lissom.pipeline.targets.onnx_file import open_onnx
    from lissom.pipeline.targets.server import open_server
    from lissom.pipeline.targets.skops_file import open_skops
    from lissom.pipeline.uploads import answer_upload
    from lissom.pipeline.watching import (
        WatchOrder,
        accept_change,
        erase_subject,
        open_chronicle,
        watch,
    )

__all__ = [
    "Act",
    "Ask",
    "Asked",
    "AuditOrder",
    "AuditReport",
    "Budget",
    "Built",
    "Check",
    "Compared",
    "Declared",
    "Demands",
    "Described",
    "FingerprintOrder",
    "Fingerprinted",
    "FixOrder",
    "Fixed",
    "Gates",
    "Given",
    "Keys",
    "Loaded",
    "Order",
    "OwnKey",
    "Pairing",
    "Policy",
    "Predicted",
    "Prediction",
    "Proposed",
    "Released",
    "Request",
    "Scope",
    "ServeOrder",
    "Shown",
    "ShownIncident",
    "TrustedKey",
    "Verified",
    "WatchOrder",
    "accept_change",
    "add_access_key",
    "answer_upload",
    "audit",
    "build",
    "change_release",
    "close_incident",
    "compare",
    "compare_models",
    "describe",
    "doctor",
    "drop_access_key",
    "erase_subject",
    "examine",
    "examine_model",
    "export_incident",
    "export_key",
    "find_releases",
    "findings_json",
    "fingerprint",
    "fix",
    "keys_path",
    "list_access_keys",
    "list_incidents",
    "list_keys",
    "load",
    "load_policy",
    "make_key",
    "next_rows",
    "note_incident",
    "open_bundle_target",
    "open_chronicle",
    "open_hugging_face",
    "open_incidents",
    "open_model",
    "open_models",
    "open_onnx",
    "open_server",
    "open_skops",
    "predict",
    "read_alarms",
    "read_alerts",
    "report_incident",
    "retire_key",
    "sample",
    "save_exam",
    "show",
    "show_incident",
    "show_release",
    "trust_key",
    "untrust_key",
    "verify",
    "watch",
]

# The named door: public name -> the module that holds it.
_HOMES = {
    "Act": "lissom.pipeline.releasing",
    "Released": "lissom.pipeline.releasing",
    "change_release": "lissom.pipeline.releasing",
    "show_release": "lissom.pipeline.releasing",
    "Demands": "lissom.pipeline.serving",
    "ServeOrder": "lissom.pipeline.serving",
    "add_access_key": "lissom.pipeline.serving",
    "drop_access_key": "lissom.pipeline.serving",
    "find_releases": "lissom.pipeline.serving",
    "keys_path": "lissom.pipeline.serving",
    "list_access_keys": "lissom.pipeline.serving",
    "open_model": "lissom.pipeline.serving",
    "open_models": "lissom.pipeline.serving",
    "answer_upload": "lissom.pipeline.uploads",
    "ShownIncident": "lissom.pipeline.incidents",
    "close_incident": "lissom.pipeline.incidents",
    "export_incident": "lissom.pipeline.incidents",
    "list_incidents": "lissom.pipeline.incidents",
    "note_incident": "lissom.pipeline.incidents",
    "open_incidents": "lissom.pipeline.incidents",
    "read_alarms": "lissom.pipeline.incidents",
    "read_alerts": "lissom.pipeline.incidents",
    "report_incident": "lissom.pipeline.incidents",
    "show_incident": "lissom.pipeline.incidents",
    "WatchOrder": "lissom.pipeline.watching",
    "accept_change": "lissom.pipeline.watching",
    "erase_subject": "lissom.pipeline.watching",
    "open_chronicle": "lissom.pipeline.watching",
    "watch": "lissom.pipeline.watching",
    "Ask": "lissom.pipeline.ask",
    "Asked": "lissom.pipeline.ask",
    "AuditOrder": "lissom.pipeline.auditing",
    "AuditReport": "lissom.pipeline.results",
    "Budget": "lissom.pipeline.order",
    "Built": "lissom.pipeline.order",
    "Check": "lissom.pipeline.checkup",
    "Compared": "lissom.pipeline.comparing",
    "Declared": "lissom.pipeline.order",
    "Described": "lissom.pipeline.describing",
    "FingerprintOrder": "lissom.pipeline.fingerprinting",
    "Fingerprinted": "lissom.pipeline.fingerprinting",
    "fingerprint": "lissom.pipeline.fingerprinting",
    "FixOrder": "lissom.pipeline.fixing",
    "Fixed": "lissom.pipeline.results",
    "Gates": "lissom.govern",
    "Given": "lissom.data",
    "Keys": "lissom.pipeline.keys",
    "Loaded": "lissom.pipeline.answering",
    "Order": "lissom.pipeline.order",
    "Pairing": "lissom.pipeline.comparing",
    "Policy": "lissom.pipeline.exam_file",
    "OwnKey": "lissom.bundle",
    "Predicted": "lissom.pipeline.results",
    "Prediction": "lissom.pipeline.results",
    "Proposed": "lissom.pipeline.ask",
    "Request": "lissom.pipeline.examining",
    "Scope": "lissom.pipeline.examining",
    "Shown": "lissom.pipeline.results",
    "TrustedKey": "lissom.bundle",
    "Verified": "lissom.bundle",
    "audit": "lissom.pipeline.auditing",
    "build": "lissom.pipeline.building",
    "compare": "lissom.pipeline.comparing",
    "compare_models": "lissom.pipeline.exam_calls",
    "doctor": "lissom.pipeline.checkup",
    "examine": "lissom.pipeline.examining",
    "examine_model": "lissom.pipeline.exam_calls",
    "load_policy": "lissom.pipeline.exam_calls",
    "describe": "lissom.pipeline.describing",
    "export_key": "lissom.pipeline.keys",
    "list_keys": "lissom.pipeline.keys",
    "findings_json": "lissom.pipeline.findings_file",
    "fix": "lissom.pipeline.fixing",
    "load": "lissom.pipeline.answering",
    "make_key": "lissom.pipeline.keys",
    "next_rows": "lissom.pipeline.asking",
    "open_bundle_target": "lissom.pipeline.targets.bundle",
    "open_hugging_face": "lissom.pipeline.targets.hugging_face",
    "open_onnx": "lissom.pipeline.targets.onnx_file",
    "open_server": "lissom.pipeline.targets.server",
    "open_skops": "lissom.pipeline.targets.skops_file",
    "predict": "lissom.pipeline.answering",
    "retire_key": "lissom.pipeline.keys",
    "sample": "lissom.pipeline.samples",
    "save_exam": "lissom.pipeline.exam_report",
    "show": "lissom.pipeline.looking",
    "trust_key": "lissom.pipeline.keys",
    "untrust_key": "lissom.pipeline.keys",
    "verify": "lissom.pipeline.looking",
}

# Called otherwise where it is at home.
_THERE = {"findings_json": "to_json"}


def __getattr__(name: str) -> object:
    """Fetch a public name on first use.

    Raises:
        AttributeError: the pipeline has no such name.
        MissingPartError: the call needs a part that is not installed.
    """
    home = _HOMES.get(name)
    if home is None:
        message = f"module 'lissom.pipeline' has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(home), _THERE.get(name, name))
    globals()[name] = found  # the next look-up does not come here
    return found
