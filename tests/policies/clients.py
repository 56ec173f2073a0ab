"""Client files for tests: bytes as an office would send them."""

from datetime import date
from io import BytesIO

from openpyxl import Workbook

from estimator.policies.client_file import Clients, read_clients

ON = date(2026, 11, 22)
HEAD = "reference;composition;client_age;income;provision_1"


def csv_of(*rows: str, head: str = HEAD) -> bytes:
    return "\r\n".join([head, *rows]).encode()


def clients_of(*rows: str, head: str = HEAD) -> Clients:
    return read_clients(csv_of(*rows, head=head), "clients.csv", ON)


def xlsx_of(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()
