"""Bijdragewijzer Wmo: what help at home costs now, and what it would cost under the plan.

A map of the house, from the core outwards; imports point one way:

- ``rules``            the shared rules module: pure, usable on its own by any program
- ``interview``        the questions as data: which, in what order, when skipped
- ``texts``            the words: gettext, formats, the words for a trace
- ``municipalities``   policy and contact files of municipalities
- ``municipal_files``  the same while a service runs: read again, the last good one stays
- ``cases``            worked examples as TOML
- ``sheets``           tables of an office: CSV, XLSX, Parquet
- ``policies``         what policies do to the households of a client file
- ``cost_prices``      what remains of the cost prices in a file of aids
- ``exchange``         a comparison as data for other programs
- ``pages``            what a page shows: templates and the functions that fill them
- ``printing``         all of it on paper
- ``ui``               the live pages, on NiceGUI
- ``web``              the pages without a script, and those for staff
- ``cli``              the command line
- ``main.py``          beside this package: load, wire, serve
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
