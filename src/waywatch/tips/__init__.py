"""What a reporter notices: the page that asks, and the content of a tip.

Owns: the questions of the reporter's page and what each answer may be. Promises: the numbers to call stand first and need no server;
what is typed never leaves the phone in readable form, nor lies readable on its disk.
Never: an account or a cookie for a reporter, a question about race, nationality, religion or family look, a call made by the software.
"""
