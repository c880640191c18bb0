import ssl
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import NameOID
from provider_simulators.ons import Certificates, Environment, OnsSimulator
from provider_simulators.ons.certificates import PASSWORD
from provider_simulators.world import World

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns


def test_a_certificate_of_this_environment_is_let_in(ons_caller: "OnsCaller") -> None:
    answer = ons_caller.get("/ping", Accept=None)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("environment", "kind", "status"),
    [
        (Environment.STAGING, "valid", 403),
        (Environment.PRODUCTION, "valid", 403),
        (Environment.DEVELOPMENT, "expired", 495),
        (Environment.DEVELOPMENT, "not_yet_valid", 495),
        (Environment.DEVELOPMENT, "foreign", 495),
    ],
)
def test_a_certificate_that_does_not_do_is_answered_with_its_status(
    ons_caller: "OnsCaller", environment: Environment, kind: str, status: int
) -> None:
    ons_caller.use(ons_caller.simulator.certificates.client(environment, kind))

    assert ons_caller.get("/ping").status_code == status
    assert ons_caller.data("teams").status_code == status
    assert [effect["status"] for effect in ons_caller.simulator.log.effects("certificate_refused")] == [status] * 2


@pytest.mark.parametrize("environment", Environment)
def test_each_environment_has_customers_and_certificates_of_its_own(
    start_ons: "StartOns", environment: Environment
) -> None:
    assert start_ons(environment=environment).get("/ping").status_code == 200


def test_without_a_certificate_the_answer_is_400(ons_caller: "OnsCaller") -> None:
    ons_caller.use(None)

    assert ons_caller.get("/ping").status_code == 400


@pytest.mark.parametrize("kind", [None, "expired", "foreign"])
def test_a_strict_proxy_aborts_the_handshake(start_ons: "StartOns", kind: str | None) -> None:
    caller = start_ons(certificate_refused="handshake")
    assert caller.get("/ping").status_code == 200

    caller.use(caller.simulator.certificates.client(Environment.DEVELOPMENT, kind) if kind else None)
    with pytest.raises(requests.ConnectionError):
        caller.get("/ping")
    assert [request["path"] for request in caller.simulator.log.requests()] == ["/ping"]


def test_a_certificate_disabled_in_the_middle_of_a_run_is_refused_from_then_on(ons_caller: "OnsCaller") -> None:
    certificate = load_pem_x509_certificate(Path(ons_caller.settings["client_certificate"]).read_bytes())
    assert ons_caller.data("teams").status_code == 200

    ons_caller.simulator.backend.revoke(certificate.serial_number)

    assert ons_caller.data("teams").status_code == 495


def test_the_server_is_not_trusted_without_its_authority(ons_caller: "OnsCaller") -> None:
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{ons_caller.simulator.url}/ping", timeout=10)


def test_the_server_is_known_as_localhost_and_speaks_no_tls_older_than_1_2(ons_caller: "OnsCaller") -> None:
    url = ons_caller.simulator.url.replace("127.0.0.1", "localhost")
    assert ons_caller.session.get(f"{url}/ping", timeout=10).status_code == 200

    assert ons_caller.simulator._ssl_context is not None
    assert ons_caller.simulator._ssl_context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_certificates_keep_the_vendors_rules(ons_certificates: Certificates) -> None:
    certificate = load_pem_x509_certificate(ons_certificates.client(Environment.DEVELOPMENT).read_bytes())
    (common_name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)

    assert common_name.value == "payroll_export-TE1002-simulated"
    assert len(certificate.subject) == 7
    assert load_pem_private_key(ons_certificates.client_key.read_bytes(), None).key_size == 4096


def test_keys_come_in_clear_encrypted_and_as_pkcs12(ons_certificates: Certificates) -> None:
    key = ons_certificates.client_key.read_bytes()
    encrypted = ons_certificates.encrypted_client_key.read_bytes()
    packed_key, certificate, _ = pkcs12.load_key_and_certificates(
        ons_certificates.pkcs12(Environment.STAGING).read_bytes(), PASSWORD.encode()
    )

    assert b"ENCRYPTED" in encrypted
    numbers = load_pem_private_key(key, None).private_numbers()
    assert load_pem_private_key(encrypted, PASSWORD.encode()).private_numbers() == numbers
    assert packed_key.private_numbers() == numbers
    assert certificate is not None
    assert certificate.public_bytes(Encoding.PEM) == ons_certificates.client(Environment.STAGING).read_bytes()


def test_private_keys_are_readable_by_their_owner_only(ons_certificates: Certificates) -> None:
    for path in (ons_certificates.client_key, ons_certificates.encrypted_client_key, ons_certificates.server):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_of_certificates_is_made_once(ons_certificates: Certificates) -> None:
    before = ons_certificates.client_key.read_bytes()

    assert Certificates.in_folder(ons_certificates.folder).client_key.read_bytes() == before


def test_settings_let_a_connector_in_also_with_an_encrypted_key(simulated_world: World) -> None:
    with OnsSimulator(simulated_world) as simulator:
        settings = simulator.connector_settings(encrypted_key=True)
        context = ssl.create_default_context(cafile=settings["ca_bundle"])
        context.load_cert_chain(settings["client_certificate"], settings["client_key"], settings["client_key_password"])
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", _AdapterWith(context))
        with session:
            assert session.get(f"{settings['api_url']}/ping", timeout=10).text == "pong"


class _AdapterWith(requests.adapters.HTTPAdapter):
    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    def cert_verify(self, *args: object, **kwargs: object) -> None:
        """The context has it all."""
