"""What the running roles may do with this room's tables. The worker has no business here."""

from waywatch.lib.privileges import READ, WRITE, Privileges

TABLES: dict[str, Privileges] = {
    "builds_build": Privileges(web=WRITE),
    "builds_build_also_covers": Privileges(web=WRITE),
    "builds_cohost": Privileges(web=WRITE),
    "builds_invitedsector": Privileges(web=WRITE),
    "builds_attendancefigure": Privileges(web=WRITE),
    "builds_surveyfigure": Privileges(web=WRITE),
    "builds_followup": Privileges(web=WRITE),
    "builds_quote": Privileges(web=WRITE),
    "builds_attendance": Privileges(web=WRITE),
    "builds_attendancecount": Privileges(web=WRITE),
    "builds_yearfigures": Privileges(web=READ),
    "builds_yearsectorfigure": Privileges(web=READ),
}
