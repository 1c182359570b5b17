"""The embedded provider: a bank of its own that pays nobody, with the manners of a real one.

How it treats a payout follows from the payee, so that tests and demos can have it every way:
`sandbox-refuse`, `sandbox-timeout` and so on (`Manner`); any other payee is paid within seconds.
It keeps its own table and its own transactions, as a bank elsewhere would.
"""
