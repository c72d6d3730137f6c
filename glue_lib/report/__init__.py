"""What happened, told: a record of each run, and a page of them all."""
