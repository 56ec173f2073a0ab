"""The question library and the toolkit, from Markdown.

``documents`` reads, checks and renders the files, ``placeholders`` fills in the facts of the law, ``search`` finds
articles by what somebody types, ``upkeep`` tells what the texts still need.
"""
