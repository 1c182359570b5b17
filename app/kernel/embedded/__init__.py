"""The embedded servers: Valkey and PostgreSQL from wheels, run as our own child processes.

For one machine (`carnival up`) and for tests. In production these servers are somebody else's.
"""
