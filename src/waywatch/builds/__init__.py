"""Builds: meetings of a coalition, what was counted there, and what followed.

Owns the build with its co-hosts, invited sectors, attendance, survey figures, follow-ups and quotes, and the yearly figures that partners
print. Promises that each figure carries its provenance, that an unknown stays unknown, and that a printed word such as "over" stays.
Never adds a year's printed figures to those of the builds under it: they describe the same people.
"""
