"""Brings the columns of a list to one name each, in the plain way a user of Splink or dedupe would.

Lower case, spaces collapsed, empty is missing, digits only where only digits count. Nothing cleverer: what a tool makes
of values is part of what is compared.
"""
import re

NAMES = {
    "given_name": "first_name", "surname": "last_name", "date_of_birth": "dob", "soc_sec_id": "ssn",
    "suburb": "city", "address_1": "street", "street_name": "street", "address": "street", "address_full": "full_address",
    "address_2": "address2", "telephone": "phone", "middle_initial": "middle_name",
}
DIGITS = ("phone", "fax", "ssn", "postcode", "street_number")


def cleaned(rows):
    """Rows as dictionaries of the columns a matcher may use, by number of the row, starting at 0."""
    return [clean(row) for row in rows]


def clean(row):
    found = {}
    for column, text in row.items():
        if column in ("id", "cluster", "source"):
            continue
        name = NAMES.get(column, column)
        text = " ".join((text or "").lower().split())
        if name in DIGITS:
            text = re.sub(r"\D", "", text) if name != "postcode" else text.replace(" ", "")
        if name == "dob":
            text = date(text)
        if text or name not in found:
            found[name] = text or None
    if "name" in found and not found["name"] and (found.get("first_name") or found.get("last_name")):
        found["name"] = " ".join(part for part in (found.get("first_name"), found.get("last_name")) if part)
    return found


def date(text):
    """ISO form of 1971-06-24, 19710624, 6/24/1971 or 07/11/1999 (month first); what is none of them stays as it is."""
    if match := re.fullmatch(r"(\d{4})-?(\d{2})-?(\d{2})", text):
        return "-".join(match.groups())
    if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
        month, day, year = match.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    return text


def filled(rows, column):
    return sum(1 for row in rows if row.get(column)) / max(len(rows), 1)


def is_constant(rows, column):
    """Whether one value fills most of a column (a made-up city, 00000): it would only mislead."""
    counted = {}
    for row in rows:
        counted[row.get(column)] = counted.get(row.get(column), 0) + 1
    counted.pop(None, None)
    return bool(counted) and max(counted.values()) > 0.5 * sum(counted.values())
