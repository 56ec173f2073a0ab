"""Bijdragewijzer Wmo: what help at home costs now, and what it would cost under the plan.

A map of the house, from the core outwards; imports point one way:

- ``rules``            the shared rules module: pure, usable on its own by any program
- ``interview``        the questions as data: which, in what order, when skipped
- ``texts``            the words: gettext, formats, the words for a trace
- ``municipalities``   policy and contact files of municipalities
- ``cases``            worked examples as TOML
- ``pages``            what a page shows: templates and the functions that fill them
- ``ui``               the live pages, on NiceGUI
- ``cli``              the command line
- ``main.py``          beside this package: load, wire, serve
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
