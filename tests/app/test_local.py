"""An installation's folder: who may read it, who may use it."""

import stat
from pathlib import Path

import pytest

from app import local
from app.local import Local, Refused


class TestData:
    def test_the_secret_is_made_once(self, tmp_path: Path) -> None:
        first = local.prepare_data(tmp_path / "new" / "data")
        assert len(first) >= 32
        assert local.prepare_data(tmp_path / "new" / "data") == first

    def test_private_files_never_were_readable_by_others(self, tmp_path: Path) -> None:
        path = tmp_path / "secret"
        path.write_text("old")
        path.chmod(0o644)
        local.write_private(path, b"new")
        assert path.read_bytes() == b"new"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_a_folder_is_held_by_one(self, tmp_path: Path) -> None:
        assert not local.runs(tmp_path)
        with local.lock_data(tmp_path):
            assert local.runs(tmp_path)
            with pytest.raises(Refused, match="--data DIR"):
                local.lock_data(tmp_path)
        assert not local.runs(tmp_path)


class TestEnvironment:
    def test_external_servers_replace_embedded_ones(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = Local(data=tmp_path, secret="x" * 32)
        assert here.live()
        assert here.postgres()
        monkeypatch.setenv("VALKEY_URL", "valkey://elsewhere:6379/0")
        monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/carnival")
        assert here.live() is None
        assert here.postgres() is None
        assert here.cache()
        assert here.environment()["VALKEY_URL"] == "valkey://elsewhere:6379/0"
        assert here.environment()["DATABASE_URL"] == "postgresql://elsewhere/carnival"

    def test_every_password_is_another(self, tmp_path: Path) -> None:
        here = Local(data=tmp_path, secret="x" * 32)
        live, cache, postgres = here.live(), here.cache(), here.postgres()
        assert live
        assert cache
        assert postgres
        passwords = [live.password, cache.password, postgres.admin_password]
        passwords += [postgres.owner_password, postgres.app_password]
        assert len(set(passwords)) == 5

    def test_the_owner_is_known_to_migrations_only(self, tmp_path: Path) -> None:
        here = Local(data=tmp_path, secret="x" * 32)
        assert "DATABASE_OWNER_URL" not in here.environment()
        assert "carnival_owner" in here.owner_environment()["DATABASE_OWNER_URL"]
