"""What is done with a tip at the desk. Guards first, then one transaction with the tip's row locked."""
