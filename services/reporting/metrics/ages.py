"""How old a baby was when its referral was received: completed months in bands, before birth weeks of pregnancy."""

AGE_BANDS = ("antenatal", "0-5", "6-11", "12-23", "24-35", "36-plus")
"""Codes, in order; numbers are completed months. Source: domain 6.6 M7."""

MONTHS_AT_REFERRAL = """
((extract(year FROM received_on) - extract(year FROM born)) * 12
 + extract(month FROM received_on) - extract(month FROM born)
 - CASE WHEN extract(day FROM received_on) < extract(day FROM born) THEN 1 ELSE 0 END)
"""
"""Months are completed on the day of the month of birth; one born on the 31st completes them on the day after."""

AGE_AT_REFERRAL = f"""
CASE WHEN born IS NULL OR born > received_on THEN 'antenatal'
     WHEN {MONTHS_AT_REFERRAL} < 6 THEN '0-5'
     WHEN {MONTHS_AT_REFERRAL} < 12 THEN '6-11'
     WHEN {MONTHS_AT_REFERRAL} < 24 THEN '12-23'
     WHEN {MONTHS_AT_REFERRAL} < 36 THEN '24-35'
     ELSE '36-plus' END
"""
"""Code of the band of one baby with its day of birth in `born`; one who is not known to be born yet is unborn."""

PREGNANCY_DAYS = 280
"""From the first day of a pregnancy to the day on which the baby is due. Source: domain 6.7 (188 days 92 before it)."""
