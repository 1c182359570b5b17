"""The two roles of the database: the owner changes tables, the application only rows.

A hole in the application is then no hole in the schema, and an append-only table can stay so.
"""

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

_GRANTS = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT USAGE, SELECT ON SEQUENCES TO {app}",
)


def create_database(admin_url: str, owner_url: str, app_url: str) -> None:
    """Make the roles and the database that the two addresses name, with their passwords.

    What exists is kept; passwords become those of the addresses. Safe to run again.
    """
    owner, app = conninfo_to_dict(owner_url), conninfo_to_dict(app_url)
    database = str(owner["dbname"])
    with psycopg.connect(admin_url, autocommit=True) as admin:
        for each in (owner, app):
            _see_to_role(admin, str(each["user"]), str(each["password"]))
        _see_to_database(admin, database, str(owner["user"]))
    names = {"database": database, "owner": str(owner["user"]), "app": str(app["user"])}
    identifiers = {key: sql.Identifier(value) for key, value in names.items()}
    with psycopg.connect(admin_url, dbname=database, autocommit=True) as admin:
        for grant in _GRANTS:
            admin.execute(sql.SQL(grant).format(**identifiers))


def _see_to_role(admin: psycopg.Connection, role: str, password: str) -> None:
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}"
    # such passwords are random, so slow hashing protects nothing and costs every new connection
    admin.execute("SET scram_iterations = 16")
    admin.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def _see_to_database(admin: psycopg.Connection, database: str, owner: str) -> None:
    row = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
    if row is None:
        names = sql.Identifier(database), sql.Identifier(owner)
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
