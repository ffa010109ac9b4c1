"""What may be passed on: packs of rules by which a hotline decides whether, to whom and with what a tip may be referred.

Owns: the packs in `data/packs/`, each version for ever, and the floors that no pack may undercut. Promises: every case has an answer; the
answer names the rule, what stopped the rules before it, and the very version of the pack; a stored answer comes out again years later.
Never: a referral by itself, a score, an input about race, nationality, religion, gender or family look.
"""
