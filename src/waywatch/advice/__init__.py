"""What to do at once: numbers to call, signs by sector, the rules that name the first call, and the order of the calls after it.

Owns: reviewed and versioned words in `data/`. The phone and the server read the same files and come to the same advice.
Promises: unknown never lowers an advice; an unknown age raises none; a child's presence is no sign; no pack changes the first call.
Never: a score, a rule about race, nationality, religion, gender or family look, a call made by the software.
"""
