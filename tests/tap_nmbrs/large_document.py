"""Reads a large document in a process of its own and tells how much memory that took. Arguments: kind, megabytes."""

import resource
import sys
import tempfile

from tap_nmbrs.journals import JournalDocument, Split
from tap_nmbrs.wage_codes import WageCodeDocument

LINE = (
    b"<line><dim1>4000</dim1><dim2>KP10</dim2><value>1234.56</value><debitcredit>%s</debitcredit>"
    b"<description>Brutoloon van een lange naam, zodat het document groot wordt</description></line>\n"
)
JOURNAL = (
    b"<root><transaction><header><date>20260131</date></header><lines>\n",
    LINE % b"debit" + LINE % b"credit",
    b"</lines></transaction></root>",
)
REPORT = (
    b"<report><employeeid>7</employeeid><period>1</period><year>2026</year><lines>"
    + b"<line><code>1010</code><description>Salaris</description><value>1.234,56</value></line>\n" * 50
    + b"</lines></report>\n"
)
WAGE_CODES = (b"<reports>\n", REPORT, b"</reports>")


def peak_bytes() -> int:
    """Largest size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Write the document, read it, print lines and growth of the process in bytes."""
    kind, size = sys.argv[1], int(sys.argv[2]) << 20
    begin, part, end = JOURNAL if kind == "journal" else WAGE_CODES
    with tempfile.TemporaryFile() as document:
        document.write(begin)
        while document.tell() < size:
            document.write(part)
        document.write(end)
        before = peak_bytes()
        if kind == "journal":
            lines = sum(1 for _ in JournalDocument(document, split=Split.COST_CENTER).lines())
        else:
            lines = sum(1 for _ in WageCodeDocument(document).lines())
        sys.stdout.write(f"{lines} {peak_bytes() - before}\n")


main()
