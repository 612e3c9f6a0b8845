"""Incidents: what an alarm means, what was seen, who was told, what was done, and the report."""

from lissom.operate.incidents.aiid import to_aiid
from lissom.operate.incidents.alarm_file import AlarmOrder, read_alarm_file
from lissom.operate.incidents.alerts import Alerts, Pace, Sent, read_sent
from lissom.operate.incidents.causes import CAUSE_OF, MEANS, Cause, Severity, find_cause
from lissom.operate.incidents.channels import Alert, ChannelError, open_channels
from lissom.operate.incidents.going_back import GoBack, go_back_for, wants_back
from lissom.operate.incidents.keeping import Incidents, write_act
from lissom.operate.incidents.opening import Look, follow
from lissom.operate.incidents.record import (
    FOLDER,
    Alarm,
    Book,
    Incident,
    Line,
    Row,
    Told,
    choose,
)
from lissom.operate.incidents.report import MISSING, Cost, count_cost, write_report

__all__ = [
    "CAUSE_OF",
    "FOLDER",
    "MEANS",
    "MISSING",
    "Alarm",
    "AlarmOrder",
    "Alert",
    "Alerts",
    "Book",
    "Cause",
    "ChannelError",
    "Cost",
    "GoBack",
    "Incident",
    "Incidents",
    "Line",
    "Look",
    "Pace",
    "Row",
    "Sent",
    "Severity",
    "Told",
    "choose",
    "count_cost",
    "find_cause",
    "follow",
    "go_back_for",
    "open_channels",
    "read_alarm_file",
    "read_sent",
    "to_aiid",
    "wants_back",
    "write_act",
    "write_report",
]
