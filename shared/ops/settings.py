"""The settings of a process: read from the environment once, frozen, passed down."""

import os
import re
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.domain import admin_token, client_address, fingerprint
from shared.ops.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parents[2]
DISCORD_OWN_API = "https://discord.com/api"
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")


class Settings(BaseSettings):
    """Everything an operator may decide. The names in the environment stand beside each field; an empty one counts as unset."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, populate_by_name=True, extra="ignore")

    port: int = Field(8080, ge=1, le=65535, validation_alias="ROUNDWIRE_PORT")
    host: str = Field("127.0.0.1", validation_alias="ROUNDWIRE_HOST")
    data: Path = Field(CHECKOUT / ".roundwire", validation_alias="ROUNDWIRE_DATA")
    database_url: str | None = Field(None, validation_alias="DATABASE_URL")
    discord_token: SecretStr | None = Field(None, validation_alias="DISCORD_TOKEN")
    discord_channel_id: int | None = Field(None, gt=0, validation_alias="DISCORD_CHANNEL_ID")
    discord_api_base: str = Field(DISCORD_OWN_API, validation_alias="DISCORD_API_BASE")
    demo: bool = Field(default=True, validation_alias="DEMO")
    autopost: bool = Field(default=True, validation_alias="ROUND_STATS_AUTOPOST_ENABLED")
    rounds_per_minute: int = Field(60, gt=0, validation_alias="ROUNDWIRE_ROUNDS_PER_MINUTE")
    rounds_burst: int = Field(120, gt=0, validation_alias="ROUNDWIRE_ROUNDS_BURST")
    notices_per_minute: int = Field(5, gt=0, validation_alias="ROUNDWIRE_NOTICES_PER_MINUTE")
    files_per_minute: int = Field(600, gt=0, validation_alias="ROUNDWIRE_FILES_PER_MINUTE")
    reads_per_minute: int = Field(600, gt=0, validation_alias="ROUNDWIRE_READS_PER_MINUTE")
    failures_per_minute: int = Field(30, gt=0, validation_alias="ROUNDWIRE_FAILURES_PER_MINUTE")
    unknown_per_minute: int = Field(120, gt=0, validation_alias="ROUNDWIRE_UNKNOWN_PER_MINUTE")
    admin_token: SecretStr | None = Field(None, validation_alias="ROUNDWIRE_ADMIN_TOKEN")
    trusted_proxies: str = Field("", validation_alias="ROUNDWIRE_TRUSTED_PROXIES")
    read_origins: str = Field("", validation_alias="ROUNDWIRE_READ_ORIGINS")
    spool_bytes: int = Field(1 << 29, ge=1 << 20, validation_alias="ROUNDWIRE_SPOOL_BYTES")
    show_timing_dual: bool = Field(default=True, validation_alias="SHOW_TIMING_DUAL")
    display_time_zone: ZoneInfo = Field(ZoneInfo("UTC"), validation_alias="ROUNDWIRE_DISPLAY_TIME_ZONE")
    filler_maps: str = Field("mp_sillyctf", validation_alias="ROUNDWIRE_FILLER_MAPS")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", validation_alias="ROUNDWIRE_LOG_LEVEL")

    @property
    def filler_map_names(self) -> frozenset[str]:
        """The maps that are played between matches, which no round is scored on: told with commas between them."""
        return frozenset(fingerprint.map_name(name) for name in self.filler_maps.split(",") if name.strip())

    @property
    def believed_proxies(self) -> client_address.TrustedProxies:
        """Whose word about the address of who asks counts."""
        return client_address.trusted_proxies(self.trusted_proxies)

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: str) -> str:
        client_address.trusted_proxies(value)
        return value

    @field_validator("admin_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and (wrong := admin_token.weakness(value.get_secret_value())):
            raise ValueError(wrong)
        return value

    @property
    def read_origin_names(self) -> frozenset[str]:
        """The origins whose pages may read what is public: told with commas between them; `*` is every one."""
        return frozenset(name.strip() for name in self.read_origins.split(",") if name.strip())

    @field_validator("read_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        if not all(one.strip() in ("", "*") or _ORIGIN.fullmatch(one.strip()) for one in value.split(",")):
            raise ValueError("must be origins such as https://stats.example, with commas between them, or *")
        return value

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError("must be a postgresql:// address")
        return value


def read_settings() -> Settings:
    """The settings. Raises SettingsError, which tells names and rules, never values: one of them may be a secret."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{'; '.join(wrong)}.") from None


def read_process_settings() -> tuple[Settings, str]:
    """The settings of one process of the service, and its database's address. Raises SettingsError."""
    settings = read_settings()
    if settings.database_url is None:
        raise SettingsError("DATABASE_URL is not set; `roundwire run` sets it for the processes it starts.")
    return settings, settings.database_url


def refuse_to_start(sentence: str, status: int = os.EX_CONFIG) -> int:
    """Tell the operator what is in the way; returns the exit status, by default the one that says: starting again will not help."""
    sys.stderr.write(f"roundwire: {sentence}\n")
    return status
