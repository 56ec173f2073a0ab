"""The live pages, on NiceGUI: one stage that carries what ``pages`` fills, and nothing of its own to say."""
