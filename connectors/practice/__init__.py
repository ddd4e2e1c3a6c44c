"""The practice vendors: stateful stand-ins for the vendors, on real HTTP, one process.

Nothing here imports a connector, so that one misunderstanding cannot hide on both sides.
"""
