import pytest
from connector_kit.errors import ExitCode, SettingError
from connector_kit.service_url import service_url


@pytest.mark.parametrize(
    ("value", "normalised"),
    [
        ("https://api.example.nl/", "https://api.example.nl"),
        ("HTTPS://API.Example.nl/Api/1/", "https://api.example.nl/Api/1"),
        ("https://api.example.nl:8443", "https://api.example.nl:8443"),
        ("http://127.0.0.1:8801/", "http://127.0.0.1:8801"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:1/x", "http://localhost:1/x"),
        ("http://[::1]:1/x", "http://[::1]:1/x"),
    ],
)
def test_a_good_url_is_normalised(value: str, normalised: str) -> None:
    assert service_url(value, setting="api_url") == normalised


@pytest.mark.parametrize(
    "value",
    [
        "",
        "api.example.nl",
        "ftp://api.example.nl",
        "http://api.example.nl",
        "http://169.254.169.254/latest",
        "http://127.0.0.1.example.nl",
        "http://localhost.example.nl",
        "http://127.0.0.1@example.nl",
        "http://2130706433/",
        "http://0.0.0.0/",
        "https://user:password@api.example.nl",
        "https://@api.example.nl",
        "https://api.example.nl?x=1",
        "https://api.example.nl?",
        "https://api.example.nl/#x",
        "https://api.example.nl:99999",
        "https://api.example.nl/a b",
        "https://api.example.nl\\@evil.example",
        "https://[::1",
        "https:///path",
        "https://api.example.nl\n",
    ],
)
def test_a_url_that_could_leak_a_token_is_refused_by_the_name_of_its_setting(value: str) -> None:
    with pytest.raises(SettingError, match="setting api_url: ") as caught:
        service_url(value, setting="api_url")
    assert caught.value.exit_code is ExitCode.SETTINGS
    assert "password@" not in str(caught.value)
