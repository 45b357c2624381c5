"""Prints src/contact/data/phone-regions.csv from libphonenumber's metadata (pip install phonenumbers)."""

import phonenumbers
from phonenumbers import PhoneMetadata

# Where libphonenumber gives a pattern, the digits people really dial; '8~10' is written 810.
INTERNATIONAL = {"AU": "0011", "CC": "0011", "CX": "0011", "JP": "010", "KE": "000", "HK": "001", "SG": "001"}

print(f"# From libphonenumber's metadata, Apache-2.0, by way of phonenumbers {phonenumbers.__version__} (PyPI).")
print("# region, calling code, national (trunk) prefix, international prefix,")
print("# possible lengths of a national significant number, lengths of ordinary fixed and mobile numbers")


def ranges(lengths):
    return " ".join(str(n) for n in sorted(lengths))


for region in sorted(phonenumbers.SUPPORTED_REGIONS):
    data = PhoneMetadata.metadata_for_region(region)
    kinds = [data.fixed_line, data.mobile, data.toll_free, data.voip, data.personal_number]
    possible, usual = set(), set()
    for kind in kinds:
        if kind and kind.national_number_pattern:
            possible.update(n for n in kind.possible_length or data.general_desc.possible_length if n > 0)
    if data.mobile and data.mobile.national_number_pattern:
        usual.update(n for n in data.mobile.possible_length or data.general_desc.possible_length if n > 0)
    if data.fixed_line and data.fixed_line.example_number:
        usual.add(len(data.fixed_line.example_number))
    international = data.international_prefix or ""
    if not international.isdigit():
        international = (data.preferred_international_prefix or "00").replace("~", "")
    international = INTERNATIONAL.get(region, international)
    print(f"{region},{data.country_code},{data.national_prefix or ''},{international},{ranges(possible)},{ranges(usual)}")
