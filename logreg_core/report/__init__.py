"""Documents from a fit: tables on a terminal, a page to read, files to compute with.

Import what you need from the modules: none of them is loaded before it is used.
"""
