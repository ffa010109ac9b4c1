"""What is done with a referral. Guards first, then one transaction with the row locked."""
