"""Long answers: made while they are sent, cut, reset, compressed, repeated."""

import gzip
import json
import time
import tracemalloc
from collections import deque
from typing import TYPE_CHECKING

import pytest
import requests
from provider_simulators.faults import Action, Fault
from provider_simulators.ons.bodies import NDJSON, Layout, repeated
from provider_simulators.ons.organisation import CareOrganisation
from provider_simulators.ons.resources import BY_NAME
from provider_simulators.ons.tables import LINKS, PLANS
from provider_simulators.world import World

if TYPE_CHECKING:
    from conftest import OnsCaller, StartOns
    from provider_simulators.ons import Reading


def test_a_million_rows_are_made_fast_and_in_little_memory(simulated_world: World) -> None:
    organisation = CareOrganisation(simulated_world, 0, plans=PLANS, links=LINKS, insurance_depth=2)
    contracts = organisation.records("contracts")
    layout = Layout.of(NDJSON, None)
    tracemalloc.start()
    for _ in repeated(contracts, BY_NAME["contracts"], 100_000, layout):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    began = time.process_time()
    lines = sum(piece.count(b"\n") for piece in repeated(contracts, BY_NAME["contracts"], 1_000_000, layout))

    assert lines == 1_000_000
    assert time.process_time() - began < 5
    assert peak < 8_000_000


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("resource", ["employees", "shifts", "teams"])
def test_repeated_rows_are_whole_and_have_ids_of_their_own(start_ons: "StartOns", accept: str, resource: str) -> None:
    count = 2_345
    answer = start_ons(rows=count).data(resource, Accept=accept)
    assert answer.headers["Transfer-Encoding"] == "chunked"
    lines = answer.json()[resource] if accept.endswith("/json") else list(map(json.loads, answer.text.splitlines()))
    real = start_ons().data(resource).json()[resource]

    assert len(lines) == count
    assert len({line["id"] for line in lines}) == count
    assert type(lines[0]["id"]) is type(real[0]["id"])
    for field in real[0].keys() - {"id"}:
        assert lines[0][field] == real[0][field]


@pytest.mark.parametrize("count", [0, 1])
def test_few_rows_can_be_asked_for_too(start_ons: "StartOns", count: int) -> None:
    caller = start_ons(rows=count)

    assert len(caller.data("teams").json()["teams"]) == count
    assert caller.data("teams", Accept=NDJSON).text.count("\n") == count or count == 0


def test_a_hundred_thousand_rows_come_over_the_wire(start_ons: "StartOns") -> None:
    caller = start_ons(rows=100_000)
    url, headers = f"{caller.simulator.url}/v0/xstream/contracts/data", {"Accept": NDJSON}
    began = time.monotonic()
    with caller.session.get(url, headers=headers, stream=True, timeout=30) as answer:
        lines = sum(piece.count(b"\n") for piece in answer.iter_content(1 << 16))

    assert lines == 100_000
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
def test_answers_in_chunks_or_compressed_say_the_same(start_ons: "StartOns", accept: str) -> None:
    bodies = set()
    for switches in ({}, {"chunked": True}, {"gzip": True}, {"gzip": True, "chunked": True}):
        answer = start_ons(**switches).data("employees", Accept=accept)
        assert answer.headers.get("Content-Encoding") == ("gzip" if "gzip" in switches else None)
        assert answer.headers.get("Transfer-Encoding") == ("chunked" if "chunked" in switches else None)
        bodies.add(answer.content)

    assert len(bodies) == 1


def test_who_does_not_accept_gzip_gets_none(start_ons: "StartOns") -> None:
    caller = start_ons(gzip=True)

    assert "Content-Encoding" not in caller.data("teams", **{"Accept-Encoding": "identity"}).headers
    url = f"{caller.simulator.url}/v0/xstream/teams/data"
    with caller.session.get(url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=10) as answer:
        assert gzip.decompress(answer.raw.read(decode_content=False)).startswith(b'{"teams"')


@pytest.mark.parametrize("switches", [{}, {"chunked": True}, {"rows": 50_000}, {"gzip": True, "chunked": True}])
@pytest.mark.parametrize("action", [Action.CUT, Action.CUT_RESET])
def test_a_body_can_end_or_be_reset_in_the_middle_of_a_line(
    start_ons: "StartOns", action: Action, switches: dict[str, bool]
) -> None:
    caller = start_ons(**switches)
    caller.simulator.faults.add(Fault(action=action, path="/employees/data", at_byte=1_000))

    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        caller.data("employees", Accept=NDJSON)
    assert caller.data("employees", Accept=NDJSON).status_code == 200


def test_what_was_sent_before_a_cut_has_arrived(start_ons: "StartOns") -> None:
    caller = start_ons(rows=50_000)
    caller.simulator.faults.add(Fault(action=Action.CUT, path="/contracts/data", at_byte=300_000))
    url, received = f"{caller.simulator.url}/v0/xstream/contracts/data", bytearray()

    with caller.session.get(url, headers={"Accept": NDJSON}, stream=True, timeout=10) as answer:
        pieces = answer.iter_content(4_096)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            deque(map(received.extend, pieces))
    assert 290_000 < len(received) <= 300_000
    assert not received.endswith(b"\n")


def test_a_record_may_come_twice(start_ons: "StartOns") -> None:
    caller = start_ons(duplicates=True)
    rows = caller.data("teams").json()["teams"]

    assert rows[0] == rows[1]
    assert len(rows) == 5


def test_a_request_holds_its_place_until_its_last_byte(start_ons: "StartOns") -> None:
    caller = start_ons(rows=3_000_000)
    url = f"{caller.simulator.url}/v0/xstream/contracts/data"
    held = [requests.Session() for _ in range(4)]
    answers = []
    for session in held:
        session.trust_env = False
        session.cert, session.verify = caller.session.cert, caller.session.verify
        answers.append(session.get(url, headers={"Accept": NDJSON}, stream=True, timeout=10))
    assert caller.get("/ping").status_code == 429

    for answer, session in zip(answers, held, strict=True):
        answer.close()
        session.close()
    for _ in range(100):
        if caller.get("/ping").status_code == 200:
            break
        time.sleep(0.05)
    assert caller.get("/ping").status_code == 200


def test_a_client_that_reads_to_the_end_can_ask_on_at_once(start_ons: "StartOns") -> None:
    caller = start_ons(chunked=True)
    for _ in range(20):
        assert caller.data("teams").status_code == 200


def test_the_hook_sees_windowed_reads_too(ons_caller: "OnsCaller") -> None:
    seen: list[Reading] = []
    ons_caller.simulator.backend.while_reading = seen.append
    ons_caller.get("/v0/administration/account_types")

    assert [(reading.resource, reading.row) for reading in seen] == [("account_types", row) for row in range(4)]
