"""The store is private, atomic, and never loses a token to a seed, a crash or a damaged file."""

import json
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import filelock
import pytest
from connector_kit.errors import AlreadyRunningError, ExitCode, SettingError
from connector_kit.oauth import Token, TokenStore
from connector_kit.oauth import store as store_module

NOW = datetime(2026, 11, 15, 12, tzinfo=UTC)


NUMBER_AS_TOKEN = {
    "format": 1,
    "previous": None,
    "seed_sha256": None,
    "access_token": 5,
    "refresh_token": "x",
    "expires_at": NOW.isoformat(),
    "obtained_at": NOW.isoformat(),
    "generation": 1,
    "scope": None,
}


def token(name: str) -> Token:
    return Token(
        access_token=f"access-{name}",
        refresh_token=f"refresh-{name}",
        expires_at=NOW,
        generation=0,
        scope="a b",
        obtained_at=NOW,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tokens" / "token.json"


def stored(path: Path, *, seed: str | None, name: str) -> Token:
    store = TokenStore(path, seed=seed)
    with store.lock():
        old = store.read()
        return store.replace(old, token(name)) if old else store.start(token(name))


def test_file_and_folder_are_private(path: Path) -> None:
    stored(path, seed="seed-token", name="1")
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (path.parent, path, path.with_name("token.json.lock"))}
    assert modes == {"tokens": 0o700, "token.json": 0o600, "token.json.lock": 0o600}
    path.chmod(0o644)
    TokenStore(path, seed=None).read()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_file_says_what_it_holds_but_not_the_seed(path: Path) -> None:
    stored(path, seed="seed-token", name="1")
    stored(path, seed="seed-token", name="2")
    content = json.loads(path.read_text())
    assert content["generation"] == 2
    assert content["previous"]["refresh_token"] == "refresh-1"
    assert content["obtained_at"] == content["expires_at"] == "2026-11-15T12:00:00+00:00"
    assert content["scope"] == "a b"
    assert "seed-token" not in path.read_text().replace(json.dumps(content["previous"]["refresh_token"]), "")


def test_the_store_wins_over_the_seed_until_the_seed_changes(path: Path) -> None:
    stored(path, seed="seed-token", name="1")
    for seed in ("seed-token", None):
        read = TokenStore(path, seed=seed).read()
        assert read is not None
        assert read.refresh_token == "refresh-1"
    changed = TokenStore(path, seed="new-seed").read()
    assert changed is not None
    assert (changed.refresh_token, changed.access_token) == ("new-seed", "")
    assert stored(path, seed="new-seed", name="2").generation == 2


def test_a_login_wins_over_the_seed_it_was_made_with(path: Path) -> None:
    store = TokenStore(path, seed="old-seed")
    with store.lock():
        store.start(token("login"))
    read = TokenStore(path, seed="old-seed").read()
    assert read is not None
    assert read.refresh_token == "refresh-login"


def test_a_generation_that_somebody_else_replaced_is_not_overwritten(path: Path) -> None:
    first = stored(path, seed="seed-token", name="1")
    second = stored(path, seed="seed-token", name="2")
    store = TokenStore(path, seed="seed-token")
    with store.lock():
        assert store.replace(first, token("late")) == second
    assert json.loads(path.read_text())["refresh_token"] == "refresh-2"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"format": 1, "previous": null, "seed_sha256": null}',
        json.dumps(NUMBER_AS_TOKEN).encode(),
    ],
)
def test_a_damaged_store_is_a_clear_error_and_stays_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = TokenStore(path, seed="seed-token")
    with pytest.raises(SettingError, match=r"setting token_store: .*token\.json is damaged; move it away") as caught:
        store.read()
    assert caught.value.exit_code is ExitCode.SETTINGS
    with store.lock():
        for write in (store.check_writable, lambda: store.start(token("1"))):
            with pytest.raises(SettingError):
                write()
    assert path.read_bytes() == content


def test_a_store_of_another_version_is_not_touched(path: Path) -> None:
    stored(path, seed="seed-token", name="1")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(SettingError, match="written by another version"):
        TokenStore(path, seed="seed-token").read()


def test_a_write_that_was_cut_off_is_finished_or_dropped(path: Path) -> None:
    stored(path, seed="seed-token", name="1")
    first = path.read_text()
    stored(path, seed="seed-token", name="2")
    second = path.read_text()
    new = path.with_name("token.json.new")
    for left_behind, expected in ((second, second), (second[: len(second) // 2], first), (" " * 100, first)):
        path.write_text(first)
        new.write_text(left_behind)
        with TokenStore(path, seed="seed-token").lock():
            assert path.read_text() == expected
            assert not new.exists()


def test_a_lock_that_is_never_released_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT_SECONDS", 0.1)
    path.parent.mkdir()
    store = TokenStore(path, seed=None)
    with filelock.FileLock(f"{path}.lock"), pytest.raises(AlreadyRunningError, match="another process") as caught:
        store.lock().__enter__()
    assert caught.value.exit_code is ExitCode.LOCKED


def test_the_lock_keeps_threads_apart(path: Path) -> None:
    store = TokenStore(path, seed="seed-token")
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(5):
            with store.lock():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


def test_a_token_does_not_show_itself() -> None:
    assert "access-1" not in repr(token("1"))
    assert "refresh-1" not in str(replace(token("1"), generation=5))
