"""The machine-readable side of the drift report: a file of names that no version of the tap knows."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from connector_kit.errors import ConnectorError, ExitCode, SettingError

__all__ = ["DriftError", "write_drift_report"]


class DriftError(ConnectorError):
    """Documents hold fields or codes that are not known, and the settings say to fail then."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


def write_drift_report(path: str, report: Mapping[str, Any]) -> None:
    """Write the file whole or not at all.

    Raises:
        SettingError: It cannot be written.
    """
    target = Path(path).expanduser()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=target.parent, suffix=".part", delete=False, encoding="utf-8"
        ) as file:
            json.dump(report, file, indent=2, ensure_ascii=False, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(target)
    except OSError as error:
        raise SettingError(f"setting drift_report: cannot write there: {error.strerror}") from None
