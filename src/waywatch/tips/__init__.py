"""What a reporter notices and what a desk does with it: the page that asks, the intake, the queue, opening and assessing.

Owns: the questions of the reporter's page and what each answer may be; the sealed envelope and its intake; tips, the keys of
their content, and what advocates write about them; the clocks of what waits. Promises: the numbers to call stand first and need
no server; what is typed never leaves the phone in readable form, nor lies readable on its disk; a tip is kept exactly once and
called sent only when the server has signed for it; without an unlocked key of that desk nobody reads a word; nobody waits unseen.
Never: an account or a cookie for a reporter, a question about race, nationality, religion or family look, a call made by the
software, a readable tip taken in.
"""
