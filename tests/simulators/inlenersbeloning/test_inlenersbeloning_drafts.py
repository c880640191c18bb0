"""Documents made of all that was ever seen, and what is odd about them."""

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from provider_simulators.inlenersbeloning import Generation, Oddity
from provider_simulators.inlenersbeloning.drafts import EMPTY_IN_OLDER, ONLY_IN_NEWER, draft
from provider_simulators.inlenersbeloning.encoding import compact, decoded
from provider_simulators.inlenersbeloning.hirers import Hirer, every_kind
from provider_simulators.inlenersbeloning.oddities import QUIRKS, strange

COMPANY = "r50800"
DEFAULT_DIVISORS = {36: "156", 38: "164.67", 40: "173.333"}


def made(hirer: Hirer) -> Any:
    (publication,) = hirer.publications
    return strange(draft(hirer, publication, COMPANY), publication.oddities, hirer.id)


def of(*generations: Generation) -> list[Any]:
    """Documents of these kinds with nothing odd about them."""
    plain = [hirer for hirer in every_kind() if not hirer.publications[0].oddities]
    return [made(hirer) for hirer in plain if hirer.publications[0].generation in generations]


def odd(oddity: Oddity) -> tuple[Any, Any]:
    """The complete document, without and with an oddity."""
    hirer = next(each for each in every_kind() if each.publications[0].oddities == {oddity})
    return draft(hirer, hirer.publications[0], COMPANY), made(hirer)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, f"{path}.{name}")
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from leaves(each, f"{path}.{place}")
    else:
        yield path, value


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(each)


def test_the_same_hirer_has_the_same_document_every_time() -> None:
    first, second = ([compact(made(hirer)) for hirer in every_kind()] for _ in range(2))

    assert first == second
    assert len(set(first)) == len(first)


@pytest.mark.parametrize("kilobytes", [113, 150])
def test_the_largest_documents_are_as_large_as_the_largest_recorded_or_larger(kilobytes: int) -> None:
    hirer = next(each for each in every_kind() if each.publications[0].kilobytes == kilobytes)
    document = made(hirer)
    scales = document["functionGroups"]

    assert abs(len(compact(document)) - kilobytes * 1000) < 1000
    assert len(scales) == 9
    assert sum(len(scale["steps"]) for scale in scales) > 250


def test_an_almost_empty_document_is_valid_and_small() -> None:
    (document,) = of(Generation.EMPTY)

    assert len(compact(document)) < 4500
    assert document["functionGroups"] == []
    assert set(ONLY_IN_NEWER) - set(document) == {"holidayAllowances"}


def test_old_documents_lack_six_blocks_and_have_no_lines_in_six_others() -> None:
    for document in of(Generation.VARIED_LEGACY):
        assert not set(ONLY_IN_NEWER) & set(document)
        assert document["functionGroups"]
        for name in EMPTY_IN_OLDER:
            assert not any(each for each in document[name].values() if isinstance(each, list))


def test_ids_of_old_documents_collide_across_types_and_those_of_new_ones_do_not() -> None:
    for document in of(Generation.VARIED_LEGACY):
        assert document["functionGroups"][0]["id"] == document["id"]
        assert len(document["id"]) == 6
    for document in of(Generation.VARIED, Generation.COMPLETE, Generation.LARGE):
        found = [each["id"] for each in objects(document) if each.get("id")]
        assert len(set(found)) == len(found)


def test_hour_wages_of_all_rules_are_right_to_the_cent() -> None:
    rules = set()
    documents = of(Generation.COMPLETE, Generation.VARIED, Generation.VARIED_LEGACY, Generation.LARGE)
    for document in documents:
        hours = document["workingHours"]["fullTimeHours"]
        for scale in document["functionGroups"]:
            (stated,) = scale["hourWageCalculations"] or [None]
            for step in scale["steps"]:
                if stated is None:
                    assert hours in {None, *DEFAULT_DIVISORS}
                    rules.add(("none", hours))
                    if hours is None:
                        continue
                    wage = Decimal(step["salary"]) / Decimal(DEFAULT_DIVISORS[hours])
                elif stated["calculationMethod"] == "Divide":
                    rules.add(("Divide", str(stated["calculationValue"])))
                    wage = Decimal(step["salary"]) / Decimal(stated["calculationValue"])
                else:
                    rules.add(("Multiply", str(stated["calculationValue"])))
                    wage = Decimal(step["salary"]) * Decimal(stated["calculationValue"]) / 100
                assert Decimal(step["hourWage"]) == wage.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert len(rules) >= 5


