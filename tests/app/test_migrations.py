"""One history makes the schema that the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.kernel.database import sqlalchemy_url
from app.migrations import configuration, load_models, upgrade
from tests.servers import Servers


class TestHistory:
    def test_is_one_line(self, servers: Servers) -> None:
        script = ScriptDirectory.from_config(configuration(servers.postgres.owner_url))
        assert len(script.get_heads()) == 1
        assert not [each for each in script.walk_revisions() if each.is_merge_point]

    def test_makes_what_the_models_describe(self, servers: Servers) -> None:
        engine = create_engine(sqlalchemy_url(servers.postgres.owner_url))
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"include_name": _ours, "compare_server_default": True}
            )
            assert compare_metadata(context, load_models()) == []
        engine.dispose()

    def test_upgrading_again_changes_nothing(self, servers: Servers) -> None:
        engine = create_engine(sqlalchemy_url(servers.postgres.owner_url))
        with engine.connect() as connection:
            count = text("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'i')")
            before = connection.execute(count).scalar()
            upgrade(servers.postgres.owner_url)
            assert connection.execute(count).scalar() == before
        engine.dispose()


def _ours(name: str | None, kind: str, parents: object) -> bool:
    foreign = name is not None and name.startswith(("procrastinate_", "alembic_"))
    return not (kind == "table" and foreign)
