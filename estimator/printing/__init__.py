"""What is given to people on paper: the summary of a result, letters, leaflets and a blank form, as PDF.

Nothing is computed and no sentence is made here: each sheet is filled from what the pages show and from the texts.
"""
