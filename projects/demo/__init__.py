"""The whole product on a practice contractor: what `make demo` shows.

processes.py starts and ends what must run · story.py moves the contractor stage by stage ·
client.py signs off as the client would · workday.py lets the source change after the load ·
plants.py alters records behind our back ·
report.py prints what came of it.
"""
