"""Base URLs of providers as settings: https to the world, plain http only to this machine."""

import ipaddress
from urllib.parse import urlsplit

from connector_kit.errors import SettingError


def service_url(value: str, *, setting: str) -> str:
    """Check and normalise the base URL of a provider.

    Args:
        value: The URL as the user wrote it.
        setting: The name of the setting, for the message.

    Returns:
        The URL with lower-case scheme and host, without trailing slash.

    Raises:
        SettingError: It is not an https URL (http only for a loopback host), or carries a user, query or fragment.
    """
    if any(c.isspace() or not c.isprintable() for c in value) or "\\" in value:
        raise SettingError(f"setting {setting}: not a URL")
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise SettingError(f"setting {setting}: not a URL") from None
    if parts.scheme not in {"https", "http"} or not host:
        raise SettingError(f"setting {setting}: expected a URL like https://host/path")
    if "@" in parts.netloc:
        raise SettingError(f"setting {setting}: a URL must not carry a user name or password")
    if "?" in value or "#" in value:
        raise SettingError(f"setting {setting}: a base URL must not carry a query or fragment")
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingError(f"setting {setting}: must be https (plain http only to this machine, such as 127.0.0.1)")
    authority = f"[{host}]" if ":" in host else host
    if port is not None:
        authority = f"{authority}:{port}"
    return f"{parts.scheme}://{authority}{parts.path}".rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine, without asking a name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
