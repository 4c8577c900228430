"""Mutations of valid inputs through the whole program: none may end in a traceback or a hang."""
