"""`python -m tests.toy`: the practice vendors, and beside them the toy's."""

from connectors.practice import server
from connectors.practice.__main__ import main

server.VENDORS["toy"] = "tests.toy.vendor"
server.PORTS["toy"] = 7
main()
