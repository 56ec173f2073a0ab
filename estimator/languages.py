"""The languages that are complete, the source first: apart from their words, which take long to read."""

LOCALES = ("nl", "en", "tr", "ar", "pl", "uk")
