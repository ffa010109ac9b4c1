"""The directory: which organisations, people and posts there are, by sector and by place, and how to reach them.

Owns: sectors (a dated tree), organisations and the jurisdictions they serve, people, their posts, contact points and when each
was last verified; the organisers' pages for all of it, and for places.

Promises: a person sees an organisation only where one of their grants reaches (home region, served region, or national), the people
and contact points only through it, and PostgreSQL holds to that on its own. A contact point's value is encrypted in the row.
Two people who edit the same thing never overwrite each other unseen.

Never: keeps free notes about people, writes to anybody, or decides who may be written to.
"""
