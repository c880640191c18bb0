from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.payroll import Payroll


@pytest.fixture
def messages(payroll: Payroll) -> bytes:
    """The mapped journal entries of all payroll runs, as the target receives them."""
    return payroll.extract()
