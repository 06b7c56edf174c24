"""What the referral service does when another speaks: nothing yet (P11, a summary to the referrer, needs addresses)."""

RULES: tuple[()] = ()
