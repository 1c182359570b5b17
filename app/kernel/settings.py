"""Every setting of a Carnival process, read once from the environment.

`load_settings()` is the only reader of `os.environ`; the rest of the house receives `Settings`.
"""

from collections.abc import Callable

import msgspec
from environs import Env


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a process needs to know of the world. Immutable after start."""

    secret: str
    """Master secret, at least 32 characters. Keys of tokens, cursors and tickets derive from it."""
    secret_previous: str | None = None
    """The master secret before the last rotation; still accepted for reading until removed."""
    valkey_url: str
    """The durable "live" Valkey: valkey://, valkey+sentinel:// or valkey+cluster://."""
    valkey_cache_url: str
    """The "cache" Valkey, same forms; may vanish at any time."""
    database_url: str
    """PostgreSQL of the application's role: postgresql://user:pass@host:port/name."""
    database_owner_url: str | None = None
    """PostgreSQL of the owning role, used by `migrate` only; default: `database_url`."""
    object_store_url: str = "file:///tmp/carnival-objects"
    """Where pictures live: file:///folder or s3://bucket/prefix (AWS_* variables apply)."""
    public_url: str = "http://127.0.0.1:8080"
    """The address shoppers use; share links and CORS start here."""
    host: str = "127.0.0.1"
    """The address the web process binds."""
    port: int = 8080
    """The port of the public HTTP server."""
    metrics_port: int = 0
    """The port of Prometheus metrics; 0 turns them off."""
    metrics_host: str = "127.0.0.1"
    """The address that port binds: metrics are not for shoppers."""
    web_workers: int = 1
    """Processes of one `carnival web`."""
    database_pool_size: int = 8
    """Connections a process keeps for requests; each worker process has its own pool."""
    database_timeout_seconds: float = 5.0
    """How long a request waits for a connection before it is answered 503."""
    valkey_timeout_seconds: float = 2.0
    """How long a call may take before it counts as failed."""
    durability: str = "local"
    """When a decision is answered: `local`, once the live Valkey's disk has it; or `replicated`,
    once a replica's disk has it as well, so that a failover loses nothing that was answered."""
    replication_timeout_seconds: float = 0.5
    """How long that may take before the answer is 503; the decision stands."""
    valkey_queue_max: int = 20_000
    """Calls that may wait in a process before new ones are refused with 503."""
    request_body_bytes_max: int = 256 * 1024
    """The largest JSON body; uploads have their own bound."""
    image_bytes_max: int = 20 * 1024 * 1024
    """The largest picture accepted."""
    upload_quota_brand: int = 200 * 2**30
    """Bytes of films that a brand may keep, unfinished uploads included."""
    upload_quota_shopper: int = 5 * 2**30
    """The same of a shopper."""
    access_token_seconds: int = 600
    """Life of an access token; at most ten minutes, so that revocation lists stay short."""
    refresh_token_days: int = 60
    """Life of an unused refresh token."""
    otp_sender: str = "console"
    """Who delivers one-time codes: `console` (prints them) or `http`."""
    otp_http_url: str | None = None
    """Where the HTTP sender posts {phone, code, expiresInSeconds}."""
    otp_http_token: str | None = None
    """Bearer token of the HTTP sender."""
    otp_console_file: str | None = None
    """A file the console sender also appends to, so that a rehearsal can sign in."""
    feed_push_followers_max: int = 10_000
    """Posts of accounts with more followers are pulled at read instead of pushed."""
    feed_items_max: int = 800
    """Entries a timeline keeps; older pages come from SQL."""
    feed_active_days: int = 7
    """A timeline nobody read for so long is dropped and rebuilt on return."""
    feed_held_bytes_max: int = 64 * 1024 * 1024
    """First pages of feeds that a process holds; 0 holds none."""
    posts_held_max: int = 10_000
    """Ready posts that a process holds, at some 3 kB each; 0 holds none."""
    follows_max: int = 2_000
    """Accounts one shopper may follow."""
    transcoder_jobs: int = 0
    """Pieces of films that one transcoder encodes at once; 0: one a core, two at least."""
    transcode_av1: bool = False
    """Whether films are encoded in AV1 as well: smaller for its viewers, hours for the machine."""
    rate_limit_per_minute: int = 1_200
    """Requests a minute one caller may make on routes without a bound of their own."""
    rate_limit_auth_per_hour: int = 60
    """Sign-in requests an hour from one address."""
    otp_sends_per_hour: int = 5
    """Codes an hour for one phone."""
    trusted_proxies: int = 0
    """Proxies in front that append to X-Forwarded-For; 0 believes the socket only."""
    demo: bool = False
    """Whether this is the demo festival: shows how to sign in on the pages."""
    log_level: str = "info"
    """debug, info, warning or error."""
    log_json: bool = True
    """JSON lines, or readable lines for a terminal."""
    strict_safety: bool = True
    """Refuse to start when the live Valkey or PostgreSQL would lose acknowledged decisions."""

    @property
    def replicated_seconds(self) -> float | None:
        """How long a decision waits for a replica; None where it does not."""
        return self.replication_timeout_seconds if self.durability == "replicated" else None


def load_settings() -> Settings:
    """Read the environment. Raises `environs.EnvError` naming the variable that is wrong."""
    env = Env()
    readers: dict[object, Callable[[str], object]] = {
        int: env.int,
        float: env.float,
        bool: env.bool,
    }
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        name = _variable(field.name)
        if field.required or env.str(name, None) is not None:
            values[field.name] = readers.get(field.type, env.str)(name)
    settings = msgspec.convert(values, Settings)
    if len(settings.secret) < 32:
        raise ValueError("CARNIVAL_SECRET must have at least 32 characters")
    if not 30 <= settings.access_token_seconds <= 600:
        raise ValueError("CARNIVAL_ACCESS_TOKEN_SECONDS must lie between 30 and 600")
    if settings.durability not in ("local", "replicated"):
        raise ValueError("CARNIVAL_DURABILITY must be local or replicated")
    wait_seconds = settings.replicated_seconds
    if wait_seconds is not None and not 0 < wait_seconds * 2 < settings.valkey_timeout_seconds:
        raise ValueError(
            "CARNIVAL_REPLICATION_TIMEOUT_SECONDS must be less than half of "
            "CARNIVAL_VALKEY_TIMEOUT_SECONDS"
        )
    return settings


_SHARED = frozenset(
    ("valkey_url", "valkey_cache_url", "database_url", "database_owner_url", "object_store_url")
)


def _variable(field: str) -> str:
    """The usual names for what other tools read too, `CARNIVAL_…` for the rest."""
    return field.upper() if field in _SHARED else f"CARNIVAL_{field.upper()}"