def test_functions_that_lines_depend_on_exist() -> None:
    for document in of(Generation.COMPLETE, Generation.VARIED, Generation.LARGE):
        functions = {each["id"] for scale in document["functionGroups"] for each in scale["functions"]}
        named = [each for line in objects(document) for each in line.get("dependencyFunctions", [])]
        assert functions.issuperset(named)


def test_in_a_complete_document_steps_are_young_named_and_their_own() -> None:
    (document,) = of(Generation.COMPLETE)
    steps = [step for scale in document["functionGroups"] for step in scale["steps"]]

    assert {bool(step["ageStepID"]) for step in steps} == {True, False}
    assert all(step["otherStepTitle"] for step in steps if step["stepTitle"] == "Anders, namelijk...")
    for scale in document["functionGroups"]:
        assert [step["index"] for step in scale["steps"]] == list(range(1, len(scale["steps"]) + 1))


@pytest.mark.parametrize("oddity", Oddity)
def test_every_oddity_leaves_a_mark_and_valid_json(oddity: Oddity) -> None:
    plain, strange_one = odd(oddity)

    assert compact(plain) != compact(strange_one)
    assert compact(decoded(compact(strange_one))) == compact(strange_one)
    assert (strange_one["company"] or plain["company"])["id"] == plain["company"]["id"]
    assert strange_one["lenderVersion"] == plain["lenderVersion"]


def test_new_fields_stand_at_every_depth() -> None:
    _, document = odd(Oddity.NEW_FIELDS)

    assert document["payTransparency"]["items"][0]["gap"] == Decimal("3.1")
    assert document["company"]["tradeName"]
    assert document["allowances"]["nightWork"][0]["shifts"]
    assert all(step["validUntil"] for scale in document["functionGroups"] for step in scale["steps"])
    (component, *_) = document["allowances"]["allowances"][0]["allowanceComponents"]
    assert all(day["isoDay"] == 1 for day in component["weekdays"])


def test_flags_contradict_their_lists() -> None:
    plain, document = odd(Oddity.CONTRADICTIONS)

    assert document["paymentsData"]["hasFixedPayments"] is not plain["paymentsData"]["hasFixedPayments"]
    assert document["paymentsData"]["fixedPayments"] == plain["paymentsData"]["fixedPayments"]


def test_dirty_text_has_all_quirks_and_the_greatest_length() -> None:
    _, document = odd(Oddity.DIRTY_TEXT)
    texts = [value for _, value in leaves(document) if isinstance(value, str)]

    assert max(map(len, texts)) >= 7400
    for quirk in QUIRKS:
        assert any(quirk in text for text in texts)


def test_half_a_surrogate_pair_travels_as_an_escape() -> None:
    _, document = odd(Oddity.UNSTORABLE_TEXT)
    text = compact(document)

    assert b"\\ud835 half" in text
    assert b"\\u0000 nul" in text
    assert text.decode("utf-8")


def test_flags_and_numbers_change_their_types() -> None:
    plain, document = odd(Oddity.CHANGED_TYPES)
    before, after = dict(leaves(plain)), dict(leaves(document))
    flags = [value for path, value in after.items() if isinstance(before.get(path), bool)]

    assert {"true", "false", "ja", "nee", 0, 1} <= {each for each in flags if not isinstance(each, bool)}
    assert any(isinstance(after[path], str) for path in after if isinstance(before.get(path), Decimal))


def test_lists_come_as_objects_and_nulls() -> None:
    _, keyed = odd(Oddity.ODD_LISTS)
    _, nulls = odd(Oddity.NULLS)
    _, items = odd(Oddity.ODD_ITEMS)

    assert any(isinstance(each.get(name), dict) for each in objects(keyed) for name in ("steps", "functions"))
    assert any(value is None for value in nulls.values())
    assert any(None in each and "los" in each for each in lists_of(items))


def lists_of(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from lists_of(each)


def test_ids_are_missing_or_double() -> None:
    _, without = odd(Oddity.WITHOUT_IDS)
    _, double = odd(Oddity.DUPLICATE_IDS)

    groups = double["functionGroups"]
    assert len({group["id"] for group in groups}) == 1 < len(groups)
    assert {group.get("id") for scale in without["functionGroups"] for group in scale["functions"]} & {None, ""}


def test_placeholders_and_long_numbers_are_there() -> None:
    _, empty = odd(Oddity.PLACEHOLDERS)
    _, long = odd(Oddity.LONG_NUMBERS)
    placeholder = empty["leave"]["workingHoursReductions"][-1]

    assert (placeholder["amount"], placeholder["amountType"]["value"]) == (0, None)
    assert "12345678901234567.89" in compact(long).decode()
    assert json.loads(compact(long))
