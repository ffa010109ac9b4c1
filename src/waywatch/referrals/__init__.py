"""From the desk to somebody who can act: trusted contacts, handovers with a clock, what an agency writes back.

Owns: trusted contacts and how a desk decides (the policy pack, known duties); referrals, their chain of handovers and the acknowledgement
clock; 911 incidents and outcomes, written between desk and agency. Promises: nothing goes out without a person's click and never more than
the policy lets; each agency gets a copy sealed to its own keyring when its turn has come, and not before; one at a time, one winner;
whoever is late loses the turn and the desk is told; a mail says that a task waits and nothing else.
Never: content of a tip in the clear, a call made by the software, a referral cancelled because a 911 incident exists, anything of a
criminal case.
"""
