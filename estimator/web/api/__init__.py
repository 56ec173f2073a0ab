"""The API: estimates and what they rest on, for other programs, after the NLGov API Design Rules.

``app`` holds the operations, ``models`` what goes in and comes out, ``reading`` how a body is read, ``problems`` what
is said of what can't be answered, ``gate`` who may come how often, ``docs`` the page that tells of all that.
"""
