"""`manage.py engagement …`: what staff do in admin, for scripts. One module a group of
subcommands, each with `add(groups, common)`, which hangs its parsers into the command."""
