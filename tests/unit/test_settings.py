"""Settings that guard the door: what is unsafe is refused at the start, and no secret is ever repeated."""

import pytest

from shared.ops.errors import SettingsError
from shared.ops.settings import read_settings

GOOD = "5f2d9c1a7be04836a1c0d2f4e6b8a7c9"


@pytest.mark.parametrize("token", ["short-secret", "changeme" * 8])
def test_a_weak_admin_token_keeps_the_service_from_starting(monkeypatch, token):
    monkeypatch.setenv("ROUNDWIRE_ADMIN_TOKEN", token)
    with pytest.raises(SettingsError, match="ROUNDWIRE_ADMIN_TOKEN") as refusal:
        read_settings()
    assert token not in str(refusal.value)


def test_an_empty_admin_token_is_none(monkeypatch):
    monkeypatch.setenv("ROUNDWIRE_ADMIN_TOKEN", "")
    assert read_settings().admin_token is None


def test_settings_do_not_tell_their_secrets(monkeypatch):
    monkeypatch.setenv("ROUNDWIRE_ADMIN_TOKEN", GOOD)
    settings = read_settings()
    assert settings.admin_token is not None
    assert GOOD not in f"{settings!r} {settings}"


def test_a_proxy_that_is_no_address_keeps_the_service_from_starting(monkeypatch):
    monkeypatch.setenv("ROUNDWIRE_TRUSTED_PROXIES", "127.0.0.1, nginx")
    with pytest.raises(SettingsError, match=r"ROUNDWIRE_TRUSTED_PROXIES.*'nginx'"):
        read_settings()


@pytest.mark.parametrize("origins", ["stats.example", "https://stats.example/", "https://a b", "javascript:x", "null"])
def test_an_origin_that_is_none_keeps_the_service_from_starting(monkeypatch, origins):
    monkeypatch.setenv("ROUNDWIRE_READ_ORIGINS", origins)
    with pytest.raises(SettingsError, match="ROUNDWIRE_READ_ORIGINS"):
        read_settings()


def test_origins_are_told_with_commas_between_them(monkeypatch):
    monkeypatch.setenv("ROUNDWIRE_READ_ORIGINS", "https://stats.example, http://[::1]:3000")
    assert read_settings().read_origin_names == {"https://stats.example", "http://[::1]:3000"}
