# SPDX-License-Identifier: Apache-2.0
"""Puts generated tables into a page, between a pair of comments that name them."""


def put_table(page, name, text):
    """Replaces what stands between `<!-- begin NAME -->` and `<!-- end NAME -->` in the file `page`."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    old = page.read_text(encoding="utf-8")
    if old.count(begin) != 1 or old.count(end) != 1:
        raise SystemExit(f"{page}: expected one '{begin}' and one '{end}'")
    before, rest = old.split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
