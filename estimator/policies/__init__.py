"""Comparing policies: what they do to the households of a client file, and to income from contributions.

- ``named``        policies by name: files, municipalities, ready variants
- ``client_file``  the households of an office, from the bytes of a file
- ``comparison``   the policies over all of them, under the current and the upcoming regime
- ``examples``     households that every comparison works out in full
- ``workbook``     what came of it, and the template of a client file, as XLSX
- ``demo``         an invented population

Nothing here writes to disk: files come in and go out as bytes.
"""
