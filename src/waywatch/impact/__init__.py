"""Impact: the map, a state's glance, and the annual report, as page, PDF and JSON.

Reads counts only. Promises that every number opens to the records under it, that what was not printed stays unknown, that a year's
printed figures and the single builds under them are reconciled and never added, and that publications which disagree are both shown.
"""
