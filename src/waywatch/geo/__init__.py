"""Countries, states and provinces, counties, ZIP codes, agencies and places on the road: reference data, with sources.

Owns: the published data files in `data/` (NOTICE.md names each source), the tables they are loaded into, the shapes
behind "which county is this point in", the map of the United States and Canada, and the places that organisers add.

Promises: a row of the published data is never dropped without being counted in the loader's summary, never edited, and
carries its source; a point that lies outside every shape is answered as approximate or not at all.

Never: routes a tip or a referral by an agency of this list (a fact of 2018), asks another server, keeps anything about
a person.
"""
